#!/bin/sh
# `--backend=docker` for real, on a dockerd that this test starts for itself: its own socket, store,
# containerd and control groups' parent; no bridge, no iptables, no registry.
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/image.sh"
[ "$(id -u)" -eq 0 ] || skip 'a dockerd wants root'
for program in dockerd docker busybox; do
  command -v "$program" >/dev/null || skip "there is no $program"
done
docker=$(PATH=/usr/bin:/bin command -v docker) || skip 'there is no docker client'

daemon_pid=''
# shellcheck disable=SC2317  # called by the trap
end_daemon() {
  if [ -n "$daemon_pid" ]; then
    on_docker ps --all --quiet | while read -r left; do on_docker rm --force "$left"; done \
      >/dev/null 2>&1
    kill "$daemon_pid" 2>/dev/null
    wait "$daemon_pid"
    rmdir /sys/fs/cgroup/*"/sefaca-test-$$" "/sys/fs/cgroup/sefaca-test-$$" 2>/dev/null
  fi
  # Its containerd ends with it; mounts of its own may outlast both for a moment.
  grep -o " $work/docker/[^ ]*" /proc/self/mounts | sort -r | while read -r mount; do
    umount -l "$mount" 2>/dev/null
  done
  clean_up
}
trap end_daemon EXIT
on_docker() { "$docker" --host "unix://$work/docker.sock" "$@"; }

mkdir -p "$work/docker" "$work/exec"
dockerd --host "unix://$work/docker.sock" --group root --data-root "$work/docker" \
  --exec-root "$work/exec" --pidfile "$work/docker.pid" --bridge none --iptables=false \
  --ip-masq=false --ip-forward=false --storage-driver "${driver:-overlay2}" \
  --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/sefaca-test-$$" \
  >"$work/dockerd.log" 2>&1 &
daemon_pid=$!
tries=0
until on_docker info >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ "$tries" -ge 300 ] || ! kill -0 "$daemon_pid" 2>/dev/null; then
    tail -n 5 "$work/dockerd.log"
    skip "dockerd did not start"
  fi
  sleep 0.1
done
make_image "$work/image"
tar -C "$work/image" -c . | on_docker import - "$image_name" >/dev/null ||
  skip 'no image could be imported'
# Whoever may use the daemon is its root; the test's user may.
chgrp "$(id -g "$SEFACA_TEST_USER")" "$work/docker.sock"
chmod 660 "$work/docker.sock"
extra_env="DOCKER_HOST=unix://$work/docker.sock"

# shellcheck disable=SC2317  # called by attempt
boxed() {
  as "$person" sefaca run --backend=docker --container-engine="$docker" \
    --container-image="$image_name" "$@"
}
log() { log_of "$person"; }
inside() { attempt boxed "$@"; }
violations() { field "$(log)" '[v["violation"] for v in r["violations"]]'; }

for person in $people; do
  home=$(home_of "$person")
  place=$(place_of "$person")
  inside -- sh -c 'cat /etc/of-the-image; pwd; id -u; touch made'
  prints "$person: the image, the working directory at its own path, the user's own id" \
    "of the image
$place
$(as "$person" id -u)"
  check "$person: the record names the backend" [ "$(field "$(log)" 'r["backend"]')" = docker ]
  check "$person: what is made is the user's own" \
    [ "$(stat -c %u "$place/made")" = "$(as "$person" id -u)" ]
  inside -- touch /etc/x
  exits_not_zero "$person: writes nothing else"
  inside -- sh -c 'echo x >/tmp/x && cat /tmp/x && echo y >$HOME/y'
  exits "$person: a temporary directory and an empty home of its own" 0
  inside -- sh -c 'exit 125'
  exits "$person: 125 of the command's own" 125
  check "$person: is on record as its own" [ "$(field "$(log)" 'r["result"]["exit_code"]')" = 125 ]
  inside -- no-such-program
  exits "$person: not found" 127
  inside -- sh -c 'kill -SEGV $$'
  exits "$person: a signal" 139
  inside --container-image=localhost/none:1 -- true
  exits "$person: a missing image" 125
  says "$person: and the command that gets it" 'docker pull localhost/none:1'
  as "$person" mkdir -p "$place/.git/hooks"
  inside -- sh -c 'touch beside && rm beside && ! touch .git/hooks/pre-commit'
  exits "$person: a repository's hooks are not written, what lies beside them is" 0
  rm -rf "$place/.git"
  inside -- wget -q -O - http://192.0.2.7/
  exits_not_zero "$person: nobody is reached"
  as "$person" mkdir -p "$home/.ssh"
  as "$person" sh -c 'echo secret >"$HOME/.ssh/id_ed25519"'
  place=$home inside -- cat .ssh/id_ed25519
  check "$person: no secret is read" [ -z "$out" ]
  inside -- ls "$work/docker.sock"
  exits_not_zero "$person: the daemon's socket is not there"
  inside --timeout=1 -- sleep 60
  exits "$person: the time-out" 124
  check "$person: is on record" [ "$(violations)" = "['timeout_exceeded']" ]
  inside --memory=64m -- tail /dev/zero
  exits "$person: the memory" 137
  check "$person: is on record" [ "$(violations)" = "['memory_limit_exceeded']" ]
  inside --network=localhost -- sh -c \
    'nc -l -p 4000 -e echo heard & sleep 0.5; nc 127.0.0.1 4000'
  prints "$person: a loopback of its own" heard

  as "$person" sh -c 'echo $$ >pid; exec "$@"' sh sefaca run --backend=docker \
    --container-engine="$docker" --container-image="$image_name" -- \
    sh -c 'touch ready; sleep 60' >"$work/out" 2>"$work/err" &
  runner=$!
  await "$place/ready" 'the container' 300
  kill -TERM "$(cat "$place/pid")"
  wait "$runner"
  code=$?
  exits "$person: ended by a signal" 143
  rm -f "$place/ready" "$place/pid"
  as "$person" sh -c 'echo $$ >pid; exec "$@"' sh sefaca run --backend=docker \
    --container-engine="$docker" --container-image="$image_name" -- \
    sh -c 'touch ready; sleep 60' >"$work/out" 2>"$work/err" &
  runner=$!
  await "$place/ready" 'the container' 300
  kill -KILL "$(cat "$place/pid")"
  wait "$runner" 2>/dev/null
  tries=0
  while [ -n "$(on_docker ps --all --quiet)" ] && [ "$tries" -lt 300 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  check "$person: no container is left when sefaca was killed" [ -z "$(on_docker ps --all --quiet)" ]
  rm -f "$place/ready" "$place/pid" "$place/made"
done
finish
