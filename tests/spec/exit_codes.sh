#!/bin/sh
# The contract's exit codes, and that the whole tree of a command is ended with it.
. "$(dirname -- "$0")/../lib.sh"

# In a pid namespace a process has a number of its own: it is known by its words.
# shellcheck disable=SC2317  # called by name
gone() { ! pgrep -fx "$1" >/dev/null; }

for who in $people; do
  here=$(place_of "$who")
  for wanted in 0 1 2 42 77 124 125 126 127 128 200 255; do
    attempt as "$who" SEFACA run "exit $wanted"
    exits "$who: the command's own $wanted" "$wanted"
  done

  attempt as "$who" SEFACA run -- no-such-command-anywhere
  exits "$who: not found" 127
  says "$who: not found names it" no-such-command-anywhere
  attempt as "$who" SEFACA run -- ./no-such-file
  exits "$who: no such file" 127
  echo 'no program' >"$here/plain-file"
  attempt as "$who" SEFACA run -- ./plain-file
  exits "$who: not executable" 126
  attempt as "$who" SEFACA run -- "$here"
  exits "$who: a directory" 126

  # 128+N, for a signal that the command sends itself.
  for pair in 1:HUP 2:INT 3:QUIT 6:ABRT 9:KILL 10:USR1 11:SEGV 13:PIPE 15:TERM; do
    attempt as "$who" SEFACA run -- sh -c "ulimit -c 0; kill -${pair#*:} \$\$"
    exits "$who: died of SIG${pair#*:}" $((128 + ${pair%%:*}))
  done

  # Time-out: 124, soon, and nothing is left, TERM ignored or not.
  began=$(date +%s)
  attempt as "$who" SEFACA run --timeout=1 -- sleep 20
  exits "$who: timed out" 124
  check "$who: timed out at once" [ $(($(date +%s) - began)) -lt 6 ]
  attempt as "$who" SEFACA run --timeout=1 -- \
    sh -c "trap '' TERM; sleep 25.1$$ & sleep 25; sleep 25"
  exits "$who: timed out with TERM ignored" 124
  check "$who: its child is ended" gone "sleep 25.1$$"

  # A child in the background does not outlive the command, in a session of its own neither.
  attempt as "$who" SEFACA run -- \
    sh -c "setsid sleep 25.2$$ >/dev/null 2>&1 & exit 3"
  exits "$who: the command's code with a child left behind" 3
  check "$who: the child left behind is ended" gone "sleep 25.2$$"

  # Signals to sefaca reach the command, and the command decides.
  cat >"$here/signals" <<'SH'
#!/bin/sh
SEFACA run -- sh -c 'trap "exit 9" TERM; echo started; while :; do sleep 0.1; done' >started &
pid=$!
while ! grep -q started started; do sleep 0.1; done
kill -TERM "$pid"
wait "$pid"
SH
  attempt as "$who" sh signals
  exits "$who: TERM is forwarded and the command decides" 9
done

finish
