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

  Directories of the source tree that custom steps and tests may write, ``ON`` for all of it: for
  generators and tests that write beside their input. Sources of targets, ``CMakeLists.txt`` and ``.git`` stay.

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
set(SEFACA_SOURCE_WRITABLE "" CACHE STRING "Source directories that custom steps and tests may write; ON: all")
set(SEFACA_ON_UNAVAILABLE warn CACHE STRING "warn or fail where this host can't enforce something")
set_property(CACHE SEFACA_ON_UNAVAILABLE PROPERTY STRINGS warn fail)
set(SEFACA_LAUNCHER "" CACHE FILEPATH "sefaca-launch; empty: the one that belongs to Sefaca.cmake")

foreach(_sefaca_part Launcher Manifest Rules CTest)
  include("${CMAKE_CURRENT_LIST_DIR}/Sefaca${_sefaca_part}.cmake")
endforeach()

# ---- sefaca_policy() ----------------------------------------------------------------------------

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
  set(_SEFACA_PLANS "")
  foreach(line IN LISTS answer)
    if(line MATCHES "^plans\t(.*)$")
      set(_SEFACA_PLANS "${CMAKE_MATCH_1}")
    elseif(line MATCHES "^file\t(.*)$")
      list(APPEND depends "${CMAKE_MATCH_1}")
    elseif(line MATCHES "^note\t(.*)$")
      message(STATUS "Sefaca: ${CMAKE_MATCH_1}")
    endif()
  endforeach()
  if(NOT _SEFACA_PLANS)
    message(FATAL_ERROR "Sefaca: ${_SEFACA_LAUNCHER} made no plans")
  endif()
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
