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
