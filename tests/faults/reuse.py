"""A process whose call the supervisor looks at is killed meanwhile, and its number is another's, one
outside of the sandbox: nothing of that one is read or done to it. So too for the guardian, which
knows the number of the tree's init, and for the signals to a tree without a fence.

strace stops the supervisor after a system call of its own (inject=NAME:signal=SIGSTOP), the process
is killed, ns_last_pid hands its number to the next, and the supervisor goes on. Called by reuse.sh."""

import argparse
import collections
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time

CALLS = ("chmod", "setxattr", "times", "open", "mkdir", "rename", "unlink", "symlink", "bind-name",
         "connect-name", "connect", "bind", "listen", "sendto", "sendmsg", "sendmmsg", "broken-pipe")
CALLERS_TIME, NEXTS_TIME = 1000000, 2000000
LIMIT_S = 30


def until(condition, what, seconds=LIMIT_S):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.002)
    raise TimeoutError(what)


def words_of(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            return file.read().decode("utf-8", "replace").split("\0")[:-1]
    except OSError:
        return []


def field_of(pid, name):
    """A field of /proc/PID/status; None: there is no such process."""
    try:
        with open("/proc/%d/status" % pid, encoding="utf-8", errors="replace") as file:
            return re.search(r"^%s:\s*(.*)$" % name, file.read(), re.M).group(1)
    except (OSError, AttributeError):
        return None


def children_of(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def below(pid):
    for child in children_of(pid):
        yield child
        yield from below(child)


class Reuse:
    def __init__(self, options):
        self.options = options
        self.sefaca, self.program = options.bin + "/sefaca", options.bin + "/attempt"
        self.failures = []
        self.tries = 0
        self.trace = options.bin + "/../trace-" + options.user

    def fail(self, what, why):
        self.failures.append("%s: %s: %s" % (self.options.user, what, why))

    def command(self, words):
        if self.options.user == "root":
            return words
        return ["setpriv", "--reuid=" + self.options.user, "--regid=" + self.options.user,
                "--init-groups", "--", *words]

    def start(self, words):
        environment = {"PATH": self.options.bin + ":/usr/bin:/bin", "HOME": self.options.home}
        return subprocess.Popen(self.command(words), cwd=self.options.place, env=environment,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    # --- Stopping somebody after one of its calls, and giving a number away ----------------------

    def strace(self, pid, when):
        """Attaches to `pid`, which is stopped after its call `when`: (name, which of these); None:
        never."""
        if os.path.exists(self.trace):
            os.unlink(self.trace)
        inject = [] if when is None else ["-e", "inject=%s:signal=SIGSTOP:when=%d" % when]
        process = subprocess.Popen(["strace", "-qq", "-o", self.trace, "-p", str(pid), *inject],
                                   stderr=subprocess.DEVNULL)
        until(lambda: field_of(pid, "TracerPid") not in (None, "0"), "strace attaches")
        until(lambda: os.path.exists(self.trace), "strace writes")
        return process

    def traced(self):
        with open(self.trace, encoding="utf-8", errors="replace") as file:
            return file.read()

    def next_with(self, number, words):
        """`words` as a process with this number, which is free or becomes so; None: somebody else
        was quicker, and nothing is tried."""
        try:
            until(lambda: not os.path.exists("/proc/%d" % number), "the number is free", 10)
        except TimeoutError:  # its parent went too, and the one who reaps it now is stopped
            return None
        for _ in range(20):
            with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as file:
                file.write(str(number - 1))
            process = self.start(words)
            if process.pid == number:
                self.tries += 1
                return process
            process.kill()
            process.communicate()
        return None

    # --- Notified calls --------------------------------------------------------------------------

    def arm(self, call):
        place = self.options.place
        for name in os.listdir(place):
            path = os.path.join(place, name)
            if name == ".git":
                continue
            if os.path.isdir(path) and not os.path.islink(path):
                os.rmdir(path)
            else:
                os.unlink(path)
        self.receivers = {}
        for whose in ("caller", "next"):
            path = "%s/%s-there" % (place, whose)
            made = []
            if call == "connect-name":
                made.append(socket.socket(socket.AF_UNIX))
                made[0].bind(path)
                made[0].listen(8)
                os.chmod(path, 0o666)
            else:
                with open(path, "w", encoding="ascii") as file:
                    file.write(whose)
                os.chmod(path, 0o600)
                if self.options.user != "root":
                    subprocess.run(["chown", self.options.user + ":", path], check=True)
            kind = socket.SOCK_DGRAM if call.startswith("send") else socket.SOCK_STREAM
            internet = socket.socket(socket.AF_INET, kind)
            internet.bind(("127.0.0.1", 0))
            if kind == socket.SOCK_STREAM:
                internet.listen(8)
            made.append(internet)
            for one in made:
                one.setblocking(False)
            self.receivers[whose] = made
        self.before = self.look()

    def port(self, whose):
        return str(self.receivers[whose][-1].getsockname()[1])

    def look(self):
        """What there is of the next one's in the place."""
        seen = {}
        for name in os.listdir(self.options.place):
            if name.startswith("next"):
                info = os.lstat(os.path.join(self.options.place, name))
                seen[name] = (info.st_mode, info.st_size, info.st_mtime_ns, info.st_nlink)
        return seen

    def heard(self, whose):
        came = []
        for one in self.receivers[whose]:
            try:
                came.append(one.recv(100) if one.type == socket.SOCK_DGRAM else one.accept())
            except OSError:
                pass
            one.close()
        return came

    def judge_place(self, what):
        """Nothing is made of what the next one had, and nothing that it had is changed."""
        if self.look() != self.before:
            self.fail(what, "done with the next one's: %s" % sorted(self.look()))
        for name in os.listdir(self.options.place):
            path = os.path.join(self.options.place, name)
            info = os.lstat(path)
            if not name.startswith("caller"):
                continue
            if int(info.st_mtime) == NEXTS_TIME:
                self.fail(what, "the next one's times were set")
            if stat.S_ISLNK(info.st_mode):
                if os.readlink(path).startswith("next"):
                    self.fail(what, "the next one's text was linked")
            elif b"next" in b"".join(os.getxattr(path, one) for one in os.listxattr(path)):
                self.fail(what, "the next one's value was set")
            elif name == "caller-new" and info.st_mode & 0o022:
                self.fail(what, "made with the next one's umask")
        heard = self.heard("caller"), self.heard("next")
        if heard[1] or any(b"next" in one for one in heard[0] if isinstance(one, bytes)):
            self.fail(what, "a receiver heard of the next one: %r" % (heard,))

    def run_call(self, call, when):
        """One run; whether the supervisor was stopped, and its calls."""
        what = "%s, after call %s" % (call, when)
        self.arm(call)
        log = self.options.home + "/reuse.jsonl"
        # Inside of its fence the supervisor could not even read of one outside: so without.
        run = self.start([self.sefaca, "run", "--preset=testing", "--network=host-loopback",
                          "--allow=signals", "--report=full", "--log=" + log, "--", self.program,
                          "reuse-caller", call, self.port("caller")])
        run.stdout.readline()  # "waits"
        callers = [pid for pid in below(run.pid) if words_of(pid)[:1] == [self.program]]
        caller = next(pid for pid in callers if int(field_of(pid, "PPid")) in callers)
        tracer = self.strace(run.pid, when)
        run.stdin.write(b"g")
        run.stdin.flush()
        if when is not None:
            until(lambda: "stopped by SIGSTOP" in self.traced() or tracer.poll() is not None, what)
        stopped = when is not None and tracer.poll() is None
        following = None
        # Else its call is over already.
        if stopped and (field_of(caller, "State") or "Z")[0] != "Z":
            os.kill(caller, signal.SIGKILL)
            following = self.next_with(caller, [self.program, "--next", call, self.port("next")])
            if following is not None:
                following.stdout.readline()  # "there"
        if stopped:
            os.kill(run.pid, signal.SIGCONT)
        try:
            _, said = run.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            run.kill()
            said = run.communicate()[1]
            self.fail(what, "did not end: %s" % self.traced()[-600:])
        tracer.wait()
        if following is not None:
            told = following.communicate(b"g", timeout=LIMIT_S)[0].decode()
            if following.returncode != 0 or told != "done\n":
                self.fail(what, "the next one ended with %d: %r" % (following.returncode, told))
            self.judge_place(what)
            with open(log, "rb") as file:
                said += file.read()
            if b"next" in said:
                self.fail(what, "told of the next one: %r" % said)
        elif when is None:
            done = self.heard("caller")
            if call in ("sendto", "sendmsg", "sendmmsg") and done != [b"caller-value"]:
                self.fail(what, "left alone it is not even sent: %r" % done)
        return self.traced()

    def try_call(self, call):
        """The supervisor is stopped after each call that it makes, or where it matters."""
        counts, moments = collections.Counter(), []
        for line in self.run_call(call, None).splitlines():
            found = re.match(r"([a-z0-9_]+)\(", line)
            if not found or found.group(1) in ("restart_syscall", "poll"):
                continue
            if "NOTIF_SEND" in line:
                break
            counts[found.group(1)] += 1
            if self.options.all or "NOTIF_RECV" in line or "NOTIF_ID_VALID" in line:
                moments.append((found.group(1), counts[found.group(1)]))
        if not moments:
            self.fail(call, "is not notified at all")
        for when in moments:
            self.run_call(call, when)

    # --- The guardian, and a tree without a fence ------------------------------------------------

    def stands(self, what, process):
        """Whether what is no part of the run lives on, not stopped."""
        time.sleep(0.3)
        if process.poll() is not None or field_of(process.pid, "State")[0] not in "SRD":
            self.fail(what, "the next one was signalled: %s, %s" %
                      (process.poll(), field_of(process.pid, "State")))
        process.kill()
        process.communicate()

    def guardian(self):
        """False: strace came too late, and nothing was tried."""
        run = self.start([self.sefaca, "run", "--level=default", "--", "sh", "-c",
                          "echo ready; exec sleep 60"])
        run.stdout.readline()
        children = children_of(run.pid)
        inits = [pid for pid in children if len(field_of(pid, "NSpid").split()) > 1]
        guardians = [pid for pid in children if pid not in inits]
        if len(inits) != 1 or len(guardians) != 1:
            self.fail("guardian", "not as it is taken to be: %s, %s" % (inits, guardians))
            return True
        time.sleep(0.05)  # two ticks of the kernel's clock
        tracer = self.strace(guardians[0], ("read", 1))
        os.kill(run.pid, signal.SIGKILL)
        run.communicate()
        until(lambda: "stopped by SIGSTOP" in self.traced() or tracer.poll() is not None,
              "the guardian is stopped")
        if tracer.poll() is not None:
            return False
        following = self.next_with(inits[0], ["sleep", "60"])
        os.kill(guardians[0], signal.SIGCONT)
        tracer.wait()
        if following is not None:
            self.stands("guardian", following)
        return following is not None

    def unfenced(self, when):
        """A time-out without a fence: one of the tree is gone before it is signalled."""
        what = "unfenced, after call %s" % (when,)
        run = self.start([self.sefaca, "run", "--preset=compiler", "--allow=signals", "--timeout=2",
                          "--", "python3", "-c",
                          "import os, signal, time\n"
                          "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
                          "if os.fork() == 0:\n  time.sleep(60)\n"
                          "print('ready', flush=True)\ntime.sleep(60)"])
        run.stdout.readline()
        programs = [pid for pid in below(run.pid) if words_of(pid)[:1] == ["python3"]]
        child = next((pid for pid in programs if int(field_of(pid, "PPid")) in programs), None)
        if child is None:  # on a very slow machine the time was over already
            run.communicate()
            return
        tracer = self.strace(run.pid, when)
        until(lambda: "stopped by SIGSTOP" in self.traced() or run.poll() is not None, what)
        following = None
        # Where its parent is gone too, its number stays until the supervisor has reaped it.
        parent = int(field_of(child, "PPid") or 0)
        if parent in programs and (field_of(parent, "State") or "Z")[0] != "Z":
            os.kill(child, signal.SIGKILL)
            following = self.next_with(child, ["sleep", "60"])
        if run.poll() is None:
            os.kill(run.pid, signal.SIGCONT)
        if following is not None:
            self.stands(what, following)
        try:
            run.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            self.fail(what, "did not end")
            run.kill()
            run.communicate()
        tracer.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("bin", "user", "home", "place"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--calls", default=",".join(CALLS))
    parser.add_argument("--all", action="store_true",
                        help="after each call of the supervisor's, not only where it matters")
    reuse = Reuse(parser.parse_args())
    for call in reuse.options.calls.split(","):
        reuse.try_call(call)
    if not any(reuse.guardian() for _ in range(10)):
        reuse.fail("guardian", "was never stopped in time")
    for name, numbers in (("openat", (5,)), ("pidfd_open", (1, 2)), ("pidfd_send_signal", (2,))):
        for which in range(1, 17) if reuse.options.all else numbers:
            reuse.unfenced((name, which))
    if reuse.tries < 2 * len(reuse.options.calls.split(",")):
        reuse.fail("all", "hardly a number was another's: %d" % reuse.tries)
    for line in reuse.failures:
        print(line)
    print("%s: %d numbers were another's, %d failures" %
          (reuse.options.user, reuse.tries, len(reuse.failures)))
    return 1 if reuse.failures else 0


if __name__ == "__main__":
    sys.exit(main())
