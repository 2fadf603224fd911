#!/bin/sh
# ways.sh: the ways into the CMake door, on the small project: the example as it stands, all of it
# inside of a run, a build among the sources, CTest's launchers, memcheck, a dashboard script.
# shellcheck disable=SC2154,SC2016,SC2317  # variables of lib.sh; scripts in quotes; called by name
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/lib_cmake.sh"
enter_own_network
set_up system small
start_receiver 80

# examples/cmake, as its first lines say.
example=$place/example
cp -R "$here/../../examples/cmake" "$work/example"
chmod -R a+rX "$work/example"
as user cp -R "$work/example" "$example"
had=$(received)
for variant in bare sefaca; do
  off=OFF
  [ "$variant" = sefaca ] || off=ON
  as user rm -rf "$example/build"
  attempt as user "$cmake" -S "$example" -B "$example/build" -DCMAKE_DISABLE_FIND_PACKAGE_Sefaca="$off"
  exits "the example, $variant: configured" 0
  attempt as user "$cmake" --build "$example/build"
  exits "the example, $variant: built" 0
  if [ "$variant" = bare ]; then
    check 'the example, bare: its dependency reads the key' grep -q 'dependency: read .*id_ed25519' "$work/out"
    check 'the example, bare: … and reaches the network' grep -q 'dependency: reached example.com' "$work/out"
    check 'the example, bare: … where it is seen' [ "$(received)" -gt "$had" ]
    had=$(received)
  else
    check 'the example: its dependency can not read the key' grep -q 'dependency: could not read' "$work/out"
    check 'the example: … nor reach the network' grep -q 'dependency: could not reach example.com' "$work/out"
    check 'the example: … where nothing comes' [ "$(received)" -eq "$had" ]
  fi
  attempt as user "$ctest" --test-dir "$example/build"
  exits "the example, $variant: tested" 0
done

# The whole of it under sefaca too, as docs/cmake.md says: steps nest.
inside() { attempt as user sefaca run --preset=development --timeout=none --memory=none -- "$@"; }
for generator in Ninja 'Unix Makefiles'; do
  as user rm -rf "$build"
  inside "$cmake" -S "$source" -B "$build" -G "$generator"
  exits "all of it inside, $generator: configured" 0
  inside "$cmake" --build "$build"
  exits "all of it inside, $generator: built" 0
  inside "$cmake" --build "$build" --target around
  exits "all of it inside, $generator: around a link step" 0
  inside "$cmake" --build "$build" --target plant
  exits_not_zero "all of it inside, $generator: the source tree can not be written"
  absent "all of it inside, $generator: nothing was planted" "$source/planted"
  inside "$ctest" --test-dir "$build" -R '^passes'
  exits "all of it inside, $generator: tested" 0
  check "all of it inside, $generator: that steps could write the plans is on record" recorded gap plan_file
done
generator=Ninja

# The build among the sources: the tree is writable, but for .git, what targets are made from and what
# CMake made.
kept='main.c CMakeLists.txt sub/CMakeLists.txt .git/config build.ninja CMakeCache.txt CTestTestfile.cmake'
there=$place/inside
project_there() {  # as it was
  as user rm -rf "$there"
  as user cp -R "$source" "$there"
  as user mkdir -p "$there/.git"
  as user sh -c 'echo "[core]" >"$1"' sh "$there/.git/config"
}
for variant in bare sefaca; do
  project_there
  off=OFF
  [ "$variant" = sefaca ] || off=ON
  attempt as user "$cmake" -S "$there" -B "$there" -G Ninja "-DNO_SEFACA=$off" "-DTOUCH=$(echo "$kept" | tr ' ' ';')"
  exits "in the sources, $variant: configured" 0
  attempt as user "$cmake" --build "$there"
  exits "in the sources, $variant: built" 0
  attempt as user "$there/program"
  exits "in the sources, $variant: it runs" 0
  attempt as user "$cmake" --build "$there" --target free
  present "in the sources, $variant: another file may be made" "$there/free.txt"
  for file in $kept; do
    before=$(sha256sum "$there/$file")
    attempt as user ninja -C "$there" "touch_$(echo "$file" | tr './' '__')"
    if [ "$variant" = bare ]; then
      check "in the sources, bare: $file can be changed" [ "$(sha256sum "$there/$file")" != "$before" ]
    else
      exits_not_zero "in the sources: $file is refused"
      check "in the sources: $file is as it was" [ "$(sha256sum "$there/$file")" = "$before" ]
    fi
  done
done

# Ways in.
for launchers in OFF ON; do
  configure -DWITH_CTEST=ON "-DWITH_LAUNCHERS=$launchers"
  build
  exits "include(CTest), launchers $launchers: built" 0
  build --target secret
  exits_not_zero "include(CTest), launchers $launchers: refused"
done
configure -DNO_SEFACA=ON "-DCMAKE_PROJECT_TOP_LEVEL_INCLUDES=$(as user sefaca --cmakedir 2>/dev/null || echo "$work/sefaca/lib/cmake/Sefaca")/Sefaca.cmake"
build --target secret
exits_not_zero 'CMAKE_PROJECT_TOP_LEVEL_INCLUDES: refused'
attempt as user "$work/sefaca/bin/sefaca" --cmakedir
prints '--cmakedir' "$work/sefaca/lib/cmake/Sefaca"
configure -DWITH_CTEST=ON
build
attempt as user "$ctest" --test-dir "$build" -V -T memcheck -R '^passes'
exits 'memcheck: it runs' 0
check 'memcheck: valgrind runs the test itself' sh -c '! grep -q sefaca-launch "$1"' sh "$work/out"
check 'memcheck: on record' recorded unsandboxed 'test memcheck=memcheck'
configure -DSEFACA_ENABLE=OFF
build --target secret
exits 'SEFACA_ENABLE=OFF: as without' 0
configure
as user "$ctest" --test-dir "$build" -N >/dev/null
cat >"$work/dashboard.cmake" <<CMAKE
set(CTEST_SOURCE_DIRECTORY "$source")
set(CTEST_BINARY_DIRECTORY "$build")
set(CTEST_CMAKE_GENERATOR Ninja)
set(CTEST_USE_LAUNCHERS ON)
ctest_start(Experimental)
ctest_configure(OPTIONS "-DWITH_CTEST=ON;-DWITH_LAUNCHERS=ON")
ctest_build(NUMBER_ERRORS errors)
ctest_test(RETURN_VALUE failed)
message("errors \${errors}, failed \${failed}")
CMAKE
attempt as user "$ctest" -S "$work/dashboard.cmake" -V
check 'a dashboard script: built' grep -q 'errors 0, failed' "$work/out" "$work/err"
check 'a dashboard script: tests are launched' grep -Eq ' reads .*Failed' "$work/out"

finish
