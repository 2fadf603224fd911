"""The tests' own processes and kernel objects outside: the victim, shared memory, queues."""

import ctypes
import fcntl
import os
import signal
import struct
import subprocess

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.shmat.restype = ctypes.c_void_p
IPC_CREAT, IPC_RMID, SETVAL, GETVAL = 0o1000, 0, 16, 12


class Victim:
    """A process of the same person outside of the sandbox (`attempt --victim`)."""

    def __init__(self, person, program, journal, word, directory):
        self.journal = journal
        self.process = subprocess.Popen(
            person.outside([program, "--victim", journal]), env={"VICTIM_WORD": word},
            cwd=directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        pid, self.address, self.watched, self.fd = self.process.stdout.readline().split()
        self.pid = int(pid)
        self.before = None

    def alive(self):
        return self.process.poll() is None

    def memory(self):
        try:
            self.process.stdin.write("?\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return "gone"
        return self.process.stdout.readline().strip()

    def heard(self):
        with open(self.journal, "rb") as journal:
            return journal.read()

    def schedule(self):
        """Everything about its scheduling and limits that somebody else could change."""
        io_priority = LIBC.syscall(252, 1, self.pid)
        with open("/proc/%d/oom_score_adj" % self.pid, encoding="ascii") as score:
            oom = score.read()
        with open("/proc/%d/limits" % self.pid, encoding="ascii") as limits:
            limits = limits.read()
        return (os.getpriority(os.PRIO_PROCESS, self.pid), os.sched_getaffinity(self.pid),
                os.sched_getscheduler(self.pid), io_priority, oom, limits)

    def end(self):
        if self.alive():
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Objects:
    """System V and POSIX objects that anybody may use, of a key of their own."""

    def __init__(self):
        self.key = 0x5EFA0000 + os.getpid() % 0xFFFF
        self.queue_name = "sefaca-escape-%d" % os.getpid()
        self.memory = LIBC.shmget(self.key, 4096, IPC_CREAT | 0o666)
        self.text = LIBC.shmat(self.memory, None, 0)
        self.messages = LIBC.msgget(self.key, IPC_CREAT | 0o666)
        self.semaphore = LIBC.semget(self.key, 1, IPC_CREAT | 0o666)
        mask = os.umask(0)
        # struct mq_attr: flags, most messages, their size, how many there are.
        attributes = struct.pack("8q", 0, 10, 128, 0, 0, 0, 0, 0)
        self.queue = LIBC.mq_open(b"/" + self.queue_name.encode(), os.O_RDONLY | os.O_CREAT |
                                  os.O_NONBLOCK, 0o666, attributes)
        os.umask(mask)
        if min(self.memory, self.messages, self.semaphore, self.queue) < 0:
            raise OSError(ctypes.get_errno(), "System V or POSIX objects can't be made")

    def take(self):
        """What has come into any of them since the last time; they are as before afterwards."""
        came = [ctypes.string_at(self.text, 128)]
        ctypes.memset(self.text, 0, 128)
        buffer = ctypes.create_string_buffer(256)
        while LIBC.msgrcv(self.messages, buffer, 128, 0, 0o4000) > 0:  # IPC_NOWAIT
            came.append(buffer.raw)
        while LIBC.mq_receive(self.queue, buffer, 128, None) > 0:
            came.append(buffer.raw)
        if LIBC.semctl(self.semaphore, 0, GETVAL) == 7:
            came.append(b"semaphore")
        LIBC.semctl(self.semaphore, 0, SETVAL, 0)
        return b"\n".join(came)

    def remove(self):
        LIBC.shmctl(self.memory, IPC_RMID, None)
        LIBC.msgctl(self.messages, IPC_RMID, None)
        LIBC.semctl(self.semaphore, 0, IPC_RMID)
        LIBC.mq_unlink(b"/" + self.queue_name.encode())


def with_mark(mark):
    """The processes of the program `attempt` whose command line holds `mark`: not the sandbox's
    own, nor what plays the host, which end by themselves."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open("/proc/%s/cmdline" % name, "rb") as line:
                words = line.read().split(b"\0")
            if mark.encode() not in words or not words[0].endswith(b"/attempt"):
                continue
            with open("/proc/%s/stat" % name, "rb") as stat:
                state = stat.read().rsplit(b")", 1)[1].split()[0]
        except OSError:
            continue
        if state not in (b"Z", b"X"):
            found.append(int(name))
    return found


def end_marked(mark):
    """Ends them all, those that hop from process to process too; ours alone carry the mark."""
    for _ in range(2000):
        pids = with_mark(mark)
        if not pids:
            return
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    raise RuntimeError("processes with the mark %s can't be ended" % mark)


def file_flags(path):
    """The flags of a file (chattr), 0 where the file system has none."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return 0
    try:
        return struct.unpack("i", fcntl.ioctl(fd, 0x80086601, b"\0\0\0\0")[:4])[0]  # FS_IOC_GETFLAGS
    except OSError:
        return 0
    finally:
        os.close(fd)
