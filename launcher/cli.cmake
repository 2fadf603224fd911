# The command line as a library, so that tests link all of it; included by CMakeLists.txt here.
set(cli ${CMAKE_CURRENT_LIST_DIR})
add_library(sefaca_cli STATIC
  ${cli}/build_id.cpp
  ${cli}/command_line.cpp
  ${cli}/completions.cpp
  ${cli}/check_command.cpp
  ${cli}/check_probes.cpp
  ${cli}/config_command.cpp
  ${cli}/config_show.cpp
  ${cli}/degradation_text.cpp
  ${cli}/diagnostics.cpp
  ${cli}/help.cpp
  ${cli}/help_tables.cpp
  ${cli}/log_command.cpp
  ${cli}/log_request.cpp
  ${cli}/log_text.cpp
  ${cli}/make_cache.cpp
  ${cli}/make_call.cpp
  ${cli}/make_caller.cpp
  ${cli}/make_paths.cpp
  ${cli}/makefile_shell.cpp
  ${cli}/manifest.cpp
  ${cli}/manual.cpp
  ${cli}/policy_call.cpp
  ${cli}/shipping.cpp
  ${cli}/step.cpp
  ${cli}/step_line.cpp
  ${cli}/step_policies.cpp
  ${cli}/suggest.cpp
  ${cli}/suggest_text.cpp
  ${cli}/summary.cpp
  ${cli}/violation_text.cpp)
target_link_libraries(sefaca_cli
  PUBLIC sefaca_flags sefaca_config sefaca_enforce sefaca_audit
  PRIVATE Boost::program_options nlohmann_json::nlohmann_json)

# The committed files that `sefaca help --generate=KIND` makes; a test compares them.
install(FILES ${cli}/completions/sefaca.bash
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME sefaca)
install(FILES ${cli}/completions/_sefaca
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${cli}/completions/sefaca.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES ${cli}/../docs/man/sefaca.1 ${cli}/../docs/man/sefaca-run.1
  DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${cli}/../docs/man/sefaca.toml.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
