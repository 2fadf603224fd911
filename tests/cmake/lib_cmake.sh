# What the tests of the CMake door share; sourced after tests/lib.sh.
# shellcheck shell=sh disable=SC2034,SC2154  # variables are for the scripts, and of lib.sh

here=$(cd -- "$(dirname -- "$0")" && pwd -P)
results=$work/results

# set_up VERSION PROJECT: that CMake, an installation of sefaca, the project in a path with a space,
# and a secret in the home.
set_up() {
  programs=$(sh "$here/fetch_cmake.sh" "$1" "$SEFACA_BUILD_DIR/cmake") ||
    skip "CMake $1 can't be had"
  if [ "$1" != system ]; then
    # Where anyone can read it.
    cp -R -- "$(dirname -- "$programs")" "$work/cmake"
    programs=$work/cmake/bin
  fi
  cmake=$programs/cmake
  ctest=$programs/ctest
  "$cmake" --install "$SEFACA_BUILD_DIR" --prefix "$work/sefaca" >/dev/null || exit 1
  extra_env="CMAKE_PREFIX_PATH=$work/sefaca"
  place=$(place_of user)
  source="$place/the project"
  build="$place/the build"
  as user mkdir -p "$source" "$(home_of user)/.ssh"
  cp -R "$here/$2/." "$work/fixture"
  chmod -R a+rX "$work/fixture"
  as user cp -R "$work/fixture/." "$source"
  echo key >"$work/key"
  as user cp "$work/key" "$(home_of user)/.ssh/id_ed25519"
  mkdir -p "$results"
}

# test_results FILE: "NAME STATUS" of each test in what ctest printed.
test_results() {
  sed -nE 's/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: ([^ ]+) \.*( |\*+)(.*[A-Za-z]) +[0-9.]+ sec.*$/\1 \3/p' \
    "$1" | tr -s ' ' | sort
}

# recorded QUESTION [WORD]: what records.py answers about the user's log.
recorded() { /usr/bin/python3 "$here/records.py" "$(log_of user)" "$@"; }

# The project configured afresh in $build, built, tested.
generator=Ninja
configure() {
  as user rm -rf "$build"
  attempt as user "$cmake" -S "$source" -B "$build" -G "$generator" "$@"
}
build() { attempt as user "$cmake" --build "$build" "$@"; }
test_with() { attempt as user "$ctest" --test-dir "$build" "$@"; }
