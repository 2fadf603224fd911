# Distributed under the Apache License 2.0; see LICENSE.

#[=======================================================================[.rst:
Sefaca
------

Run each compile, link, custom and test step of a project under its own least rights.

.. code-block:: cmake

  find_package(Sefaca)
  include(Sefaca OPTIONAL)   # OPTIONAL: who lacks sefaca builds without it

The place of the ``include`` does not matter: it covers the whole project, what was defined before
it too. A project that knows nothing of it is covered by
``-DCMAKE_PROJECT_TOP_LEVEL_INCLUDES=DIR/Sefaca.cmake``, where ``sefaca --cmakedir`` prints ``DIR``.
Generators: ``Ninja``, ``Ninja Multi-Config``, ``Unix Makefiles``.

**What it is not.** Configuring runs outside: ``execute_process()``, ``try_compile()``,
``try_run()`` and ``file(DOWNLOAD)`` have all your rights. For build files that are not trusted run
the whole of it under ``sefaca run`` as well. See ``docs/cmake.md``.

What a step may do
^^^^^^^^^^^^^^^^^^

All read the system, the source and the build tree, and the prefixes of found packages; none
reaches the network, reads secrets, or writes the source tree or what this configure run generated.

``compile``
  writes the directory of its object, the temporary directory and the compiler cache.
``link`` (and archive)
  writes the directories of its outputs and the temporary directory.
``custom``
  writes the build tree and the temporary directory; has no limits of time and memory.
``test``
  writes the build tree, its working directory (outside of the source tree) and the temporary
  directory; reads everything but secrets. :manual:`ctest(1)` keeps its time.

``install``, ``package``, ``test``, ``edit_cache`` and ``rebuild_cache`` are no steps and run as they
always did.

Commands
^^^^^^^^

.. command:: sefaca_policy

  An exception, for as few steps as possible::

    sefaca_policy(TARGET|TEST|DIRECTORY|STEP <name>...
                  [PRESET <preset>]
                  [NETWORK deny|localhost|host-loopback|allow]
                  [READWRITE <path>...] [READONLY <path>...] [HIDE <path>...]
                  [READ listed|all] [CACHES <tool>...] [ENV <NAME>|<NAME=VALUE>...]
                  [MEMORY <size>] [TIMEOUT <duration>] [PIDS <n>]
                  [ALLOW <name>...] [KEEP_BACKGROUND] )
    sefaca_policy(TARGET|TEST|DIRECTORY|STEP <name>... OFF)

  ``TARGET``
    the compile and link steps of these targets, and the command of a custom target.
  ``TEST``
    these tests.
  ``DIRECTORY``
    every step of these source directories and those below; relative to the current one.
  ``STEP``
    the custom command that makes this output (its last part, or more of the path), a custom
    target, or a step of an external project (``dep-download``).

  Relative paths stand on the current source directory; they must be there when CMake runs.
  Values are those of ``sefaca help run``. What is wrong ends the configure run, with the nearest
  right spelling. ``KEEP_BACKGROUND`` lets what a test leaves running live on, for a fixture whose
  set-up starts a server; ``OFF`` runs the step with all rights, and every time it is on record.

Variables
^^^^^^^^^

.. variable:: SEFACA_ENABLE

  ``ON``, the default. ``OFF``: the project builds as without this module.

.. variable:: SEFACA_COMPILE_PRESET
              SEFACA_LINK_PRESET
              SEFACA_CUSTOM_PRESET
              SEFACA_TEST_PRESET

  The preset of a kind of step: ``compiler``, for tests ``testing``, or one of the configuration
  files. What steps write is decided as said above, not by the preset.

.. variable:: SEFACA_SOURCE_WRITABLE

  Directories of the source tree that custom steps may write, ``ON`` for all of it: for generators
  that write beside their input. Sources of targets, ``CMakeLists.txt`` and ``.git`` stay.

