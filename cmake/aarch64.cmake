# A toolchain for aarch64, by Debian's cross compiler: cmake --toolchain cmake/aarch64.cmake …
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_STRIP aarch64-linux-gnu-strip)
# Programs are this machine's; libraries lie beside this machine's (Debian's multiarch).
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
