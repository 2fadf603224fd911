#!/bin/sh
# Wide trees, signals in notified calls, a killed supervisor: nothing hangs, nothing is lost, nothing is
# let through.
# shellcheck disable=SC2016  # what is tried is for the inner shell
. "$(dirname -- "$0")/../lib.sh"

for who in $people; do
  here=$(place_of "$who")
  home=$(home_of "$who")
  log=$home/audit.jsonl
  as "$who" sh -c 'mkdir -p ~/.ssh ~/other && echo key >~/.ssh/id'

  # 64 threads that hammer refused opens: each is refused, all are counted, the record stays small.
  attempt as "$who" timeout 100 sefaca run "--log=$log" -- /usr/bin/python3 -c '
import os, threading
home = os.path.expanduser("~")
through = []
def hammer(i):
    for k in range(200):
        try:
            open(f"{home}/other/{i}-{k}", "w")
            through.append(k)
        except OSError:
            pass
threads = [threading.Thread(target=hammer, args=(i,)) for i in range(64)]
for t in threads: t.start()
for t in threads: t.join()
raise SystemExit(1 if through else 0)'
  exits "$who: 64 threads: nothing is let through" 0
  check "$who: 64 threads: all are counted" [ "$(field "$log" "sum(v['count'] for v in r['violations'])")" = 12800 ]
  check "$who: 64 threads: the record is bounded" [ "$(tail -n 1 "$log" | wc -c)" -lt 100000 ]

  # A supervisor that runs out of descriptors, at every step of the way: the run is refused or ends, and
  # what is let through is what would be anyway.
  for many in 4 6 8 10 12 14 16 18 20 24 32; do
    attempt as "$who" timeout 20 sh -c 'ulimit -n "$1"; shift; exec "$@"' sh "$many" sefaca run "--log=$log" -- sh -c \
      'echo x >~/other/leak; echo y >.git/hooks/leak; cat ~/.ssh/id; chmod 777 ~/.ssh; : >inside; exit 7'
    check "$who: with $many descriptors: refused, or all in force ($code)" [ "$code" -eq 125 -o "$code" -eq 7 ]
    check "$who: with $many descriptors: nothing is let through" sh -c \
      '[ ! -e "$1/other/leak" ] && [ "$(stat -c %a "$1/.ssh")" != 777 ] && ! grep -q key "$2"' sh "$home" "$work/out"
  done

  # Thousands of processes, and a wide make that makes files beside what is protected.
  attempt as "$who" timeout 100 sefaca run "--log=$log" -- sh -c '
    i=0; while [ $i -lt 1500 ]; do /bin/true || exit 1; i=$((i + 1)); done'
  exits "$who: 1500 processes, one after the other" 0
  as "$who" sh -c 'rm -rf wide; mkdir wide; cd wide; git init -q .
    printf "all: \$(addprefix o.,%s)\no.%%:\n\t@echo \$* >\$@.tmp && mv \$@.tmp \$@ && chmod 600 \$@\n" "$(seq -s " " 400)" >Makefile'
  attempt as "$who" sh -c "cd wide && exec timeout 100 sefaca run --log=$log -- make -s -j64 all"
  exits "$who: make -j64" 0
  check "$who: make -j64 made all" [ "$(find "$here/wide" -name 'o.*' -perm 600 | wc -l)" -eq 400 ]
  check "$who: make -j64: no violation" [ "$(field "$log" "r['violations']")" = '[]' ]

  # A signal every millisecond: a call that was performed is never told to be interrupted, and one
  # that was interrupted (before the supervisor looked at it) was not performed.
  attempt as "$who" sh -c "cd wide && exec timeout 100 sefaca run --log=$log -- /usr/bin/python3 -c '
import os, signal
ticks = 0
def tick(*_):
    global ticks
    ticks += 1
signal.signal(signal.SIGALRM, tick)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
def once(call, *names):
    while True:
        try:
            return call(*names)
        except InterruptedError:
            pass
for i in range(2000):
    os.close(os.open(f\"s{i}\", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    once(os.rename, f\"s{i}\", f\"t{i}\")
    once(os.unlink, f\"t{i}\")
signal.setitimer(signal.ITIMER_REAL, 0)
raise SystemExit(0 if ticks else 1)'"
  exits "$who: signals during performed calls" 0

  # sefaca killed in the middle: the tree ends, and the secret stays one.
  as "$who" sh -c 'exec sefaca run "--log=$0" -- sh -c "echo \$PPID >/dev/null; while :; do cat ~/.ssh/id; : >alive; done"' "$log" \
    >"$work/leaked" 2>/dev/null &
  wrapper=$!
  tries=0
  until [ -e "$here/alive" ] || [ "$tries" -ge 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  present "$who: the tree runs" "$here/alive"
  killed=$(/usr/bin/python3 -c '
import os, sys
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        words = open(f"/proc/{pid}/cmdline", "rb").read().split(b"\0")
        if words[:2] == [b"sefaca", b"run"] and os.fsencode("--log=" + sys.argv[1]) in words:
            print(pid)
    except OSError:
        pass' "$log" | sort -n | head -n 1)
  kill -9 "$killed"
  wait "$wrapper" 2>/dev/null
  sleep 1
  rm -f "$here/alive"
  sleep 1
  absent "$who: the tree ended with sefaca" "$here/alive"
  check "$who: nothing leaked" [ ! -s "$work/leaked" ]
done

finish