.. variable:: SEFACA_ON_UNAVAILABLE

  ``warn``, the default, or ``fail``: what happens when this host can't enforce something.

.. variable:: SEFACA_LAUNCHER

  The ``sefaca-launch`` to use, in place of the one that belongs to this module.

The environment variable ``SEFACA_BYPASS=REASON`` at build time runs every step with all rights;
each is on record with the reason. A test's own environment can't set it. ``SEFACA_`` variables of
options (``SEFACA_NETWORK``, say) that a step finds in its environment can only narrow its rights.
#]=======================================================================]

include_guard(GLOBAL)
cmake_policy(PUSH)
cmake_policy(VERSION 3.25)

set(_SEFACA_MODULE_DIR "${CMAKE_CURRENT_LIST_DIR}" CACHE INTERNAL "")

option(SEFACA_ENABLE "Run each step of the build under its own least rights" ON)
set(SEFACA_COMPILE_PRESET compiler CACHE STRING "The preset of compile steps")
set(SEFACA_LINK_PRESET compiler CACHE STRING "The preset of link steps")
set(SEFACA_CUSTOM_PRESET compiler CACHE STRING "The preset of custom steps")
set(SEFACA_TEST_PRESET testing CACHE STRING "The preset of tests")
set(SEFACA_SOURCE_WRITABLE "" CACHE STRING "Source directories that custom steps may write; ON: all")
set(SEFACA_ON_UNAVAILABLE warn CACHE STRING "warn or fail where this host can't enforce something")
set_property(CACHE SEFACA_ON_UNAVAILABLE PROPERTY STRINGS warn fail)
set(SEFACA_LAUNCHER "" CACHE FILEPATH "sefaca-launch; empty: the one that belongs to Sefaca.cmake")

# ---- the launcher -------------------------------------------------------------------------------

