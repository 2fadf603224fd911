"""The tables: what is tried (attempts.table) and what must hold where (expectations.table)."""

import fnmatch
import os
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))
LEVELS = ("strict", "default", "permissive")
PRESETS = ("compiler", "network-client", "development", "testing")


@dataclass
class Attempt:
    name: str
    witness: str
    claims: tuple
    who: str
    everywhere: bool  # it must be reached bare on every kernel
    only: str
    options: list = field(default_factory=list)
    words: list = field(default_factory=list)


def lines_of(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as table:
        for number, line in enumerate(table, 1):
            words = line.split("#", 1)[0].split()
            if words:
                yield number, words


def attempts():
    rows = []
    for number, words in lines_of("attempts.table"):
        if "--" not in words:
            raise ValueError("attempts.table:%d: no --" % number)
        cut = words.index("--")
        head, tail = words[:cut], words[cut + 1:]
        options = [word for word in head[4:] if word.startswith("--")]
        only = [word[1:] for word in head[4:] if word.startswith("@")]
        rows.append(Attempt(head[0], head[1], tuple(head[2].split(",")), head[3].rstrip("*"),
                            not head[3].endswith("*"), only[0] if only else "*", options, tail))
    names = [row.name for row in rows]
    if len(set(names)) != len(names):
        raise ValueError("attempts.table: a name stands twice")
    return rows


class Expectations:
    """The first line that fits decides; where none does: blocked."""

    VERDICTS = ("blocked", "open", "gap")

    def __init__(self):
        self.lines = []
        for number, words in lines_of("expectations.table"):
            if len(words) < 5 or words[4] not in self.VERDICTS:
                raise ValueError("expectations.table:%d: not a line of the table" % number)
            gaps = tuple(words[5].split(",")) if words[4] == "gap" else ()
            self.lines.append((number, [w.split(",") for w in words[:4]], words[4], gaps))

    def of(self, attempt, level, host, person):
        """`attempt`: a row of attempts.table. Gives the verdict and the gaps that excuse it."""
        for _, patterns, verdict, gaps in self.lines:
            if self._fits(attempt, patterns[0]) and all(
                    any(fnmatch.fnmatchcase(value, one) for one in column)
                    for value, column in zip((level, host, person), patterns[1:])):
                return verdict, gaps
        return "blocked", ()

    @staticmethod
    def _fits(attempt, column):
        return any(one[6:] in attempt.claims if one.startswith("claim:")
                   else fnmatch.fnmatchcase(attempt.name, one) for one in column)
