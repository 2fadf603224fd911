#!/usr/bin/env python3
"""What builds cost under sefaca, in pairs (see pairs.py).

builds_bench.py --prefix=DIRECTORY --real=DIRECTORY-OF-TAR-FILES [--rounds=N] [--only=ROW,…] [--json=FILE]

`--prefix`: an installation of sefaca. Rows: `c` and `cpp` compile one file; `zlib` is `make -j2` of it;
`cat` reads 8,000 files in one process and `status` is git's of a tree of 8,000, the worst cases of
reports; each bare and by what is reported. `ninja` builds 64 C++ files with CMake and Ninja, bare and
with include(Sefaca); `noop` the same with nothing to do; `ctest` runs 1,000 tests that do nothing.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

from pairs import Variant, keep, measure

MANY = 8000
SOURCES = 64
TESTS = 1000
MORE = 10
REPORTS = ("off", "summary", "full")

ONE_C = "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\nint main(void) { return puts(\"x\") < 0; }\n"
ONE_CPP = """#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <vector>
int NAME(int n) {
  std::map<std::string, std::vector<int>> lines;
  for (int i = 0; i < n; ++i) lines[std::to_string(i % 7)].push_back(i);
  for (auto& [name, numbers] : lines) std::sort(numbers.begin(), numbers.end());
  std::cout << lines.size();
  return static_cast<int>(lines.begin()->second.size());
}
"""
PROJECT = """cmake_minimum_required(VERSION 3.25)
project(bench CXX)
enable_testing()
file(GLOB sources ${CMAKE_SOURCE_DIR}/*.cpp)
add_executable(bench ${sources})
"""
EMPTY_TESTS = """cmake_minimum_required(VERSION 3.25)
project(bench NONE)
enable_testing()
foreach(i RANGE 1 TESTS)
  add_test(NAME t${i} COMMAND true)
endforeach()
"""


class Bench:
    def __init__(self, options, home):
        self.options = options
        self.home = home
        self.sefaca = os.path.join(options.prefix, "bin", "sefaca")
        self.environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8"}

    def place(self, name, files=()):
        path = os.path.join(self.home, name)
        os.makedirs(path, exist_ok=True)
        for file, text in files:
            with open(os.path.join(path, file), "w") as out:
                out.write(text)
        return path

    def by_report(self, title, command, prepare, times=1):
        """`times`: so many times the rounds; short commands want more of them."""
        variants = {"bare": Variant(command, prepare)}
        for report in REPORTS:
            sandbox = [self.sefaca, "run", "--preset=compiler", "--readwrite=.", f"--report={report}"]
            variants[report] = Variant([*sandbox, "--", *command], prepare)
        return measure(title, times * self.options.rounds, variants, self.environment,
                       [(report, "bare") for report in REPORTS])

    def by_door(self, title, command, trees, prepare=lambda tree: None):
        def prepared(tree):
            prepare(tree)
            return tree
        variants = {name: Variant(command, lambda tree=tree: prepared(tree))
                    for name, tree in trees.items()}
        return measure(title, self.options.rounds, variants, self.environment,
                       [("include(Sefaca)", "bare")])

    def configured(self, name, project, files=(), generator="Ninja"):
        source = self.place(name, [("CMakeLists.txt", project), *files])
        trees = {"bare": os.path.join(self.home, name + "-bare"),
                 "include(Sefaca)": os.path.join(self.home, name + "-sefaca")}
        include = os.path.join(self.options.prefix, "lib", "cmake", "Sefaca", "Sefaca.cmake")
        for variant, tree in trees.items():
            with_it = [] if variant == "bare" else [f"-DCMAKE_PROJECT_TOP_LEVEL_INCLUDES={include}"]
            subprocess.run(["cmake", "-S", source, "-B", tree, "-G", generator, *with_it],
                           check=True, stdout=subprocess.DEVNULL, env=self.environment)
        return trees

    def c(self):
        place = self.place("c", [("one.c", ONE_C)])
        return self.by_report("one C file", ["gcc", "-O2", "-c", "one.c"], lambda: place, MORE)

    def cpp(self):
        place = self.place("cpp", [("one.cpp", ONE_CPP)])
        return self.by_report("one C++ file", ["g++", "-O2", "-c", "one.cpp"], lambda: place, MORE)

    def zlib(self):
        archive = next(os.path.join(self.options.real, f) for f in os.listdir(self.options.real)
                       if f.startswith("zlib_") and ".orig.tar." in f and not f.endswith(".asc"))

        def prepare():
            tree = os.path.join(self.home, "zlib")
            shutil.rmtree(tree, ignore_errors=True)
            os.mkdir(tree)
            subprocess.run(["tar", "-xf", archive, "-C", tree, "--strip-components=1"], check=True)
            subprocess.run(["./configure"], cwd=tree, check=True, stdout=subprocess.DEVNULL)
            return tree
        return self.by_report("make -j2 of zlib", ["make", "-j2"], prepare)

    def many(self):
        place = self.place("many")
        if not os.path.isdir(os.path.join(place, ".git")):
            for i in range(MANY):
                directory = os.path.join(place, f"d{i % 100}")
                os.makedirs(directory, exist_ok=True)
                with open(os.path.join(directory, f"f{i}"), "w") as out:
                    out.write(f"{i}\n")
            for words in (["init", "-q"], ["add", "."],
                          ["-c", "user.name=b", "-c", "user.email=b@b", "commit", "-qm", "b"]):
                subprocess.run(["git", *words], cwd=place, check=True, env=self.environment)
        return place

    def cat(self):
        place = self.many()
        return self.by_report(f"cat of {MANY} files", ["sh", "-c", "exec cat d*/*"], lambda: place)

    def status(self):
        place = self.many()
        return self.by_report(f"git status of {MANY} files", ["git", "status", "--short"],
                              lambda: place)

    def ninja(self):
        files = [(f"f{i}.cpp", ONE_CPP.replace("NAME", f"f{i}")) for i in range(SOURCES)]
        trees = self.configured("ninja", PROJECT, [*files, ("main.cpp", "int main() {}\n")])

        def clean(tree):
            subprocess.run(["ninja", "-t", "clean"], cwd=tree, check=True,
                           stdout=subprocess.DEVNULL, env=self.environment)
        result = self.by_door(f"ninja -j2 of {SOURCES} C++ files", ["ninja", "-j2"], trees, clean)
        self.trees = trees
        return result

    def noop(self):
        if not hasattr(self, "trees"):
            sys.exit("`noop` wants `ninja` before it")
        return self.by_door("ninja with nothing to do", ["ninja"], self.trees)

    def ctest(self):
        trees = self.configured("ctest", EMPTY_TESTS.replace("TESTS", str(TESTS)))
        return self.by_door(f"ctest -j2 of {TESTS} tests", ["ctest", "-j2", "-Q"], trees)


ROWS = ("c", "cpp", "zlib", "cat", "status", "ninja", "noop", "ctest")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--real", required=True)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default=",".join(ROWS))
    parser.add_argument("--json")
    options = parser.parse_args()
    rows = options.only.split(",")
    if set(rows) - set(ROWS):
        sys.exit(f"no such row: {', '.join(sorted(set(rows) - set(ROWS)))}; there are {', '.join(ROWS)}")
    with tempfile.TemporaryDirectory(prefix="sefaca-builds-bench.", dir="/var/tmp",
                                     ignore_cleanup_errors=True) as home:
        bench = Bench(options, home)
        results = {row: getattr(bench, row)() for row in rows}
        keep(results, options.json)


if __name__ == "__main__":
    main()