# Beside an installed module, or in the build tree that it was copied to.
function(_sefaca_find_launcher out)
  set(${out} "" PARENT_SCOPE)
  foreach(place bin launcher)
    get_filename_component(file "${_SEFACA_MODULE_DIR}/../../../${place}/sefaca-launch" ABSOLUTE)
    if(EXISTS "${file}")
      set(${out} "${file}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# In sefaca's own source tree (add_subdirectory, FetchContent): it is built once, when the project
# is configured, since the plans are made by it.
function(_sefaca_build_launcher out)
  get_filename_component(source "${_SEFACA_MODULE_DIR}/.." ABSOLUTE)
  set(build "${CMAKE_BINARY_DIR}/CMakeFiles/sefaca-launcher")
  set(${out} "${build}/launcher/sefaca-launch" PARENT_SCOPE)
  if(NOT EXISTS "${build}/launcher/sefaca-launch")
    message(STATUS "Sefaca: building sefaca-launch from ${source}, once")
  endif()
  set(generator Ninja)
  if(CMAKE_GENERATOR STREQUAL "Unix Makefiles")
    set(generator "Unix Makefiles")
  endif()
  set(options "-DCMAKE_BUILD_TYPE=Release" "-DSEFACA_TESTS=OFF" "-DSEFACA_SHIP=OFF")
  foreach(variable CMAKE_MAKE_PROGRAM CMAKE_CXX_COMPILER_LAUNCHER)
    if(${variable})
      list(APPEND options "-D${variable}=${${variable}}")
    endif()
  endforeach()
  cmake_host_system_information(RESULT jobs QUERY NUMBER_OF_LOGICAL_CORES)
  foreach(command "-S;${source};-B;${build};-G;${generator};${options}"
                  "--build;${build};--target;sefaca;--parallel;${jobs}")
    execute_process(COMMAND "${CMAKE_COMMAND}" ${command}
      RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(result)
      message(FATAL_ERROR "Sefaca: sefaca-launch could not be built:\n${output}")
    endif()
  endforeach()
endfunction()

# Calls the launcher; what it says on stderr ends the configure run.
function(_sefaca_call out)
  execute_process(COMMAND "${_SEFACA_LAUNCHER}" ${ARGN}
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE errors)
  if(result)
    message(FATAL_ERROR "${errors}")
  elseif(errors)
    message(WARNING "${errors}")
  endif()
  set(${out} "${output}" PARENT_SCOPE)
endfunction()

# ---- sefaca_policy() ----------------------------------------------------------------------------

# Words to one line of the manifest.
function(_sefaca_line out)
  set(line "")
  set(tab "")
  math(EXPR last "${ARGC} - 1")
  foreach(i RANGE 1 ${last})
    string(REPLACE "%" "%25" word "${ARGV${i}}")
    string(REPLACE "\t" "%09" word "${word}")
    string(REPLACE "\n" "%0A" word "${word}")
    string(APPEND line "${tab}${word}")
    set(tab "\t")
  endforeach()
  set(${out} "${line}\n" PARENT_SCOPE)
endfunction()

function(sefaca_policy)
  if(NOT _SEFACA_ACTIVE)
    return()
  endif()
  file(RELATIVE_PATH origin "${CMAKE_SOURCE_DIR}" "${CMAKE_CURRENT_LIST_FILE}")
  string(APPEND origin ": sefaca_policy")
  _sefaca_call(ignored --check-policy "${CMAKE_CURRENT_SOURCE_DIR}" "${origin}" ${ARGV})
  _sefaca_line(line policy "${CMAKE_CURRENT_BINARY_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}" "${origin}"
    ${ARGV})
  set_property(GLOBAL APPEND_STRING PROPERTY _SEFACA_POLICIES "${line}")
endfunction()

# ---- what there is in the project ---------------------------------------------------------------

function(_sefaca_walk directory)
  set_property(GLOBAL APPEND PROPERTY _SEFACA_DIRECTORIES "${directory}")
  get_property(below DIRECTORY "${directory}" PROPERTY SUBDIRECTORIES)
  foreach(one IN LISTS below)
    _sefaca_walk("${one}")
  endforeach()
endfunction()

# A path of a package to the prefix that holds all of it.
function(_sefaca_prefix out path)
  if(path MATCHES "^(/.+)/(lib|lib32|lib64|libexec|share|include|bin|sbin)(/.*)?$")
    set(path "${CMAKE_MATCH_1}")
  elseif(NOT IS_DIRECTORY "${path}")
    get_filename_component(path "${path}" DIRECTORY)
  endif()
  set(${out} "${path}" PARENT_SCOPE)
endfunction()

# Whether steps can read it anyway.
function(_sefaca_is_covered out path)
  set(${out} FALSE PARENT_SCOPE)
  foreach(place /usr /bin /sbin /lib /lib32 /lib64 /opt /etc "${CMAKE_SOURCE_DIR}"
                "${CMAKE_BINARY_DIR}")
    string(FIND "${path}/" "${place}/" at)
    if(at EQUAL 0)
      set(${out} TRUE PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

# The places outside of both trees that the project's variables and targets name.
function(_sefaca_readable out)
  set(paths "${_SEFACA_LAUNCHER}" "${CMAKE_COMMAND}" "${CMAKE_ROOT}" ${CMAKE_SYSROOT} ${CMAKE_PREFIX_PATH}
    ${CMAKE_MODULE_PATH} ${CMAKE_FIND_ROOT_PATH})
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  foreach(language IN LISTS languages)
    list(APPEND paths ${CMAKE_${language}_COMPILER} ${CMAKE_${language}_IMPLICIT_INCLUDE_DIRECTORIES}
      ${CMAKE_${language}_IMPLICIT_LINK_DIRECTORIES})
  endforeach()
  get_cmake_property(names CACHE_VARIABLES)
  foreach(name IN LISTS names)
    get_property(type CACHE "${name}" PROPERTY TYPE)
    if(type MATCHES "^(PATH|FILEPATH)$" AND NOT name MATCHES "^(CMAKE_INSTALL_|SEFACA_)")
      list(APPEND paths ${${name}})
    endif()
  endforeach()
  get_property(directories GLOBAL PROPERTY _SEFACA_DIRECTORIES)
  foreach(directory IN LISTS directories)
    list(APPEND paths "${directory}")
    get_property(more DIRECTORY "${directory}" PROPERTY INCLUDE_DIRECTORIES)
    list(APPEND paths ${more})
    get_property(imported DIRECTORY "${directory}" PROPERTY IMPORTED_TARGETS)
    get_property(built DIRECTORY "${directory}" PROPERTY BUILDSYSTEM_TARGETS)
    foreach(target IN LISTS imported built)
      foreach(property INCLUDE_DIRECTORIES INTERFACE_INCLUDE_DIRECTORIES LINK_DIRECTORIES SOURCES)
        get_property(more TARGET "${target}" PROPERTY "${property}")
        list(APPEND paths ${more})
      endforeach()
    endforeach()
    foreach(target IN LISTS imported)
      get_property(configurations TARGET "${target}" PROPERTY IMPORTED_CONFIGURATIONS)
      foreach(suffix "" ${configurations})
        string(REGEX REPLACE "(.+)" "_\\1" suffix "${suffix}")
        foreach(property IMPORTED_LOCATION IMPORTED_IMPLIB)
          get_property(more TARGET "${target}" PROPERTY "${property}${suffix}")
          list(APPEND paths ${more})
        endforeach()
      endforeach()
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES paths)
  set(found "")
  foreach(path IN LISTS paths)
    if(NOT path MATCHES "^/." OR path MATCHES "[$<]" OR NOT EXISTS "${path}")
      continue()
    endif()
    foreach(one "${path}" REAL)
      if(one STREQUAL "REAL")
        file(REAL_PATH "${path}" one)
      endif()
      _sefaca_is_covered(covered "${one}")
      if(NOT covered)
        _sefaca_prefix(prefix "${one}")
        list(APPEND found "${prefix}")
      endif()
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES found)
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

# Files that this configure run makes and that no step has to change.
function(_sefaca_generated out)
  # Not .ninja_log and .ninja_deps: they are the build's own, and a build within the build writes them.
  set(files CMakeCache.txt build.ninja CMakeFiles/rules.ninja CMakeFiles/common.ninja
    compile_commands.json CPackConfig.cmake CPackSourceConfig.cmake
    DartConfiguration.tcl CTestCustom.cmake CTestCustom.ctest CMakeFiles/Makefile2
    CMakeFiles/Makefile.cmake CMakeFiles/TargetDirectories.txt CMakeFiles/cmake.check_cache
    CMakeFiles/cmake.verify_globs CMakeFiles/VerifyGlobs.cmake CMakeFiles/sefaca
    CMakeFiles/sefaca-launcher CMakeFiles/sefaca-manifest "CMakeFiles/${CMAKE_VERSION}"
    Testing/Temporary)
  foreach(configuration IN LISTS CMAKE_CONFIGURATION_TYPES)
    list(APPEND files "build-${configuration}.ninja" "CMakeFiles/impl-${configuration}.ninja")
  endforeach()
  list(TRANSFORM files PREPEND "${CMAKE_BINARY_DIR}/")
  set(is_make FALSE)
  if(CMAKE_GENERATOR STREQUAL "Unix Makefiles")
    set(is_make TRUE)
  endif()
  get_property(directories GLOBAL PROPERTY _SEFACA_DIRECTORIES)
  foreach(directory IN LISTS directories)
    get_property(build DIRECTORY "${directory}" PROPERTY BINARY_DIR)
    list(APPEND files "${build}/CTestTestfile.cmake" "${build}/cmake_install.cmake")
    get_property(includes DIRECTORY "${directory}" PROPERTY TEST_INCLUDE_FILES)
    foreach(include IN LISTS includes)
      # A discovery step writes its _tests.cmake; what includes that is CMake's.
      if(NOT include MATCHES "_tests(-[A-Za-z]+)?\\.cmake$" AND NOT include MATCHES "[$<]")
        list(APPEND files "${include}")
      endif()
    endforeach()
    get_property(targets DIRECTORY "${directory}" PROPERTY BUILDSYSTEM_TARGETS)
    if(is_make)
      list(APPEND files "${build}/Makefile" "${build}/CMakeFiles/CMakeDirectoryInformation.cmake"
        "${build}/CMakeFiles/progress.marks")
    endif()
    foreach(target IN LISTS targets)
      set(place "${build}/CMakeFiles/${target}.dir")
      if(is_make)
        foreach(file build.make flags.make link.txt relink.txt depend.make DependInfo.cmake
                     cmake_clean.cmake cmake_clean_target.cmake progress.make compiler_depend.make
                     compiler_depend.ts compiler_depend.internal linkLibs.rsp)
          list(APPEND files "${place}/${file}")
        endforeach()
      endif()
      list(APPEND files "${build}/CMakeFiles/${target}_autogen.dir/AutogenInfo.json")
    endforeach()
  endforeach()
  set(${out} "${files}" PARENT_SCOPE)
endfunction()

# Where custom steps may write among the sources: what the project builds from.
function(_sefaca_sources out)
  set(files "")
  get_property(directories GLOBAL PROPERTY _SEFACA_DIRECTORIES)
  foreach(directory IN LISTS directories)
    list(APPEND files "${directory}/CMakeLists.txt")
    get_property(targets DIRECTORY "${directory}" PROPERTY BUILDSYSTEM_TARGETS)
    foreach(target IN LISTS targets)
      get_property(sources TARGET "${target}" PROPERTY SOURCES)
      foreach(source IN LISTS sources)
        if(source MATCHES "[$<]")
          continue()
        endif()
        get_filename_component(path "${source}" ABSOLUTE BASE_DIR "${directory}")
        get_source_file_property(generated "${path}" TARGET_DIRECTORY "${target}" GENERATED)
        if(NOT generated AND EXISTS "${path}")
          list(APPEND files "${path}")
        endif()
      endforeach()
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES files)
  set(${out} "${files}" PARENT_SCOPE)
