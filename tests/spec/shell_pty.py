#!/usr/bin/python3
"""sefaca shell on a real pty: job control, window size, the prompt, and the terminal given back."""
import os
import shlex
import sys
import tempfile
import time

import pexpect

SEFACA = shlex.quote(os.environ["SEFACA_BINARY"])
MARK = "(sefaca:default) "
OUTER = "OUTER$ "


def job_started(child):
    """Waits until sleep runs in the foreground: the shell's prompt is not back."""
    child.expect_exact("sleep 100")
    time.sleep(0.5)


def main():
    with tempfile.TemporaryDirectory(dir="/tmp") as home:
        environment = dict(os.environ, SHELL="/bin/bash", HOME=home, PS1=OUTER, TERM="dumb")
        environment.pop("PROMPT_COMMAND", None)
        child = pexpect.spawn("/bin/bash", ["--norc", "--noprofile", "-i"], env=environment,
                              timeout=20, encoding="utf-8", dimensions=(33, 99), cwd=home)
        child.expect_exact(OUTER)

        child.sendline(f"{SEFACA} shell --quiet")
        child.expect_exact(MARK)
        child.sendline("stty size")
        child.expect("33 99")
        child.expect_exact(MARK)

        child.sendline("sleep 100")
        job_started(child)
        child.sendintr()
        child.expect_exact(MARK)

        child.sendline("sleep 100")
        job_started(child)
        child.sendcontrol("z")
        child.expect("Stopped")
        child.expect_exact(MARK)
        child.sendline("bg; jobs")
        child.expect("Running")
        child.expect_exact(MARK)
        child.sendline("fg")
        job_started(child)
        child.sendintr()
        child.expect_exact(MARK)

        child.setwinsize(20, 50)
        child.sendline("stty size")
        child.expect("20 50")
        child.expect_exact(MARK)
        child.sendline("exit 7")
        child.expect_exact(OUTER)
        child.sendline("echo code=$?")
        child.expect("code=7")
        child.expect_exact(OUTER)
        # The terminal is the outer shell's again: it can read.
        child.sendline("read line; echo got-$line")
        child.sendline("hello")
        child.expect("got-hello")
        child.expect_exact(OUTER)

        child.sendline(f"SHELL=/bin/sh {SEFACA} shell --quiet --level=strict")
        child.expect_exact("(sefaca:strict) ")
        child.sendline("echo home=$HOME")
        child.expect("home=/tmp")
        child.sendline("exit")
        child.expect_exact(OUTER)
        child.sendline(f"{SEFACA} shell true; echo code=$?")
        child.expect("takes no command")
        child.expect("code=125")
        child.sendline("exit")
        child.expect(pexpect.EOF)
    print("1 passed, 0 failed")


if __name__ == "__main__":
    try:
        main()
    except pexpect.ExceptionPexpect as failure:
        print(failure, file=sys.stderr)
        sys.exit(1)
