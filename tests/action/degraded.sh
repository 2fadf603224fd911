#!/bin/sh
# The action where user namespaces can't be made: AppArmor's restriction of Ubuntu 24.04, played by
# answers of the kernel and by the setting that names it.
# shellcheck disable=SC2154,SC2086  # variables of lib.sh; words on purpose
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || skip 'only root can put the setting there'

# In a mount namespace of its own: the same settings and this one.
if [ -z "${SEFACA_TEST_IN_MOUNTS:-}" ]; then
  SEFACA_TEST_IN_MOUNTS=1 unshare --mount -- sh "$0" "$@"
  exit
fi
mkdir "$work/settings"
for file in /proc/sys/kernel/*; do
  [ ! -f "$file" ] || cat "$file" >"$work/settings/${file##*/}" 2>/dev/null
done
echo 1 >"$work/settings/apparmor_restrict_unprivileged_userns"
mount --bind "$work/settings" /proc/sys/kernel || skip 'no mount over /proc/sys/kernel'

put_runner
serve_releases
cp -- "$SEFACA_AS_HOST" "$work/bin/as-host"
attempt as user env SEFACA_TEST_SETTINGS="$settings" \
  SEFACA_TEST_REMEDY='sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0' \
  as-host ubuntu-like -- node "$work/runner/degraded.js"
cat "$work/out"
exits "user: $(grep -c '^ok: ' "$work/out") checks where AppArmor blocks user namespaces" 0
umount /proc/sys/kernel
finish
