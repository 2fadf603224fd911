#!/bin/sh
# shellcheck disable=SC2034,SC2016  # what is tried is evaluated
# hostile.sh SOURCE BUILD COMMAND…: tries what no step should do, then does its work. What worked is written to
# the standard error.
try() {
  tried=$1
  shift
  ! (eval "$*") 2>/dev/null || echo "worked: $tried" >&2
}
source=$1
build=$2
shift 2
try secret 'cat "$HOME/.ssh/id_ed25519" >/dev/null'
try source ': >>"$source/main.c"'
try source-new ': >"$source/planted"'
try git ': >>"$source/.git/config"'
try home ': >"$HOME/.planted-by-step"'
try elsewhere ': >"$source/../planted-by-step"'
try plan 'for plan in "$HOME"/.local/state/sefaca/plans/*/*.plan; do : >>"$plan" || exit 1; done'
try generated ': >>"$build/build.ninja"'
try replaced 'cp "$build/CTestTestfile.cmake" "$build/c" && mv "$build/c" "$build/CTestTestfile.cmake"'
exec "$@"
