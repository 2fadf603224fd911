"""The same behaviours on each host of as-host: a matrix of held, named gap and FAILED.

Held: it is as the level says. A named gap: it is not, and the record says so. What is not, and the
record does not say, or claims, fails. Options: --work=DIR --hosts=A,B --people=user,root
"""
import concurrent.futures
import fcntl
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/usr/bin/python3"
# Behaviour -> does it stop something (else: must it work), and the names of gaps that explain it.
# Of what is stopped the first is the mechanism that claims it.
BEHAVIOURS = {
    "write-inside": ("works", ["creation", "broker"]),
    "write-outside": ("stops", ["files"]),
    "read-secret": ("stops", ["files"]),
    "git-hook": ("stops", ["protected_paths", "files"]),
    "tmp-usable": ("works", ["private_tmp"]),
    "tmp-of-host": ("stops", ["private_tmp", "files"]),
    "proc-usable": ("works", []),
    "host-loopback": ("stops", ["network"]),
    "own-loopback": ("works", ["network"]),
    "signal-outside": ("stops", ["signals"]),
    "git-commit": ("works", ["creation", "broker", "rename"]),
    "exit-code": ("works", []),
    "death-signal": ("works", []),
    "memory": ("stops", ["memory"]),
    "pids": ("stops", ["processes"]),
    "timeout": ("stops", ["timeout"]),
    "daemon": ("stops", ["supervisor_killed"]),
}
MEMORY = "x = b'x' * (300 << 20); import time; time.sleep(3)"
PIDS = """
import os, time
for i in range(60):
    if os.fork() == 0:
        time.sleep(4)
        os._exit(0)
time.sleep(2)
"""
DAEMON = """
import fcntl, os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        lock = open("daemon.lock", "w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        open("daemon.ready", "w").close()
        time.sleep(60)
    os._exit(0)
while not os.path.exists("daemon.ready"):
    time.sleep(0.01)
"""


class Cell:
    """One person on one host, in a home and a place of its own."""

    def __init__(self, work, host, person, port, pid):
        self.host, self.person, self.port, self.pid = host, person, port, pid
        self.work = work
        self.home = f"{work}/cell-{host}-{person}"
        self.place = self.home + "/place"
        self.name = f"sefaca-{os.getpid()}-{host}-{person}"
        self.user = os.environ.get("SEFACA_TEST_USER") if os.geteuid() == 0 else None
        self.runs = 0

    def set_up(self):
        os.makedirs(self.home + "/.ssh")
        os.makedirs(self.place)
        for path in (self.home + "/.ssh/id_ed25519", "/tmp/" + self.name):
            with open(path, "w", encoding="utf-8") as file:
                file.write("secret\n")
        if self.person == "user" and self.user:
            account = pwd.getpwnam(self.user)
            for root, _, files in os.walk(self.home):
                for name in [root] + [os.path.join(root, file) for file in files]:
                    os.chown(name, account.pw_uid, account.pw_gid)
        self.bare(["git", "init", "-q", "."])
        self.bare(["mkdir", "-p", ".git/hooks"])
        with open(self.place + "/.git/config", "a", encoding="utf-8") as file:
            file.write("[user]\n\tname = probe\n\temail = probe@localhost\n[gc]\n\tauto = 0\n")

    def tear_down(self):
        os.unlink("/tmp/" + self.name)
        shutil.rmtree(self.home, ignore_errors=True)

    def bare(self, words):
        environment = {"PATH": self.work + "/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": self.home,
                       "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
                       "SEFACA_BINARY": self.work + "/bin/sefaca"}
        if self.person == "user" and self.user:
            words = ["setpriv", "--reuid=" + self.user, "--regid=" + self.user, "--init-groups",
                     "--"] + words
        return subprocess.run(words, cwd=self.place, env=environment, capture_output=True,
                              text=True, timeout=100, stdin=subprocess.DEVNULL, check=False)

    def run(self, options, command):
        """Runs it on the host: what ended, and its record."""
        self.runs += 1
        mark = f"run-{self.runs}"
        ended = self.bare(["as-host", self.host, "--", "sefaca", "run", "--quiet"] + options +
                          ["--", "env", "MARK=" + mark] + command)
        record = None
        try:
            with open(self.home + "/.local/state/sefaca/audit.jsonl", encoding="utf-8") as log:
                for line in log:
                    one = json.loads(line)
                    if one["command"][:2] == ["env", "MARK=" + mark]:
                        record = one
        except OSError:
            pass
        return ended, record

    def probe_words(self):
        return [PYTHON, self.work + "/probe.py", self.home, self.name, str(self.port),
                str(self.pid)]

    def done_bare(self):
        """Everything is done without a sandbox, or the test proves nothing."""
        output = self.bare(self.probe_words()).stdout
        os.unlink(self.home + "/outside")
        os.unlink(self.place + "/.git/hooks/pre-commit")
        return [line for line in output.splitlines() if not line.endswith(" done")] or (
            [] if output else ["nothing was tried"])

    def results(self):
        """Behaviour -> (did what was tried happen, record)."""
        found = {}
        ended, record = self.run([], self.probe_words())
        for line in ended.stdout.splitlines():
            words = line.split()
            found[words[0]] = (words[1] == "done", record)
        ended, record = self.run([], ["sh", "-c", "echo x >file && git add file && git commit -qm x"])
        found["git-commit"] = (ended.returncode == 0, record)
        ended, record = self.run([], ["sh", "-c", "exit 7"])
        found["exit-code"] = (ended.returncode == 7 and record is not None and
                              record["result"]["exit_code"] == 7, record)
        ended, record = self.run([], ["sh", "-c", "kill -TERM $$"])
        found["death-signal"] = (ended.returncode == 143, record)
        ended, record = self.run(["--memory=64m"], [PYTHON, "-c", MEMORY])
        found["memory"] = (not passed_limit(record, "memory_limit_exceeded"), record)
        ended, record = self.run(["--pids=20"], [PYTHON, "-c", PIDS])
        refused = "BlockingIOError" in ended.stderr  # fork: EAGAIN
        found["pids"] = (not refused and not passed_limit(record, "process_limit_exceeded"), record)
        ended, record = self.run(["--timeout=1"], ["sleep", "20"])
        found["timeout"] = (ended.returncode != 124, record)
        ended, record = self.run([], [PYTHON, "-c", DAEMON])
        found["daemon"] = (self.daemon_lives(), record)
        return found

    def daemon_lives(self):
        if not os.path.exists(self.place + "/daemon.ready"):
            return True  # it never was: proves nothing
        with open(self.place + "/daemon.lock", encoding="utf-8") as lock:
            for _ in range(20):  # what was killed holds its files for a moment
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return False
                except OSError:
                    time.sleep(0.1)
        return True


