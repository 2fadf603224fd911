#!/bin/sh
# sefaca in a real container: podman with its default seccomp profile, as root and rootless, an image of
# busybox and the static program, no registry. Prints the rows of the matrix: held, named gap, FAILED.
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/../backend/image.sh"
for program in podman busybox; do
  command -v "$program" >/dev/null || skip "there is no $program"
done
command -v runc >/dev/null || command -v crun >/dev/null || skip 'there is no runc or crun'

image=$work/image
make_image "$image"
mkdir -p "$image/job" "$image/var/tmp"
chmod 1777 "$image/tmp" "$image/var/tmp"
cp -- "$work/bin/sefaca" "$image/bin/sefaca"
echo secret >"$image/root/.ssh/id_ed25519"
chmod 600 "$image/root/.ssh/id_ed25519"
tar -C "$image" --owner=0 --group=0 -c . >"$work/image.tar"
chmod 644 "$work/image.tar"
put_podman

# What happens inside, one line each: the behaviour, whether it happened, and the run's own record.
cat >"$work/inside.sh" <<'INSIDE'
cd /job
log=/root/.local/state/sefaca/audit.jsonl
try() {  # try NAME CODE OPTIONS… -- COMMAND…: it happened when it ended with that code
  name=$1 expected=$2
  shift 2
  sefaca run --quiet "$@" >/dev/null 2>/tmp/err
  code=$?
  happened=no
  [ "$code" -eq "$expected" ] && happened=yes
  echo "$name $happened $(tail -n 1 $log)"
}
try write-inside 0 -- touch /job/made
try write-outside 0 -- touch /root/outside
try read-secret 0 -- cat /root/.ssh/id_ed25519
echo host >/tmp/of-host
try tmp-of-host 0 -- sh -c 'cat /tmp/of-hos?'  # what a word names would stay
try tmp-usable 0 -- sh -c 'touch "$TMPDIR/x"'
try proc-usable 0 -- sh -c 'cat /proc/self/status /proc/cpuinfo >/dev/null && ls /proc/self/fd'
try exit-code 7 -- sh -c 'exit 7'
try death-signal 143 -- sh -c 'kill -TERM $$'
sleep 300 &
try signal-outside 0 -- kill -CONT $!
try memory-held 137 --memory=64m -- sh -c 'tail /dev/zero'
try timeout-held 124 --timeout=1 -- sleep 20
try fork-bomb-ended 137 --pids=20 -- sh -c 'f() { f | f & }; f; sleep 60'
sefaca run --quiet -- sh -c 'setsid sleep 4242 & sleep 0.2'
left=no
grep -lq '424[2]' /proc/[0-9]*/cmdline 2>/dev/null && left=yes
echo "daemon $left $(tail -n 1 $log)"
INSIDE

cat >"$work/judge.py" <<'PY'
import json, sys
works = {"write-inside": ["creation", "broker"], "tmp-usable": ["private_tmp"], "proc-usable": [],
         "exit-code": [], "death-signal": [], "memory-held": ["memory"], "timeout-held": ["timeout"],
         "fork-bomb-ended": ["processes"]}
stops = {"write-outside": ["files"], "read-secret": ["files"], "signal-outside": ["signals"],
         "tmp-of-host": ["private_tmp", "files"], "daemon": ["supervisor_killed"]}
seen, failed = set(), 0
for line in open(sys.argv[1], encoding="utf-8"):
    name, happened, text = line.split(" ", 2)
    if name not in works and name not in stops:
        continue
    seen.add(name)
    record = json.loads(text)
    gaps = {gap["what"] for gap in record["not_enforced"]}
    verdict = "FAILED"
    if (happened == "yes") == (name in works):
        verdict = "held"
    elif gaps.intersection(works.get(name, []) + stops.get(name, [])):
        verdict = "gap"
    failed += verdict == "FAILED"
    print(f"{sys.argv[2]}  {name:16} {verdict}", "" if verdict == "held" else sorted(gaps))
missing = (set(works) | set(stops)) - seen
if missing:
    print("not tried:", sorted(missing))
sys.exit(1 if failed or missing else 0)
PY
chmod 644 "$work/inside.sh"
for person in $people; do
  wants_ids "$person"
  extra_env="CONTAINERS_CONF=$work/containers.conf"
  attempt as "$person" podman import "$work/image.tar" "$image_name"
  [ "$code" -eq 0 ] || { cat "$work/err"; skip "$person: no image could be imported"; }
  attempt as "$person" podman run --rm --pull=never --network=none --ulimit=nproc=4096:4096 \
    --ulimit=nofile=1024:4096 --volume "$work/inside.sh:/inside.sh:ro" "$image_name" /bin/sh /inside.sh
  exits "$person: the container ends well" 0
  check "$person: each behaviour is held or a named gap" \
    /usr/bin/python3 "$work/judge.py" "$work/out" "podman $person"
done
finish
