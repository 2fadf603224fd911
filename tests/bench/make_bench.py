#!/usr/bin/env python3
"""What make costs under sefaca, in pairs: each round runs every variant once, in a changing order.

make_bench.py --prefix=DIRECTORY [--real=DIRECTORY-OF-TAR-FILES] [--rounds=N] [--only=A,B] [--json=FILE]

`--prefix`: an installation of sefaca. Trivial: a Makefile of 500 recipes that run `true` (a program,
/bin/true). Real: `make -j2` of zlib and lua from Debian's sources (tests/real/fetch.sh puts them
there). Variants: /bin/sh (which make leaves out for plain lines), /bin/dash (the fair twin: a shell
for each line), sefaca-sh, and bubblewrap as a shell that does what sefaca's `development` does: all
read-only but the build and /tmp, no network, the tree ended with its first process.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

from pairs import Variant, keep, measure

RECIPES = 500
BWRAP = """#!/bin/sh
exec bwrap --ro-bind / / --dev-bind /dev /dev --bind "$SEFACA_BENCH_TOP" "$SEFACA_BENCH_TOP" \\
  --bind /tmp /tmp --proc /proc --unshare-net --unshare-pid --die-with-parent -- /bin/dash "$@"
"""


def shells_in(directory):
    return {
        "sh": "/bin/sh",
        "dash": "/bin/dash",
        "sefaca": os.path.join(directory, "bin", "sefaca-sh"),
        "bwrap": os.path.join(directory, "bin", "bwrap-sh"),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--real")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json")
    parser.add_argument("--only", help="these variants, ',' between; sefaca is always one")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="sefaca-make-bench.", dir="/var/tmp",
                                     ignore_cleanup_errors=True) as home:
        os.mkdir(os.path.join(home, "bin"))
        shutil.copy(os.path.join(options.prefix, "bin", "sefaca"), os.path.join(home, "bin", "sefaca"))
        os.symlink("sefaca", os.path.join(home, "bin", "sefaca-sh"))
        with open(os.path.join(home, "bin", "bwrap-sh"), "w") as script:
            script.write(BWRAP)
        os.chmod(os.path.join(home, "bin", "bwrap-sh"), 0o755)
        shells = shells_in(home)
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

        def compare(title, prepare, command):
            # bubblewrap ends without waiting for the init of its namespace, whose time is all there is.
            variants = {name: Variant(command + [f"SHELL={path}"], prepare, waits=name != "bwrap")
                        for name, path in shells.items()}
            return measure(title, options.rounds, variants, environment,
                           [("sefaca", name) for name in shells if name != "sefaca"])

        results = {"trivial": compare(f"{RECIPES} trivial recipes", lambda: trivial, ["make"])}

        for project in ("zlib", "lua") if options.real else ():
            package = {"zlib": "zlib_", "lua": "lua5.4_"}[project]
            archives = [f for f in os.listdir(options.real)
                        if f.startswith(package) and ".orig.tar." in f and not f.endswith(".asc")]
            if not archives:
                sys.exit(f"no source of {project} in {options.real}")
            archive = os.path.join(options.real, archives[0])

            def prepare(archive=archive, project=project):
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
            results[project] = compare(f"make -j2 of {project}", prepare, target)
        keep(results, options.json)


if __name__ == "__main__":
    main()
