#!/bin/sh
# Records to an HTTPS endpoint: a real server with its own authority, which answers, refuses, is
# down, and comes back; sefaca-ship killed in the middle. Nothing is lost, the token is nowhere.
# shellcheck disable=SC2317  # functions are handed to check and until_true
. "$(dirname -- "$0")/../lib.sh"
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

ship=$SEFACA_BUILD_DIR/libexec/sefaca/sefaca-ship
[ -x "$ship" ] || skip 'sefaca-ship was not built (SEFACA_SHIP=OFF)'
mkdir -p "$work/libexec/sefaca"
cp -- "$ship" "$work/libexec/sefaca/sefaca-ship"

# The authority, the server's certificate, and another authority.
make_certificates ca other >"$work/openssl" 2>&1 || { cat "$work/openssl"; exit 1; }

server=$work/server
mkdir "$server"
token=s3kr1t-t0ken-0123456789
echo "$token" >"$server/token"
port=$(/usr/bin/python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')

start_server() {
  rm -f "$server/ready"
  /usr/bin/python3 "$here/endpoint.py" "$server" "$port" "$work/server.pem" "$work/server.key" &
  server_pid=$!
  await "$server/ready" 'the server' 200
}
stop_server() {
  kill "$server_pid"
  wait "$server_pid" 2>/dev/null
  server_pid=''
}
answers() { echo "$*" >"$server/mode"; }
forget() { : >"$server/received"; : >"$server/requests"; }

# until_true SECONDS COMMAND…
until_true() {
  tries=$(($1 * 10))
  shift
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.1
  done
}
# The ids of the log are all in what the server took; each record is whole. $1: the log.
all_received() {
  /usr/bin/python3 - "$1" "$server/received" <<'PY'
import json, sys
ids = lambda path: {json.loads(line)["id"] for line in open(path)}
missing = ids(sys.argv[1]) - ids(sys.argv[2])
sys.exit(f"{len(missing)} missing" if missing else 0)
PY
}
quiet() { "$@" >/dev/null 2>&1; }
has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }

# The pids of this test's own sefaca-ship.
shippers() {
  find /proc/[0-9]*/exe -maxdepth 0 -lname "$work/libexec/sefaca/sefaca-ship" 2>/dev/null |
    cut -d / -f 3
}
no_shipper() { [ -z "$(shippers)" ]; }
one_shipper() { [ "$(shippers | wc -l)" -eq 1 ]; }