endfunction()

function(_sefaca_write_manifest file)
  _sefaca_line(text source "${CMAKE_SOURCE_DIR}")
  macro(_sefaca_add)
    _sefaca_line(line ${ARGV})
    string(APPEND text "${line}")
  endmacro()
  _sefaca_add(build "${CMAKE_BINARY_DIR}")
  foreach(role compile link custom test)
    string(TOUPPER "${role}" upper)
    _sefaca_add(preset ${role} "${SEFACA_${upper}_PRESET}")
  endforeach()
  if(NOT SEFACA_ON_UNAVAILABLE STREQUAL "warn")
    _sefaca_add(on_unavailable "${SEFACA_ON_UNAVAILABLE}")
  endif()
  get_filename_component(programs "${CMAKE_COMMAND}" DIRECTORY)
  foreach(program "${CMAKE_COMMAND}" "${CMAKE_CTEST_COMMAND}" "${CMAKE_CPACK_COMMAND}"
                  "${CMAKE_EDIT_COMMAND}" "${programs}/ctest" "${programs}/cpack"
                  "${programs}/ccmake")
    if(program)
      _sefaca_add(program "${program}")
    endif()
  endforeach()
  _sefaca_generated(generated)
  if(SEFACA_SOURCE_WRITABLE OR CMAKE_SOURCE_DIR STREQUAL CMAKE_BINARY_DIR)
    _sefaca_sources(sources)
    list(APPEND generated ${sources})
    if(SEFACA_SOURCE_WRITABLE MATCHES "^(1|ON|YES|TRUE|Y)$")
      _sefaca_add(source_writable "${CMAKE_SOURCE_DIR}")
    else()
      foreach(directory IN LISTS SEFACA_SOURCE_WRITABLE)
        get_filename_component(path "${directory}" ABSOLUTE BASE_DIR "${CMAKE_SOURCE_DIR}")
        if(NOT IS_DIRECTORY "${path}")
          message(FATAL_ERROR "SEFACA_SOURCE_WRITABLE: ${path} is no directory")
        endif()
        _sefaca_add(source_writable "${path}")
      endforeach()
    endif()
  endif()
  foreach(path IN LISTS generated)
    _sefaca_add(generated "${path}")
  endforeach()
  _sefaca_readable(readable)
  foreach(path IN LISTS readable)
    _sefaca_add(readable "${path}")
  endforeach()
  get_property(directories GLOBAL PROPERTY _SEFACA_DIRECTORIES)
  foreach(directory IN LISTS directories)
    get_property(build DIRECTORY "${directory}" PROPERTY BINARY_DIR)
    _sefaca_add(directory "${directory}" "${build}")
    string(FIND "${build}/" "${CMAKE_BINARY_DIR}/" at)
    if(NOT at EQUAL 0)
      _sefaca_add(writable "${build}")
    endif()
    get_property(targets DIRECTORY "${directory}" PROPERTY BUILDSYSTEM_TARGETS)
    foreach(target IN LISTS targets)
      _sefaca_add(target "${target}" "${build}")
    endforeach()
    get_property(tests DIRECTORY "${directory}" PROPERTY TESTS)
    foreach(test IN LISTS tests)
      _sefaca_add(test "${test}" "${build}")
    endforeach()
  endforeach()
  get_property(policies GLOBAL PROPERTY _SEFACA_POLICIES)
  file(WRITE "${file}" "${text}${policies}")
