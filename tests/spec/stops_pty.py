#!/usr/bin/python3
"""Stops on a real pty: a command that stops itself stops sefaca, and the shell's fg brings both back."""
import os
import shlex
import tempfile

import pexpect

SEFACA = shlex.quote(os.environ["SEFACA_BINARY"])
OUTER = "OUTER$ "
INNER = "INNER$ "
# As an editor does it: the whole group.
STOP_GROUP = "python3 -c 'import os, signal; os.kill(0, signal.SIGTSTP); print(\"back\" + \"again\")'"


def stops_and_comes_back(child, words):
    child.sendline(words)
    child.expect("Stopped")
    child.expect_exact(OUTER)
    child.sendline("echo still-$((1 + 1))")
    child.expect_exact("still-2")
    child.expect_exact(OUTER)
    child.sendline("fg")


def main():
    with tempfile.TemporaryDirectory(dir="/tmp") as home:
        environment = dict(os.environ, HOME=home, PS1=OUTER, TERM="dumb")
        environment.pop("PROMPT_COMMAND", None)
        child = pexpect.spawn("/bin/bash", ["--norc", "--noprofile", "-i"], env=environment,
                              timeout=20, encoding="utf-8", cwd=home)
        child.expect_exact(OUTER)
        # With an init between sefaca and the command, and without one.
        for policy in ("--level=default", "--preset=compiler"):
            stops_and_comes_back(child, f"{SEFACA} run --quiet {policy} -- {STOP_GROUP}")
            child.expect_exact("backagain")
            child.expect_exact(OUTER)

            child.sendline(f"{SEFACA} run --quiet {policy} -- env PS1='{INNER}' bash --norc -i")
            child.expect_exact(INNER)
            stops_and_comes_back(child, "suspend")
            child.sendline("echo inside-$((2 + 2))")
            child.expect_exact("inside-4")
            child.sendline("exit 7")
            child.expect_exact(OUTER)
            child.sendline("echo code-$?")
            child.expect_exact("code-7")
            child.expect_exact(OUTER)
        child.sendline("exit")
        child.expect(pexpect.EOF)
    print("1 passed, 0 failed")


main()
