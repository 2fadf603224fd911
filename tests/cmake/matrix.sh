#!/bin/sh
# matrix.sh VERSION GENERATOR: the fixture project with one CMake and one generator, configured,
# built and tested bare and with include(Sefaca), as the ordinary user, in one and the same path.
# What comes out must be the same; what no step should do works bare and is refused.
# shellcheck disable=SC2154,SC2016,SC2317  # variables of lib.sh; scripts in quotes; called by name
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/lib_cmake.sh"

version=$1
generator=$(echo "$2" | tr _ ' ')
set_up "$version" project
# The slow test sleeps that long, and no other run's does.
nap=4321.$$
left_asleep() { pgrep -fx "sleep $nap"; }

run_all() {  # run_all VARIANT OPTION…: the outputs are kept in $results/VARIANT
  variant=$1
  shift
  mkdir -p "$results/$variant"
  as user rm -rf "$build"
  attempt as user "$cmake" -S "$source" -B "$build" -G "$generator" "-DNAP=$nap" "$@"
  exits "$variant: it is configured" 0
  attempt as user "$cmake" --build "$build" --parallel 2
  exits "$variant: it is built" 0
  [ "$code" -eq 0 ] || { grep -E -A8 'FAILED|\*\*\*|Error' "$work/out"; tail -n 20 "$work/err"; }
  attempt as user "$ctest" --test-dir "$build" -C Debug --output-on-failure
  cp "$work/out" "$results/$variant/ctest"
  cp "$build/compile_commands.json" "$results/$variant/"
  # Names of what was built; the door's own files and CMake's scratch aside.
  (cd "$build" && find . ! -path './Testing/*' ! -name sefaca-manifest ! -name CTestCustom.cmake ! -path '*/.cmake/*' |
    sort) >"$results/$variant/names"
  test_results "$work/out" >"$results/$variant/tests"
}

run_all bare
check 'bare: the time-out leaves what went to a session of its own' [ -n "$(left_asleep)" ]
left_asleep | xargs -r kill
run_all sefaca -DWITH_SEFACA=ON

check 'bare: there are tests' [ "$(wc -l <"$results/bare/tests")" -ge 24 ]
# `widens` wants that a secret can't be read, which bare it can.
err=$(diff "$results/bare/tests" "$results/sefaca/tests" | grep '^[<>]' | grep -v ' widens ')
check "the same results of $(wc -l <"$results/bare/tests") tests" [ -z "$err" ]
for want in 'crashes Exception: SegFault' 'missing Not Run' 'slow Timeout' 'skipped Skipped' \
  'late Passed' 'words Passed' 'silent Passed' 'widens Passed' 'place Passed'; do
  case $want in widens*) variants=sefaca ;; *) variants='bare sefaca' ;; esac
  for one in $variants; do
    check "$one: $want" grep -qxF -- "$want" "$results/$one/tests"
  done
done
err=$(diff "$results/bare/compile_commands.json" "$results/sefaca/compile_commands.json")
check 'the same compile_commands.json' [ -z "$err" ]
err=$(diff "$results/bare/names" "$results/sefaca/names")
check "the same $(wc -l <"$results/bare/names") names in the build tree" [ -z "$err" ]
absent 'nothing was written among the sources' "$source/src/made-here"
check 'the time-out ended the whole tree' [ -z "$(left_asleep)" ]

# Each step is on record, by its role.
for one in 'compile stat' 'compile shar' 'compile modu' 'compile obje' 'compile uni' 'compile own' \
  'compile moced' 'link stat' 'link shar' 'link modu' 'link prog' 'compile dep' 'compile in_sub'; do
  check "on record: $one" recorded has "$one"
done
for one in target old-style words place will-fail skipped crashes late set-up user \
  sub.target sub.relative relative no-target before post.Discovered.Passes \
  pre.Discovered.Passes; do
  check "on record: test $one" recorded has "test $one"
done
check 'the discovery by ctest itself is on record, as a test' recorded command '--gtest_list_tests'
check '… of that name' recorded has 'test gtests'
check 'a missing program is not on record' recorded lacks 'test missing'
check 'objects of assembler are on record' recorded command 'start.S'
check 'precompiled headers are on record' recorded command 'cmake_pch.hxx'
check 'AUTOMOC is on record' recorded command 'cmake_autogen'
check 'external steps are on record' recorded command 'external'
check 'no step ran with all rights' recorded none_unsandboxed

# Nothing to do is nothing to do.
attempt as user "$cmake" --build "$build"
exits 'again: it is built' 0
check 'again: nothing is compiled' sh -c '! grep -Eq "Building|Linking" "$1"' sh "$work/out"

# The forms that only a shell can do.
check 'cd' grep -qx "$build/sub" "$build/form-cd"
check 'VAR=1 command' grep -qx 1 "$build/form-variable"
check 'redirection' grep -qx redirected "$build/form-redirect"
check 'pipe' [ "$(tr '\n' , <"$build/form-pipe")" = 'b,a,' ]
# shellcheck disable=SC2016  # the dollar is what was quoted
check 'an empty word' grep -qx '<>' "$build/form empty"
check 'quoting' [ "$(cat "$build/form quoted")" = 'quoted "words" $and more' ]

# Built-in targets are no steps.
for one in install package list_install_components rebuild_cache; do
  case $generator,$one in *Multi*,list_install_components) continue ;; esac
  attempt as user env DESTDIR="$place/installed" "$cmake" --build "$build" --target "$one"
  exits "$one passes through" 0
done
present 'something was installed' "$place/installed"
attempt as user "$cmake" --build "$build" --target check
exits 'ctest in a custom target' 0
as user rm -f "$build/libstat.a" "$build/Debug/libstat.a"
attempt as user "$cmake" --build "$build" --target again
exits 'a build in the build' 0
check 'the build in the build made something' sh -c '[ -e "$1/libstat.a" ] || [ -e "$1/Debug/libstat.a" ]' sh "$build"
attempt as user "$cmake" --build "$build" --target crash
exits_not_zero 'a step that crashes fails'

# A generator that writes among the sources.
attempt as user "$cmake" --build "$build" --target into_source
exits_not_zero 'writing among the sources fails'
absent 'writing among the sources writes nothing' "$source/src/made-here"
attempt as user "$cmake" "$build" -DSEFACA_SOURCE_WRITABLE=src
exits 'SEFACA_SOURCE_WRITABLE: configured' 0
attempt as user "$cmake" --build "$build" --target into_source
exits 'SEFACA_SOURCE_WRITABLE: it may' 0
present 'SEFACA_SOURCE_WRITABLE: it has' "$source/src/made-here"
as user rm -f "$source/src/made-here"

finish
