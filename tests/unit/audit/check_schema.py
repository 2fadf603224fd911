#!/usr/bin/env python3
"""Holds the records that a program prints, or that a log holds, against the schema.

check_schema.py SCHEMA PROGRAM-OR-LOG: every line must be valid, and the schema must refuse what is
wrong: each required field taken away, an unknown field, a wrong type.
"""
import copy
import json
import os
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)


def lines_of(source):
    if os.access(source, os.X_OK):
        return subprocess.run([source], check=True, capture_output=True).stdout.splitlines()
    with open(source, "rb") as log:
        return log.read().splitlines()


def main():
    schema_path, source = sys.argv[1:]
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures = 0
    records = [json.loads(line) for line in lines_of(source)]
    for number, record in enumerate(records, 1):
        for error in validator.iter_errors(record):
            print(f"record {number}: {'/'.join(map(str, error.absolute_path))}: {error.message}")
            failures += 1

    def refuses(what, wrong):
        nonlocal failures
        if validator.is_valid(wrong):
            print(f"the schema takes a record {what}")
            failures += 1

    for field in schema["required"]:
        wrong = copy.deepcopy(records[0])
        del wrong[field]
        refuses(f"without {field}", wrong)
    for change in ({"pid": "1"}, {"invented": 1}, {"timestamp": "yesterday"}, {"command": []},
                   {"result": {"exit_code": 0}}, {"violations": [{"violation": "invented"}]}):
        refuses(f"with {change}", {**copy.deepcopy(records[0]), **change})
    print(f"{len(records)} records, {failures} failures")
    return 1 if failures or not records else 0


sys.exit(main())
