#!/bin/sh
# Loopback, with a network namespace of the run's own and where the supervisor decides: what the tree
# serves itself is reached, what the host serves only by host-loopback, nothing of outside ever.
# Judged by receivers in the tests' own network, on 127.0.0.1 and on addresses that are not loopback.
. "$(dirname -- "$0")/../lib.sh"
own_addresses='192.0.2.1/32 2001:db8::1/128'
enter_own_network "$@"

cat >"$work/bin/receive" <<'PY'
#!/usr/bin/python3
# TCP and UDP on loopback and outside of it; whoever comes is written down, a line each.
import os, socket, sys, threading
PLACES = [("loopback", "127.0.0.1"), ("loopback6", "::1"), ("outside", "192.0.2.1"), ("outside6", "2001:db8::1")]
ports, lock = [], threading.Lock()
def note(what):
    with lock, open("received", "a") as file:
        file.write(what + "\n")
def tcp(name, listener):
    while True:
        connection, _ = listener.accept()
        note("tcp-" + name)
        connection.sendall(b"hello")
        connection.close()
def udp(name, server):
    while True:
        data, peer = server.recvfrom(99)
        note("udp-" + name)
        server.sendto(b"pong", peer)
for name, address in PLACES:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    t, u = socket.socket(family), socket.socket(family, socket.SOCK_DGRAM)
    t.bind((address, 0)); t.listen(16); u.bind((address, 0))
    ports += [t.getsockname()[1], u.getsockname()[1]]
    threading.Thread(target=tcp, args=(name, t), daemon=True).start()
    threading.Thread(target=udp, args=(name, u), daemon=True).start()
with open("ports.new", "w") as file:
    print(os.getpid(), *ports, file=file)
os.rename("ports.new", "ports")
threading.Event().wait()
PY

cat >"$work/bin/probe" <<'PY'
#!/usr/bin/python3
# Does each thing of its kind and prints a line: its name and "ok", or the name of the errno.
import asyncio, errno, os, socket, sys, threading
kind, ports = sys.argv[1], [int(p) for p in sys.argv[2:]]
V4, V6, UDP = socket.AF_INET, socket.AF_INET6, socket.SOCK_DGRAM
def attempt(name, do):
    try:
        do()
        print(name, "ok")
    except socket.timeout:
        print(name, "nothing")
    except OSError as error:
        print(name, errno.errorcode.get(error.errno, error.errno))
def new(family, kind=socket.SOCK_STREAM):
    s = socket.socket(family, kind)
    s.settimeout(5)
    return s
def tcp(family, bound, reached):
    server = new(family)
    if bound:
        server.bind((bound, 0))
    server.listen()
    client = new(V6 if ":" in reached else V4)
    client.connect((reached, server.getsockname()[1]))
    peer, _ = server.accept()
    peer.sendall(b"hi")
    assert client.recv(9) == b"hi"
    client.sendmsg([b"x", b"yz"])
    assert peer.recv(9) == b"xyz"
    name = server.getsockname()[0]
    assert name in ("127.0.0.1", "::1", "::ffff:127.0.0.1") or "own" in os.environ, name
def udp(family, bound, reached):
    server, client = new(family, UDP), new(family, UDP)
    server.bind((bound, 0))
    port = server.getsockname()[1]
    client.sendto(b"q", (reached, port))  # binds itself
    data, peer = server.recvfrom(9)
    server.sendto(b"r", peer)
    assert client.recv(9) == b"r"
    client.sendmsg([b"m", b"n"], [], 0, (reached, port))
    assert server.recv(9) == b"mn"
    client.connect((reached, port))
    client.send(b"z")
    assert server.recv(9) == b"z"
def at_once():
    server, client = new(V4), socket.socket()
    server.bind(("127.0.0.1", 0)); server.listen()
    client.setblocking(False)
    assert client.connect_ex(server.getsockname()) in (0, errno.EINPROGRESS)
    server.accept()
async def serve():
    async def echo(reader, writer):
        writer.write(await reader.read(3)); await writer.drain(); writer.close()
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"abc")
    assert await reader.read() == b"abc"
def dead():
    inside, outside = os.pipe()
    if os.fork() == 0:
        s = new(V4); s.bind(("127.0.0.1", 0)); s.listen()
        os.write(outside, str(s.getsockname()[1]).encode()); os._exit(0)
    os.wait()
    new(V4).connect(("127.0.0.1", int(os.read(inside, 9))))
def again():  # what a disconnected socket listens on
    server = new(V4); server.bind(("127.0.0.1", 0)); server.listen()
    s = new(V4); s.connect(server.getsockname())
    socket.socket.shutdown(s, socket.SHUT_RDWR); s.close()
    s = new(V4); s.listen()
    assert s.getsockname()[0] == "127.0.0.1" or "own" in os.environ
def descriptors():
    a, b = socket.socketpair()
    file = os.open("/etc/passwd", os.O_RDONLY)
    socket.send_fds(a, [b"f"], [file])
    data, fds, *_ = socket.recv_fds(b, 9, 2)
    assert data == b"f" and os.read(fds[0], 4) == open("/etc/passwd", "rb").read(4)
