#!/bin/sh
# Records to syslog: a real rsyslogd on a socket of its own, which parses the JSON.
# shellcheck disable=SC2317  # functions are handed to check and until_true
. "$(dirname -- "$0")/../lib.sh"
command -v rsyslogd >/dev/null || PATH=$PATH:/usr/sbin
command -v rsyslogd >/dev/null || skip 'no rsyslogd'

# Its directory is short: a socket's path has 107 bytes.
sys=$work/s
mkdir -m 755 "$sys"
cat >"$sys/conf" <<CONF
global(workDirectory="$sys")
module(load="imuxsock" SysSock.Use="off")
module(load="mmjsonparse")
input(type="imuxsock" Socket="$sys/log" CreatePath="on" RateLimit.Interval="0")
template(name="parsed" type="string" string="%pri% %programname% %procid% %parsesuccess% %\$!all-json%\n")
action(type="mmjsonparse")
action(type="omfile" file="$sys/out" template="parsed")
CONF
rsyslogd -n -f "$sys/conf" -i "$sys/pid" >"$sys/errors" 2>&1 &
server_pid=$!
tries=0
until [ -S "$sys/log" ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { cat "$sys/errors"; exit 1; }
  sleep 0.1
done
chmod 666 "$sys/log"

# message NUMBER: waits for that many, and puts the last into $work/message.
message() {
  tries=0
  until [ -e "$sys/out" ] && [ "$(wc -l <"$sys/out")" -ge "$1" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || { echo "message $1 did not come"; return 1; }
    sleep 0.1
  done
  tail -n 1 "$sys/out" >"$work/message"
}
# parsed EXPRESSION: on p (priority), name, pid, ok, r (the record) of the last message.
parsed() {
  [ "$(/usr/bin/python3 - "$work/message" "$1" <<'PY'
import json, sys
p, name, pid, ok, text = open(sys.argv[1]).read().split(" ", 4)
r = json.loads(text)
print(eval(sys.argv[2]))
PY
)" = True ]
}

number=0
for who in $people; do
  log=$(home_of "$who")/audit.jsonl
  extra_env="SEFACA_LOG_SYSLOG=true SEFACA_LOG_SYSLOG_SOCKET=$sys/log"
  attempt as "$who" SEFACA run "--log=$log" --preset=compiler -- sh -c 'echo "a \"b\" é"'
  exits "$who: a run with syslog" 0
  number=$((number + 1))
  check "$who: the message comes" message "$number"
  check "$who: it is parsed" parsed 'ok == "OK" and name == "sefaca" and pid == str(r["pid"])'
  check "$who: user.info" parsed 'p == "14"'
  check "$who: it is the log's line" parsed "r == json.loads(open('$log').readlines()[-1])"

  attempt as "$who" SEFACA run "--log=$log" -- false
  number=$((number + 1))
  check "$who: of a failure" message "$number"
  check "$who: user.notice" parsed 'p == "13" and r["result"]["exit_code"] == 1'
  attempt as "$who" SEFACA run "--log=$log" --timeout=1 -- sleep 20
  number=$((number + 1))
  check "$who: of a time-out" message "$number"
  check "$who: user.warning" parsed 'p == "12" and r["violations"][0]["violation"] == "timeout_exceeded"'
  attempt as "$who" SEFACA exec "--log=$log" -- true
  number=$((number + 1))
  check "$who: of exec" message "$number"
  check "$who: without a result" parsed 'r["door"] == "exec" and r["result"] is None'

  # Longer than a datagram of syslog may be: still whole JSON, and says that it is shortened.
  attempt as "$who" SEFACA run "--log=$log" -- sh -c "# $(printf '%09000d' 7)"
  number=$((number + 1))
  check "$who: of a long command" message "$number"
  check "$who: it is shortened and parsed" parsed 'ok == "OK" and r["shortened"] is True and r["result"]["exit_code"] == 0'
  check "$who: the log has it whole, by id" grep -q "$(cut -d '"' -f 2- "$work/message" | grep -o '"id": *"[^"]*"' | cut -d '"' -f 4)" "$log"

  # From a configuration file; the user's, not a project's.
  extra_env=''
  as "$who" mkdir -p "$(home_of "$who")/.config/sefaca"
  printf '[log]\nsyslog = true\nsyslog_socket = "%s"\n' "$sys/log" |
    as "$who" sh -c 'cat >~/.config/sefaca/config.toml'
  attempt as "$who" SEFACA run "--log=$log" -- true
  number=$((number + 1))
  check "$who: from the user's file" message "$number"
  as "$who" rm "$(home_of "$who")/.config/sefaca/config.toml"

  # Not there: the run goes on, it is said once, and the record is in the log.
  extra_env="SEFACA_LOG_SYSLOG=true SEFACA_LOG_SYSLOG_SOCKET=$sys/none"
  before=$(wc -l <"$log")
  attempt as "$who" setsid -w sh -c "sefaca run '--log=$log' -- true && sefaca run '--log=$log' -- true"
  exits "$who: without a syslog runs go on" 0
  check "$who: it is said once" [ "$(grep -c 'was not sent to syslog' "$work/err")" -eq 1 ]
  check "$who: the log has both" [ "$(wc -l <"$log")" -eq "$((before + 2))" ]
  extra_env=''
done

# 40 at once, each whole.
extra_env="SEFACA_LOG_SYSLOG=true SEFACA_LOG_SYSLOG_SOCKET=$sys/log"
i=0
while [ "$i" -lt 40 ]; do
  as user SEFACA run --quiet -- true &
  runs="${runs:-} $!"
  i=$((i + 1))
done
# shellcheck disable=SC2086  # words on purpose
wait $runs
check '40 at once: all come' message "$((number + 40))"
check '40 at once: all are parsed' sh -c "! grep -v ' OK {' '$sys/out'"

# It is stopped and its queue is full: a run goes on after a second, and says so.
kill -STOP "$server_pid"
check 'the queue is full' /usr/bin/python3 - "$sys/log" <<'PY'
import socket, sys
sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sender.setblocking(False)
sender.connect(sys.argv[1])
try:
    for _ in range(100000):
        sender.send(b"<14>filling")
except BlockingIOError:
    sys.exit(0)
sys.exit(1)
PY
attempt as user setsid -w SEFACA run -- sh -c 'exit 4'
exits 'a syslog that is stopped: the run ends with its code' 4
says 'a syslog that is stopped is named' 'was not sent to syslog .*EAGAIN'
kill -CONT "$server_pid"

finish
