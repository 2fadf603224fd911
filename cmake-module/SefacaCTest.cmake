# Distributed under the Apache License 2.0; see LICENSE.
#
# Part of Sefaca.cmake: what ctest reads before its tests and runs after them.

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