def large():
    a, b = socket.socketpair()
    size, got = 2_000_000, []
    def read():
        while sum(got) < size:
            got.append(len(b.recv(65536)))
    thread = threading.Thread(target=read); thread.start()
    assert a.sendmsg([b"x" * size]) == size
    thread.join()
def unix():
    s, c = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    s.bind("own.socket"); s.listen(); c.connect("own.socket"); os.unlink("own.socket")
def gone():
    a, b = socket.socketpair()
    b.close()
    a.sendmsg([b"x"])
if kind == "own":
    for name, args in {"tcp4": (V4, "127.0.0.1", "127.0.0.1"), "tcp4-any": (V4, "0.0.0.0", "127.0.0.1"),
                       "tcp6": (V6, "::1", "::1"), "tcp6-any": (V6, "::", "127.0.0.1"),
                       "tcp4-mapped": (V4, "127.0.0.1", "::ffff:127.0.0.1"),
                       "tcp-unbound": (V4, "", "127.0.0.1")}.items():
        attempt(name, lambda: tcp(*args))
    for name, args in {"udp4": (V4, "127.0.0.1", "127.0.0.1"), "udp4-any": (V4, "0.0.0.0", "127.0.0.1"),
                       "udp6": (V6, "::1", "::1")}.items():
        attempt(name, lambda: udp(*args))
    for name, do in {"at-once": at_once, "asyncio": lambda: asyncio.run(serve()), "unbound-again": again,
                     "descriptors": descriptors, "large": large, "unix": unix}.items():
        attempt(name, do)
    attempt("dead", dead)
    attempt("closed", gone)
    attempt("bind-elsewhere", lambda: new(V4).bind(("192.0.2.99", 0)))
else:
    targets = zip(("127.0.0.1", "::1") if kind == "host" else ("192.0.2.1", "2001:db8::1"), (ports[0:2], ports[2:4]))
    for address, (t, u) in targets:
        family = V6 if ":" in address else V4
        def ask(sender):
            s = new(family, UDP); s.settimeout(0.7); sender(s); assert s.recv(9) == b"pong"
        def early(flags=0):
            s = new(family, UDP); s.bind((("127.0.0.1", "::1")[family == V6], 0)); s.settimeout(0.7)
            s.sendto(b"q", (address, u)); assert s.recv(9) == b"pong"
        attempt("connect", lambda: new(family).connect((address, t)))
        attempt("sendto", lambda: ask(lambda s: s.sendto(b"q", (address, u))))
        attempt("sendmsg", lambda: ask(lambda s: s.sendmsg([b"q"], [], 0, (address, u))))
        attempt("udp-connect", lambda: ask(lambda s: (s.connect((address, u)), s.send(b"q"))))
        attempt("bound", early)
        def at_once():
            s = socket.socket(family); s.setblocking(False)
            code = s.connect_ex((address, t))
            if code == errno.EINPROGRESS:
                import select
                select.select([], [s], [], 2)
                code = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                raise OSError(code, "")
        attempt("at-once", at_once)
PY
cat >"$work/bin/leave" <<'PY'
#!/usr/bin/python3
# Prints the port of a server that it leaves running, and ends with 3. The server binds, listens,
# connects and accepts after that, and ends with its first caller.
import os, socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
if os.fork():
    print(s.getsockname()[1], flush=True)
    os._exit(3)
os.setsid()
for fd in 0, 1, 2:
    os.dup2(os.open("/dev/null", os.O_RDWR), fd)
s.settimeout(20)
caller, _ = s.accept()
other = socket.socket(); other.listen()
own = socket.create_connection(other.getsockname())
caller.sendall(b"served")
PY
cat >"$work/bin/call" <<'PY'
#!/usr/bin/python3
import socket, sys
print(socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5).recv(9).decode())
PY
chmod 755 "$work/bin/receive" "$work/bin/probe" "$work/bin/leave" "$work/bin/call"

mkdir "$work/outside"
chmod 777 "$work/outside"
(cd "$work/outside" && exec "$work/bin/receive") &
server_pid=$!
await "$work/outside/ports" 'the receiver'
read -r _ here_tcp here_udp here6_tcp here6_udp out_tcp out_udp out6_tcp out6_udp <"$work/outside/ports"
received_lines() { sort -u "$work/outside/received" 2>/dev/null | tr '\n' ' '; }
forget() { rm -f "$work/outside/received"; }
host_ports="$here_tcp $here_udp $here6_tcp $here6_udp"
outside_ports="$out_tcp $out_udp $out6_tcp $out6_udp"
own='at-once ok|asyncio ok|tcp4 ok|tcp4-any ok|tcp6 ok|tcp6-any ok|tcp4-mapped ok|tcp-unbound ok|udp4 ok|udp4-any ok|udp6 ok|unbound-again ok|descriptors ok|large ok|unix ok|dead ECONNREFUSED|closed EPIPE|bind-elsewhere EADDRNOTAVAIL'

