#!/bin/sh
# `--backend=podman` for real, as root and rootless: each behaviour beside the record of the run. The
# image is made of busybox; podman's store is the test's own.
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/image.sh"
for program in podman busybox; do
  command -v "$program" >/dev/null || skip "there is no $program"
done
command -v runc >/dev/null || command -v crun >/dev/null || skip 'there is no runc or crun'

make_image "$work/image"
tar -C "$work/image" -c . >"$work/image.tar"
chmod 644 "$work/image.tar"
for one in shell_pty.py interrupt_pty.py; do cp -- "$(dirname -- "$0")/$one" "$work/$one"; done

put_podman  # as sefaca finds it on PATH

# Whether this engine ignores limits, which the record must say then.
ignores_limits() {
  [ "$(as "$1" podman info --format \
    '{{.Host.Security.Rootless}} {{.Host.CgroupsVersion}}' 2>/dev/null)" = 'true v1' ]
}

# shellcheck disable=SC2317  # called by attempt
boxed() {  # boxed OPTION… -- COMMAND…: the person's run in a container
  as "$person" sefaca run --backend=podman --container-image="$image_name" "$@"
}
log() { log_of "$person"; }
inside() { attempt boxed "$@"; }
nothing_left() {
  check "$person: no container is left $1" \
    [ -z "$(as "$person" podman ps --all --quiet 2>/dev/null)" ]
}

