"""records.py LOG QUESTION [WORD]: looks into an audit log for the steps of a CMake build."""

import json
import sys

with open(sys.argv[1], encoding="utf-8", errors="surrogateescape") as log:
    RECORDS = [json.loads(line) for line in log]
STEPS = [record for record in RECORDS if record["door"] == "cmake"]


def unsandboxed(record):
    return any(gap["what"] == "everything" for gap in record["not_enforced"])


QUESTIONS = {
    # A step of that role and name is on record.
    "has": lambda word: any(step["target"] == word for step in STEPS),
    "lacks": lambda word: not any(step["target"] == word for step in STEPS),
    "role": lambda word: any(step["target"].startswith(word + " ") for step in STEPS),
    # A step whose command has a word that holds this.
    "command": lambda word: any(word in part for step in STEPS for part in step["command"]),
    # The last step's record names this gap.
    "gap": lambda word: any(gap["what"] == word for gap in STEPS[-1]["not_enforced"]),
    "none_unsandboxed": lambda _: not any(map(unsandboxed, STEPS)),
    # The last step of that role and name ran with all rights, for a reason that holds the rest.
    "unsandboxed": lambda word: any(
        step["target"] == word.split("=")[0]
        and unsandboxed(step)
        and word.split("=")[1] in step["not_enforced"][0]["why"]
        for step in STEPS
    ),
}

QUESTION = QUESTIONS[sys.argv[2]]
sys.exit(0 if QUESTION(sys.argv[3] if len(sys.argv) > 3 else "") else 1)
