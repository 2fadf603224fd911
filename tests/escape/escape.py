"""Tries every attempt bare, then on hosts, levels and presets, and under bubblewrap; prints who got
out where. Called by escape.sh, which made the network and the place. Exit code 0: nothing got out
that the table does not allow and the record does not name."""

import argparse
import collections
import os
import secrets
import subprocess
import sys

import tables
from outsiders import Objects
from receivers import Receivers
from runner import HANGS, Runner
from world import Person, World, reserve_descriptors

# What a cell of the matrix says.
LEGEND = """  .  stopped            -  sefaca refused to run (125)    o  granted by the policy
  g  a gap that the record names    ?  can't be done bare on this host    !  got out
"""


class Judge:
    def __init__(self, expectations):
        self.expectations = expectations
        self.failures = []

    def fail(self, cell, why, seen=None):
        self.failures.append("%s: %s" % (" ".join(cell), why))
        if seen is not None and seen.stderr:
            self.failures.append("    stderr: " + seen.stderr.strip().replace("\n", " | ")[:300])

    def letter(self, attempt, level, host, person, seen):
        cell = (attempt.name, level, host, person)
        verdict, allowed = self.expectations.of(attempt, level, host, person)
        refused = seen.code == 125 and "done" not in seen.stdout.decode("latin1").split()
        if seen.record is None and not refused:
            self.fail(cell, "ran, and left no record (exit code %d)" % seen.code, seen)
        if refused and "sefaca: " not in seen.stderr:
            self.fail(cell, "125 without a sentence", seen)
        if seen.code == HANGS:
            self.fail(cell, "did not end", seen)
        if not seen.reached:
            return "-" if refused else "."
        record = seen.record or {"not_enforced": [], "enforced": {}}
        gaps = {gap["what"] for gap in record["not_enforced"] if gap["effect"] == "weaker"}
        if verdict == "open":
            return "o"
        if verdict == "gap" and gaps.intersection(allowed):
            # A claim beside the gap is one too many, unless the gap is of the same name.
            for claim in set(attempt.claims).intersection(record["enforced"]) - gaps:
                if claim in allowed:
                    self.fail(cell, "got out, and the record claims %s" % claim)
            return "g"
        named = "the record names %s" % (", ".join(sorted(gaps)) or "no gap")
        self.fail(cell, "got out; expected %s; %s" %
                  (verdict if verdict == "blocked" else "gap " + ",".join(allowed), named), seen)
        return "!"


class Suite:
    def __init__(self, options):
        self.options = options
        self.rows = [row for row in tables.attempts()
                     if not options.only or row.name in options.only.split(",")]
        self.levels = options.levels.split(",")
        self.hosts = self.all_hosts() if options.hosts == "all" else options.hosts.split(",")
        self.judge = Judge(tables.Expectations())
        self.counts = collections.Counter()
        self.matrix = {}
        work = options.work
        binaries = work + "/bin"
        self.runner = Runner(binaries, binaries + "/as-host")
        os.mkdir(work + "/sockets")
        self.receivers, self.objects = Receivers(work + "/sockets"), Objects()
        words = {name: "%s-%s" % (name, secrets.token_hex(8)) for name in ("secret", "victim", "log")}
        if os.geteuid() == 0:
            people = [Person("user", os.environ["SEFACA_TEST_USER"]), Person("root")]
        else:
            people = [Person("user")]
        self.worlds = {person.name: World(person, work, binaries + "/attempt", self.receivers,
                                          self.objects, words)
                       for person in people if person.name in options.people.split(",")}
        for world in self.worlds.values():
            world.tries = options.tries

    def brief(self):
        """Two of each kind (witness, mechanism, person): for hosts other than the full one."""
        kinds = collections.Counter()
        for row in self.rows:
            kind = (row.witness, row.claims, row.who)
            kinds[kind] += 1
            if kinds[kind] <= 2 and row.only == "*":
                yield row

    def all_hosts(self):
        """Every host of the table but the full one."""
        listed = subprocess.run([self.options.work + "/bin/as-host", "--list"], check=True,
                                capture_output=True, text=True).stdout
        return [line.split("\t")[0] for line in listed.splitlines()][1:]

    def can(self, row, person):
        if row.who == "root":
            return person == "root"
        return row.who != "user" or (person == "user" and os.geteuid() == 0)

    def run(self):
        for host in self.hosts:
            for name, world in self.worlds.items():
                for row in self.brief() if self.options.brief else self.rows:
                    if self.can(row, name):
                        self.try_row(world, row, host, name)
            if self.options.verbose:
                print("done: host", host, flush=True)

    def try_row(self, world, row, host, person):
        key = (row.name, host, person)
        bare = self.runner.run(world, row, host)
        if not bare.reached:
            if host == "full" and row.everywhere:
                self.judge.fail(key, "can't be done bare, so it proves nothing: %r" %
                                bare.stdout[-200:], bare)
            self.matrix[key] = "?"
            self.counts["bare impossible"] += 1
            return
        letters = ""
        for level in self.levels:
            if row.only not in ("*", level):
                letters += " "
                continue
            seen = self.runner.run(world, row, host, level)
            letters += self.judge.letter(row, level, host, person, seen)
        self.counts.update(letters.replace(" ", ""))
        if host == "full" and self.options.bubblewrap:
            seen = self.runner.run(world, row, host, bubblewrap=True)
            letters += " " + ("!" if seen.reached else ".")
            self.counts["bubblewrap " + ("reached" if seen.reached else "stopped")] += 1
        self.matrix[key] = letters

    def print(self, file):
        columns = [(host, person) for host in self.hosts for person in self.worlds]
        print("levels and presets, in this order:", ", ".join(self.levels), file=file)
        print("on host full a last column: bubblewrap --unshare-all --new-session", file=file)
        print(LEGEND, file=file)
        width = {column: max(len("%s/%s" % column),
                             *(len(self.matrix.get((row.name, *column), "")) for row in self.rows))
                 for column in columns}
        print("%-26s" % "", *("%-*s" % (width[c], "%s/%s" % c) for c in columns), file=file)
        for row in self.rows:
            print("%-26s" % row.name,
                  *("%-*s" % (width[c], self.matrix.get((row.name, *c), "")) for c in columns),
                  file=file)

    def finish(self):
        self.print(sys.stdout)
        self.objects.remove()
        for world in self.worlds.values():
            if world.victim is not None:
                world.victim.end()
        for line in self.judge.failures:
            print(line)
        c = self.counts
        print("%d attempts, %d tries in the sandbox: %d stopped, %d not run, %d gaps named, "
              "%d granted by the policy, %d got out" %
              (len(self.rows), sum(c[x] for x in ".-go!"), c["."], c["-"], c["g"], c["o"], c["!"]))
        if self.options.bubblewrap:
            print("bubblewrap: %d stopped, %d got out" %
                  (c["bubblewrap stopped"], c["bubblewrap reached"]))
        return 1 if self.judge.failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", required=True)
    parser.add_argument("--hosts", default="full")
    parser.add_argument("--levels", default=",".join(tables.LEVELS + tables.PRESETS))
    parser.add_argument("--people", default="user,root")
    parser.add_argument("--only", default="", help="names of attempts")
    parser.add_argument("--bubblewrap", action="store_true")
    parser.add_argument("--tries", default="300", help="of calls that another thread changes")
    parser.add_argument("--brief", action="store_true", help="two attempts of each kind")
    parser.add_argument("--verbose", action="store_true")
    reserve_descriptors()
    suite = Suite(parser.parse_args())
    suite.run()
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
