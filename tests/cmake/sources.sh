#!/bin/sh
# sources.sh: the door from sefaca's own sources in a project, by add_subdirectory() and by
# FetchContent: the launcher is built once, when the project is configured.
# shellcheck disable=SC2154,SC2016,SC2317  # variables of lib.sh; scripts in quotes; called by name
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/lib_cmake.sh"

set_up system small
mkdir "$work/sources"
(cd "$here/../.." && tar --exclude=./build --exclude=./.git -c .) | tar -x -C "$work/sources"
chmod -R a+rX "$work/sources"
cat >"$work/CMakeLists.txt" <<'EOS'
cmake_minimum_required(VERSION 3.25)
project(user C)
enable_testing()
add_executable(program main.c)
add_custom_target(secret COMMAND cat "$ENV{HOME}/.ssh/id_ed25519")
add_test(NAME reads COMMAND cat "$ENV{HOME}/.ssh/id_ed25519")
if(HOW STREQUAL "fetch")
  include(FetchContent)
  FetchContent_Declare(sefaca SOURCE_DIR "${SOURCES}")
  FetchContent_MakeAvailable(sefaca)
else()
  add_subdirectory("${SOURCES}" sefaca)
endif()
include(Sefaca)
EOS
as user cp "$work/CMakeLists.txt" "$source/CMakeLists.txt"
extra_env=''
command -v ccache >/dev/null && extra_env='CMAKE_CXX_COMPILER_LAUNCHER=ccache'

for how in subdirectory fetch; do
  as user rm -rf "$build" "$(log_of user)"
  attempt as user "$cmake" -S "$source" -B "$build" -G Ninja "-DHOW=$how" "-DSOURCES=$work/sources"
  exits "$how: configured" 0
  check "$how: … which built the launcher" grep -q 'building sefaca-launch' "$work/out"
  attempt as user "$cmake" --build "$build"
  exits "$how: built" 0
  check "$how: nothing of sefaca is built again" sh -c '! grep -q "sefaca/core\|launcher/" "$1"' sh "$work/out"
  check "$how: steps are on record" recorded has 'compile program'
  attempt as user "$cmake" --build "$build" --target secret
  exits_not_zero "$how: a step is refused the key"
  attempt as user "$ctest" --test-dir "$build"
  exits_not_zero "$how: so is a test"
  attempt as user "$cmake" "$build"
  exits "$how: configured again" 0
  check "$how: … which builds nothing" sh -c '! grep -q "building sefaca-launch" "$1"' sh "$work/out"
done

finish
