# An image made of busybox without a registry, and a container engine of the test's own: its store,
# its settings. A script sources it after lib.sh and sets `engine_kind` (podman) before.
# shellcheck shell=sh disable=SC2154,SC2034

image_name=localhost/sefaca-backend:1

# make_image DIRECTORY: the tree of the image.
make_image() {
  mkdir -p "$1/bin" "$1/etc" "$1/proc" "$1/sys" "$1/dev" "$1/tmp" "$1/root/.ssh" "$1/usr/bin"
  cp -- "$(command -v busybox)" "$1/bin/busybox"
  for applet in sh cat echo sleep true false touch kill grep tail head mkdir env ls id rm mv ln \
    stat wget nc test printf sed awk cut wc tr seq setsid ps chmod expr stty; do
    ln -s busybox "$1/bin/$applet"
  done
  echo 'root:x:0:0:root:/root:/bin/sh' >"$1/etc/passwd"
  echo 'of the image' >"$1/etc/of-the-image"
}

# The settings of a podman that needs nothing of the machine's.
podman_settings() {
  cat <<CONF
[containers]
default_ulimits = ["nofile=1024:4096"]
[engine]
runtime = "$(command -v crun || command -v runc)"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
}

# podman for each person, with a store of the test's own, as `podman` on the tests' PATH; rootless for
# an ordinary user. Its settings are in $work/containers.conf: as … env CONTAINERS_CONF=… podman.
put_podman() {
  podman_settings >"$work/containers.conf"
  cat >"$work/bin/podman" <<ENGINE
#!/bin/sh
exec $(command -v podman) --root "\$HOME/store" --runroot "\$HOME/run" --tmpdir "\$HOME/engine" \\
  --storage-driver vfs "\$@"
ENGINE
  chmod 755 "$work/bin/podman"
  trap end_engines EXIT
}

# shellcheck disable=SC2317  # called by the trap
end_engines() {
  for person in $people; do
    as "$person" podman rm --all --force --time 0 >/dev/null 2>&1
    as "$person" podman rmi --all --force >/dev/null 2>&1
    # What belongs to the ids of a user namespace only its root can remove.
    as "$person" podman unshare rm -rf "$(home_of "$person")/store" >/dev/null 2>&1
    umount "$(home_of "$person")/store" 2>/dev/null
    umount "$(home_of "$person")/store/overlay" 2>/dev/null
  done
  clean_up
}

# wants_ids PERSON: what rootless podman needs of the machine.
wants_ids() {
  [ "$1" = user ] || return 0
  command -v newuidmap >/dev/null || skip 'there is no newuidmap (uidmap)'
  grep -q "^$(as user id -un):" /etc/subuid || skip 'the user has no ids in /etc/subuid'
}
