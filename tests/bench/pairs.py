"""Whole commands in pairs: each round runs every variant once, in a changing order, so that what
slows the machine down is in all of their figures. Only the ratios mean something elsewhere."""
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from typing import Callable, NamedTuple


class Variant(NamedTuple):
    command: list
    prepare: Callable[[], str]  # called before each run, not timed; gives the working directory
    waits: bool = True  # for all that it starts: who does not has processor time that nobody counts


def timed(command, cwd, environment):
    """Seconds by the clock, and of processor time of all that was waited for: the second is what a
    busy machine leaves alone."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} in {cwd} failed:\n"
                 f"{done.stderr.decode(errors='replace')[-2000:]}")
    clock = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (clock, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def measure(title, rounds, variants, environment, ratios):
    """`variants`: name -> Variant. `ratios`: (name, name of what it is compared with). Prints a
    table and gives the same as a dictionary. The place of a run is $SEFACA_BENCH_TOP in it."""
    times = {name: [] for name in variants}
    for _ in range(rounds):
        order = list(variants)
        random.shuffle(order)
        for name in order:
            cwd = variants[name].prepare()
            times[name].append(timed(variants[name].command, cwd,
                                     {**environment, "SEFACA_BENCH_TOP": cwd}))
    print(f"{title} ({rounds} rounds; by the clock, and processor time)")
    result = {"rounds": rounds, "ms": {}, "cpu_ms": {}, "ratios": {}, "cpu_ratios": {}}
    width = max(len(name) for name in [*variants, *(f"{a}/{b}" for a, b in ratios)]) + 2

    def told(values, unit, digits):
        return "   ".join("not counted" if value is None else f"{value:.{digits}f}{unit}"
                          for value in values)

    for name, runs in times.items():
        seen = [1000 * statistics.median(figures) for figures in zip(*runs)]
        if not variants[name].waits:
            seen[1] = None
        result["ms"][name], result["cpu_ms"][name] = seen
        print(f"  {name:{width}}{told(seen, ' ms', 1)}")
    for one, other in ratios:
        seen = [statistics.median(a[which] / b[which] for a, b in zip(times[one], times[other]))
                if which == 0 or (variants[one].waits and variants[other].waits) else None
                for which in (0, 1)]
        ratio = f"{one}/{other}"
        result["ratios"][ratio], result["cpu_ratios"][ratio] = seen
        print(f"  {ratio:{width}}{told(seen, '', 3)}")
    sys.stdout.flush()
    return result


def keep(results, file):
    """`file`: where the results go as JSON; None: nowhere."""
    if file:
        with open(file, "w") as out:
            json.dump(results, out, indent=1)