endfunction()

# ---- the rules ----------------------------------------------------------------------------------

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

# ---- tests --------------------------------------------------------------------------------------

# ctest reads the file at the top of each CTestTestfile.cmake; it wraps add_test() there.
function(_sefaca_wrap_tests)
  configure_file("${_SEFACA_MODULE_DIR}/SefacaTests.cmake.in" "${_SEFACA_PLANS}/tests.cmake" @ONLY)
  get_property(directories GLOBAL PROPERTY _SEFACA_DIRECTORIES)
  foreach(directory IN LISTS directories)
    # ctest does not tell a test file where it lies.
    get_property(build DIRECTORY "${directory}" PROPERTY BINARY_DIR)
    string(SHA256 file "${build}")
    string(SUBSTRING "${file}" 0 16 file)
    set(file "${_SEFACA_PLANS}/tests-${file}.cmake")
    file(CONFIGURE OUTPUT "${file}" @ONLY
      CONTENT "set(_sefaca_directory [==[@build@]==])\ninclude([==[@_SEFACA_PLANS@/tests.cmake]==])\n")
    get_property(includes DIRECTORY "${directory}" PROPERTY TEST_INCLUDE_FILES)
    set_property(DIRECTORY "${directory}" PROPERTY TEST_INCLUDE_FILES "${file}" ${includes})
  endforeach()