def passed_limit(record, violation):
    return record is not None and violation in [v["violation"] for v in record["violations"]]


def judge(behaviour, found):
    """held, gap, or what is wrong."""
    kind, names = BEHAVIOURS[behaviour]
    if behaviour not in found:
        return "nothing was tried"
    happened, record = found[behaviour]
    if record is None:
        return "no record"
    if happened == (kind == "works"):
        return "held"
    gaps = {gap["what"] for gap in record["not_enforced"]}
    claimed = kind == "stops" and names[0] in record["enforced"]
    if not gaps.intersection(names):
        return "not as the level says, and no gap is named"
    if claimed and names[0] not in gaps:
        return f"the record claims {names[0]}: {record['enforced'][names[0]]}"
    return "gap"


def run_cell(cell):
    cell.set_up()
    try:
        bare = cell.done_bare()
        if bare:
            return {behaviour: f"bare: {bare[0]}" for behaviour in BEHAVIOURS}
        found = cell.results()
        return {behaviour: judge(behaviour, found) for behaviour in BEHAVIOURS}
    finally:
        cell.tear_down()


def main():
    options = dict(word[2:].split("=", 1) for word in sys.argv[1:])
    work = options["work"]
    shutil.copy(HERE + "/probe.py", work)
    hosts = [line.split("\t")[0] for line in subprocess.run(
        [work + "/bin/as-host", "--list"], capture_output=True, text=True,
        check=True).stdout.splitlines()]
    if options.get("hosts"):
        hosts = options["hosts"].split(",")
    people = options["people"].split(",")
    server = socket.create_server(("127.0.0.1", 0), backlog=128)
    outsiders = {}
    for person in people:
        words = ["sleep", "3600"]
        if person == "user" and os.geteuid() == 0:
            words = ["setpriv", "--reuid=" + os.environ["SEFACA_TEST_USER"], "--clear-groups",
                     "--"] + words
        outsiders[person] = subprocess.Popen(words)
    cells = [Cell(work, host, person, server.getsockname()[1], outsiders[person].pid)
             for host in hosts for person in people]
    failures = []
    try:
        with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
            columns = dict(zip(((cell.host, cell.person) for cell in cells),
                               pool.map(run_cell, cells)))
    finally:
        for outsider in outsiders.values():
            outsider.kill()
            outsider.wait()
    print("host".ljust(22) + " ".join(behaviour for behaviour in BEHAVIOURS))
    for (host, person), verdicts in columns.items():
        row = []
        for behaviour, verdict in verdicts.items():
            shown = verdict if verdict in ("held", "gap") else "FAILED"
            row.append(shown.ljust(len(behaviour)))
            if shown == "FAILED":
                failures.append(f"{person} on {host}: {behaviour}: {verdict}")
        print(f"{host} {person}".ljust(22) + " ".join(row))
    for failure in failures:
        print("FAILED:", failure)
    total = len(columns) * len(BEHAVIOURS)
    print(f"{total} behaviours, {total - len(failures)} held or named, {len(failures)} failed")
    return 1 if failures or total == 0 else 0


sys.exit(main())
