# podman with storage of its own, and an image made without a registry: sourced after tests/lib.sh.
# A script fills $image and calls import_image; "$engine" is podman's command line.
# shellcheck shell=sh disable=SC2154  # variables of lib.sh
[ "$(id -u)" -eq 0 ] || skip 'storage of its own wants root'
for program in podman runc; do
  command -v "$program" >/dev/null || skip "there is no $program"
done

image=$work/image
image_name=localhost/sefaca-test:1
mkdir -p "$image/proc" "$image/sys" "$image/dev" "$image/tmp" "$image/var/tmp"
chmod 1777 "$image/tmp" "$image/var/tmp"

cat >"$work/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=1024:4096", "nproc=4096:4096"]
[engine]
runtime = "$(command -v runc)"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
engine=$work/bin/engine
cat >"$engine" <<ENGINE
#!/bin/sh
export CONTAINERS_CONF="$work/containers.conf"
exec podman --root "$work/storage" --runroot "$work/run" --tmpdir "$work/engine" \\
  --storage-driver vfs "\$@"
ENGINE
chmod 755 "$engine"
# shellcheck disable=SC2317  # called by the trap
end_engine() {
  "$engine" rm --all --force --time 0 >/dev/null 2>&1
  "$engine" rmi --all --force >/dev/null 2>&1
  umount "$work/storage" "$work/storage/overlay" 2>/dev/null
  clean_up
}
trap end_engine EXIT

import_image() {
  tar -C "$image" -c . | "$engine" import - "$image_name" >/dev/null 2>"$work/err" ||
    { cat "$work/err"; skip 'no image could be imported'; }
}

# From podman's profile on stdin the calls out that docker's default one refuses a container without
# capabilities: no namespaces, no mounts.
like_docker() {
  /usr/bin/python3 -c '
import json, sys
profile = json.load(sys.stdin)
profile.update(defaultErrnoRet=1, defaultErrno="EPERM")
refused = {"unshare", "setns", "clone3", "mount", "umount", "umount2", "pivot_root", "move_mount",
           "open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "pidfd_getfd"}
for rule in profile["syscalls"]:
    rule["names"] = [name for name in rule["names"] if name not in refused | {"clone"}]
profile["syscalls"] = [rule for rule in profile["syscalls"] if rule["names"]]
namespaces = 0x7E020000
profile["syscalls"].append({"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [
    {"index": 0, "value": namespaces, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]})
profile["syscalls"].append({"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38})
json.dump(profile, sys.stdout)'
}