endfunction()

# A line after ctest's summary, unless the project says itself what ctest does there.
function(_sefaca_write_summary)
  _sefaca_quote(quoted_log "${CMAKE_BINARY_DIR}/Testing/Temporary/Sefaca.log")
  _sefaca_quote(quoted_plans "${_SEFACA_PLANS}")
  configure_file("${_SEFACA_MODULE_DIR}/SefacaSummary.sh.in" "${_SEFACA_PLANS}/summary.sh" @ONLY)
  set(file "${CMAKE_BINARY_DIR}/CTestCustom.cmake")
  set(ours "# Made by Sefaca.cmake.\n")
  set(text "")
  if(EXISTS "${file}")
    file(READ "${file}" text)
  endif()
  if(text STREQUAL "" OR text MATCHES "^${ours}")
    file(WRITE "${file}"
      "${ours}set(CTEST_CUSTOM_POST_TEST [==[sh \"${_SEFACA_PLANS}/summary.sh\"]==])\n")
  endif()
endfunction()

# ---- at the end of the project ------------------------------------------------------------------

function(_sefaca_finish)
  _sefaca_walk("${CMAKE_SOURCE_DIR}")
  set(manifest "${CMAKE_BINARY_DIR}/CMakeFiles/sefaca-manifest")
  _sefaca_write_manifest("${manifest}")
  _sefaca_call(answer "--resolve=${manifest}")
  string(REGEX REPLACE "\n$" "" answer "${answer}")
  string(REPLACE ";" "\\;" answer "${answer}")
  string(REPLACE "\n" ";" answer "${answer}")
  set(depends "${_SEFACA_LAUNCHER}")
  foreach(line IN LISTS answer)
    if(line MATCHES "^plans\t(.*)$")
      set(_SEFACA_PLANS "${CMAKE_MATCH_1}")
    elseif(line MATCHES "^file\t(.*)$")
      list(APPEND depends "${CMAKE_MATCH_1}")
    elseif(line MATCHES "^note\t(.*)$")
      message(STATUS "Sefaca: ${CMAKE_MATCH_1}")
    endif()
  endforeach()
  set_property(DIRECTORY "${CMAKE_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${depends})
  _sefaca_write_shell()
  _sefaca_set_rules()
  _sefaca_wrap_tests()
  _sefaca_write_summary()
endfunction()

# ---- beginning ----------------------------------------------------------------------------------

set(_SEFACA_ACTIVE FALSE CACHE INTERNAL "")
if(NOT SEFACA_ENABLE)
  message(STATUS "Sefaca: switched off (SEFACA_ENABLE)")
elseif(NOT CMAKE_HOST_SYSTEM_NAME STREQUAL "Linux"
       OR NOT CMAKE_GENERATOR MATCHES "^(Ninja|Ninja Multi-Config|Unix Makefiles)$")
  set(_sefaca_what "Sefaca: the build runs unsandboxed: this is for Linux, with Ninja, Ninja Multi-Config or Unix Makefiles")
  if(SEFACA_ON_UNAVAILABLE STREQUAL "fail")
    message(FATAL_ERROR "${_sefaca_what} (SEFACA_ON_UNAVAILABLE is fail)")
  endif()
  message(WARNING "${_sefaca_what}")
else()
  if(NOT SEFACA_ON_UNAVAILABLE MATCHES "^(warn|fail)$")
    message(FATAL_ERROR "SEFACA_ON_UNAVAILABLE is '${SEFACA_ON_UNAVAILABLE}'; one of: warn, fail")
  endif()
  set(_sefaca_launcher "${SEFACA_LAUNCHER}")
  if(NOT _sefaca_launcher)
    _sefaca_find_launcher(_sefaca_launcher)
  endif()
  if(NOT _sefaca_launcher AND EXISTS "${CMAKE_CURRENT_LIST_DIR}/../launcher/launch.cpp")
    _sefaca_build_launcher(_sefaca_launcher)
  endif()
  if(NOT EXISTS "${_sefaca_launcher}")
    message(FATAL_ERROR "Sefaca: there is no sefaca-launch at '${_sefaca_launcher}' that belongs to ${CMAKE_CURRENT_LIST_FILE}; install sefaca, or set SEFACA_LAUNCHER")
  endif()
  set(_SEFACA_LAUNCHER "${_sefaca_launcher}" CACHE INTERNAL "")
  set(_SEFACA_ACTIVE TRUE CACHE INTERNAL "")
  cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL _sefaca_finish)
endif()

cmake_policy(POP)