for who in $people; do
  log=$(home_of "$who")/audit.jsonl
  none=without-userns
  # Root makes namespaces without a user namespace.
  [ "$who" = user ] || none="$none setpriv --bounding-set=-sys_admin --inh-caps=-all --"
  # Bare, each receiver is there.
  forget
  # shellcheck disable=SC2086  # words on purpose
  attempt as "$who" probe outside $outside_ports
  # shellcheck disable=SC2086
  attempt as "$who" probe host $host_ports
  check "$who: bare: all are reached" [ "$(received_lines)" = 'tcp-loopback tcp-loopback6 tcp-outside tcp-outside6 udp-loopback udp-loopback6 udp-outside udp-outside6 ' ]

  for host in with without; do
    run=sefaca
    [ "$host" = with ] || run="$none sefaca"
    for network in localhost host-loopback; do
      name="$who, $host namespaces, $network"
      decided=yes
      [ "$host$network" = withlocalhost ] && decided=no
      extra_env=''
      [ "$decided" = yes ] || extra_env='own=1'
      # shellcheck disable=SC2086
      attempt as "$who" $run run "--network=$network" "--log=$log" -- probe own
      wrong=$(printf '%s\n' "$out" | grep -Evx "$own")
      check "$name: what it serves itself ($wrong)" [ -z "$wrong" ]
      check "$name: all of it was tried" [ "$(printf '%s\n' "$out" | wc -l)" -eq 18 ]
      how=$(field "$log" "r['enforced']['network']")
      case $decided$network in
        no*) wanted='network namespace*' ;;
        *localhost) wanted='the supervisor connects and binds: loopback, ports of this tree' ;;
        *) wanted='the supervisor connects and binds: loopback' ;;
      esac
      # shellcheck disable=SC2254  # a pattern on purpose
      case $how in $wanted) pass "$name: the record says how" ;; *) fail "$name: the record says: $how" ;; esac
      extra_env=''

      forget
      # shellcheck disable=SC2086
      attempt as "$who" $run run "--network=$network" "--log=$log" -- probe outside $outside_ports
      check "$name: nothing outside was reached" [ -z "$(received_lines)" ]
      check "$name: refused as by a host without a way" [ "$(printf '%s\n' "$out" | sort | uniq -c | sort | sed 's/^ *//' | grep -cE '^2 (connect|sendto|sendmsg|udp-connect|at-once) ENETUNREACH$')" -eq 5 ]
      check "$name: each address is named" [ "$(field "$log" "sorted({v['address'] for v in r['violations'] if v['violation'] == 'network_access_denied'})")" = "['192.0.2.1', '2001:db8::1']" ]
      check "$name: what was sent, too" [ "$(field "$log" "any(v['operation'] == 'sendto' for v in r['violations'])")" = True ]

      forget
      # shellcheck disable=SC2086
      attempt as "$who" $run run "--network=$network" "--log=$log" -- probe host $host_ports
      if [ "$network" = host-loopback ]; then
        check "$name: the host's own are reached" [ "$(received_lines)" = 'tcp-loopback tcp-loopback6 udp-loopback udp-loopback6 ' ]
        check "$name: and that is no violation" [ "$(field "$log" "r['violations']")" = '[]' ]
      else
        check "$name: the host's own are not reached" [ -z "$(received_lines)" ]
        check "$name: refused as by nobody" [ "$(printf '%s\n' "$out" | grep -cE '^(connect|at-once) ECONNREFUSED$')" -eq 4 ]
        check "$name: which names the way" [ "$(field "$log" "{v['suggestion'] for v in r['violations'] if v['port'] in ($here_tcp, $here6_tcp)}")" = "{\"Use --network=host-loopback if it needs the machine's own loopback\"}" ]
      fi
    done
    # A server that a run leaves behind is decided on as long as it runs.
    # shellcheck disable=SC2086
    attempt as "$who" timeout 30 $run run --preset=testing --network=host-loopback --keep-background "--log=$log" -- leave
    exits "$who, $host namespaces: left running: the command's own code" 3
    attempt as "$who" sefaca run --network=host-loopback "--log=$log" -- call "$out"
    prints "$who, $host namespaces: left running: it serves" served

    # At strict nobody may come in either.
    # shellcheck disable=SC2086
    attempt as "$who" $run run --level=strict --network=localhost "--log=$log" --timeout=none -- probe own
    if [ "$host" = with ]; then
      check "$who, strict: its own loopback" sh -c "grep -qx 'tcp4 ok' '$work/out'"
    else
      check "$who, strict without namespaces: none" sh -c "! grep -qx 'tcp4 ok' '$work/out'"
    fi
  done
  # Without a supervisor there is none, and that is named.
  # shellcheck disable=SC2086
  attempt as "$who" $none sefaca exec --network=host-loopback "--log=$log" -- probe own
  check "$who: exec has no network then" sh -c "! grep -qx 'tcp4 ok' '$work/out'"
  check "$who: and says so" [ "$(field "$log" "[g['what'] for g in r['not_enforced'] if g['what'] == 'network']")" = "['network']" ]
done

finish
