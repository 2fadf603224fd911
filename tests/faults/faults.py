"""Each system call of launcher and child fails in turn (strace's inject). Either the command is run
with what the record claims, or it is not run: 125 and a sentence. Never is it run with less.

The command is `attempt probe`: it tries one way out of each kind; a receiver, a file and a process
outside see which went through, and the record must name the gap. Called by faults.sh in a network
and a pid namespace of its own."""

import argparse
import collections
import json
import os
import re
import signal
import socket
import subprocess
import sys

# What each call fails with; the rest with EPERM.
ERRORS = {"mmap": "ENOMEM", "brk": "ENOMEM", "munmap": "ENOMEM", "mprotect": "ENOMEM",
          "clone": "EAGAIN", "clone3": "EAGAIN", "openat": "EMFILE", "pipe2": "EMFILE",
          "dup": "EMFILE", "signalfd4": "EMFILE", "poll": "EINTR", "ppoll": "EINTR",
          "read": "EIO", "write": "ENOSPC", "pread64": "EIO", "wait4": "EINTR", "waitid": "EINTR",
          "futex": "EINTR", "flock": "EINTR", "fcntl": "EINVAL", "getrandom": "EINTR",
          "socketpair": "EMFILE", "mkdir": "ENOSPC", "newfstatat": "EACCES", "execve": "ENOMEM",
          "unshare": "ENOSPC", "prlimit64": "EPERM", "ioctl": "EINTR", "close": "EINTR"}
# No program can go on without these, or they say nothing about a sandbox.
LEFT_OUT = {"exit_group", "exit", "arch_prctl", "set_tid_address", "set_robust_list", "rseq",
            "rt_sigreturn", "restart_syscall", "munmap"}
LIMIT_S = 30
PROBED = 42
CALL = re.compile(r"^(\d+) +([a-z0-9_]+)\(")
# What the probe says it reached -> the gaps that excuse it.
EXCUSES = {"outside": {"files"}, "secret": {"files"}, "metadata": {"metadata"},
           "tcp": {"network"}, "signal": {"signals"}, "memory": {"ptrace"}, "key": {"syscalls"},
           "userns": {"syscalls"}, "descriptor": set(), "privileges": set()}


