"""kernel_image.py OUT INIT [NAME=FILE…]: an initial ramdisk (cpio, newc) of this machine's own programs
and their libraries, with sefaca in it, so that another kernel runs the same userland. INIT becomes /init;
NAME=FILE puts FILE, or a directory with all that is below it, at /NAME. Needs no root."""
import os
import re
import shutil
import stat
import subprocess
import sys
import sysconfig

PROGRAMS = ("sh bash cat ls mkdir mv cp rm touch sleep true false env git setpriv unshare python3 grep sed chmod "
            "chown ln head tail sort mount umount pgrep id tr dirname basename mktemp cut wc dd setsid dash "
            "date seq find xargs tee setarch ps stat readlink sysctl nproc ip strace").split()
BUSYBOX = "switch_root poweroff".split()
DIRECTORIES = ("proc sys dev run etc usr usr/bin usr/lib usr/lib64 var new "
               "root:700 tmp:1777 var/tmp:1777 home home/tester").split()
LINKS = {"bin": "usr/bin", "sbin": "usr/bin", "lib": "usr/lib", "lib64": "usr/lib64"}
TEXTS = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\ntester:x:1000:1000::/home/tester:/bin/sh\n",
    "etc/group": "root:x:0:\ntester:x:1000:\n",
    "etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
}
LEFT_OUT = {"test", "tests", "dist-packages", "idlelib", "lib2to3", "tkinter", "ensurepip", "pydoc_data"}


class Image:
    """The archive's entries, each name once."""

    def __init__(self, path):
        self.file, self.names = open(path, "wb"), set()

    def add(self, name, mode, data=b""):
        if not name or name in self.names:
            return
        self.add(os.path.dirname(name), stat.S_IFDIR | 0o755)
        self.names.add(name)
        self.write(name, mode, data)

    def write(self, name, mode, data):
        text = name.encode() + b"\0"
        fields = (len(self.names), mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(text), 0)
        header = b"070701" + b"".join(b"%08X" % field for field in fields) + text
        self.file.write(header + b"\0" * (-len(header) % 4) + data + b"\0" * (-len(data) % 4))

    def add_file(self, name, path):
        with open(path, "rb") as file:
            self.add(name, stat.S_IFREG | (0o755 if os.access(path, os.X_OK) else 0o644), file.read())

    def add_program(self, name, path):
        """With the libraries that its loader names."""
        self.add_file(name, path)
        needed = subprocess.run(["ldd", path], capture_output=True, text=True, check=False).stdout
        for library in re.findall(r"(/\S+) \(0x", needed):
            self.add_file(re.sub("^/(usr/)?", "usr/", library), library)

    def add_tree(self, name, path):
        for root, directories, files in os.walk(path):
            directories[:] = [one for one in directories
                              if one not in LEFT_OUT and not one.startswith("config-")]
            for file in files:
                full = os.path.join(root, file)
                where = os.path.join(name, os.path.relpath(full, path))
                if not os.path.isfile(full):
                    continue
                if file.endswith(".so"):
                    self.add_program(where, full)
                else:
                    self.add_file(where, full)

    def end(self):
        self.write("TRAILER!!!", 0, b"")
        self.file.close()


def main():
    out, init, extra = sys.argv[1], sys.argv[2], sys.argv[3:]
    image = Image(out)
    for name, target in LINKS.items():
        image.add(name, stat.S_IFLNK | 0o777, target.encode())
    for directory in DIRECTORIES:
        name, _, mode = directory.partition(":")
        image.add(name, stat.S_IFDIR | int(mode or "755", 8))
    for name, text in TEXTS.items():
        image.add(name, stat.S_IFREG | 0o644, text.encode())
    search = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
    for program in PROGRAMS:
        path = shutil.which(program, path=search)
        if path is None:
            sys.exit(f"there is no {program}")
        image.add_program("usr/bin/" + program, os.path.realpath(path))
    image.add_program("usr/bin/busybox", shutil.which("busybox", path=search))
    for applet in BUSYBOX:
        image.add("usr/bin/" + applet, stat.S_IFLNK | 0o777, b"busybox")
    standard = sysconfig.get_path("stdlib")
    image.add_tree(standard[1:], standard)
    image.add_tree("usr/share/git-core", "/usr/share/git-core")
    with open(init, "rb") as file:
        image.add("init", stat.S_IFREG | 0o755, file.read())
    for pair in extra:
        name, _, path = pair.partition("=")
        if os.path.isdir(path):
            image.add_tree(name, path)
        else:
            image.add_program(name, path)
    image.end()


main()
