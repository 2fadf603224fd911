#!/bin/sh
# Limits of memory, processes, processor time and files, on this machine and where there are no control
# groups: what passes them is ended and on record, what reserves much and uses little is not, and nothing
# is left behind.
. "$(dirname -- "$0")/../lib.sh"
cp -- "$SEFACA_AS_HOST" "$work/bin/as-host"
SEFACA_BINARY=$work/bin/sefaca
extra_env="SEFACA_BINARY=$SEFACA_BINARY"

cat >"$work/share.py" <<'PY'
import os, sys, time
each = int(sys.argv[1]) << 20
for child in range(10):
    if os.fork() == 0:
        filled = b"x" * each
        time.sleep(60)
        os._exit(0)
time.sleep(60)
PY
# Reserves as sanitizers and virtual machines of languages do.
cat >"$work/reserve.c" <<'C'
#include <stdio.h>
#include <sys/mman.h>
int main(void) {
  char* room = mmap(NULL, 1UL << 43, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return 2;
  for (unsigned long at = 0; at < 64UL << 20; at += 4096) room[at] = 1;
  return puts("fits") < 0;
}
C
cc -O1 -o "$work/bin/reserve" "$work/reserve.c" || exit 1
# What the compiler lacks is not tried.
sanitized=''
for kind in address thread; do
  printf 'int main(void) { return 0; }\n' >"$work/empty.c"
  if cc -O1 -fsanitize=$kind -o "$work/bin/with-$kind" "$work/empty.c" 2>/dev/null &&
    setarch -R "$work/bin/with-$kind"; then
    sanitized="$sanitized $kind"
  fi
done

# The control groups of a process and of all that descends from it, as directories.
groups_of() {
  sed -n 's/^[0-9]*:\(memory\|pids\|\):\(.*sf-......\)$/\1 \2/p' "/proc/$1/cgroup" 2>/dev/null |
    while read -r hierarchy path; do
      echo "/sys/fs/cgroup/$hierarchy$path"
    done
  for child in $(pgrep -P "$1"); do groups_of "$child"; done
}
is() {
  check "$1" [ "$(field "$(log_of "$who")" "$2")" = True ]
}

for who in $people; do
  for host in full no-cgroup; do
    on="$who on $host"
    attempt as "$who" as-host $host -- sefaca run --memory=10m -- /usr/bin/python3 -c 'x=[0]*10**8'
    exits "$on: what passes its memory is killed" 137
    is "$on: with limit and peak" '[(v["violation"], v["limit"], v["peak"] >= 10485760) for v in r["violations"]] == [("memory_limit_exceeded", 10485760, True)]'
    attempt as "$who" as-host $host -- sefaca run --memory=100m -- \
      /usr/bin/python3 "$work/share.py" 100
    exits "$on: ten children that share out ten times the limit are stopped" 137
    attempt as "$who" as-host $host -- sefaca run --memory=1g -- /usr/bin/python3 -c \
      'import os; x = b"x" * (300 << 20); os._exit(7)'
    exits "$on: what stays below is not" 7
    attempt as "$who" as-host $host -- sefaca run --preset=testing -- reserve
    exits "$on: testing lets much be reserved" 0
    for kind in $sanitized; do
      attempt as "$who" as-host $host -- sefaca run --preset=testing -- setarch -R "with-$kind"
      exits "$on: testing runs -fsanitize=$kind" 0
    done
  done
  # The kernel's own limits: of a process by itself, and of one that its shell gives the code of.
  for command in 'exec dash -c "while :; do :; done"' 'dash -c "while :; do :; done"'; do
    attempt as "$who" sefaca run --cpu-time=1s -- sh -c "$command"
    exits "$who: processor time that is used up ends it: $command" 152
    says "$who: and is named" 'timeout_exceeded: Use --cpu-time=DURATION if .* more than 1s'
    is "$who: with its limit" '[(v["violation"], v["limit"]) for v in r["violations"]] == [("timeout_exceeded", 1000)]'
    attempt as "$who" sefaca run --file-size=1m -- sh -c "$(echo "$command" | sed 's/while.*done/dd if=\/dev\/zero of=big bs=1M count=5/')"
    exits "$who: a file that grows too large ends it" 153
    says "$who: and is named" 'filesystem_write_denied: Use --file-size=SIZE if .* larger than 1m'
  done
  # Ended and on record, whoever counts: a cgroup, RLIMIT_NPROC with a look behind it, looking alone.
  # A bomb without end is tried where the kernel counts, elsewhere one that ends by itself at 8,191.
  for host in full no-cgroup no-userns; do
    on="$who on $host"
    bomb='f() { [ $1 -gt 12 ] || { f $(($1 + 1)) & f $(($1 + 1)) & }; sleep 50; }; f 1'
    [ "$host" = full ] && bomb='f() { f | f & }; f; sleep 60'
    attempt as "$who" as-host $host -- sefaca run --pids=20 --timeout=50 -- sh -c "$bomb"
    exits "$on: too many processes are ended" 137
    is "$on: which is on record" '[(v["violation"], v["limit"], v["peak"] >= 20) for v in r["violations"]] == [("process_limit_exceeded", 20, True)]'
    attempt as "$who" as-host $host -- sefaca run --pids=20 -- sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 0.3 & done; wait'
    exits "$on: what stays below its number is not" 0
    is "$on: and nothing is on record" 'r["violations"] == []'
  done
  attempt as "$who" as-host no-cgroup -- sefaca run -- true
  case $(field "$(log_of "$who")" 'r["enforced"].get("namespaces", "")') in
    user*)
      attempt as "$who" as-host no-cgroup -- sefaca run --pids=20 -- /usr/bin/python3 -c '
import threading, time
try:
    for i in range(60): threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
except RuntimeError: pass
time.sleep(5)'
      exits_not_zero "$who: threads are counted by the kernel"
      is "$who: which is on record" '[v["violation"] for v in r["violations"]] == ["process_limit_exceeded"]'
      ;;
  esac
  # What strict has behind the watch: a process that asks for far more than the limit at once.
  attempt as "$who" as-host no-cgroup -- sefaca run --level=strict -- reserve
  exits "$who: strict refuses what is far above its memory" 2
  is "$who: strict says what is behind the watch" '"RLIMIT_DATA" in r["enforced"]["memory"]'
  attempt as "$who" as-host no-cgroup -- sefaca run --memory=512m -- reserve
  exits "$who: default lets it be reserved" 0
  as "$who" sefaca run --memory=200m --pids=50 -- sleep 61 &
  runner=$!
  tries=0
  until pid=$(pgrep -P "$runner" -x sefaca) || [ $tries -ge 100 ]; do
    tries=$((tries + 1))
    sleep 0.05
  done
  tries=0
  until [ -n "$pid" ] && pgrep -P "$pid" >/dev/null || [ $tries -ge 100 ]; do
    tries=$((tries + 1))
    sleep 0.05
  done
  sleep 0.2
  left=$(groups_of "${pid:-none}" | sort -u)
  check "$who: a run is killed" kill -KILL "${pid:-none}"
  wait "$runner" 2>/dev/null
  for directory in $left; do
    tries=0
    while [ -e "$directory" ] && [ $tries -lt 100 ]; do
      tries=$((tries + 1))
      sleep 0.05
    done
    absent "$who: the guardian has removed its control group" "$directory"
  done
done
finish