behaviours() {
  home=$(home_of "$person")
  place=$(place_of "$person")
  inside -- sh -c 'cat /etc/of-the-image; pwd; id -u'
  prints "$person: the image's files, the working directory at its own path, the user's own id" \
    "of the image
$place
$(as "$person" id -u)"
  [ "$code" -eq 0 ] || cat "$work/err"
  check "$person: the record names the backend" [ "$(field "$(log)" 'r["backend"]')" = podman ]

  inside -- touch made
  exits "$person: writes in the working directory" 0
  present "$person: and it is there outside" "$place/made"
  check "$person: as the user's own" [ "$(stat -c %u "$place/made")" = "$(as "$person" id -u)" ]
  inside -- touch /etc/x
  exits_not_zero "$person: writes nothing else"
  inside -- sh -c 'echo x >/tmp/x && cat /tmp/x && echo y >$HOME/y'
  exits "$person: has a temporary directory and an empty home of its own" 0
  absent "$person: which are not the host's" "$home/y"

  inside -- sh -c 'exit 42'
  exits "$person: the command's own code" 42
  inside -- sh -c 'exit 125'
  exits "$person: 125 of the command's own" 125
  check "$person: is on record as its own" [ "$(field "$(log)" 'r["result"]["exit_code"]')" = 125 ]
  inside -- no-such-program
  exits "$person: not found" 127
  inside -- /etc/passwd
  exits "$person: not executable" 126
  inside -- sh -c 'kill -SEGV $$'
  exits "$person: a signal" 139
  check "$person: is on record by its name" [ "$(field "$(log)" 'r["result"]["signal"]')" = SIGSEGV ]
  inside --container-image=localhost/none:1 -- true
  exits "$person: a missing image is sefaca's own failure" 125
  says "$person: and the command that gets it is named" 'podman pull localhost/none:1'

  # Denials inside are named in the record outside.
  inside -- touch .envrc
  exits_not_zero "$person: a protected name can't be made"
  says "$person: which is said" "filesystem_write_denied: $place/.envrc"
  check "$person: and on record" \
    [ "$(field "$(log)" 'r["violations"][0]["violation"]')" = filesystem_write_denied ]
  inside -- wget -q -O - http://192.0.2.7/
  exits_not_zero "$person: nobody is reached"
  check "$person: and the address is on record" \
    [ "$(field "$(log)" '[v.get("address") for v in r["violations"]]')" = "['192.0.2.7']" ]

  # Secrets never come in.
  as "$person" mkdir -p "$home/.ssh"
  as "$person" sh -c 'echo secret >"$HOME/.ssh/id_ed25519"; echo machine >"$HOME/.netrc"'
  inside -- sh -c 'cat $HOME/.ssh/id_ed25519 $HOME/.netrc'
  exits_not_zero "$person: no secret is there"
  check "$person: of none anything is read" [ -z "$out" ]
  place=$home inside -- sh -c 'cat .ssh/id_ed25519 .netrc'
  check "$person: nor where the home is the working directory" \
    sh -c '! grep -q "secret\|machine" "$1"' sh "$work/out"
  extra_env='GITHUB_TOKEN=hidden SHOWN=seen' inside -- sh -c 'echo "$GITHUB_TOKEN$SHOWN"'
  prints "$person: credentials are withheld, the rest is passed on" seen

  inside --timeout=1 -- sleep 60
  exits "$person: the time-out" 124
  check "$person: is on record" \
    [ "$(field "$(log)" '[v["violation"] for v in r["violations"]]')" = "['timeout_exceeded']" ]
  nothing_left 'after a time-out'
  inside --memory=64m -- tail /dev/zero
  exits "$person: the memory" 137
  check "$person: is on record" \
    [ "$(field "$(log)" '[v["violation"] for v in r["violations"]]')" = "['memory_limit_exceeded']" ]
  absent "$person: no 'oom' in the working directory" "$place/oom"
  if ignores_limits "$person"; then
    check "$person: limits that the engine ignores are named" \
      [ "$(field "$(log)" '"memory_cgroup" in [g["what"] for g in r["not_enforced"]]')" = True ]
  fi

  if /usr/bin/python3 -c 'import pexpect' 2>/dev/null; then
    attempt as "$person" /usr/bin/python3 "$work/shell_pty.py" sefaca shell --quiet \
      --backend=podman --container-image="$image_name"
    exits "$person: a shell on a terminal" 0
    nothing_left 'after a shell'
    attempt as "$person" /usr/bin/python3 "$work/interrupt_pty.py" sefaca run --backend=podman \
      --container-image="$image_name" -- sh -c 'touch ready; sleep 60'
    exits "$person: Ctrl-C ends a run on a terminal" 0
    nothing_left 'after Ctrl-C'
  fi

  # auto falls back to a container where a person names one: not for an ordinary user, whose podman
  # wants a setuid program, which this host's filter would not let.
  if [ -n "${SEFACA_AS_HOST:-}" ] && [ "$person" = root ]; then
    cp -- "$SEFACA_AS_HOST" "$work/bin/as-host"
    attempt as root as-host landlock-absent -- sefaca run --level=strict -- cat /etc/of-the-image
    exits 'root: without Landlock strict is refused' 125
    attempt as root as-host landlock-absent -- sefaca run --level=strict --container-engine=podman \
      --container-image="$image_name" -- cat /etc/of-the-image
    prints 'root: with an engine named it is a container' 'of the image'
    check 'root: which is on record' [ "$(field "$(log)" 'r["backend"]')" = podman ]
    attempt as root sefaca run --level=strict --container-engine=podman -- cat /etc/of-the-image
    exits_not_zero 'root: and only there'
  fi

  # A signal ends the container, not its client alone.
  as "$person" sh -c 'echo $$ >pid; exec "$@"' sh sefaca run --backend=podman \
    --container-image="$image_name" -- sh -c 'touch ready; sleep 60' >"$work/out" 2>"$work/err" &
  runner=$!
  await "$place/ready" 'the container' 300
  kill -TERM "$(cat "$place/pid")"
  wait "$runner"
  code=$?
  exits "$person: ended by a signal" 143
  nothing_left 'after a signal'
  rm -f "$place/ready"
  as "$person" sh -c 'echo $$ >pid; exec "$@"' sh sefaca run --backend=podman \
    --container-image="$image_name" -- sh -c 'touch ready; sleep 60' >"$work/out" 2>"$work/err" &
  runner=$!
  await "$place/ready" 'the container' 300
  kill -KILL "$(cat "$place/pid")"
  wait "$runner" 2>/dev/null
  # Its guardian removes the container, then puts the run on record.
  tries=0
  while [ "$(field "$(log)" 'r["result"]["signal"]')" != SIGKILL ] && [ "$tries" -lt 200 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  check "$person: a killed sefaca's run is on record" [ "$tries" -lt 200 ]
  nothing_left 'when sefaca was killed'
  rm -f "$place/ready" "$place/pid"
  check "$person: the tree is as it was" [ "$(cd "$place" && echo *)" = made ]
}

for person in $people; do
  wants_ids "$person"
  extra_env="CONTAINERS_CONF=$work/containers.conf"
  attempt as "$person" podman import "$work/image.tar" "$image_name"
  [ "$code" -eq 0 ] || { cat "$work/err"; skip "$person: no image could be imported"; }
  behaviours
  rm -f "$(place_of "$person")/made"
done
finish
