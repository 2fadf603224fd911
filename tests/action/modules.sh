#!/bin/sh
# modules.sh: GitHub's expressions and language service, by npm, into the build directory; each
# package is what package-lock.json says.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
[ -n "${SEFACA_BUILD_DIR:-}" ] || { echo 'SEFACA_BUILD_DIR does not name the build'; exit 1; }
command -v npm >/dev/null || { echo 'skipped: no npm'; [ -z "${CI:-}" ] || exit 1; exit 77; }
into=$SEFACA_BUILD_DIR/action-modules
if cmp -s "$here/runner/package-lock.json" "$into/installed"; then
  echo 'there already'
  exit
fi
mkdir -p "$into"
cp -- "$here/runner/package.json" "$here/runner/package-lock.json" "$into/"
cd -- "$into"
npm ci --ignore-scripts --no-audit --no-fund
cp -- package-lock.json installed
