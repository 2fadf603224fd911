# What the test scripts share. A script sources it, calls check (or attempt and its assertions),
# and ends with `finish`. Everything a script makes lies in $work, which anyone may read: the tree
# that the program was built in may not be readable by the ordinary user.
# shellcheck shell=sh
set -u
umask 022
exec </dev/null

passed=0
failed=0
work=''
out=''
err=''
code=0

# --- Skipping and ending -------------------------------------------------------------------------

# A skip is a failure where CI is set.
skip() {
  echo "skipped: $*"
  [ -n "${CI:-}" ] && exit 1
  exit 77
}

clean_up() {
  # shellcheck disable=SC2086  # words on purpose
  [ -z "${server_pid:-}" ] || kill $server_pid 2>/dev/null
  [ -z "$work" ] || rm -rf -- "$work"
}

finish() {
  echo "$((passed + failed)) checks, $passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

# --- The place, the program and the people -------------------------------------------------------

[ -n "${SEFACA_BINARY:-}" ] || skip 'SEFACA_BINARY does not name the program'
[ -x "$SEFACA_BINARY" ] || { echo "no program at $SEFACA_BINARY"; exit 1; }

trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
# Not below /tmp: the presets grant that.
work=$(mktemp -d /var/tmp/sefaca-test.XXXXXX) || exit 1
chmod 755 "$work"
mkdir "$work/bin"
cp -- "$SEFACA_BINARY" "$work/bin/sefaca"
ln -s sefaca "$work/bin/SEFACA"
plain_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

if [ "$(id -u)" -eq 0 ]; then
  [ -n "${SEFACA_TEST_USER:-}" ] || skip 'SEFACA_TEST_USER names no ordinary user'
  id "$SEFACA_TEST_USER" >/dev/null || exit 1
  people='user root'
else
  people=user
fi

# Makes a directory of that person's: home_of user, place_of root …
for person in $people; do
  mkdir "$work/home-$person" "$work/place-$person"
  if [ "$person" = user ] && [ "$(id -u)" -eq 0 ]; then
    chown "$SEFACA_TEST_USER:" "$work/home-$person" "$work/place-$person"
  fi
done
home_of() { echo "$work/home-$1"; }
place_of() { echo "$work/place-$1"; }
log_of() { echo "$work/home-$1/.local/state/sefaca/audit.jsonl"; }

# as PERSON COMMAND…: as the ordinary user or as root, in that person's place, with a plain
# environment. What stands in $extra_env (NAME=VALUE words) is added to it.
extra_env=''
as() {
  as_person=$1
  shift
  as_home=$(home_of "$as_person")
  as_place=${place:-$(place_of "$as_person")}
  # shellcheck disable=SC2086  # words on purpose
  set -- env -i PATH="$work/bin:$plain_path" HOME="$as_home" LANG=C.UTF-8 TERM=dumb \
    PYTHONDONTWRITEBYTECODE=1 $extra_env "$@"
  if [ "$as_person" = user ] && [ "$(id -u)" -eq 0 ]; then
    set -- setpriv --reuid="$SEFACA_TEST_USER" --regid="$(id -g "$SEFACA_TEST_USER")" \
      --init-groups -- "$@"
  fi
  (cd -- "$as_place" && exec "$@")
}

# The same, from a script given on the standard input.
as_written() {
  as "$1" "${2:-sh}" -c "$(cat)"
}

# await FILE WHAT [TENTHS]: until WHAT, which makes the file, is there: ten seconds, or so many tenths.
await() {
  tries=0
  until [ -e "$1" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt "${3:-100}" ] || { echo "$2 did not start"; exit 1; }
    sleep 0.1
  done
}

# --- Assertions ----------------------------------------------------------------------------------

pass() {
  passed=$((passed + 1))
  echo "ok: $1"
}

fail() {
  failed=$((failed + 1))
  echo "FAILED: $1"
  echo "  exit code: $code"
  printf '%s\n' "$out" | head -n 20 | sed 's/^/  stdout: /'
  printf '%s\n' "$err" | head -n 20 | sed 's/^/  stderr: /'
}

# attempt COMMAND…: runs it and keeps its exit code, stdout and stderr for what follows.
attempt() {
  "$@" >"$work/out" 2>"$work/err"
  code=$?
  out=$(cat "$work/out")
  err=$(cat "$work/err")
}

check() {  # check NAME COMMAND…: the command succeeds
  check_name=$1
  shift
  if "$@"; then pass "$check_name"; else fail "$check_name"; fi
}

exits() {  # exits NAME CODE: what was attempted ended with that code
  check "$1" [ "$code" -eq "$2" ]
}

exits_not_zero() { check "$1" [ "$code" -ne 0 ]; }

says() {  # says NAME PATTERN: stderr holds the extended regular expression
  check "$1" grep -Eq -- "$2" "$work/err"
}

prints() {  # prints NAME TEXT: stdout is exactly that
  check "$1" [ "$out" = "$2" ]
}

absent() { check "$1" [ ! -e "$2" ]; }
present() { check "$1" [ -e "$2" ]; }

# field JSON-LINE-FILE EXPRESSION: a Python expression on `r`, the last record of the file.
field() {
  /usr/bin/python3 -c '
import json, sys
with open(sys.argv[1], encoding="utf-8", errors="surrogateescape") as log:
    r = json.loads(log.readlines()[-1])
print(eval(sys.argv[2]))' "$1" "$2"
}

# --- A network of the tests' own -----------------------------------------------------------------

# Starts this very script again in namespaces of its own (network, mounts, host name, IPC) with
# loopback up, where example.com is 127.0.0.1; returns at once in there. Loopback also has the
# addresses in $own_addresses; what protocols are there is open to everybody.
own_addresses=''
enter_own_network() {
  [ -z "${SEFACA_TEST_IN_NETWORK:-}" ] || return 0
  hosts=$work/hosts
  printf '127.0.0.1 localhost\n::1 localhost\n127.0.0.1 example.com\n' >"$hosts"
  set -- "$0" "$@"
  own=''
  drop='env'
  if [ "$(id -u)" -ne 0 ]; then
    own='--user --map-current-user --keep-caps'
    drop='setpriv --inh-caps=-all --ambient-caps=-all --'
  fi
  # shellcheck disable=SC2016,SC2086  # the script is for the inner shell; words on purpose
  SEFACA_TEST_IN_NETWORK=1 unshare $own --net --mount --uts --ipc -- sh -c '
    ip link set lo up && mount --bind "$1" /etc/hosts &&
      echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start || exit 99
    echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range
    echo 3 >/proc/sys/net/ipv4/tcp_fastopen
    for address in $2; do ip address add "$address" dev lo || exit 99; done
    drop=$3
    shift 3
    exec $drop sh "$@"' sh "$hosts" "$own_addresses" "$drop" "$@"
  entered=$?
  [ "$entered" -ne 99 ] || { echo 'no network of its own could be set up'; exit 1; }
  exit "$entered"
}

# Starts this very script again in a pid namespace of its own, with a /proc of its own: a signal to
# everybody hits nobody else, and nothing outlives it.
enter_own_processes() {
  [ -z "${SEFACA_TEST_IN_PROCESSES:-}" ] || return 0
  own=''
  [ "$(id -u)" -eq 0 ] || own='--user --map-current-user'
  # shellcheck disable=SC2086  # words on purpose
  SEFACA_TEST_IN_PROCESSES=1 unshare $own --pid --fork --kill-child --mount-proc -- sh "$0" "$@"
  exit
}

# A receiver on 127.0.0.1:PORT that answers every request and writes a line for each connection
# into $work/received.
start_receiver() {
  : >"$work/received"
  /usr/bin/python3 - "$1" "$work/received" <<'PY' &
import socket, sys
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen(16)
open(sys.argv[2] + ".ready", "w").close()
while True:
    connection, _ = listener.accept()
    with open(sys.argv[2], "a") as received:
        received.write("connection\n")
    connection.settimeout(5)
    try:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 8\r\n\r\nreceived")
    except OSError:
        pass
    connection.close()
PY
  server_pid=$!
  await "$work/received.ready" 'the receiver'
}

received() { wc -l <"$work/received"; }

# --- Certificates --------------------------------------------------------------------------------

# Authorities of the test's own, $work/NAME.pem and $work/NAME.key; the first of them signs
# $work/server.pem (and .key), for localhost and, in the tests of the action, for github.com.
make_certificates() {
  for name in "$@"; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
      -subj "/CN=sefaca test $name" -keyout "$work/$name.key" -out "$work/$name.pem" || return 1
    chmod 644 "$work/$name.pem"
  done
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost \
    -keyout "$work/server.key" -out "$work/server.csr" || return 1
  printf 'subjectAltName=DNS:localhost,DNS:github.com\n' >"$work/server.ext"
  openssl x509 -req -in "$work/server.csr" -CA "$work/$1.pem" -CAkey "$work/$1.key" \
    -CAcreateserial -days 2 -extfile "$work/server.ext" -out "$work/server.pem"
}

# --- No user namespaces --------------------------------------------------------------------------

# without_userns COMMAND…: runs it where user namespaces can't be made, host untouched: inside an
# outer user namespace whose own limit is 0. Where they are refused already, as it is.
without_userns_script="$work/bin/without-userns"
cat >"$without_userns_script" <<'EOS'
#!/bin/sh
unshare --user true 2>/dev/null || exec "$@"
exec unshare --user --map-current-user --keep-caps sh -c '
  echo 0 >/proc/sys/user/max_user_namespaces || exit 99
  exec setpriv --inh-caps=-all --ambient-caps=-all -- "$@"' sh "$@"
EOS
chmod 755 "$without_userns_script"
