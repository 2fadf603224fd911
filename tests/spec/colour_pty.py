#!/usr/bin/python3
"""Colour on a real terminal, none with NO_COLOR, on a dumb one, or in a pipe: the same words each time."""
import os
import pty
import re
import subprocess
import tempfile

SEFACA = os.environ["SEFACA_BINARY"]
COMMAND = [SEFACA, "run", "--no-network", "--preset=compiler", "--log=log.jsonl", "--", "/bin/sh", "-c",
           "/bin/cat outside/secret; exit 3"]


def on_terminal(directory, variables):
    """What sefaca writes to a terminal as its stderr; its stdout is a pipe."""
    ours, theirs = pty.openpty()
    environment = {"PATH": "/usr/bin:/bin", "HOME": directory, **variables}
    with subprocess.Popen(COMMAND, cwd=directory, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        text = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # EIO: nobody is left on the other end
                break
            if not part:
                break
            text += part
        assert process.stdout.read() == b"", "stdout is the command's"
        assert process.wait() == 3
    os.close(ours)
    return text.decode().replace("\r\n", "\n")


def main():
    with tempfile.TemporaryDirectory(dir="/var/tmp") as directory:
        os.mkdir(f"{directory}/.ssh")
        os.symlink(".ssh", f"{directory}/outside")
        with open(f"{directory}/.ssh/secret", "w", encoding="utf-8") as file:
            file.write("key\n")
        coloured = on_terminal(directory, {"TERM": "xterm"})
        assert "\x1b[1;31mfilesystem_read_denied\x1b[0m" in coloured, coloured
        plain = re.sub("\x1b\\[[0-9;]*m", "", coloured)
        for variables in ({"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb"}, {}):
            text = on_terminal(directory, variables)
            assert "\x1b" not in text, (variables, text)
            assert text == plain, (variables, text, plain)
        piped = subprocess.run(COMMAND, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True,
                               check=False, env={"PATH": "/usr/bin:/bin", "HOME": directory, "TERM": "xterm"})
        assert b"\x1b" not in piped.stderr and b"filesystem_read_denied" in piped.stderr, piped.stderr


main()
