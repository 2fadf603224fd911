#!/bin/sh
# Each denial is in the record with its path and the flag that would allow it; each flag is applied
# and seen to work; what is no denial of ours is no violation.
# shellcheck disable=SC2016  # what is tried is for the inner shell
. "$(dirname -- "$0")/../lib.sh"

for who in $people; do
  home=$(home_of "$who")
  log=$home/audit.jsonl
  as "$who" mkdir -p "$home/.ssh" "$home/other" "$home/bin"
  as "$who" sh -c 'echo key >~/.ssh/id; echo text >~/other/file; cp /bin/true ~/bin/tool'

  # denied NAME KIND PATH SUGGESTED-FLAG COMMAND…: the command succeeds bare and fails under sefaca,
  # with that one violation; with the flag it succeeds again.
  options=''
  denied() {
    name=$1 kind=$2 path=$3 flag=$4
    shift 4
    attempt as "$who" "$@"
    exits "$who: $name: bare" 0
    # shellcheck disable=SC2086  # words on purpose
    attempt as "$who" sefaca run "--log=$log" $options -- "$@"
    exits_not_zero "$who: $name: refused"
    says "$who: $name: said" "^sefaca: $kind: $path \\("
    check "$who: $name: recorded" [ "$(field "$log" "[(v['violation'], v['path'], v['action']) for v in r['violations']] == [('$kind', '$path', 'blocked')]")" = True ]
    check "$who: $name: suggests $flag" [ "$(field "$log" "r['violations'][0]['suggestion'].split()[1]")" = "$flag" ]
    check "$who: $name: who" [ "$(field "$log" "r['violations'][0]['program'].startswith('/') and r['violations'][0]['pid'] > 1")" = True ]
    # shellcheck disable=SC2086
    attempt as "$who" sefaca run "--log=$log" $options "$flag" -- "$@"
    exits "$who: $name: allowed by $flag" 0
    check "$who: $name: no violation then" [ "$(field "$log" "r['violations']")" = '[]' ]
  }

  denied 'reading a secret' filesystem_read_denied "$home/.ssh/id" "--readonly=$home/.ssh" cat "$home/.ssh/id"
  denied 'writing a file' filesystem_write_denied "$home/other/file" "--readwrite=$home/other/file" sh -c 'echo x >>~/other/file'
  denied 'creating' filesystem_write_denied "$home/other/new" "--readwrite=$home/other" sh -c 'echo x >~/other/new && rm ~/other/new'
  denied 'a directory' filesystem_write_denied "$home/other/d" "--readwrite=$home/other" sh -c 'mkdir ~/other/d && rmdir ~/other/d'
  denied 'removing' filesystem_write_denied "$home/other/gone" "--readwrite=$home/other" sh -c 'test -e ~/other/gone || : >~/other/gone; cd ~/other && unlink gone' 2>/dev/null
  denied 'renaming' filesystem_write_denied "$home/other/file" "--readwrite=$home/other" sh -c 'cd ~/other && mv file f && mv f file'
  denied 'a relative path' filesystem_write_denied "$home/other/file" "--readwrite=$home/other/file" sh -c 'cd ~/other/../other && : >>file'
  options=--preset=compiler
  denied 'reading what is not listed' filesystem_read_denied "$home/other/file" "--readonly=$home/other/file" cat "$home/other/file"
  denied 'executing' exec_denied "$home/bin/tool" "--readonly=$home/bin/tool" env "$home/bin/tool"
  options=''

  # None of these is a violation.
  attempt as "$who" sefaca run "--log=$log" -- sh -c '
    cat nosuch; ls ~/.ssh/nosuch; grep nosuch /etc/passwd; mkdir . ; rmdir nosuch; echo x >no/such; false'
  exits "$who: what fails anyway" 1
  check "$who: nothing is invented" [ "$(field "$log" "r['violations']")" = '[]' ]
  # What runtimes ask the host for their number of threads and the size of their heap.
  for preset in compiler testing; do
    attempt as "$who" sefaca run "--log=$log" "--preset=$preset" -- sh -c '
      for f in $(find /sys/fs/cgroup -maxdepth 2 -name "cpu.*" -o -maxdepth 2 -name "memory.[lm]*") \
        /sys/devices/system/cpu/online /sys/kernel/mm/transparent_hugepage/*; do
        ! test -r "$f" || cat "$f" >/dev/null 2>&1; echo "$f"
      done'
    exits "$who, $preset: what a host has is asked for" 0
    check "$who, $preset: and can be read" [ "${out#*/sys/fs/cgroup/}" != "$out" ]
    check "$who, $preset: it is no violation" [ "$(field "$log" "r['violations']")" = '[]' ]
  done
  if [ "$who" = user ]; then
    attempt as "$who" sefaca run "--log=$log" -- sh -c 'echo x >/etc/sefaca-x; cat /etc/shadow; ls /root'
    exits_not_zero "$who: the user's own rights refuse"
    check "$who: that is no violation" [ "$(field "$log" "r['violations']")" = '[]' ]
  fi

  # Distinct ones once, with their count.
  attempt as "$who" sefaca run "--log=$log" -- sh -c 'for i in 1 2 3; do cat ~/.ssh/id; done'
  check "$who: counted" [ "$(field "$log" "[v['count'] for v in r['violations']]")" = '[3]' ]
  attempt as "$who" sefaca run "--log=$log" -- sh -c 'i=0; while [ $i -lt 300 ]; do true >~/other/n$i; i=$((i+1)); done' 2>/dev/null
  check "$who: bounded" [ "$(field "$log" "(len(r['violations']), r['violations'][-1]['operation'], sum(v['count'] for v in r['violations']))")" = "(101, 'further denials', 300)" ]

  # Nothing is said of a command that succeeds, unless --verbose; the report can be less.
  attempt as "$who" sefaca run "--log=$log" -- sh -c 'cat ~/.ssh/id 2>/dev/null; true'
  check "$who: quiet when it succeeds" sh -c "! grep -q _denied '$work/err'"
  attempt as "$who" sefaca run --verbose "--log=$log" -- sh -c 'cat ~/.ssh/id 2>/dev/null; true'
  says "$who: told by --verbose" '^sefaca: filesystem_read_denied: '
  attempt as "$who" sefaca run --report=summary "--log=$log" -- sh -c 'cat ~/.ssh/id; : >~/other/file'
  check "$who: a summary names no reads" [ "$(field "$log" "[v['violation'] for v in r['violations']]")" = "['filesystem_write_denied']" ]
  attempt as "$who" sefaca run --report=off "--log=$log" -- sh -c 'cat ~/.ssh/id; : >~/other/file'
  exits_not_zero "$who: refused without a report too"
  check "$who: no report" [ "$(field "$log" "r['violations']")" = '[]' ]

  # At permissive it is done, and logged.
  attempt as "$who" sefaca run --level=permissive "--log=$log" -- sh -c 'cat ~/.ssh/id; : >>~/other/file; : >here'
  exits "$who: permissive lets it through" 0
  check "$who: permissive logs it" [ "$(field "$log" "[(v['violation'], v['path'], v['action'], v['suggestion']) for v in r['violations']]")" = \
    "[('filesystem_read_denied', '$home/.ssh/id', 'logged', None), ('filesystem_write_denied', '$home/other/file', 'logged', None)]" ]

  # Paths through the caller's own links are told without them.
  options=--preset=compiler
  denied 'through /proc/self/root' filesystem_read_denied "$home/.ssh/id" "--readonly=$home/.ssh" cat "/proc/self/root$home/.ssh/id"
  denied 'through /proc/self/cwd' filesystem_read_denied "$home/.ssh/id" "--readonly=$home/.ssh" sh -c 'cd / && cat /proc/self/cwd$HOME/.ssh/id'
  options=''
  attempt as "$who" sefaca run "--log=$log" -- sh -c 'cat </dev/fd/0; cat /proc/self/status /proc/sys/kernel/ostype; exec 3>own; echo x >/proc/self/fd/3; false'
  check "$who: what its own links lead to is no violation" [ "$(field "$log" "r['violations']")" = '[]' ]

  # Signals that would leave the tree; within it they are free.
  as "$who" sh -c 'echo $$ >~/sleeper; exec sleep 60' &
  tries=0
  until [ -s "$home/sleeper" ] || [ "$tries" -gt 100 ]; do tries=$((tries + 1)); sleep 0.05; done
  sleeper=$(cat "$home/sleeper")
  as "$who" rm "$home/sleeper"
  attempt as "$who" sefaca run --preset=compiler "--log=$log" -- sh -c "kill -USR1 $sleeper"
  exits_not_zero "$who: a signal to outside"
  check "$who: which is named" [ "$(field "$log" "[(v['violation'], v['operation'], v['suggestion'].split()[1]) for v in r['violations']]")" = "[('signal_denied', 'kill', '--allow=signals')]" ]
  attempt as "$who" sefaca run --preset=compiler "--log=$log" -- sh -c 'sleep 60 & kill $! && kill -0 $$ && kill -9 999999999; exit 1'
  check "$who: signals within the tree are no violation" [ "$(field "$log" "r['violations']")" = '[]' ]
  attempt as "$who" sefaca run --preset=compiler --allow=signals "--log=$log" -- sh -c "kill $sleeper"
  exits "$who: --allow=signals lets it" 0

  # What is shared with the host's processes: where only what is listed can be reached it is
  # refused. The command's own scheduling goes on, its own threads' by their number too.
  check "$who: nothing is said of a compiler" [ -z "$(as "$who" sefaca run --preset=compiler "--log=$log" -- true 2>&1)" ]
  attempt as "$who" sefaca run --preset=compiler "--log=$log" -- /usr/bin/python3 -c '
