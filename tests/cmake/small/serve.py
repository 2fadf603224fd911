"""serve.py PATH [tcp]: a server in the background that answers one client, or gives up: on a unix socket, or on a port of
loopback that PATH then names."""
import os
import socket
import sys

by_tcp = len(sys.argv) > 2
listener = socket.socket(socket.AF_INET if by_tcp else socket.AF_UNIX)
if os.path.exists(sys.argv[1]):
    os.unlink(sys.argv[1])
listener.bind(("127.0.0.1", 0) if by_tcp else sys.argv[1])
listener.listen(1)
if by_tcp:
    with open(sys.argv[1], "w", encoding="ascii") as file:
        print(listener.getsockname()[1], file=file)
if os.fork() > 0:
    os._exit(0)
os.setsid()
for fd in 0, 1, 2:
    os.close(fd)
listener.settimeout(20)
try:
    client, _ = listener.accept()
    client.sendall(b"served")
except OSError:
    pass
