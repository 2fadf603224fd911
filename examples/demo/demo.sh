#!/bin/sh
# The demo: builds and tests the project beside it under sefaca, then lets it try two things that no
# build should do, first bare and then under sefaca. `./dev demo` calls it in a place and a home of
# its own with sefaca on PATH.
set -u
cd -- "$(dirname -- "$0")/project" || exit 1

title() { printf '\n== %s\n' "$*"; }

show() {  # prints a command, runs it, keeps and prints its exit code
  printf '$ %s\n' "$*"
  "$@"
  code=$?
  printf '(exit code %d)\n' "$code"
}

mistakes=0
expect() {  # expect TEXT COMMAND…: a line for the summary
  text=$1
  shift
  if "$@"; then
    summary="$summary
  yes  $text"
  else
    summary="$summary
  NO   $text"
    mistakes=$((mistakes + 1))
  fi
}
summary=''

# A receiver on this machine stands for someone else's server.
received=$HOME/received
python3 - "$HOME/port" "$received" <<'PY' &
import os, socket, sys
listener = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1] + ".part", "w") as port:
    port.write(str(listener.getsockname()[1]))
os.rename(sys.argv[1] + ".part", sys.argv[1])
while True:
    connection, _ = listener.accept()
    with open(sys.argv[2], "ab") as received:
        received.write(connection.recv(1000))
    connection.close()
PY
receiver=$!
trap 'kill "$receiver" 2>/dev/null' EXIT
tries=0
while [ ! -e "$HOME/port" ] && [ "$tries" -lt 100 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
PORT=$(cat "$HOME/port") || exit 1
USER=$(id -un)
export PORT USER

got() {  # got N: the receiver holds N lines (given a moment)
  sleep 0.3
  touch "$received"
  [ "$(wc -l <"$received")" -eq "$1" ]
}

title 'Configure, build and test a small project under sefaca'
show sefaca run --preset=compiler -- cmake -S . -B build
expect 'configured under --preset=compiler' [ "$code" -eq 0 ]
show sefaca run --preset=compiler -- cmake --build build
expect 'built under --preset=compiler' [ "$code" -eq 0 ]
show sefaca run --preset=testing -- ctest --test-dir build
expect 'tested under --preset=testing' [ "$code" -eq 0 ]

title 'Without sefaca, its build reaches a server and writes into the home'
show cmake --build build --target phone_home
show cmake --build build --target plant
expect 'without sefaca: the server was reached' got 1
expect 'without sefaca: ~/.profile was written' [ -e "$HOME/.profile" ]
rm -f "$HOME/.profile"

title 'Under sefaca the same is refused, and the build fails'
show sefaca run --preset=compiler -- cmake --build build --target phone_home
expect 'under sefaca: the step that connects failed' [ "$code" -ne 0 ]
expect 'under sefaca: the server was not reached' got 1
show sefaca run --preset=compiler -- cmake --build build --target plant
expect 'under sefaca: the step that writes failed' [ "$code" -ne 0 ]
expect 'under sefaca: ~/.profile was not written' [ ! -e "$HOME/.profile" ]

title 'The audit record of the last run'
log=$(find "$HOME" -name audit.jsonl | head -n 1)
tail -n 1 "$log" | python3 -m json.tool
expect 'every run is on record' [ "$(wc -l <"$log")" -eq 5 ]

title "What was seen, as user $USER"
printf '%s\n' "${summary#?}"
if [ "$mistakes" -ne 0 ]; then
  printf '\n%d of these did not go as they should.\n' "$mistakes"
  exit 1
fi
printf '\nAll as it should be. The project is examples/demo/project.\n'
