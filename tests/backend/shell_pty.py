#!/usr/bin/python3
"""sefaca shell in a container, on a real pty: the prompt, the size, an interrupt, the exit code."""
import os
import shlex
import sys
import time

import pexpect

MARK = "(sefaca:default) "


def main():
    child = pexpect.spawn("/bin/sh", ["-c", "exec " + shlex.join(sys.argv[1:])], timeout=60,
                          encoding="utf-8", dimensions=(33, 99))
    child.expect_exact(MARK)
    child.sendline("stty size")
    child.expect("33 99")
    child.expect_exact(MARK)
    child.sendline("cat /etc/of-the-image; echo $((6 * 7))")
    child.expect("of the image\r\n42")
    child.expect_exact(MARK)
    child.sendline("touch ready; sleep 100")
    child.expect_exact("sleep 100")
    # Only once it runs: an interrupt before that would end the line, not the sleep.
    child.sendline("")
    for _ in range(100):
        if os.path.exists("ready"):
            break
        time.sleep(0.1)
    os.remove("ready")
    time.sleep(0.3)
    child.sendintr()
    child.expect_exact(MARK)
    child.sendline("echo after; exit 3")
    child.expect("after")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 3, (child.exitstatus, child.signalstatus)


if __name__ == "__main__":
    main()
