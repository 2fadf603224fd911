#!/bin/sh
# The action from a checkout of its own, as root in a container of Debian without a compiler: it
# installs what the build needs and builds. Debian comes from its archive (debootstrap).
# shellcheck disable=SC2154  # variables of lib.sh
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || skip 'the engine is started by root'
command -v debootstrap >/dev/null || skip 'there is no debootstrap'
. "$root/tests/hosts/engine.sh"

debootstrap --variant=minbase bookworm "$work/debian" >"$work/out" 2>&1 || { cat "$work/out"; exit 1; }
rm -rf -- "$image"
mv -- "$work/debian" "$image"
import_image
rm -rf -- "$image"

put_runner
serve_releases
container=$(printf '{"engine": ["%s"], "image": "%s", "run": ["--pull=never", "--network=host"]}' \
  "$engine" "$image_name")
attempt as root env SEFACA_TEST_SETTINGS="$settings" SEFACA_TEST_CONTAINER="$container" \
  node "$work/runner/from_source.js"
cat "$work/out"
exits "$(grep -c '^ok: ' "$work/out") checks in a container without packages" 0
finish
