#!/bin/sh
# Unix sockets by path: reachable where the policy grants writing to the socket, whatever the network.
. "$(dirname -- "$0")/../lib.sh"

cat >"$work/bin/serve" <<'PY'
#!/usr/bin/python3
import os, socket, sys, threading
def serve(path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path if path[0] != "@" else "\0" + path[1:])
    listener.listen(8)
    if path[0] == "/":
        open(path + ".ready", "w").close()
    while True:
        connection, _ = listener.accept()
        connection.sendall(b"hello")
        connection.close()
with open("server.pid", "w") as file:
    print(os.getpid(), file=file)
for path in sys.argv[1:]:
    threading.Thread(target=serve, args=(path,)).start()
PY
cat >"$work/bin/talk" <<'PY'
#!/usr/bin/python3
import os, socket, sys
path = sys.argv[1]
s = socket.socket(socket.AF_UNIX)
if len(sys.argv) > 2:
    s.setblocking(False)
s.connect(path if path[0] != "@" else "\0" + path[1:])
s.setblocking(True)
print(s.recv(99).decode(), os.path.basename(s.getpeername() if isinstance(s.getpeername(), str) else "abstract"))
PY
chmod 755 "$work/bin/serve" "$work/bin/talk"

for who in $people; do
  here=$(place_of "$who")
  home=$(home_of "$who")
  log=$home/audit.jsonl
  as "$who" mkdir -p "$home/run" "$home/.gnupg"
  as "$who" serve "$here/s" "$home/run/s" "$home/.gnupg/S.gpg-agent" "@sefaca-test-$who-$$" >/dev/null 2>&1 &
  tries=0
  until [ -e "$here/s.ready" ] && [ -e "$home/run/s.ready" ] && [ -e "$home/.gnupg/S.gpg-agent.ready" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { echo 'the server did not start'; exit 1; }
    sleep 0.1
  done
  sleep 0.2
  server_pid=$(cat "$here/server.pid")
  for address in "$here/s" "$home/run/s" "$home/.gnupg/S.gpg-agent" "@sefaca-test-$who-$$"; do
    attempt as "$who" talk "$address"
    exits "$who: bare: $address" 0
  done
  for network in deny allow; do
    as_sefaca() {
      attempt as "$who" sefaca run "--network=$network" "--log=$log" "$@"
    }
    as_sefaca -- talk "$here/s"
    prints "$who, $network: in the working directory" 'hello s'
    as_sefaca -- talk s nonblocking
    prints "$who, $network: by a relative path" 'hello s'
    check "$who, $network: no violation" [ "$(field "$log" "r['violations']")" = '[]' ]
    for path in "$home/run/s" "$home/.gnupg/S.gpg-agent"; do
      as_sefaca -- talk "$path"
      exits_not_zero "$who, $network: $path"
      check "$who, $network: $path is named" [ "$(field "$log" "[(v['violation'], v['path'], v['operation']) for v in r['violations']]")" = \
        "[('socket_denied', '$path', 'connect')]" ]
      flag=$(field "$log" "r['violations'][0]['suggestion'].split()[1]")
      as_sefaca "$flag" -- talk "$path"
      exits "$who, $network: $flag" 0
    done
    as_sefaca -- sh -c "ln -sf '$home/run/s' way; talk way"
    exits_not_zero "$who, $network: by a link"
    as_sefaca -- talk "$here/nosuch"
    exits_not_zero "$who, $network: a missing one"
    check "$who, $network: which is no violation" [ "$(field "$log" "r['violations']")" = '[]' ]
    as_sefaca -- talk "@sefaca-test-$who-$$"
    exits_not_zero "$who, $network: an abstract one of outside"
    as_sefaca --allow=abstract-sockets -- talk "@sefaca-test-$who-$$"
    exits "$who, $network: allowed" 0
    as_sefaca --tmp=host -- sh -c "serve \$PWD/own @own-$$ & until [ -e own.ready ]; do sleep 0.05; done; sleep 0.1
      talk \$PWD/own && talk @own-$$; code=\$?; kill \$!; rm -f own own.ready; exit \$code"
    exits "$who, $network: those of the tree itself" 0
  done
  kill "$server_pid"
  server_pid=''
done

finish
