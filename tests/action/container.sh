#!/bin/sh
# The action in a job of a container, as root: podman with its default seccomp profile, and the same
# without the calls that docker's profile refuses. The image has no files: /usr is this machine's.
# shellcheck disable=SC2154,SC2086  # variables of lib.sh; words on purpose
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || skip 'the engine is started by root'
. "$root/tests/hosts/engine.sh"

mkdir "$image/etc"
for link in bin lib lib64 sbin; do
  [ ! -L "/$link" ] || ln -s "usr/$link" "$image/$link"
done
mkdir "$image/usr" "$image/__w"
cp -- /etc/passwd /etc/group /etc/os-release "$image/etc/"
cp -R -- /etc/alternatives "$image/etc/"
import_image

put_runner
serve_releases
for profile in podman docker; do
  options=''
  if [ "$profile" = docker ]; then
    like_docker </usr/share/containers/seccomp.json >"$work/seccomp.json"
    options=", \"--security-opt\", \"seccomp=$work/seccomp.json\""
  fi
  mkdir -p "$(place_of root)/$profile"
  container=$(printf '{"engine": ["%s"], "image": "%s", "run": ["--pull=never",
    "--network=host", "--volume", "/usr:/usr:ro"%s]}' "$engine" "$image_name" "$options")
  attempt as root env SEFACA_TEST_SETTINGS="$settings" SEFACA_TEST_CONTAINER="$container" \
    node "$work/runner/container.js"
  cat "$work/out"
  exits "$(grep -c '^ok: ' "$work/out") checks in a container with $profile's profile" 0
done
finish
