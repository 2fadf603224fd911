# Warnings, hardening and the include root: one interface target that every target of ours links.
add_library(sefaca_flags INTERFACE)
target_include_directories(sefaca_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
target_compile_options(sefaca_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Werror
  -fstack-protector-strong -fvisibility=hidden -ffunction-sections -fdata-sections)
target_link_options(sefaca_flags INTERFACE -Wl,--gc-sections -Wl,-z,relro,-z,now,-z,noexecstack
  -Wl,--build-id)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_definitions(sefaca_flags INTERFACE _FORTIFY_SOURCE=2)
endif()
