"""Runs one attempt bare, under sefaca or under bubblewrap, and gives what was seen."""

import json
import os
import select
import subprocess
import time
from dataclasses import dataclass

import world as outside

LIMIT_S = 30
HANGS = -999  # in place of an exit code: it had not ended after LIMIT_S


@dataclass
class Seen:
    reached: bool
    code: int
    stdout: bytes
    stderr: str
    record: dict


def last_record(path, before):
    """The record that this run appended, or None."""
    try:
        with open(path, "rb") as log:
            data = log.read()
    except OSError:
        return None
    if data.startswith(before):
        data = data[len(before):]
    for line in reversed(data.splitlines()):
        try:
            record = json.loads(line[line.index(b"{"):])
        except ValueError:
            continue
        if "not_enforced" in record:
            return record
    return None


class Runner:
    def __init__(self, bin_directory, as_host):
        self.path = bin_directory + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        self.sefaca, self.program = bin_directory + "/sefaca", bin_directory + "/attempt"
        self.as_host = as_host

    def environment(self, world):
        return {"PATH": self.path, "HOME": world.home, "LANG": "C.UTF-8", "TERM": "dumb",
                "SEFACA_BINARY": self.sefaca, "AWS_SECRET_ACCESS_KEY": world.words["secret"],
                "SSH_AUTH_SOCK": world.receivers.agent,
                "WSL_INTEROP": world.receivers.interop}

    def sandboxed(self, world, level, options):
        kind = "--level=" if level in ("strict", "default", "permissive") else "--preset="
        return [self.sefaca, "run", kind + level, "--log=" + world.log, *options, "--"]

    def bubblewrap(self, world):
        return ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--bind",
                world.place, world.place, "--unshare-all", "--new-session", "--die-with-parent",
                "--chdir", world.place, "--"]

    def run(self, world, attempt, host, level=None, bubblewrap=False):
        """`level`: a level's or preset's name; None: bare."""
        seen = self._once(world, attempt, host, level, bubblewrap)
        tries = 0
        # A sefaca that is killed before it has a guardian leaves no record; what it claimed shows
        # in one that lived a little longer.
        while level is not None and seen.code < 0 and seen.record is None and tries < 5:
            seen = self._once(world, attempt, host, level, bubblewrap)
            tries += 1
        return seen

    def _once(self, world, attempt, host, level, bubblewrap):
        world.arm()
        names = world.names()
        if level is None and not bubblewrap:  # it is quick, and must come through once
            names["tries"] = str(int(names["tries"]) * 15)
        words = [word.format(**names) for word in attempt.words]
        command = [self.program, *words]
        if bubblewrap:
            command = self.bubblewrap(world) + command
        elif level is not None:
            command = self.sandboxed(world, level, attempt.options) + command
        elif attempt.witness == "parent":
            command = ["sh", "-c", '"$@"; exit $?', "sh", *command]
        master = None
        if attempt.witness == "terminal":
            master, path = outside.terminal(world.person)
            command = [self.program, "--on-terminal", path, *command]
        if host.startswith("in-"):  # who is inside of a sandbox can't become somebody else
            command = world.person.outside([self.as_host, host, "--", *command])
        elif host != "full":
            command = [self.as_host, host, "--", *world.person.outside(command)]
        else:
            command = world.person.outside(command)
        inherits = attempt.name.startswith("inherited-")
        if inherits:
            world.open_inherited()
        caller = None
        if attempt.witness == "called":
            address, port = words[1:3]
            caller = subprocess.Popen([self.program, "--call-in", address, port, world.text])
        try:
            done, stdout, stderr = self._finish(world, attempt, command, inherits, level)
        finally:
            if inherits:
                world.close_inherited()
            if master is not None:
                os.close(master)
            if caller is not None:
                caller.kill()
                caller.wait()
        reached = world.seen(attempt.witness, stdout, done)
        return Seen(reached, done, stdout, stderr, self._record(world, level, done))

    @staticmethod
    def _record(world, level, code):
        if level is None:
            return None
        record = last_record(world.log, world.log_before)
        tries = 0
        while record is None and code < 0 and tries < 100:  # the guardian writes it
            time.sleep(0.02)
            record = last_record(world.log, world.log_before)
            tries += 1
        return record

    def _finish(self, world, attempt, command, inherits, level):
        child = subprocess.Popen(
            command, cwd=world.place, env=self.environment(world), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            pass_fds=outside.ALL_FDS if inherits else ())
        if level is None and attempt.name == "ignores-time-out":
            # Bare it never ends: that it is still there shows that it can ignore what is sent.
            time.sleep(0.3)
            return self._collect(child, 0)
        return self._collect(child, LIMIT_S)

    @staticmethod
    def _collect(child, seconds):
        """Until the pipes end or the process did: what is left behind may hold the pipes."""
        output = {child.stdout.fileno(): b"", child.stderr.fileno(): b""}
        waiting = set(output)
        pidfd = os.pidfd_open(child.pid)
        until = time.monotonic() + seconds
        ended = False
        while waiting:
            left = 0 if ended else max(0.0, until - time.monotonic())
            ready = select.select([*waiting, pidfd], [], [], left)[0]
            for fd in waiting.intersection(ready):
                data = os.read(fd, 65536)
                output[fd] += data
                if not data:
                    waiting.discard(fd)
            if ended and not waiting.intersection(ready):
                break
            ended = ended or pidfd in ready
            if not ready and not ended:
                break
        if not ended and select.select([pidfd], [], [], max(0.0, until - time.monotonic()))[0]:
            ended = True
        os.close(pidfd)
        if not ended:
            code = 0
            if seconds > 0:
                child.kill()
                child.wait()
                code = HANGS
        else:
            code = child.wait()
        out, err = (output[fd] for fd in (child.stdout.fileno(), child.stderr.fileno()))
        child.stdout.close()
        child.stderr.close()
        return code, out, err.decode("utf-8", "replace")
