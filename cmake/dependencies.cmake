# Every library that we stand on, found where Debian puts it.
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
find_package(nlohmann_json 3.11 REQUIRED)
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h REQUIRED)

# Header-only: Debian's pkg-config file would pull in the shared library.
add_library(sefaca_toml INTERFACE)
target_include_directories(sefaca_toml SYSTEM INTERFACE ${TOMLPLUSPLUS_INCLUDE_DIR})
target_compile_definitions(sefaca_toml INTERFACE TOML_HEADER_ONLY=1 TOML_EXCEPTIONS=1)

# Only for the generator of the filters and for tests: the launcher installs what was made.
if(NOT CMAKE_CROSSCOMPILING)
  find_path(SECCOMP_INCLUDE_DIR seccomp.h REQUIRED)
  find_library(SECCOMP_LIBRARY NAMES libseccomp.a seccomp REQUIRED)
  add_library(sefaca_seccomp INTERFACE)
  target_include_directories(sefaca_seccomp SYSTEM INTERFACE ${SECCOMP_INCLUDE_DIR})
  target_link_libraries(sefaca_seccomp INTERFACE ${SECCOMP_LIBRARY})
endif()

# For sefaca-ship alone, as a shared library: the launcher links no TLS.
if(SEFACA_SHIP)
  find_package(CURL 7.85 REQUIRED)
endif()

if(SEFACA_TESTS)
  find_package(GTest 1.12 REQUIRED)
endif()