url=https://localhost:$port/api/logs
for who in $people; do
  home=$(home_of "$who")
  log=$(log_of "$who")
  spool=$home/.local/state/sefaca/spool
  extra_env="SEFACA_LOG_ENDPOINT=$url SEFACA_LOG_TOKEN=$token"
  as "$who" mkdir -p "$home/.sefaca-none" "$home/.config/sefaca"
  printf '[log]\nca_file = "%s"\n' "$work/ca.pem" | as "$who" sh -c 'cat >~/.config/sefaca/config.toml'
  # What waits, in bytes.
  waiting() { cat "$own"/waiting.ndjson "$own"/sending.ndjson 2>/dev/null | wc -c; }
  nothing_waits() { [ "$(waiting)" -eq 0 ]; }

  # In the background, at the end of a run.
  start_server
  answers 200
  forget
  attempt as "$who" sefaca run --preset=compiler -- sh -c 'env; exit 3'
  exits "$who: the run keeps its code" 3
  check "$who: the token is not in the command's environment" sh -c "! grep -q '$token' '$work/out'"
  check "$who: the record arrives by itself" until_true 30 quiet all_received "$log"
  check "$who: to the path of the address" grep -q '^200 /api/logs 1 application/x-ndjson$' "$server/requests"
  check "$who: what arrived is the log's line" cmp -s "$log" "$server/received"
  own=$(echo "$spool"/*)
  check "$who: nothing waits" until_true 30 nothing_waits
  check "$who: the spool is the owner's alone" [ "$(stat -c %a "$spool")" = 700 ]
  until_true 30 no_shipper

  # Down: runs go on, nothing is lost; then it comes back.
  stop_server
  forget
  for i in 1 2 3 4 5; do
    attempt as "$who" sefaca run --preset=compiler -- sh -c "exit $i"
    exits "$who: the endpoint is down: run $i" "$i"
    check "$who: and says nothing of it" sh -c "! grep -qi endpoint '$work/err'"
  done
  check "$who: one sefaca-ship is at work for all" until_true 30 one_shipper
  attempt as "$who" sefaca log ship
  exits "$who: log ship while it is down" 1
  says "$who: it says why" 'not all was sent: .*(refused|connect)'
  check "$who: they wait" [ "$(waiting)" -gt 0 ]
  start_server
  answers 503
  attempt as "$who" sefaca log ship
  exits "$who: log ship while it answers 503" 1
  says "$who: 503 is named" 'answers 503'
  answers 429
  attempt as "$who" sefaca log ship --wait=2
  exits "$who: log ship --wait=2 while it answers 429" 1
  check "$who: it was tried again" [ "$(grep -c '^429' "$server/requests")" -ge 2 ]
  attempt as "$who" env "SEFACA_LOG_TOKEN=wrong-token" sefaca log ship
  exits "$who: log ship with a wrong token" 1
  says "$who: 401 is named" 'answers 401: the token'
  tries=$(grep -c '^401' "$server/requests")
  attempt as "$who" env "SEFACA_LOG_TOKEN=wrong-token" sefaca log ship --wait
  exits "$who: log ship --wait with a wrong token" 1
  check "$who: which is not tried again" [ "$(grep -c '^401' "$server/requests")" -eq $((tries + 1)) ]
  check "$who: the wrong token is not repeated" sh -c "! grep -q wrong-token '$work/err' '$work/out'"
  answers 200
  attempt as "$who" env SEFACA_LOG_CA_FILE="$work/other.pem" sefaca log ship
  exits "$who: log ship with a wrong authority" 1
  says "$who: the certificate is named" 'certificate'
  attempt as "$who" env "SEFACA_LOG_ENDPOINT=https://127.0.0.1:$port/api/logs" sh -c \
    'sefaca run -- true; sefaca log ship'
  exits "$who: an address that the certificate does not name" 1
  check "$who: none of this was taken" [ ! -s "$server/received" ]
  attempt as "$who" sefaca log ship --wait
  exits "$who: log ship --wait" 0
  check "$who: it counts" grep -Eq '^[5-9] records sent$' "$work/out"
  tail -n 5 "$log" >"$work/last"
  head -n 6 "$log" | tail -n 5 >"$work/five"
  check "$who: all that waited arrived" quiet all_received "$work/five"
  check "$who: nothing waits any more" nothing_waits

  # It comes back while --wait waits.
  stop_server
  forget
  attempt as "$who" sefaca run --preset=compiler -- true
  (sleep 2; exec /usr/bin/python3 "$here/endpoint.py" "$server" "$port" "$work/server.pem" \
    "$work/server.key") &
  server_pid=$!
  attempt as "$who" sefaca log ship --wait=60
  exits "$who: --wait outlives a server that is down" 0
  tail -n 1 "$log" >"$work/last"
  check "$who: the record arrived" quiet all_received "$work/last"

  # sefaca killed in the middle of a run: its guardian puts the record into log and spool.
  forget
  answers 200
  until_true 30 no_shipper
  (as "$who" sh -c 'echo $$ >killed.pid; exec sefaca run --preset=compiler -- sh -c "sleep 1; echo started; sleep 60"' \
    >"$work/started" 2>/dev/null) &
  until_true 30 has_lines "$work/started" 1
  kill -KILL "$(cat "$(place_of "$who")/killed.pid")"
  until_true 30 quiet sh -c "tail -n 1 '$log' | grep -q started"
  attempt as "$who" sefaca log ship --wait
  exits "$who: log ship after a killed run" 0
  tail -n 1 "$log" >"$work/last"
  check "$who: the killed run's record arrives" quiet all_received "$work/last"
  check "$who: and says how it ended" grep -q '"signal":"SIGKILL"' "$work/last"

  # exec: its record is sent too, and the command has no child that it did not start.
  forget
  attempt as "$who" sefaca exec --preset=compiler -- /usr/bin/python3 -c 'import os
try:
    os.wait()
    print("a child")
except ChildProcessError:
    print("no child")'
  prints "$who: exec leaves the command no child" 'no child'
  tail -n 1 "$log" >"$work/last"
  check "$who: the record of exec arrives" until_true 30 quiet all_received "$work/last"

  # The connection is cut after the body: sent again, told apart by the id.
  answers die
  forget
  attempt as "$who" sefaca run --preset=compiler -- true
  attempt as "$who" sefaca log ship
  exits "$who: an answer that is lost" 1
  answers 200
  attempt as "$who" sefaca log ship
  exits "$who: sent again" 0
  check "$who: the same id more than once" [ "$(sort "$server/received" | uniq -d | wc -l)" -eq 1 ]
  tail -n 1 "$log" >"$work/last"
  check "$who: and not lost" quiet all_received "$work/last"

  # A batch that is too large is halved; a record that nobody takes is set aside.
  forget
  answers 503
  for i in 1 2 3 4 5 6 7 8; do
    as "$who" sefaca run --preset=compiler -- sh -c "exit $i" 2>/dev/null
  done
  answers 413 3
  attempt as "$who" sefaca log ship --wait
  exits "$who: a bound on the lines of a request" 0
  tail -n 8 "$log" >"$work/last"
  check "$who: all of them arrived" quiet all_received "$work/last"
  answers 503
  for word in good poison good2; do
    as "$who" sefaca run --preset=compiler -- echo "$word" >/dev/null 2>&1
  done
  forget
  answers 400 poison
  attempt as "$who" sefaca log ship --wait
  exits "$who: a record that is refused stops no other" 0
  says "$who: it is told" 'refused 1'
  check "$who: two arrived" [ "$(sort -u "$server/received" | wc -l)" -eq 2 ]
  check "$who: one is kept" grep -q '"poison"' "$own/refused.ndjson"

  # Killed in the middle, again and again, while 60 runs append.
  forget
  answers 200
  until_true 30 no_shipper
  before=$(wc -l <"$log")
  (i=0; while [ "$i" -lt 20 ]; do
    as "$who" sefaca run --preset=compiler --quiet -- true &
    as "$who" sefaca run --preset=compiler --quiet -- true &
    as "$who" sefaca run --preset=compiler --quiet -- true
    wait
    i=$((i + 1))
  done) &
  runs=$!
  killed=0
  while kill -0 "$runs" 2>/dev/null; do
    for pid in $(shippers); do
      kill -KILL "$pid" 2>/dev/null && killed=$((killed + 1))
    done
    sleep 0.05
  done
  wait "$runs"
  check "$who: it was killed, often" [ "$killed" -ge 3 ]
  attempt as "$who" sefaca log ship --wait
  exits "$who: the rest is sent" 0
  tail -n "+$((before + 1))" "$log" >"$work/last"
  check "$who: 60 records" [ "$(wc -l <"$work/last")" -eq 60 ]
  check "$who: none is lost" all_received "$work/last"

  # Another 'log ship' ends one that waits in the background.
  until_true 30 no_shipper
  answers 503
  as "$who" sefaca run --preset=compiler -- true
  check "$who: one waits in the background" until_true 30 one_shipper
  until_true 30 has_lines "$server/requests" 1
  answers 200
  attempt as "$who" sefaca log ship
  exits "$who: log ship takes its place at once" 0
  check "$who: nothing waits after it" nothing_waits

  # A full spool is told, once a build, and bounded.
  stop_server
  extra_env="$extra_env SEFACA_LOG_SPOOL_SIZE=20k"
  attempt as "$who" setsid -w sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sefaca run --preset=compiler -- true; done'
  exits "$who: runs go on with a full spool" 0
  check "$who: it is said once" [ "$(grep -c 'the spool for https://localhost.* is full' "$work/err")" -eq 1 ]
  check "$who: it is bounded" [ "$(waiting)" -le 20480 ]
  attempt as "$who" sefaca log ship
  says "$who: and counted" 'found the spool full'
  extra_env="SEFACA_LOG_ENDPOINT=$url"

  # The token from a file, which no command can read.
  start_server
  answers 200
  forget
  printf '%s\n' "$token" | as "$who" sh -c 'umask 077; mkdir -p ~/keys; cat >~/keys/log-token'
  extra_env="$extra_env SEFACA_LOG_TOKEN_FILE=$home/keys/log-token"
  attempt as "$who" cat "$home/keys/log-token"
  prints "$who: bare, the token's file is read" "$token"
  attempt as "$who" sefaca run --quiet -- cat "$home/keys/log-token"
  exits_not_zero "$who: the token's file is not read from inside"
  place_token=$(place_of "$who")/token
  printf '%s\n' "$token" | as "$who" sh -c 'cat >token'
  attempt as "$who" env "SEFACA_LOG_TOKEN_FILE=$place_token" sefaca run --quiet -- cat token
  exits_not_zero "$who: nor in the working directory"
  attempt as "$who" env "SEFACA_LOG_TOKEN_FILE=$place_token" sefaca run --quiet "--readonly=$place_token" -- cat token
  exits_not_zero "$who: nor when it is named"
  as "$who" rm token
  attempt as "$who" sefaca log ship --wait
  exits "$who: with the token of the file" 0
  check "$who: it was taken" [ -s "$server/received" ]

  # The token is nowhere.
  check "$who: no token in log, spool and what was sent" sh -c "! grep -rqF '$token' \
    '$home/.local' '$server/received' '$server/requests'"
  attempt as "$who" env "SEFACA_LOG_TOKEN=$token" sefaca run --level=permissive -- sh -c "env; echo $token >/dev/null"
  check "$who: nor in the environment at permissive" sh -c "! grep -qF '$token' '$work/out'"
  check "$who: nor in a command's words in the log" sh -c "! grep -rqF '$token' '$home/.local'"
  until_true 30 no_shipper
  stop_server

  # Wrong settings; and where it is not installed.
  extra_env=''
  for wrong in http://localhost/x https://user:pw@localhost/x https://; do
    attempt as "$who" env "SEFACA_LOG_ENDPOINT=$wrong" sefaca run -- true
    exits "$who: no endpoint: $wrong" 125
    says "$who: it says what is wanted" 'https://HOST/PATH'
  done
  attempt as "$who" sefaca log ship
  exits "$who: log ship without an endpoint" 2
  says "$who: it names the variable" SEFACA_LOG_ENDPOINT
  printf '[log]\nendpoint = "%s"\n' "$url" | as "$who" sh -c 'cat >.sefaca.toml'
  attempt as "$who" sefaca run -- true
  exits "$who: a project says nowhere where records go" 125
  as "$who" rm .sefaca.toml
  mv "$work/libexec" "$work/libexec.away"
  extra_env="SEFACA_LOG_ENDPOINT=$url"
  attempt as "$who" setsid -w sh -c 'sefaca run -- true && sefaca run -- true'
  exits "$who: not installed: runs go on" 0
  check "$who: not installed: said once" [ "$(grep -c 'sefaca-ship is not installed' "$work/err")" -eq 1 ]
  says "$who: not installed: with a remedy" libcurl
  attempt as "$who" sefaca log ship
  exits "$who: not installed: log ship" 1
  mv "$work/libexec.away" "$work/libexec"
  extra_env=''
done

finish
