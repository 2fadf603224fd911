#!/usr/bin/env python3
"""The figures of `./dev bench` as a chart and as a table.

chart.py [--start=JSON] [--builds=JSON] [--make=JSON] [--busy] --svg=FILE [--table=FILE]

Each JSON is what sefaca_bench, builds_bench.py and make_bench.py wrote; what is not given is left out.
`--busy`: the machine had other work: bars are what a tenth of the rounds stay below, not medians.
"""
import argparse
import json

from svg import INK, OTHERS, OURS, PLAIN, bars, picture, text

SEFACA = ("exec", "compiler", "compiler, no report", "default", "a CMake step", "strict")
BUILDS = {"ninja": "64 C++ files, Ninja, CMake door", "noop": "Ninja with nothing to do, CMake door",
          "ctest": "1,000 tests that do nothing, CMake door", "zlib": "zlib, sefaca run make -j2",
          "cpp": "one C++ file, sefaca run", "c": "one C file, sefaca run"}


def colour_of(name):
    return OURS if name in SEFACA else PLAIN if name == "bare" or name.startswith("floor") else OTHERS


def start_rows(work, busy):
    return [(("sefaca, " if name in SEFACA else "") + name,
             *((one["best_tenth"],) * 3 if busy else (one["median"], one["q1"], one["q3"])), colour_of(name))
            for name, one in work["contenders"].items() if one]


def build_rows(builds, make):
    """(name, ratio to the same build bare) of what there is."""
    rows = []
    for key, name in BUILDS.items():
        for ratio, value in builds.get(key, {}).get("ratios", {}).items():
            if ratio in ("include(Sefaca)/bare", "full/bare"):
                rows.append((name, value))
    for key, name in (("zlib", "zlib, make SHELL=sefaca-sh -j2"), ("lua", "lua, make SHELL=sefaca-sh -j2"),
                      ("trivial", "500 recipes of true, make SHELL=sefaca-sh")):
        ratios = make.get(key, {}).get("ratios", {})
        if "sefaca/dash" in ratios:
            rows.append((name, ratios["sefaca/dash"]))
        if "sefaca/bwrap" in ratios:
            rows.append((name.replace("SHELL=sefaca-sh", "by bubblewrap"), ratios["sefaca/dash"] / ratios["sefaca/bwrap"]))
    return rows


def main():
    parser = argparse.ArgumentParser()
    for name in ("start", "builds", "make", "table"):
        parser.add_argument("--" + name)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--svg", required=True)
    options = parser.parse_args()

    def read(name):
        if not name:
            return {}
        with open(name, encoding="utf-8") as file:
            return json.load(file)
    start, builds, make = read(options.start), read(options.builds), read(options.make)
    parts, y = [text(10, 24, "What sefaca costs", 17, weight="bold", colour=INK)], 40
    table = ""
    for work in start.get("works", []):
        title = (f"{work['work']}: best tenth of {work['rounds']} rounds, on a machine with other work" if options.busy else
                 f"{work['work']}: median of {work['rounds']} rounds, and where half of them lie")
        more, y = bars(title, start_rows(work, options.busy), y)
        parts += more
        bare = work["contenders"]["bare"]["median"]
        table += f"\n{work['work']}, {work['rounds']} rounds:\n\n"
        table += "| | median ms | half lies between | best tenth | × bare | largest process, KiB |\n|---|---|---|---|---|---|\n"
        for name, one in work["contenders"].items():
            table += (f"| {name} | {one['median']:.2f} | {one['q1']:.2f}, {one['q3']:.2f} | {one['best_tenth']:.2f} "
                      f"| {one['median'] / bare:.2f} | {one.get('peak_kib') or '-'} |\n" if one else f"| {name} | not here | | | | |\n")
    rows = build_rows(builds, make)
    if rows:
        more, y = bars("Whole builds: the time under sefaca, bare (make: by dash) is 1",
                       [(name, value, 0, 0, OTHERS if "bubblewrap" in name else OURS) for name, value in rows],
                       y, left=330, unit="×")
        parts += more
        table += "\n| build | time, bare is 1 |\n|---|---|\n" + "".join(f"| {n} | {v:.2f} |\n" for n, v in rows)
    with open(options.svg, "w", encoding="utf-8") as file:
        file.write(picture(760, y, parts))
    if options.table:
        with open(options.table, "w", encoding="utf-8") as file:
            file.write(table)


if __name__ == "__main__":
    main()
