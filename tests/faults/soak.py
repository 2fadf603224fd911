"""Many runs at once, each ended at a random moment. Afterwards nothing may be left: no process, no
directory, no mount, no control group; and the log has every run whose sefaca returned, once.

Called by soak.sh inside a pid namespace of its own, so that nothing else can be hit."""

import argparse
import collections
import json
import os
import random
import select
import signal
import subprocess
import sys
import time

ENDINGS = (None, None, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def command(choose, program, mark):
    """What is run: short things, trees, and what tries to stay. `mark` is one of its words."""
    return choose((
        ["sh", "-c", ":", mark],
        ["sh", "-c", "exit 3", mark],
        ["sh", "-c", "exec sleep 0.03", mark],
        ["sh", "-c", "sleep 0.05 & sleep 0.05 & wait", mark],
        ["sh", "-c", "d=$TMPDIR/own-$$ && mkdir -p $d/b && echo x >$d/a && mv $d/a $d/b", mark],
        [program, "daemon-forked", mark],
        [program, "daemon-in-background", mark],
        [program, "daemon-hopping", mark],
    ))


def marked(prefix):
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open("/proc/%s/cmdline" % name, "rb") as line:
                words = line.read()
            with open("/proc/%s/stat" % name, "rb") as stat:
                state = stat.read().rsplit(b")", 1)[1].split()[0]
        except OSError:
            continue
        if state not in (b"Z", b"X") and prefix.encode() in words:
            found.append((int(name), words.replace(b"\0", b" ")[:120]))
    return found


def groups():
    """The names of all control groups that can be seen."""
    return {directory for directory, _, _ in os.walk("/sys/fs/cgroup")}


def mounts():
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        return sorted(line.split(" ", 3)[3] for line in file)


class Soak:
    def __init__(self, options):
        self.options = options
        self.random = random.Random(options.seed)
        self.prefix = "soak-%d" % os.getpid()
        self.ended = {}  # mark -> exit code
        self.counts = collections.Counter()
        self.running = {}  # pidfd -> (process, mark, when to end it, with what)

    def start(self, number):
        mark = "%s-%d-" % (self.prefix, number)
        level = self.random.choice(("default", "default", "strict", "permissive"))
        words = [self.options.sefaca, "run", "--level=" + level, "--quiet",
                 "--log=" + self.options.log, "--",
                 *command(self.random.choice, self.options.program, mark)]
        process = subprocess.Popen(words, cwd=self.options.place, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   start_new_session=True)
        ending = self.random.choice(ENDINGS)
        self.running[os.pidfd_open(process.pid)] = [
            process, mark, time.monotonic() + self.random.random() * 0.08, ending]

    def step(self):
        """Waits for one to end, or for the moment at which one is to be ended."""
        now = time.monotonic()
        moments = [run[2] for run in self.running.values() if run[3] is not None]
        wait = max(0.0, min(moments) - now) if moments else 5
        for fd in select.select(list(self.running), [], [], wait)[0]:
            process, mark, _, _ = self.running.pop(fd)
            os.close(fd)
            self.ended[mark] = process.wait()
        now = time.monotonic()
        for run in self.running.values():
            if run[3] is not None and run[2] <= now:
                run[0].send_signal(run[3])
                self.counts[run[3].name] += 1
                run[3] = None

    def run(self):
        for number in range(self.options.runs):
            while len(self.running) >= 8:
                self.step()
            self.start(number)
        while self.running:
            self.step()

    def records(self):
        """mark -> how often it is in the log, rotated files too."""
        found = collections.Counter()
        directory, name = os.path.split(self.options.log)
        for file in os.listdir(directory):
            if not file.startswith(name):
                continue
            with open(os.path.join(directory, file), encoding="utf-8") as log:
                for line in log:
                    words = json.loads(line)["command"]  # every line is one whole record
                    found.update(word for word in words if word.startswith(self.prefix))
        return found

    def judge(self):
        failures = []
        until = time.monotonic() + 20  # guardians are still at it
        while marked(self.prefix) and time.monotonic() < until:
            time.sleep(0.1)
        for pid, words in marked(self.prefix):
            failures.append("left behind: process %d: %s" % (pid, words))
        found = self.records()
        for mark, code in self.ended.items():
            times = found[mark]
            self.counts["returned" if code >= 0 else "killed"] += 1
            self.counts["recorded"] += times
            if times > 1 or (code >= 0 and times != 1):
                failures.append("%s ended with %d and is %d times in the log" % (mark, code, times))
            elif code < 0 and times == 0:
                self.counts["killed before there was a guardian"] += 1
        return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("sefaca", "program", "place", "log", "tmp"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print("seed", options.seed, flush=True)
    groups_before, mounts_before = groups(), mounts()
    soak = Soak(options)
    soak.run()
    failures = soak.judge()
    # A directory of a run that was killed before it had a guardian goes with a later run's end, once
    # it is older than a minute.
    until = time.monotonic() + 65
    while any(name.startswith("sf-") for name in os.listdir(options.tmp)) and \
            time.monotonic() < until:
        time.sleep(0.5)
    subprocess.run([options.sefaca, "run", "--level=default", "--quiet", "--log=" + options.log,
                    "--", "true"], cwd=options.place, check=False)
    # What the command itself made at level permissive is named own-.
    left = [name for name in os.listdir(options.tmp) if not name.startswith("own-")]
    if left:
        failures.append("left behind in TMPDIR: %s" % ", ".join(sorted(left)[:10]))
    if mounts() != mounts_before:
        failures.append("the mounts are not as they were")
    if groups() - groups_before:
        failures.append("control groups are left: %s" % sorted(groups() - groups_before)[:5])
    for line in failures[:50]:
        print(line)
    print("%d runs:" % options.runs,
          ", ".join("%d %s" % (number, name) for name, number in sorted(soak.counts.items())))
    print("%d failures" % len(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
