"""What a command finds: each line says whether a thing was done. Run bare and in the sandbox."""
import os
import signal
import socket
import sys
import tempfile


def write(path):
    with open(path, "w", encoding="utf-8") as file:
        file.write("probe\n")


def read(path):
    with open(path, encoding="utf-8") as file:
        file.read()


def use_tmp():
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp")) as directory:
        write(directory + "/file")
        os.rename(directory + "/file", directory + "/renamed")


def use_proc():
    read("/proc/self/status")
    read("/proc/%d/cmdline" % os.getpid())
    os.listdir("/proc/self/fd")
    read("/proc/cpuinfo")


def reach(port):
    socket.create_connection(("127.0.0.1", port), timeout=5).close()


def own_loopback():
    with socket.create_server(("127.0.0.1", 0)) as server:
        reach(server.getsockname()[1])


def main():
    home, name, port, pid = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    tries = {
        "write-inside": lambda: write("made-inside"),
        "write-outside": lambda: write(home + "/outside"),
        "read-secret": lambda: read(home + "/.ssh/id_ed25519"),
        "git-hook": lambda: write(".git/hooks/pre-commit"),
        "tmp-usable": use_tmp,
        "tmp-of-host": lambda: read("/tmp/" + name),
        "proc-usable": use_proc,
        "host-loopback": lambda: reach(port),
        "own-loopback": own_loopback,
        "signal-outside": lambda: os.kill(pid, signal.SIGCONT),
    }
    for what, done in tries.items():
        try:
            done()
            print(what, "done")
        except OSError as error:
            print(what, "refused", error.strerror)


main()
