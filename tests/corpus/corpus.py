#!/usr/bin/env python3
"""Upstream sources of Debian's packages, built, tested and installed bare and then under sefaca, in one
and the same path, by an ordinary user, with no configuration.

corpus.py --prefix=DIRECTORY --as-host=FILE --state=DIRECTORY [--only=NAME,…] [--kind=quick|all] [--fresh]
          [--table=FILE] [--minutes=N] [COUNT]
corpus.py --state=DIRECTORY --table=FILE
corpus.py --list-needs [--only=NAME,…] [--kind=quick|all]

`--prefix`: an installation of sefaca; `--as-host`: tests/hosts' program. What is done stands in the state
directory, a file for each package: a run that was broken off goes on, and COUNT more packages are done.
A package takes N minutes at most (60), all its variants together. `--table` writes FILE and its twin
FILE.json, from what is known by now.
Ends with 1 when something differs that packages.toml does not explain. Called as root it works as
$SEFACA_TEST_USER.
"""
import argparse
import ctypes
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tomllib

from results import differences, results_of
from table import explained_anew, reason_for, write_table

HERE = pathlib.Path(__file__).resolve().parent
STEPS = ("configure", "build", "test", "install")
VARIANTS = ("bare", "sefaca", "no-userns")  # the third: sefaca where user namespaces are refused
PR_SET_CHILD_SUBREAPER = 36
PATH = "/usr/local/bin:/usr/bin:/bin"


def say(text):
    print(f"corpus: {time.strftime('%H:%M:%S')} {text}", flush=True)


