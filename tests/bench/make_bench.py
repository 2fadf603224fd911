#!/usr/bin/env python3
"""What make costs under sefaca, in pairs: each round runs every variant once, in a changing order.

make_bench.py --sefaca=FILE [--real=DIRECTORY-OF-TAR-FILES] [--rounds=N] [--only=A,B] [--json=FILE]

Trivial: a Makefile of 500 recipes that run `true` (a program, /bin/true). Real: `make -j2` of zlib
and lua from Debian's sources (tests/real/fetch.sh puts them there). Variants: /bin/sh (which make
leaves out for plain lines), /bin/dash (the fair twin: a shell for each line), sefaca-sh, and
bubblewrap as a shell that does what sefaca's `development` does: all read-only but the build and
/tmp, no network, the tree ended with its first process.
"""
import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

RECIPES = 500
BWRAP = """#!/bin/sh
exec bwrap --ro-bind / / --dev-bind /dev /dev --bind "$SEFACA_BENCH_TOP" "$SEFACA_BENCH_TOP" \\
  --bind /tmp /tmp --proc /proc --unshare-net --unshare-pid --die-with-parent -- /bin/dash "$@"
"""


def variants(directory):
    return {
        "sh": "/bin/sh",
        "dash": "/bin/dash",
        "sefaca": os.path.join(directory, "bin", "sefaca-sh"),
        "bwrap": os.path.join(directory, "bin", "bwrap-sh"),
    }


def timed(command, cwd, environment):
    """Seconds by the clock, and of processor time of all that was waited for: the second is what a
    busy machine leaves alone. 0 where nobody waited (a pid namespace's first process that died)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} in {cwd} failed:\n{done.stderr.decode()[-2000:]}")
    clock = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (clock, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def ratio_of(pairs):
    """The median of a/b; None where some b was not counted."""
    return statistics.median(a / b for a, b in pairs) if all(b > 0 for _, b in pairs) else None


def measure(name, rounds, shells, prepare, command, environment):
    times = {shell: [] for shell in shells}
    for _ in range(rounds):
        order = list(shells)
        random.shuffle(order)
        for shell in order:
            cwd = prepare(shell)
            environment["SEFACA_BENCH_TOP"] = cwd
            times[shell].append(timed(command + [f"SHELL={shells[shell]}"], cwd, environment))
    print(f"{name} ({rounds} rounds; by the clock, and processor time)")
    result = {"rounds": rounds, "ms": {}, "cpu_ms": {}, "ratios": {}, "cpu_ratios": {}}
    for shell, pairs in times.items():
        result["ms"][shell] = 1000 * statistics.median(pair[0] for pair in pairs)
        result["cpu_ms"][shell] = 1000 * statistics.median(pair[1] for pair in pairs)
        print(f"  {shell:14}{result['ms'][shell]:10.1f} ms{result['cpu_ms'][shell]:10.1f} ms")
    # Of each round's own pair, so that what slows a round down is in both of its figures.
    for other in shells:
        if other == "sefaca":
            continue
        ratio = f"sefaca/{other}"
        for which, key in ((0, "ratios"), (1, "cpu_ratios")):
            result[key][ratio] = ratio_of([(a[which], b[which])
                                           for a, b in zip(times["sefaca"], times[other])])
        clock, processor = result["ratios"][ratio], result["cpu_ratios"][ratio]
        processor = "not counted" if processor is None else f"{processor:.2f}"
        print(f"  {ratio:14}{clock:10.2f}   {processor:>10}")
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sefaca", required=True)
    parser.add_argument("--real")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json")
    parser.add_argument("--only", help="these variants, ',' between; sefaca is always one")
    options = parser.parse_args()

    home = tempfile.mkdtemp(prefix="sefaca-make-bench.", dir="/var/tmp")
    try:
        os.mkdir(os.path.join(home, "bin"))
        shutil.copy(options.sefaca, os.path.join(home, "bin", "sefaca"))
        os.symlink("sefaca", os.path.join(home, "bin", "sefaca-sh"))
        with open(os.path.join(home, "bin", "bwrap-sh"), "w") as script:
            script.write(BWRAP)
        os.chmod(os.path.join(home, "bin", "bwrap-sh"), 0o755)
        shells = variants(home)
        if shutil.which("bwrap") is None:
            print("bubblewrap is not installed: left out")
            del shells["bwrap"]
        if options.only:
            wanted = set(options.only.split(",")) | {"sefaca"}
            shells = {name: path for name, path in shells.items() if name in wanted}
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8"}

        trivial = os.path.join(home, "trivial")
        os.mkdir(trivial)
        with open(os.path.join(trivial, "Makefile"), "w") as makefile:
            names = " ".join(f"t{i}" for i in range(RECIPES))
            makefile.write(f"all: {names}\n{names}: ; @/bin/true\n.PHONY: all {names}\n")
        results = {"trivial": measure(f"{RECIPES} trivial recipes", options.rounds, shells,
                                      lambda _: trivial, ["make"], environment)}

        for project in ("zlib", "lua") if options.real else ():
            package = {"zlib": "zlib_", "lua": "lua5.4_"}[project]
            archives = [f for f in os.listdir(options.real)
                        if f.startswith(package) and ".orig.tar." in f and not f.endswith(".asc")]
            if not archives:
                sys.exit(f"no source of {project} in {options.real}")
            archive = os.path.join(options.real, archives[0])

            def prepare(_, archive=archive, project=project):
                tree = os.path.join(home, project)
                shutil.rmtree(tree, ignore_errors=True)
                os.mkdir(tree)
                subprocess.run(["tar", "-xf", archive, "-C", tree, "--strip-components=1"],
                               check=True)
                if project == "zlib":
                    subprocess.run(["./configure"], cwd=tree, check=True,
                                   stdout=subprocess.DEVNULL)
                return tree

            target = ["make", "-j2"] + (["linux"] if project == "lua" else [])
            results[project] = measure(f"make -j2 of {project}", options.rounds, shells, prepare,
                                       target, environment)
        if options.json:
            with open(options.json, "w") as out:
                json.dump(results, out, indent=1)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
