#!/bin/sh
# newer_make.sh DIRECTORY: prints the path of a GNU make whose job server is a fifo (4.4 or later):
# the machine's own, else the one of Debian 13's sources, built in DIRECTORY when it is not there yet.
set -eu

is_newer() {
  "$1" --version 2>/dev/null | grep -Eq 'GNU Make (4\.([4-9]|[1-9][0-9])|[5-9])'
}

system=$(command -v make)
if is_newer "$system"; then
  echo "$system"
  exit
fi
mkdir -p -- "$1"
directory=$(cd -- "$1" && pwd -P)
made=$directory/make-4.4
if [ ! -x "$made" ]; then
  tar_file=$(sh "$(dirname -- "$0")/../real/fetch.sh" make-dfsg "$directory" trixie)
  fresh=$(mktemp -d "$directory/fresh.XXXXXX")
  trap 'rm -rf -- "$fresh"' EXIT
  tar -x -f "$tar_file" -C "$fresh" --strip-components=1
  # Debian's tar file has no manual, which configure asks for.
  mkdir -p "$fresh/doc"
  echo 'all:' >"$fresh/doc/Makefile.in"
  (
    cd -- "$fresh"
    if command -v ccache >/dev/null; then export CC='ccache cc'; fi
    ./configure --disable-nls --without-guile --disable-dependency-tracking
    "$system" -C lib -j2
    "$system" -j2 make
  ) >"$fresh/log" 2>&1 || { tail -n 20 "$fresh/log" >&2; exit 1; }
  is_newer "$fresh/make"
  # Another test may have been quicker.
  mv -f -- "$fresh/make" "$made"
fi
echo "$made"
