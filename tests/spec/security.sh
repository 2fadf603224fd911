#!/bin/sh
# The specification's security tests, as written there. What is refused is first done bare, so that
# a refusal proves something.
. "$(dirname -- "$0")/../lib.sh"
enter_own_network

start_receiver 80
for who in $people; do
  before=$(received)
  attempt as "$who" curl -sS --max-time 10 example.com
  exits "$who: bare, curl reaches the receiver" 0
  prints "$who: bare, curl gets the answer" received
  check "$who: bare, the receiver saw it" [ "$(received)" -eq $((before + 1)) ]

  before=$(received)
  attempt as_written "$who" bash <<'SPEC'
# Test network isolation
SEFACA run --no-network 'curl example.com' && exit 1  # Should fail
exit 0
SPEC
  exits "$who: --no-network refuses curl" 0
  check "$who: the receiver saw nothing" [ "$(received)" -eq "$before" ]
  for spelling in --no-net --network=deny --preset=compiler; do
    attempt as "$who" SEFACA run "$spelling" 'curl -sS --max-time 10 example.com'
    exits_not_zero "$who: $spelling refuses curl"
  done
  check "$who: the receiver still saw nothing" [ "$(received)" -eq "$before" ]

  # The errno shows that it was sefaca: EACCES or EPERM where bare there is none.
  cat >"$work/place-$who/connect.py" <<'PY'
import errno, socket
try:
    socket.create_connection(("127.0.0.1", 80), timeout=10).close()
    print("connected")
except OSError as e:
    print(errno.errorcode[e.errno])
PY
  attempt as "$who" python connect.py
  prints "$who: bare, Python connects" connected
  attempt as "$who" SEFACA run --no-network python connect.py
  case $out in
    EACCES | EPERM) pass "$who: --no-network refuses Python with $out" ;;
    *) fail "$who: --no-network refuses Python with EACCES or EPERM" ;;
  esac

  before=$(received)
  attempt as "$who" SEFACA run --network 'curl -sS --max-time 10 example.com'
  exits "$who: --network lets curl through" 0
  prints "$who: --network, curl gets the answer" received
  check "$who: --network, the receiver saw it" [ "$(received)" -eq $((before + 1)) ]
done

# Filesystem protection. Only root can do it bare; an ordinary user's twin is a place of its own.
if [ "$(id -u)" -eq 0 ] && [ ! -e /test ]; then
  attempt as root touch /test
  exits 'root: bare, touch /test' 0
  present 'root: bare, /test is there' /test
  rm -f /test
  attempt as_written root bash <<'SPEC'
# Test filesystem protection
SEFACA run --readonly=/ 'touch /test' && exit 1  # Should fail
exit 0
SPEC
  exits 'root: --readonly=/ refuses touch /test' 0
  absent 'root: /test is not there' /test
  attempt as root SEFACA run --readonly=/ 'touch /test'
  says 'root: touch was told why' 'Permission denied|Read-only file system'
  rm -f /test
fi
for who in $people; do
  there=$(place_of "$who")/protected
  as "$who" mkdir "$there"
  attempt as "$who" touch "$there/bare"
  exits "$who: bare, touch" 0
  attempt as "$who" SEFACA run "--readonly=$there" "touch $there/test"
  exits_not_zero "$who: --readonly refuses touch"
  says "$who: touch was told why" 'Permission denied|Read-only file system'
  absent "$who: nothing is there" "$there/test"
  attempt as "$who" SEFACA run "--readonly=$there" "cat $there/bare"
  exits "$who: --readonly lets it be read" 0
done

# Resource limits.
for who in $people; do
  attempt as_written "$who" bash <<'SPEC'
python -c "x=[0]*10**8"
SPEC
  exits "$who: bare, Python takes 800 MB" 0
  attempt as_written "$who" bash <<'SPEC'
# Test resource limits
SEFACA run --memory=10m 'python -c "x=[0]*10**8"' && exit 1  # Should fail
exit 0
SPEC
  exits "$who: --memory=10m stops Python" 0
  attempt as "$who" SEFACA run --memory=2g 'python -c "x=[0]*10**8"'
  exits "$who: --memory=2g lets it through" 0
done

finish
