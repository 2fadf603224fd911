#!/bin/sh
# many.sh: a project with more generated makefiles than a process may have descriptors: tests run, none
# of these files can be changed, and what a test has to write beside them is written. On hosts where
# the ruleset keeps them, and where mounts do.
# shellcheck disable=SC2154  # variables of lib.sh
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/lib_cmake.sh"
cp -- "$SEFACA_AS_HOST" "$work/bin/as-host"
set_up system many
generator='Unix Makefiles'
as user git init -q "$source"

# on HOST COMMAND…: as the user, with the descriptors that a process usually has.
on() {
  host=$1
  shift
  attempt as user as-host "$host" -- sh -c 'ulimit -n 1024; exec "$@"' sh "$@"
}
passes() { check "$host: $1" grep -Eq " $1 \\.* +Passed" "$work/out"; }
refused() { check "$host: $1" grep -Eq " $1 \\.*\\*\\*\\*Failed" "$work/out"; }

as user "$cmake" -S "$source" -B "$build" -G "$generator" -DCMAKE_DISABLE_FIND_PACKAGE_Sefaca=ON >/dev/null
as user "$cmake" --build "$build" --target covered >/dev/null
attempt as user "$ctest" --test-dir "$build"
exits 'bare: all of it can be changed' 0

for host in full no-userns listener-taken landlock-off; do
  as user rm -rf "$build"
  on "$host" "$cmake" -S "$source" -B "$build" -G "$generator" \
    "-DCMAKE_PROJECT_TOP_LEVEL_INCLUDES=$work/sefaca/lib/cmake/Sefaca/Sefaca.cmake"
  exits "$host: configured" 0
  on "$host" "$cmake" --build "$build" --target covered
  exits "$host: built" 0
  as user cp -r "$build/CMakeFiles" "$place/before"
  on "$host" "$ctest" --test-dir "$build" --output-on-failure
  passes few_mounts
  mounts=$(sed -n 's/^\([0-9][0-9]*\)$/\1/p' "$work/out" | tail -n 1)
  check "$host: which are few" [ "${mounts:-0}" -lt $(($(wc -l </proc/self/mountinfo) + 320)) ]
  # No ruleset, no mounts: what can't be kept is named.
  case $host in
    full | no-userns)
      passes covered
      present "$host: what it covered is written" "$build/CMakeFiles/covered.dir/part.c.gcda"
      ;;
  esac
  for file in Makefile CMakeFiles/Makefile2 CMakeFiles/part1.dir/build.make CMakeFiles/part150.dir/flags.make; do
    refused "writes $file"
  done
  refused moves
  on "$host" "$cmake" --build "$build" --target step
  exits_not_zero "$host: a step can't change them either"
  present "$host: but make what is new" "$build/made"
  as user rm -f "$build/CMakeFiles/covered.dir/part.c.gcda" "$place/before/covered.dir/part.c.gcda"
  check "$host: nothing has changed" quiet diff -r "$build/CMakeFiles/part1.dir" "$place/before/part1.dir"
  as user rm -rf "$place/before"
done
