"""The world outside of the sandbox: what an attempt could reach, and the witnesses that say
whether it did. One World for each person (the ordinary user, root)."""

import os
import pty
import shutil
import socket
import stat
import subprocess

import snapshot
from outsiders import Victim, end_marked, with_mark

FD_FILE, FD_DIRECTORY, FD_TCP, FD_UNIX, FD_HIGH = 7, 8, 9, 10, 60
ALL_FDS = (FD_FILE, FD_DIRECTORY, FD_TCP, FD_UNIX, FD_HIGH)


def reserve_descriptors():
    """Before anything else is opened: nobody else may get these numbers."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in ALL_FDS:
        os.dup2(null, number, inheritable=False)
    if null not in ALL_FDS:
        os.close(null)


class Person:
    def __init__(self, name, user=None):
        """`user`: whom root becomes; None: stay who we are."""
        self.name, self.user = name, user

    def outside(self, words):
        if self.user is None:
            return list(words)
        return ["setpriv", "--reuid=" + self.user, "--regid=" + self.user, "--init-groups",
                "--", *words]

    def owns(self, *paths):
        if self.user is not None:
            for path in paths:
                shutil.chown(path, self.user, self.user)


class World:
    def __init__(self, person, work, program, receivers, objects, words):
        """`words`: the secret words, by name ("secret", "victim"); no attempt is told them."""
        self.tries = "300"  # of what another thread changes meanwhile
        self.person, self.program = person, program
        self.receivers, self.objects, self.words = receivers, objects, words
        self.home, self.place = work + "/home-" + person.name, work + "/place-" + person.name
        self.out, self.state = work + "/out-" + person.name, work + "/state-" + person.name
        self.logs = self.state + "/logs"
        self.repo, self.own = self.place, self.place + "/own"
        self.log = self.logs + "/audit.jsonl"
        self.shm = "/dev/shm/sefaca-escape-%d" % os.getpid()
        self.cgroup = "/sys/fs/cgroup/pids/sefaca-escape-%d" % os.getpid()
        self.root_file = work + "/root-file"
        os.makedirs(self.logs, 0o700)
        person.owns(self.state, self.logs)
        self.journal = work + "/journal-" + person.name
        self.victim = None
        self.setuid, self.disk = self._setuid_program(work), disk()
        self.serial = 0
        self.log_before = b""
        self.make_trees()

    def _setuid_program(self, work):
        path = work + "/setuid"
        if os.geteuid() == 0 and not os.path.exists(path):
            shutil.copy(self.program, path)
            os.chmod(path, 0o4755)
            with open(self.root_file, "w", encoding="ascii") as file:
                file.write("root's\n")
            os.chmod(self.root_file, 0o600)
        return path

    # --- What lies there -------------------------------------------------------------------------

    def _file(self, path, text, mode=0o644):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(path, mode)

    def make_trees(self):
        for tree in (self.out, self.home, self.place):
            shutil.rmtree(tree, ignore_errors=True)
            os.mkdir(tree)
        secret = self.words["secret"] + "\n"
        self._file(self.out + "/victim", "original\n")
        os.setxattr(self.out + "/victim", "user.there", b"x")
        self._file(self.out + "/unlisted", secret)
        self._file(self.out + "/parent/below", "original\n")
        self._file(self.out + "/c/Windows/cmd.exe", "#!%s wsl-init\n" % self.program, 0o755)
        os.mkdir(self.out + "/empty")
        self._file(self.home + "/.ssh/id_ed25519", secret, 0o600)
        self._file(self.home + "/.bashrc", "# start-up\n")
        self._file(self.home + "/.sefaca/config.toml", "# none\n")
        os.makedirs(self.home + "/.config/sefaca")
        os.mkdir(self.home + "/bin")
        os.mkdir(self.home + "/.sefaca/log")  # an outer sefaca's log, on hosts inside sefaca
        git = self.repo + "/.git"
        self._file(git + "/config", "[core]\n\tbare = false\n")
        self._file(git + "/HEAD", "ref: refs/heads/main\n")
        for name in ("hooks", "objects", "refs/heads"):
            os.makedirs(git + "/" + name)
        self._file(self.repo + "/.vscode/tasks.json", "{}\n")
        self._file(self.repo + "/.github/workflows/ci.yml", "on: push\n")
        for tree in (self.out, self.home, self.place):
            for directory, names, files in os.walk(tree):
                self.person.owns(directory, *(directory + "/" + name for name in names + files))
        for path in (self.root_file,):
            if os.path.exists(path):
                self._file(path, "root's\n", 0o600)
        self.before_outside = self._outside()
        self.before_protected = self._protected()

    def _outside(self):
        home = snapshot.of_tree(self.home, leave_out=(".cache", ".local", "log"))
        home.pop(self.home)  # sefaca itself makes caches' directories in it
        return {**snapshot.of_tree(self.out), **home}

    def _protected(self):
        """What git, a shell or an editor would take for its instructions, by content and mode."""
        state = {}
        for path, value in snapshot.of_tree(self.repo).items():
            name = os.path.relpath(path, self.repo)
            if name.startswith((".git/config", ".git/hooks", ".envrc", ".sefaca.toml", ".vscode",
                                ".github/workflows")):
                state[name] = (value[0], value[1], value[8])
        return state

    # --- Before an attempt -----------------------------------------------------------------------

    def arm(self):
        """Everything as it was; a new mark and text."""
        self.serial += 1
        self.mark = "mark-%s-%d-%d" % (self.person.name, os.getpid(), self.serial)
        self.text = "text-%s-%d-%d" % (self.person.name, os.getpid(), self.serial)
        if self._outside() != self.before_outside or self._protected() != self.before_protected:
            self.make_trees()
        shutil.rmtree(self.logs + "-moved", ignore_errors=True)
        if not os.path.isdir(self.logs):
            os.mkdir(self.logs, 0o700)
            self.person.owns(self.logs)
        if not os.path.exists(self.log):
            self._file(self.log, '{"id": "%s"}\n' % self.words["log"], 0o600)
            self.person.owns(self.log)
        with open(self.log, "rb") as log:
            self.log_before = log.read()
        for path in (self.own, self.own + "-d", self.own + "-d-link", self.own + "-s", self.shm):
            if os.path.lexists(path):
                if os.path.isdir(path) and not os.path.islink(path):
                    shutil.rmtree(path)
                else:
                    os.unlink(path)
        if self.victim is None or not self.victim.alive() or self.victim.memory() != "untouched" \
                or self.victim.schedule() != self.schedule_before:
            self.new_victim()
        self.heard_before = self.victim.heard()
        self.receivers.drain()
        self.objects.take()
        if os.path.exists(self.root_file):
            with open(self.root_file, "rb+") as file:
                file.truncate(7)

    def new_victim(self):
        if self.victim is not None:
            self.victim.end()
        if os.path.exists(self.journal):
            os.unlink(self.journal)
        directory = self.out
        with open(self.journal, "wb"):
            self.person.owns(self.journal)
        self.victim = Victim(self.person, self.program, self.journal, self.words["victim"],
                             directory)
        self.schedule_before = self.victim.schedule()

    def open_inherited(self):
        """The descriptors that a caller forgot to close; the numbers are inheritable."""
        tcp = socket.create_connection(("192.0.2.1", self.receivers.tcp))
        unix = socket.socket(socket.AF_UNIX)
        unix.connect(self.receivers.stream)
        victim = os.open(self.out + "/victim", os.O_WRONLY | os.O_APPEND)
        directory = os.open(self.out, os.O_RDONLY | os.O_DIRECTORY)
        for fd, number in ((victim, FD_FILE), (directory, FD_DIRECTORY), (tcp.detach(), FD_TCP),
                           (unix.detach(), FD_UNIX), (victim, FD_HIGH)):
            os.dup2(fd, number, inheritable=True)
        for fd in (victim, directory):
            os.close(fd)

    def close_inherited(self):
        reserve_descriptors()

    def names(self):
        """What stands for {…} in a row of attempts.table."""
        v, r = self.victim, self.receivers
        return {"victim": self.out + "/victim", "out": self.out, "home": self.home,
                "own": self.own, "repo": self.repo, "secret": self.home + "/.ssh/id_ed25519",
                "log": self.log, "logs": self.logs, "shm": self.shm, "text": self.text,
                "mark": self.mark, "pid": str(v.pid), "address": v.address, "watched": v.watched,
                "fd": v.fd, "tcp": str(r.tcp), "udp": str(r.tcp),
                "free": str(20000 + r.tcp % 10000),  # below ip_local_port_range: no client's (ip(7))
                "windows": self.out + "/c/Windows/cmd.exe", "stream": r.stream, "packets": r.seqpacket, "datagram": r.datagram,
                "agent": r.agent, "abstract": r.abstract, "ipc": str(self.objects.key),
                "queue": self.objects.queue_name, "cgroup": self.cgroup, "disk": self.disk,
                "setuid": self.setuid, "rootfile": self.root_file, "fd-file": str(FD_FILE),
                "fd-directory": str(FD_DIRECTORY), "fd-tcp": str(FD_TCP), "fd-unix": str(FD_UNIX),
                "fd-high": str(FD_HIGH), "tries": self.tries}

    # --- The witnesses ---------------------------------------------------------------------------

    def seen(self, witness, stdout, returncode):
        """Whether the other side saw it. Takes back what an attempt left in the machine."""
        judge = getattr(self, "_saw_" + witness.split("-")[0], None)
        if witness.startswith("shows-"):
            return self._shows(witness[6:], stdout)
        if witness == "terminal":
            return ("terminal: " + self.text).encode() in stdout
        if witness == "parent":
            return -99 < returncode < 0
        if witness == "called":
            return self.text.encode() in stdout
        return judge()

    def _shows(self, what, stdout):
        if what == "done":
            return b"done" in stdout.split()
        return self.words[what].encode() in stdout

    def _saw_outside(self):
        return self._outside() != self.before_outside

    def _saw_protected(self):
        return self._protected() != self.before_protected

    def _saw_shm(self):
        return os.path.lexists(self.shm)

    def _saw_log(self):
        try:
            with open(self.log, "rb") as log:
                now = log.read()
        except OSError:
            return True
        return not now.startswith(self.log_before) or \
            any(line == self.text.encode() or line.startswith(self.text.encode() + b"{")
                for line in now[len(self.log_before):].splitlines())

    def _saw_journal(self):
        self.victim.memory()  # once it has answered, what was sent to it has arrived
        return self.victim.heard() != self.heard_before

    def _saw_memory(self):
        return self.victim.memory() != "untouched"

    def _saw_schedule(self):
        return self.victim.schedule() != self.schedule_before

    def _saw_received(self):
        return any(self.text.encode() in came for came in self.receivers.drain())

    def _saw_arrived(self):
        return self.text.encode() in self.receivers.drain()[0]

    def _saw_ipc(self):
        came = self.objects.take()
        return self.text.encode() in came or b"semaphore" in came

    def _saw_key(self):
        return subprocess.run(self.person.outside([self.program, "--key-there", self.mark]),
                              check=False).returncode == 0

    def _saw_address(self):
        gone = subprocess.run(["ip", "address", "del", "192.0.2.77/32", "dev", "lo"], check=False,
                              capture_output=True)
        return gone.returncode == 0

    def _saw_hostname(self):
        return socket.gethostname() == self.mark

    def _saw_cgroup(self):
        there = os.path.isdir(self.cgroup)
        if there:
            os.rmdir(self.cgroup)
        return there

    def _saw_setuid(self):
        with open(self.root_file, "rb") as file:
            return self.text.encode() in file.read()

    def _saw_left(self):
        there = any(with_mark(self.mark) for _ in range(5))  # what hops is missed by one look
        end_marked(self.mark)
        return there

    def _saw_own(self):
        try:
            with open(self.own, "rb") as file:
                content = file.read()
        except OSError:
            return False
        return self.text.encode() in content or len(content) > 1 << 20


def disk():
    """A block device of this machine: below every file that lies on it."""
    for name in sorted(os.listdir("/dev")):
        if stat.S_ISBLK(os.lstat("/dev/" + name).st_mode):
            return "/dev/" + name
    return "/dev/none"


def terminal(person):
    """A pseudo terminal: the master's descriptor and the path of the other end."""
    master, other = pty.openpty()
    path = os.ttyname(other)
    person.owns(path)
    os.close(other)
    return master, path
