#!/bin/sh
# The name that a program asked the resolver for is in the violation, and the program fails without
# waiting for a server. Judged in a network of the tests' own, where a name server listens and must
# not be asked.
. "$(dirname -- "$0")/../lib.sh"
enter_own_network

: >"$work/asked"
/usr/bin/python3 - "$work/asked" <<'PY' &
import socket, sys
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
open(sys.argv[1] + ".ready", "w").close()
while True:
    server.recvfrom(4096)
    with open(sys.argv[1], "a") as asked:
        asked.write("asked\n")
PY
server_pid=$!
echo 'nameserver 127.0.0.1' >"$work/resolv.conf"
if [ "$(id -u)" -eq 0 ]; then
  mount --bind "$work/resolv.conf" /etc/resolv.conf || exit 1
fi
await "$work/asked.ready" 'the name server'

host=malicious.example.com
for who in $people; do
  log=$(home_of "$who")/audit.jsonl
  named() {  # named NAME COMMAND…
    name=$1
    shift
    for network in --network=deny --level=default; do
      attempt as "$who" timeout 10 sefaca run "$network" "--log=$log" -- "$@"
      exits_not_zero "$who, $network: $name fails"
      check "$who, $network: $name does not wait" [ "$code" -ne 124 ]
      check "$who, $network: $name is named" [ "$(field "$log" "[(v['violation'], v['attempted_host'], v['action'], v['suggestion']) for v in r['violations']]")" = \
        "[('network_access_denied', '$host', 'blocked', 'Use --network flag if network access needed')]" ]
      says "$who, $network: $name is said" "^sefaca: network_access_denied: $host "
    done
  }
  named curl curl -sS "https://$host"
  named getent getent hosts "$host"
  named python /usr/bin/python3 -c "import urllib.request; urllib.request.urlopen('http://$host/')"
  named gethostbyname /usr/bin/python3 -c "import socket; socket.gethostbyname('$host')"
  command -v wget >/dev/null && named wget wget -q -O /dev/null "http://$host/"
  command -v git >/dev/null && named git git clone "https://$host/x.git"

  # What needs no network is answered from the hosts file; accounts resolve.
  attempt as "$who" sefaca run --no-network "--log=$log" -- getent hosts example.com
  exits "$who: a name of the hosts file" 0
  check "$who: its address" grep -q '^127\.0\.0\.1' "$work/out"
  attempt as "$who" sefaca run --no-network "--log=$log" -- getent ahosts localhost
  exits "$who: localhost" 0
  attempt as "$who" sefaca run --no-network "--log=$log" -- id -un
  prints "$who: accounts resolve" "$(as "$who" id -un)"
  check "$who: that is no violation" [ "$(field "$log" "r['violations']")" = '[]' ]
done
check 'no name server was asked' [ ! -s "$work/asked" ]

finish