class Faults:
    def __init__(self, options):
        self.options = options
        self.counts = collections.Counter()
        self.failures = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.signalled = 0
        signal.signal(signal.SIGUSR1, self._signalled)
        self.out = options.outside + "/victim"

    def _signalled(self, *_):
        self.signalled += 1

    def arm(self):
        with open(self.out, "w", encoding="ascii") as file:
            file.write("original\n")
        os.chmod(self.out, 0o600)
        with open(self.options.log, "w", encoding="ascii"):
            pass
        self.signalled = 0
        for name in os.listdir(self.options.place):
            os.unlink(os.path.join(self.options.place, name))

    def run(self, level, strace):
        """Exit code, stdout, stderr of one run; level None: bare."""
        self.arm()
        sandbox = [self.options.sefaca, "run", "--level=%s" % level, "--network=deny",
                   "--log=" + self.options.log, "--"]
        words = [*strace, *(sandbox if level else []), self.options.program, "probe",
                 self.out, self.options.secret, str(self.listener.getsockname()[1]),
                 str(os.getpid()), "200"]
        os.dup2(os.open(self.out, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC), 200, inheritable=True)
        process = subprocess.Popen(words, cwd=self.options.place, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   errors="replace", pass_fds=(200,), start_new_session=True)
        os.close(200)
        try:
            out, err = process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            return None, out, err
        return process.returncode, out, err

    def calls(self, level, trace):
        """How often each call is made by one process of the run, at most."""
        self.run(level, ["strace", "-f", "-qq", "-o", trace])
        counts = collections.Counter()
        with open(trace, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                found = CALL.match(line)
                if found:
                    counts[found.groups()] += 1
        most = collections.Counter()
        for (_, name), number in counts.items():
            most[name] = max(most[name], number)
        return {name: number for name, number in most.items() if name not in LEFT_OUT}

    def reached(self, out):
        """What the outside saw, beside what the probe says of itself."""
        seen = {line.split()[1] for line in out.splitlines() if line.startswith("reached ")}
        with open(self.out, encoding="ascii", errors="replace") as file:
            if "probe" in file.read():
                seen.add("outside")
        if os.stat(self.out).st_mode & 0o777 != 0o600:
            seen.add("metadata")
        try:
            connection, _ = self.listener.accept()
            connection.close()
            seen.add("tcp")
        except BlockingIOError:
            pass
        if self.signalled:
            seen.add("signal")
        return seen

    def record(self):
        with open(self.options.log, encoding="utf-8", errors="replace") as log:
            lines = log.read().splitlines()
        try:
            return json.loads(lines[-1]) if lines else None
        except ValueError:
            return None

    def judge(self, what, code, out, err):
        ran = "probe begins" in out or code == PROBED
        self.counts["faults"] += 1
        if code is None:
            return self.fail(what, "did not end", err)
        reached = self.reached(out)
        if not ran:
            self.counts["not run"] += 1
            if reached:
                self.fail(what, "did not run, but reached %s" % reached, err)
            # Killed by its own allocator's or loader's end: nothing was run either.
            if code >= 0 and code not in (125, 126, 127):
                self.fail(what, "not run, with exit code %d" % code, err)
            if code == 125 and "sefaca: " not in err:
                self.fail(what, "125 without a sentence", err)
            return None
        self.counts["run"] += 1
        record = self.record()
        if record is None and "sefaca: " not in err and code >= 0:
            self.fail(what, "ran, and neither a record nor a sentence tells of it", err)
        gaps = {gap["what"] for gap in (record or {}).get("not_enforced", [])}
        if record is None:  # what it would have said stands on stderr
            gaps = set(re.findall(r"[a-z_]+", err))
        for one in reached:
            if not EXCUSES[one].intersection(gaps):
                self.fail(what, "ran and reached %s; named: %s" % (one, sorted(gaps)), err)
        return None

    def fail(self, what, why, err):
        self.failures.append("%s: %s" % (what, why))
        self.failures.append("    stderr: " + err.strip().replace("\n", " | ")[:300])

    def some(self, number):
        """Which of `number` occurrences fail in turn: all of few, else the first and last ones."""
        most = self.options.most
        if number <= most:
            return range(1, number + 1)
        return sorted({*range(1, most // 2 + 1), *range(number - most // 2 + 1, number + 1),
                       number // 2})

    def bare(self):
        """Without sefaca each way is open, or the probe proves nothing."""
        code, out, err = self.run(None, [])
        missing = set(EXCUSES) - self.reached(out)
        if code != PROBED or missing:
            self.fail("bare", "the probe does not reach %s" % sorted(missing), err)

    def level(self, level):
        trace = self.options.outside + "/trace"
        code, out, err = self.run(level, [])
        if code != PROBED or "probe begins" not in out:
            self.fail(level, "does not even run without a fault (%s)" % code, err)
            return
        for name, number in sorted(self.calls(level, trace).items()):
            if self.options.only and name not in self.options.only.split(","):
                continue
            error = ERRORS.get(name, "EPERM")
            for when in self.some(number):
                what = "%s: %s %d of %d: %s" % (level, name, when, number, error)
                strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + name, "-e",
                          "inject=%s:error=%s:when=%d" % (name, error, when)]
                self.judge(what, *self.run(level, strace))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("sefaca", "program", "place", "outside", "secret", "log"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--levels", default="default,strict")
    parser.add_argument("--most", type=int, default=4, help="occurrences of one call")
    parser.add_argument("--only", default="", help="names of calls")
    faults = Faults(parser.parse_args())
    faults.bare()
    for level in faults.options.levels.split(","):
        faults.level(level)
    for line in faults.failures:
        print(line)
    print("%d faults: %d runs with all that the record claims, %d not run; %d failures" %
          (faults.counts["faults"], faults.counts["run"], faults.counts["not run"],
           sum(not line.startswith(" ") for line in faults.failures)))
    return 1 if faults.failures else 0


if __name__ == "__main__":
    sys.exit(main())
