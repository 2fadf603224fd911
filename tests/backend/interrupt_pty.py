#!/usr/bin/python3
"""sefaca run in a container, on a real pty: Ctrl-C ends it, with the code of an interrupt."""
import os
import shlex
import sys
import time

import pexpect


def main():
    child = pexpect.spawn("/bin/sh", ["-c", "exec " + shlex.join(sys.argv[1:])], timeout=60,
                          encoding="utf-8")
    for _ in range(300):
        if os.path.exists("ready"):
            break
        time.sleep(0.1)
    os.remove("ready")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    code = child.exitstatus if child.exitstatus is not None else 128 + child.signalstatus
    assert code == 130, (child.exitstatus, child.signalstatus, child.before)


main()
