# Distributed under the Apache License 2.0; see LICENSE.
#
# Part of Sefaca.cmake: the RULE_LAUNCH_<kind> that put the launcher in front of each step.

# A word for the shell.
function(_sefaca_quote out word)
  string(REPLACE "'" "'\\''" word "${word}")
  set(${out} "'${word}'" PARENT_SCOPE)
endfunction()

# What the shell of a step reads first: whether the launcher is there; for custom steps also what
# the launcher is to run.
function(_sefaca_write_shell)
  _sefaca_quote(quoted_launcher "${_SEFACA_LAUNCHER}")
  _sefaca_quote(quoted_plans "${_SEFACA_PLANS}")
  _sefaca_quote(quoted_shell "${_SEFACA_PLANS}/step.sh")
  _sefaca_quote(custom "${_SEFACA_PLANS}/custom.sh")
  # Our rules as a shell has them in its line; see _sefaca_rule().
  _sefaca_quote(quoted_custom ". ${custom} && _sf ")
  _sefaca_quote(quoted_step ". ${quoted_shell} && ")
  _sefaca_quote(quoted_missing
    "sefaca: ${_SEFACA_LAUNCHER} is missing, so this step was not run: install sefaca again, or configure with -DSEFACA_ENABLE=OFF")
  configure_file("${_SEFACA_MODULE_DIR}/SefacaStep.sh.in" "${_SEFACA_PLANS}/step.sh" @ONLY)
  configure_file("${_SEFACA_MODULE_DIR}/SefacaCustom.sh.in" "${_SEFACA_PLANS}/custom.sh" @ONLY)
endfunction()

# The text of RULE_LAUNCH_<kind>; `old` is what another launcher (CTest's) has there: it stays
# outermost.
function(_sefaca_rule out kind old)
  set(shell "${_SEFACA_PLANS}/step.sh")
  set(custom "${_SEFACA_PLANS}/custom.sh")
  set(launcher "${_SEFACA_LAUNCHER}")
  set(plans "${_SEFACA_PLANS}")
  foreach(name shell custom launcher plans)
    _sefaca_quote(${name} "${${name}}")
    string(REPLACE "$" "$$" ${name} "${${name}}")  # in a rule
  endforeach()
  set(call "${launcher} --plan=${plans}")
  if(old)
    string(PREPEND call "${old} ")
  endif()
  if(kind STREQUAL "COMPILE")
    string(CONCAT rule ". ${shell} && ${call} --role=compile "
      "--target=<TARGET_NAME> --language=<LANGUAGE> --object=<OBJECT> --dir=<CMAKE_CURRENT_BINARY_DIR> --")
  elseif(kind STREQUAL "LINK")
    # Make's link lines are run without a shell.
    set(rule ". ${shell} && ")
    if(CMAKE_GENERATOR STREQUAL "Unix Makefiles")
      set(rule "")
    endif()
    string(APPEND rule "${call} --role=link "
      "--target=<TARGET_NAME> --file=<TARGET> --dir=<CMAKE_CURRENT_BINARY_DIR> --")
  else()
    string(CONCAT rule "_sf_target=--target=<TARGET_NAME> _sf_output=--output=<OUTPUT> "
      "_sf_dir=--dir=<CMAKE_CURRENT_BINARY_DIR> && ")
    if(old)
      string(APPEND rule "_sf_own=yes && _sf_launch(){ ${call} --role=custom \"$$_sf_target\" "
        "\"$$_sf_output\" \"$$_sf_dir\" -- \"$$@\"; } && ")
    else()
      string(APPEND rule "_sf_own=no && ")
    endif()
    string(APPEND rule ". ${custom} && _sf")
  endif()
  set(${out} "${rule}" PARENT_SCOPE)
endfunction()

function(_sefaca_set_rules)
  get_property(directories GLOBAL PROPERTY _SEFACA_DIRECTORIES)
  foreach(kind COMPILE LINK CUSTOM)
    set(property RULE_LAUNCH_${kind})
    get_property(old DIRECTORY "${CMAKE_SOURCE_DIR}" PROPERTY ${property})
    if(NOT old)
      get_property(old GLOBAL PROPERTY ${property})
    endif()
    _sefaca_rule(rule ${kind} "${old}")
    set_property(DIRECTORY "${CMAKE_SOURCE_DIR}" PROPERTY ${property} "${rule}")
    # Directories and targets with a launcher of their own, or with none on purpose.
    foreach(directory IN LISTS directories)
      get_property(own DIRECTORY "${directory}" PROPERTY ${property})
      if(NOT own MATCHES "--dir=<CMAKE_CURRENT_BINARY_DIR>")
        _sefaca_rule(rule ${kind} "${own}")
        set_property(DIRECTORY "${directory}" PROPERTY ${property} "${rule}")
      endif()
      get_property(targets DIRECTORY "${directory}" PROPERTY BUILDSYSTEM_TARGETS)
      foreach(target IN LISTS targets)
        get_property(is_set TARGET "${target}" PROPERTY ${property} SET)
        get_property(own TARGET "${target}" PROPERTY ${property})
        if(is_set AND NOT own MATCHES "--dir=<CMAKE_CURRENT_BINARY_DIR>")
          _sefaca_rule(rule ${kind} "${own}")
          set_property(TARGET "${target}" PROPERTY ${property} "${rule}")
        endif()
      endforeach()
    endforeach()
  endforeach()
endfunction()
