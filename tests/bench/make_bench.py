#!/usr/bin/env python3
"""What make costs under sefaca, in pairs: each round runs every variant once, in a changing order.

make_bench.py --sefaca=FILE [--real=DIRECTORY-OF-TAR-FILES] [--rounds=N] [--json=FILE]

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
    start = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} in {cwd} failed:\n{done.stderr.decode()[-2000:]}")
    return time.perf_counter() - start


def measure(name, rounds, shells, prepare, command, environment):
    times = {shell: [] for shell in shells}
    for _ in range(rounds):
        order = list(shells)
        random.shuffle(order)
        for shell in order:
            cwd = prepare(shell)
            environment["SEFACA_BENCH_TOP"] = cwd
            times[shell].append(timed(command + [f"SHELL={shells[shell]}"], cwd, environment))
    result = {shell: statistics.median(all_times) for shell, all_times in times.items()}
    # Of each round's own pair, so that what slows a round down is in both of its figures.
    ratios = {
        f"sefaca/{other}": statistics.median(
            a / b for a, b in zip(times["sefaca"], times[other]))
        for other in shells if other != "sefaca"
    }
    print(f"{name} ({rounds} rounds)")
    for shell, median in result.items():
        print(f"  {shell:8} {median * 1000:10.1f} ms")
    for ratio, value in ratios.items():
        print(f"  {ratio:12} {value:6.2f}")
    return {"ms": {k: v * 1000 for k, v in result.items()}, "ratios": ratios, "rounds": rounds}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sefaca", required=True)
    parser.add_argument("--real")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json")
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
