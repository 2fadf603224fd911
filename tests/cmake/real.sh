#!/bin/sh
# real.sh PROJECT: a CMake project from Debian's source packages, built and tested bare and with
# sefaca, which it knows nothing of (CMAKE_PROJECT_TOP_LEVEL_INCLUDES). No exceptions are made.
# shellcheck disable=SC2154,SC2016,SC2317  # variables of lib.sh; scripts in quotes; called by name
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/lib_cmake.sh"

project=$1
only=.
case $project in
  jansson) package=jansson options='-DJANSSON_BUILD_DOCS=OFF' ;;           # C
  sqlitecpp)  # C++, tests in GoogleTest
    package=sqlitecpp
    options='-DSQLITECPP_BUILD_TESTS=ON -DSQLITECPP_INTERNAL_SQLITE=OFF -DSQLITECPP_RUN_CPPLINT=OFF
      -DSQLITECPP_RUN_CPPCHECK=OFF'
    ;;
  libpng) package=libpng1.6 options='-DPNG_DEBUG=OFF' only='pngtest|pngunknown' ;;  # generates code
  *) echo "no project $project"; exit 2 ;;
esac
tar_file=$(sh "$here/../real/fetch.sh" "$package" "$SEFACA_BUILD_DIR/real") ||
  skip "the source package $package can't be had"
set_up system small
cp -- "$tar_file" "$work/source.tar"
# Not every project can be built in a path with spaces.
source=$place/source
build=$place/build
as user mkdir "$source"
as user tar -x -f "$work/source.tar" -C "$source" --strip-components=1

run_all() {  # run_all VARIANT OPTION…
  variant=$1
  shift
  as user rm -rf "$build"
  # shellcheck disable=SC2086  # words on purpose
  attempt as user "$cmake" -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug $options "$@"
  exits "$project, $variant: configured" 0
  attempt as user "$cmake" --build "$build" --parallel 2
  exits "$project, $variant: built" 0
  attempt as user "$ctest" --test-dir "$build" --parallel 2 -R "$only"
  exits "$project, $variant: tested" 0
  mkdir -p "$results/$variant"
  test_results "$work/out" >"$results/$variant/tests"
  (cd "$build" && find . -type f \( -name '*.o' -o -name '*.a' -o -name '*.so*' -o -name '*.[ch]' \) \
    -print0 | sort -z | xargs -0 sha256sum) >"$results/$variant/contents"
}
run_all bare
run_all sefaca "-DCMAKE_PROJECT_TOP_LEVEL_INCLUDES=$work/sefaca/lib/cmake/Sefaca/Sefaca.cmake"

for part in tests contents; do
  err=$(diff "$results/bare/$part" "$results/sefaca/$part")
  check "$project: the same $(wc -l <"$results/bare/$part") $part" [ -z "$err" ]
  check "$project: there are $part" [ -s "$results/bare/$part" ]
done
for role in compile link test; do
  check "$project: $role steps are on record" recorded role "$role"
done
check "$project: no step ran with all rights" recorded none_unsandboxed

finish
