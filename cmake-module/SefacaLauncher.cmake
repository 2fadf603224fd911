# Distributed under the Apache License 2.0; see LICENSE.
#
# Part of Sefaca.cmake: the launcher, found or built, and called.

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