def end_what_is_left():
    """Ends the processes that a step left, which are our children by now, until there are none."""
    while True:
        for pid in children():
            os.kill(pid, 9)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def children():
    return [int(pid) for pid in pathlib.Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


class Place:
    """The directory that all variants of all packages are built in, and the user who does it."""

    def __init__(self, options):
        self.user = os.environ.get("SEFACA_TEST_USER") if os.geteuid() == 0 else None
        if os.geteuid() == 0 and not self.user:
            sys.exit("corpus: root: SEFACA_TEST_USER must name an ordinary user")
        # Not below /tmp, which the presets grant.
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="sefaca-corpus.", dir="/var/tmp"))
        self.root.chmod(0o755)
        self.home, self.tree = self.root / "home", self.root / "tree"
        self.home.mkdir()
        # What a step leaves running becomes a child of this process, which ends it.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.prefix = self.root / "sefaca"
        shutil.copytree(options.prefix, self.prefix, symlinks=True)
        self.as_host = self.root / "as-host"
        shutil.copy(options.as_host, self.as_host)
        for path in (self.root, self.home):
            self.give(path)

    def give(self, path):
        if self.user:
            subprocess.run(["chown", "-R", "-h", self.user + ":", path], check=True)

    def run(self, variant, command, log, limit):
        """Runs a shell's line in the tree. Gives (exit code or None at the limit, seconds, peak bytes)."""
        # Not wait4(2)'s figure: that holds what this program itself has before it executes the step.
        measure = pathlib.Path(f"{log}.peak")
        words = ["/usr/bin/time", "-f", "%M", "-o", measure, "sh", "-c", command]
        if variant == "no-userns":
            words[5:5] = [self.as_host, "no-userns", "--"]
        if self.user:
            words[5:5] = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--init-groups"]
        environment = {"PATH": f"{self.prefix}/bin:{PATH}", "HOME": str(self.home), "LANG": "C.UTF-8",
                       "USER": self.user or "user", "SHELL": "/bin/sh", "TERM": "dumb",
                       # What is compared is not what the optimizer does.
                       "CFLAGS": "-O0", "CXXFLAGS": "-O0", "FFLAGS": "-O0"}
        start = time.monotonic()
        with open(log, "wb") as out:
            child = subprocess.Popen(words, cwd=self.tree, env=environment, stdin=subprocess.DEVNULL,
                                     stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
            over = threading.Event()
            clock = threading.Timer(limit, lambda: (over.set(), os.killpg(child.pid, 9)))
            clock.daemon = True
            clock.start()
            _, status = os.waitpid(child.pid, 0)
            clock.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = round(time.monotonic() - start, 2)
        end_what_is_left()
        peak = int(measure.read_text().split()[-1]) * 1024 if measure.exists() and measure.read_text() else 0
        measure.unlink(missing_ok=True)
        return None if over.is_set() else child.returncode, seconds, peak

    def audit_log(self):
        return self.home / ".local/state/sefaca/audit.jsonl"  # of a home that has no ~/.sefaca

    def clean(self):
        shutil.rmtree(self.tree, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir()
        self.give(self.home)


def words_of_door(package, variant, place):
    """What packages.toml's {…} stand for: nothing where it is bare."""
    if variant == "bare":
        return {"make": "", "cmake": "", "meson": "", "wrapper": "", "test": "", "env": ""}
    module = place.prefix / "lib/cmake/Sefaca/Sefaca.cmake"
    launch = "sefaca-launch"
    setting = package.get("setting", {})
    return {"make": f"SHELL={place.prefix}/bin/sefaca-sh " + setting.get("make", ""),
            "cmake": f"-DCMAKE_PROJECT_TOP_LEVEL_INCLUDES={module} " + setting.get("cmake", ""),
            "meson": f"CC='{launch} -- cc' CXX='{launch} -- c++'",
            "wrapper": f"--wrapper='{launch} --preset=testing --'",
            "test": f"{launch} --preset=testing --",
            "env": setting.get("env", "")}


def installed(tree):
    """{path below the install directory: type and mode}."""
    root = tree / "corpus-install"
    return {str(path.relative_to(root)): oct(path.lstat().st_mode) for path in sorted(root.rglob("*"))}


def violations_of(log):
    """What was denied: {"TYPE OPERATION PATH-OR-HOST (PROGRAM)": count}, and how many runs there were."""
    out, runs = {}, 0
    if not log.exists():
        return out, runs
    for line in log.read_text(errors="replace").splitlines():
        runs += 1
        for v in json.loads(line).get("violations") or []:
            if v.get("action") == "logged":
                continue
            what = v.get("path") or v.get("attempted_host") or v.get("address") or ""
            program = os.path.basename(v.get("program") or "")
            key = " ".join(filter(None, (v["violation"], v.get("operation"), what, f"({program})")))
            out[key] = out.get(key, 0) + v.get("count", 1)
    return out, runs


def unpack(place, archive):
    place.tree.mkdir()
    subprocess.run(["tar", "-xf", archive, "-C", place.tree, "--strip-components=1"], check=True)
    # A release's generated files are not older than what they were made from.
    subprocess.run("find . -exec touch -h -d 2020-01-01 {} +", shell=True, cwd=place.tree, check=True)
    place.give(place.tree)


def build_once(package, variant, place, archive, logs, end):
    """`end`: of time.monotonic(), when the whole package has had its time."""
    place.clean()
    words = words_of_door(package, variant, place)
    result = {"steps": {}}
    # A configure script is no step of a build: it runs once, bare, and all variants go on from there.
    configured = logs / "configured.tar"
    if configured.exists():
        place.tree.mkdir()
        subprocess.run(["tar", "-xpf", configured, "-C", place.tree, "--same-owner"], check=True)
        result["steps"]["configure"] = {"code": 0, "seconds": 0, "largest_bytes": 0}
    else:
        unpack(place, archive)
    for step in STEPS:
        command = package.get(step)
        if command is None or step in result["steps"]:
            continue
        once = step == "configure" and variant == "bare" and "{" not in command.replace("{install}", "")
        for name, value in words.items():
            command = command.replace("{" + name + "}", value)
        log = logs / f"{variant}.{step}.log"
        code, seconds, peak = place.run(variant, command.replace("{install}", str(place.tree / "corpus-install")),
                                        log, max(1, min(package.get("limit", 900), end - time.monotonic())))
        result["steps"][step] = {"code": code, "seconds": seconds, "largest_bytes": peak}
        if step == "test":
            result["tests"] = results_of(log.read_text(errors="replace"), package.get("results"))
        if code is None and time.monotonic() >= end:
            result["cut"] = True  # the package had its time: what is missing is no difference
            break
        if code != 0 and step != "test":
            break
        if once:
            subprocess.run(["tar", "-cf", configured, "-C", place.tree, "."], check=True)
    result["installed"] = installed(place.tree)
    result["violations"], result["runs"] = violations_of(place.audit_log())
    return result


def compare(package, bare, other):
    """(sentences for what differs and is not explained, explained ones with their reasons)."""
    found = []
    for step in STEPS:
        one, two = bare["steps"].get(step), other["steps"].get(step)
        if (one or {}).get("code") != (two or {}).get("code"):
            found.append(f"{step}: exit code {(one or {}).get('code')} bare, {(two or {}).get('code')} under sefaca")
    found += differences(bare.get("tests", {}), other.get("tests", {}))
    for path in sorted(bare["installed"].keys() | other["installed"].keys()):
        one, two = bare["installed"].get(path), other["installed"].get(path)
        if one != two:
            found.append(f"installed {path}: {one or 'nothing'} bare, {two or 'nothing'} under sefaca")
    found += [f"denied: {what} ({count} times)" for what, count in other["violations"].items()]
    if not other["runs"]:
        found.append("nothing ran under sefaca")
    open_, reasons = [], []
    for sentence in found:
        why = reason_for(package, sentence)
        (reasons if why else open_).append(f"{sentence}: {why}" if why else sentence)
    return open_, reasons


def fault_of(bare):
    """What makes this no comparison: it does not even work bare."""
    for step, outcome in bare["steps"].items():
        if outcome["code"] is None:
            return f"bare: {step}: not done after {outcome['seconds']:.0f} s"
        if outcome["code"] != 0 and not (step == "test" and bare.get("tests")):
            return f"bare: {step}: exit code {outcome['code']}"
    return None if bare["installed"] else "bare: nothing was installed"


def do(package, place, options, state):
    logs = state / package["name"]
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    archive = subprocess.run(["sh", HERE.parent / "real" / "fetch.sh", package.get("source", package["name"]),
                              state / "sources"], check=True, capture_output=True, text=True).stdout.strip()
    result = {"version": re.search(r"_(.*)\.orig\.tar", archive)[1], "variants": {}, "differs": {}, "explained": {}}
    end = time.monotonic() + options.minutes * 60
    for variant in VARIANTS[:2] if package.get("big") else VARIANTS:
        result["variants"][variant] = one = build_once(package, variant, place, archive, logs, end)
        say(f"{package['name']}: {variant}: " + ", ".join(
            f"{step} {s['code']} in {s['seconds']} s" for step, s in one["steps"].items()) +
            f"; {len(one.get('tests', {}))} tests, {one['runs']} runs on record")
        if one.pop("cut", False) and variant != "bare":
            say(f"{package['name']}: {variant}: not done after {options.minutes} minutes")
            del result["variants"][variant]
            continue
        if variant == "bare":
            fault = fault_of(one)
            if fault:
                (logs / "configured.tar").unlink(missing_ok=True)
                return {**result, "fault": fault}
        else:
            result["differs"][variant], result["explained"][variant] = compare(
                package, result["variants"]["bare"], one)
    place.clean()
    (logs / "configured.tar").unlink(missing_ok=True)
    return result


def attempt(package, place, options, state):
    try:
        return do(package, place, options, state)
    except subprocess.CalledProcessError as error:
        return {"fault": f"{error.cmd[:3]}: {(error.stderr or '').strip()[-300:]}"}


def binary_of(prefix):
    return hashlib.sha256((pathlib.Path(prefix) / "bin" / "sefaca").read_bytes()).hexdigest()


def key_of(package, prefix):
    """Changes with what would have to be done again."""
    binary = binary_of(prefix)
    what = {key: value for key, value in package.items() if key not in ("explained", "note")}
    return hashlib.sha256((json.dumps(what, sort_keys=True) + binary).encode()).hexdigest()


# What an installation is made of: a commit that touched none of it built the same.
MADE_OF = [":/" + name for name in ("core", "launcher", "cmake-module", "make-shim")]


def build_name():
    """The last commit that changed what is installed, with a + where the tree has changes to it; nothing without git."""
    git = ["git", "-c", "safe.directory=*", "-C", str(HERE)]
    try:
        name = subprocess.run([*git, "log", "-1", "--abbrev=10", "--format=%h", "--", *MADE_OF],
                              capture_output=True, text=True).stdout.strip()
        changed = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", *MADE_OF], capture_output=True).returncode
    except FileNotFoundError:
        return ""
    return name + "+" if name and changed == 1 else name


def build_of(prefix, state):
    """What build_name() said when this binary was first used with this state: the tree may have gone on since, the
    binary has not."""
    file = state / "builds" / binary_of(prefix)
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_text(build_name())
    return file.read_text()


def main():
    parser = argparse.ArgumentParser()
    for name in ("--prefix", "--as-host", "--state"):
        parser.add_argument(name)
    parser.add_argument("--only", default="")
    parser.add_argument("--kind", default="all", choices=("quick", "all"))
    parser.add_argument("--table", metavar="FILE", help="write what is known by now as a page; alone: run nothing")
    parser.add_argument("--minutes", type=int, default=60, help="for one package, all variants together")
    parser.add_argument("--list-needs", action="store_true", help="print the Debian packages that the chosen need")
    parser.add_argument("--fresh", action="store_true", help="again, what was done too")
    parser.add_argument("count", nargs="?", type=int)
    options = parser.parse_args()
    packages = tomllib.loads((HERE / "packages.toml").read_text())["package"]
    names = [p["name"] for p in packages]
    wanted = [n for n in options.only.split(",") if n]
    if set(wanted) - set(names):
        sys.exit(f"corpus: no such package: {', '.join(sorted(set(wanted) - set(names)))}; there are {', '.join(names)}")
    chosen = ([packages[names.index(n)] for n in wanted] if wanted else
              [p for p in packages if options.kind == "all" or p.get("quick")])

    if options.list_needs:
        print("\n".join(sorted({need for package in chosen for need in package.get("needs", [])})))
        return
    state = pathlib.Path(options.state).resolve()
    if not options.prefix:
        write_table(packages, state, pathlib.Path(options.table))
        return
    state.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # which cleans up
    place = Place(options)
    done = different = faults = 0
    try:
        for package in chosen:
            file = state / f"{package['name']}.json"
            key = key_of(package, options.prefix)
            known = json.loads(file.read_text()) if file.exists() else {}
            if known.get("key") != key or known.get("fault") or options.fresh:
                if options.count is not None and done >= options.count:
                    continue
                known = {"key": key, "date": time.strftime("%Y-%m-%d"), "build": build_of(options.prefix, state),
                         "name": package["name"], "kernel": os.uname().release, "processors": os.cpu_count(),
                         "setting": package.get("setting", {}), **attempt(package, place, options, state)}
                file.write_text(json.dumps(known, indent=1))
                done += 1
            if known.get("fault"):
                faults += 1
                say(f"{package['name']}: {known['fault']}")
                continue
            known = explained_anew(package, known)
            differs = [f"{variant}: {s}" for variant, all_ in known["differs"].items() for s in all_]
            different += bool(differs)
            for sentence in differs[:20]:
                say(f"{package['name']}: DIFFERS: {sentence}")
            if len(differs) > 20:
                say(f"{package['name']}: and {len(differs) - 20} more, see {file}")
    finally:
        end_what_is_left()
        shutil.rmtree(place.root, ignore_errors=True)
    if options.table:
        write_table(packages, state, pathlib.Path(options.table))
    say(f"{len(chosen)} packages, {done} done now, {different} differ, {faults} could not be compared")
    sys.exit(1 if different or faults else 0)


if __name__ == "__main__":
    main()
