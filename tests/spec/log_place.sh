#!/bin/sh
# A log that can't be written: one warning a build, not one a step. A log outside of the home: the
# command reads and writes neither it nor the older ones beside it.
# shellcheck disable=SC2317  # functions are handed to check
. "$(dirname -- "$0")/../lib.sh"

# build_with HOME WARNINGS NAME: a build of 8 steps in a session of its own says so often that it is
# not on record, and all its steps are run.
build_with() {
  as "$who" rm -f done.1 done.2 done.3 done.4 done.5 done.6 done.7 done.8
  attempt as "$who" env "HOME=$1" setsid -w make -j4 -f build.mk
  exits "$who: $3: the build passes" 0
  check "$who: $3: all steps were run" [ -e "$here/done.1" -a -e "$here/done.8" ]
  check "$who: $3: warnings" [ "$(grep -c 'this run is not on record' "$work/err")" -eq "$2" ]
}

for who in $people; do
  here=$(place_of "$who")
  as "$who" sh -c 'cat >build.mk' <<'MAKE'
all: done.1 done.2 done.3 done.4 done.5 done.6 done.7 done.8
done.%: ; sefaca run --preset=compiler -- touch $@ && :
MAKE
  build_with "$(home_of "$who")" 0 'with a home'
  build_with /proc/none 1 'without a home'
  build_with /proc/none 1 'a second build without a home'
  if [ "$who" = user ]; then
    as user mkdir -p "$(home_of user)/closed"
    as user chmod 555 "$(home_of user)/closed"
    build_with "$(home_of user)/closed" 1 'a home that is read-only'
  fi
  attempt as "$who" env HOME=/proc/none setsid -w sh -c 'sefaca run -- true; sefaca run --verbose -- true'
  check "$who: --verbose always says it" [ "$(grep -c 'this run is not on record' "$work/err")" -eq 2 ]

  # Outside of the home, where everything else can be read.
  as "$who" mkdir -p "$(home_of "$who")/logs"
  log=$(home_of "$who")/logs/my.jsonl
  attempt as "$who" SEFACA run "--log=$log" -- cat "$log"
  exits_not_zero "$who: a log that is new is not read from inside"
  as "$who" cp "$log" "$log.1"
  as "$who" cp "$log" "$(home_of "$who")/logs/other"
  for file in my.jsonl my.jsonl.1; do
    attempt as "$who" cat "$(home_of "$who")/logs/$file"
    exits "$who: bare $file is read" 0
    attempt as "$who" SEFACA run "--log=$log" -- cat "$(home_of "$who")/logs/$file"
    exits_not_zero "$who: $file is not read from inside"
    # Root reads past permissions: for root what is covered can't be opened at all.
    says "$who: $file: by a refusal" 'Permission denied|No such device or address'
    attempt as "$who" SEFACA run "--log=$log" -- sh -c "echo forged >>$(home_of "$who")/logs/$file"
    exits_not_zero "$who: $file is not written from inside"
    attempt as "$who" SEFACA run "--log=$log" -- rm -f "$(home_of "$who")/logs/$file"
    exits_not_zero "$who: $file is not removed from inside"
  done
  attempt as "$who" SEFACA run "--log=$log" -- cat "$(home_of "$who")/logs/other"
  exits "$who: what lies beside it is read" 0
  check "$who: nothing was forged" sh -c "! grep -q '^forged' '$log' '$log.1'"
done

# 200 runs at once while the log is rotated: every record is there, once and whole, and what was
# there before is still there.
log=$(home_of user)/many/audit.jsonl
as user mkdir -p "$(home_of user)/many"
as user SEFACA run --quiet "--log=$log" -- true
as user /usr/bin/python3 - "$log" <<'PY'
import sys
line = open(sys.argv[1]).read()
with open(sys.argv[1], "a") as log:
    log.write(line * ((16 * 1024 * 1024 - 60_000) // len(line) - 1))
PY
before=$(wc -l <"$log")
runs=''
i=0
while [ "$i" -lt 200 ]; do
  as user SEFACA run --quiet "--log=$log" -- echo "run-$i" >/dev/null &
  runs="$runs $!"
  i=$((i + 1))
done
# shellcheck disable=SC2086  # words on purpose
wait $runs
check '200 runs at once: the log was rotated' [ -e "$log.1" ]
check '200 runs at once: once only, by size' [ ! -e "$log.2" ]
check '200 runs at once: nothing is lost, nothing mixed' /usr/bin/python3 - "$log" "$before" <<'PY'
import json, sys
records = [json.loads(line) for name in (sys.argv[1] + ".1", sys.argv[1]) for line in open(name)]
words = [r["command"][-1] for r in records if r["command"][0] == "echo"]
expected = {f"run-{i}" for i in range(200)}
sys.exit(0 if len(words) == 200 and set(words) == expected
         and len(records) == int(sys.argv[2]) + 200 else f"{len(set(words))} of 200, {len(records)}")
PY
attempt as user SEFACA log show "--log=$log" --json
check '200 runs at once: log show reads both files' [ "$(grep -c '"run-' "$work/out")" -eq 200 ]

# Who follows the log sees what comes, across a rotation.
log=$(home_of user)/followed.jsonl
as user SEFACA run --quiet "--log=$log" -- echo first >/dev/null
(as user sh -c "echo \$\$ >tail.pid; exec sefaca log tail -f --json '--log=$log'" \
  >"$work/followed" 2>/dev/null) &
shows() {  # shows TEXT: within ten seconds
  tries=0
  until grep -q "$1" "$work/followed"; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || return 1
    sleep 0.1
  done
}
check 'tail -f: what is there' shows '"first"'
server_pid=$(cat "$(place_of user)/tail.pid")
as user SEFACA run --quiet "--log=$log" -- echo second >/dev/null
check 'tail -f: what comes' shows '"second"'
as user mv "$log" "$log.1"
as user SEFACA run --quiet "--log=$log" -- echo third >/dev/null
check 'tail -f: what comes after a rotation' shows '"third"'
check 'tail -f: each once' [ "$(wc -l <"$work/followed")" -eq 3 ]

finish