import os, threading
os.nice(3)
os.setpriority(os.PRIO_PROCESS, os.getpid(), os.getpriority(os.PRIO_PROCESS, 0) + 4)
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
def own():
    os.sched_setaffinity(threading.get_native_id(), os.sched_getaffinity(0))
    os.setpriority(os.PRIO_PROCESS, os.getpid(), os.getpriority(os.PRIO_PROCESS, os.getpid()) + 2)
    done.append(os.getpriority(os.PRIO_PROCESS, 0) != os.getpriority(os.PRIO_PROCESS, os.getpid()))
done = []
thread = threading.Thread(target=own)
thread.start()
thread.join()
assert done == [True]'
  exits "$who: its own scheduling" 0
  check "$who: is no violation" [ "$(field "$log" "r['violations']")" = '[]' ]
  as "$who" sh -c 'echo $$ >~/sleeper; exec sleep 60' &
  until [ -s "$home/sleeper" ]; do sleep 0.05; done
  sleeper=$(cat "$home/sleeper")
  as "$who" rm "$home/sleeper"
  niceness=$(ps -o ni= -p "$sleeper")
  for how in "$sleeper" 1; do
    attempt as "$who" sefaca run --preset=compiler "--log=$log" -- renice -n 15 -p "$how"
    exits_not_zero "$who: scheduling of $how outside"
  done
  check "$who: which is named" [ "$(field "$log" "[(v['violation'], v['operation'], v['suggestion'].split()[1]) for v in r['violations']]")" = "[('syscall_denied', 'setpriority', '--allow=ipc')]" ]
  check "$who: and did not happen" [ "$(ps -o ni= -p "$sleeper")" = "$niceness" ]
  if [ "$who" = user ]; then  # root lacks the capabilities of what it would change
    attempt as "$who" sefaca run --preset=compiler --allow=ipc "--log=$log" -- renice -n 15 -p "$sleeper"
    exits "$who: --allow=ipc lets it" 0
  fi
  kill "$sleeper"
  attempt as "$who" sefaca run --preset=compiler "--log=$log" -- ipcmk -M 4096
  exits_not_zero "$who: shared memory of the host's"
  check "$who: which is named" [ "$(field "$log" "[(v['operation'], v['suggestion'].split()[1]) for v in r['violations']]")" = "[('shmget', '--allow=ipc')]" ]
  attempt as "$who" sefaca run "--log=$log" -- sh -c 'ipcmk -M 4096 && ipcs -m | grep -c 4096'
  exits "$who: its own with a namespace" 0

  # System calls that the filter refuses.
  attempt as "$who" sefaca run "--log=$log" -- unshare --user true
  check "$who: a refused call is named" [ "$(field "$log" "[(v['violation'], v['operation'], v['suggestion']) for v in r['violations']]")" = \
    "[('syscall_denied', 'unshare', 'Use --allow=userns if it needs user namespaces')]" ]
  attempt as "$who" sefaca run --no-network "--log=$log" -- /usr/bin/python3 -c 'import socket; socket.socket()'
  exits_not_zero "$who: no socket"
  check "$who: a refused socket is named" [ "$(field "$log" "[(v['violation'], v['suggestion']) for v in r['violations']]")" = \
    "[('network_access_denied', 'Use --network flag if network access needed')]" ]
  # No socket was made: the address is the one that stands on the program's command line.
  for url in http://192.0.2.7:80/x '192.0.2.7' 'http://[2001:db8::7]/'; do
    address=$(printf '%s' "$url" | sed 's,.*//,,; s,/.*,,; s,:80$,,; s,[][],,g')
    attempt as "$who" sefaca run --no-network "--log=$log" -- /usr/bin/python3 -c '
import socket, sys
for family in socket.AF_INET, socket.AF_INET6: socket.socket(family)' "$url"
    check "$who: no socket for $url" [ "$(field "$log" "[(v['attempted_host'], v['address']) for v in r['violations']]")" = "[('$address', '$address')]" ]
  done
done

finish
