#!/usr/bin/env python3
"""How the cost of sefaca grows: with the steps of a build, with how many are at work at once, with
grants and with denials. Draws a panel for each, and says where the knee is.

growth.py --prefix=DIRECTORY [--rounds=N] [--most=N] [--only=NAME,…] [--json=FILE] [--svg=FILE]

`--prefix`: an installation of sefaca; `--most`: no step count, grants or denials beyond that.
The knee is the n at which what n adds is as much as what is there without it: below it a run costs its
start, above it each one more costs the same. Measured is processor time, which other work of the machine
leaves alone (of runs at once the clock), the least of the rounds. Ends with 1 when something grows by more
than n^1.15.
"""
import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time

from svg import OURS, PLAIN, curve, picture

STEPS = (1, 10, 100, 1000, 10000)
GRANTS = (10, 50, 200, 500, 1000, 2000)
DENIALS = (10, 100, 1000, 10000, 100000)
MOST_EXPONENT = 1.15
# Opens n files that it may not read, of as many names as there are.
DENIED = """
import os, sys
for i in range(int(sys.argv[1])):
    try:
        os.close(os.open(f"{sys.argv[2]}/f{i % 1000}", os.O_RDONLY))
    except PermissionError:
        pass
"""


class Growth:
    def __init__(self, options, home):
        self.options, self.home = options, home
        self.sefaca = os.path.join(options.prefix, "bin", "sefaca")
        self.shell = os.path.join(options.prefix, "bin", "sefaca-sh")
        self.environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8"}
        self.work = os.path.join(home, "work")
        os.mkdir(self.work)

    def seconds(self, command, times=None):
        """The least of the rounds: processor time of all that was waited for. `times`: so many at once,
        by the clock."""
        taken = []
        for _ in range(self.options.rounds):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            start = time.perf_counter()
            running = [subprocess.Popen(command, cwd=self.work, env=self.environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                       for _ in range(times or 1)]
            codes = [one.wait() for one in running]
            clock = time.perf_counter() - start
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
            taken.append(clock if times else max(spent, 1e-4))
            if any(codes):
                sys.exit(f"growth: {' '.join(command)[:200]} ended with {codes}")
        return min(taken)

    def sizes(self, all_):
        return [n for n in all_ if n <= self.options.most]

    def steps(self):
        """A make of n recipes that run /bin/true, by dash and by sefaca-sh."""
        out = {"bare": [], "sefaca": []}
        for n in self.sizes(STEPS):
            names = " ".join(f"t{i}" for i in range(n))
            with open(os.path.join(self.work, "Makefile"), "w") as makefile:
                makefile.write(f"all: {names}\n{names}: ; @/bin/true\n.PHONY: all {names}\n")
            for name, shell in (("bare", "/bin/dash"), ("sefaca", self.shell)):
                out[name].append((n, self.seconds(["make", "-s", f"SHELL={shell}"])))
        return out

    def at_once(self):
        """As many runs as there are, n of them at once: the time for each."""
        processors = os.cpu_count() or 1
        out = {"bare": [], "sefaca": []}
        batch = 40
        loop = 'i=0; while [ $i -lt "$1" ]; do shift 0; "$2" $3 /bin/true || exit; i=$((i+1)); done'
        for n in sorted({1, *range(1, processors + 1), 2 * processors, processors + processors // 2 or 1}):
            for name, program, words in (("bare", "/usr/bin/env", ""), ("sefaca", self.sefaca, "run --preset=compiler --")):
                out[name].append((n, self.seconds(["sh", "-c", loop, "sh", str(batch), program, words], n) / (n * batch)))
        return out

    def grants(self):
        """A run of true with n directories that it may read."""
        out = {"sefaca": []}
        root = os.path.join(self.home, "grants")
        for i in range(max(self.sizes(GRANTS), default=0)):
            os.makedirs(os.path.join(root, f"d{i}"), exist_ok=True)
        for n in self.sizes(GRANTS):
            words = [f"--readonly={root}/d{i}" for i in range(n)]
            out["sefaca"].append((n, self.seconds([self.sefaca, "run", "--preset=compiler", *words, "--", "/bin/true"])))
        return out

    def denials(self):
        """n opens that are refused: by the kernel alone (mode 0 is no use to root, so a file that is not
        there), and by sefaca with each named."""
        hidden = os.path.join(self.home, ".ssh")
        os.makedirs(hidden, exist_ok=True)
        for i in range(1000):
            open(os.path.join(hidden, f"f{i}"), "w").close()
        out = {"bare": [], "sefaca": []}
        for n in self.sizes(DENIALS):
            command = ["/usr/bin/python3", "-S", "-E", "-c", DENIED, str(n), hidden]
            out["bare"].append((n, self.seconds(command)))
            out["sefaca"].append((n, self.seconds([self.sefaca, "run", "--preset=compiler", "--", *command])))
        return out


PANELS = {"steps": ("Steps of a make", "recipes of /bin/true", "s of processor time"),
          "at_once": ("Runs at once", "at once", "s for each run"),
          "grants": ("Grants", "directories that may be read", "s of processor time"),
          "denials": ("Denials", "refused opens", "s of processor time")}


def line_of(points):
    """(start, for each, exponent): what is there without n, what each one more adds, and how the most
    that is above the start grows with n."""
    start = points[0][1]
    last_n, last = points[-1]
    each = (last - start) / max(last_n - points[0][0], 1)
    # A line through what is well above the start, both axes logarithmic.
    above = [(math.log(n), math.log(v - start)) for n, v in points[1:] if v - start > 0.5 * start]
    if len(above) < 2:
        return start, each, 0.0
    middle_x, middle_y = (sum(one[i] for one in above) / len(above) for i in (0, 1))
    return start, each, (sum((x - middle_x) * (y - middle_y) for x, y in above) /
                         sum((x - middle_x) ** 2 for x, _ in above))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--most", type=int, default=10**6)
    parser.add_argument("--only", default=",".join(PANELS))
    parser.add_argument("--json")
    parser.add_argument("--svg")
    options = parser.parse_args()
    chosen = options.only.split(",")
    if set(chosen) - set(PANELS):
        sys.exit(f"no such panel: {', '.join(sorted(set(chosen) - set(PANELS)))}; there are {', '.join(PANELS)}")
    results, parts, worse = {}, [], []
    with tempfile.TemporaryDirectory(prefix="sefaca-growth.", dir="/var/tmp", ignore_cleanup_errors=True) as home:
        growth = Growth(options, home)
        for place, name in enumerate(chosen):
            series = getattr(growth, name)()
            start, each, exponent = line_of(series["sefaca"])
            knee = None
            title, what, unit = PANELS[name]
            if name == "at_once":
                best = min(series["sefaca"], key=lambda point: point[1])
                knee = best[0]
                said = f"least for each run, {1000 * best[1]:.2f} ms, with {knee} at once; one at a time {1000 * start:.2f} ms"
            else:
                if each > 0:
                    knee = max(1, round(start / each))
                said = (f"{1e6 * each:.1f} µs for each, {1000 * start:.1f} ms before the first; knee at "
                        f"{knee if knee else 'none'}; grows by n^{exponent:.2f}")
                if exponent > MOST_EXPONENT:
                    worse.append(f"{name}: n^{exponent:.2f}")
            results[name] = {"series": series, "start_s": start, "each_s": each, "exponent": exponent, "knee": knee, "said": said}
            print(f"{title}: {said}", flush=True)
            for n, value in series["sefaca"]:
                bare = dict(series.get("bare", [])).get(n)
                print(f"  {n:7} {1000 * value:10.2f} ms" + (f"   bare {1000 * bare:10.2f} ms" if bare else ""))
            drawn = [("sefaca", OURS, series["sefaca"])] + ([("bare", PLAIN, series["bare"])] if "bare" in series else [])
            inside = knee if knee and series["sefaca"][0][0] <= knee <= series["sefaca"][-1][0] else None
            parts += curve(title, what, unit, drawn, 380 * (place % 2), 260 * (place // 2), inside)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)
    if options.svg:
        with open(options.svg, "w", encoding="utf-8") as file:
            file.write(picture(760, 260 * ((len(chosen) + 1) // 2), parts))
    if worse:
        sys.exit("growth: worse than linear: " + ", ".join(worse))


if __name__ == "__main__":
    main()
