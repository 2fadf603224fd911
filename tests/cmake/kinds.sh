#!/bin/sh
# kinds.sh KIND VERSION GENERATOR: a project of tests/cmake/kinds that needs tools of its own (Qt's,
# clang-tidy, a compiler with modules), built and tested bare and through the door, which it knows
# nothing of: what comes out must be the same, with no exception.
# shellcheck disable=SC2154,SC2016,SC2317  # variables of lib.sh; scripts in quotes; called by name
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/lib_cmake.sh"

kind=$1
generator=$(echo "$3" | tr _ ' ')
options='-DCMAKE_BUILD_TYPE=Debug'
case $kind in
  modules)
    command -v clang++-16 >/dev/null || skip 'clang++-16, which can scan modules, is not installed'
    options="$options -DCMAKE_CXX_COMPILER=clang++-16"
    ;;
  tidy) command -v clang-tidy >/dev/null || skip 'clang-tidy is not installed' ;;
  qt) [ -x /usr/lib/qt5/bin/moc ] || skip 'Qt is not installed' ;;
esac
set_up "$2" "kinds/$kind"
module="-DCMAKE_PROJECT_TOP_LEVEL_INCLUDES=$work/sefaca/lib/cmake/Sefaca/Sefaca.cmake"

run_all() {  # run_all VARIANT OPTION…
  variant=$1
  shift
  mkdir -p "$results/$variant"
  as user rm -rf "$build"
  # shellcheck disable=SC2086  # words on purpose
  attempt as user "$cmake" -S "$source" -B "$build" -G "$generator" $options "$@"
  exits "$kind, $variant: configured" 0
  attempt as user "$cmake" --build "$build" --parallel 2
  exits "$kind, $variant: built" 0
  [ "$code" -eq 0 ] || grep -E -A8 'FAILED|\*\*\*|[Ee]rror' "$work/out" "$work/err" | head -n 40
  grep -hoE '[a-z]+\.[a-z]+:[0-9]+:[0-9]+: warning: .*' "$work/out" "$work/err" | sort >"$results/$variant/warnings"
  attempt as user "$ctest" --test-dir "$build" -C Debug
  exits "$kind, $variant: tested" 0
  cp "$build/compile_commands.json" "$results/$variant/"
  test_results "$work/out" >"$results/$variant/tests"
  (cd "$build" && find . -type f \( -name '*.o' -o -name '*.a' -o -name '*.[ch]' -o -name '*.cpp' \
    -o -name '*.pcm' \) -print0 | sort -z | xargs -0 sha256sum) >"$results/$variant/contents"
}
run_all bare
run_all sefaca "$module"
for part in compile_commands.json warnings tests contents; do
  err=$(diff "$results/bare/$part" "$results/sefaca/$part")
  check "$kind: the same $(wc -l <"$results/bare/$part") lines of $part" [ -z "$err" ]
done
attempt as user "$cmake" --build "$build"
check "$kind: again: nothing is compiled" sh -c '! grep -Eq "Building|Linking" "$1"' sh "$work/out"
check "$kind: no step ran with all rights" recorded none_unsandboxed
case $kind in
  modules)
    check 'modules: a module was made' grep -q 'shapes\.pcm' "$results/sefaca/contents"
    check 'modules: the scanner is launched' recorded command clang-scan-deps
    ;;
  tidy)
    check 'tidy: it warns' grep -q 'braces-around' "$results/sefaca/warnings"
    check 'tidy: it is launched' recorded command clang-tidy
    as user touch "$source/src/main.cpp"
    attempt as user "$cmake" "$build" -DSTRICT=ON
    attempt as user "$cmake" --build "$build"
    exits_not_zero 'tidy: what it finds stops the build'
    ;;
  qt)
    check 'qt: moc made something' grep -q 'moc_counter\.cpp' "$results/sefaca/contents"
    check 'qt: uic made something' grep -q 'ui_form\.h' "$results/sefaca/contents"
    check 'qt: AUTOMOC is launched' recorded command cmake_autogen
    check 'qt: rcc is launched' recorded command cmake_autorcc
    ;;
esac
finish
