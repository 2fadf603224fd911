"""What a test run said: the result of each test by its name, whatever printed it."""
import re

# One form of line a printer: how the name and the result are found in it.
FORMS = (
    # Automake: "PASS: name", its parallel harness and TAP drivers "PASS: file 1 - name"
    re.compile(r"^(?P<result>PASS|FAIL|XFAIL|XPASS|SKIP|ERROR): (?P<name>.+?)\s*$"),
    # ctest: " 1/24 Test  #1: name ......   Passed    0.02 sec"
    re.compile(r"^ *\d+/\d+ Test +#\d+: (?P<name>.+?) \.* *\**(?P<result>[A-Z][A-Za-z :()]*?) +[\d.]+ sec"),
    # Meson: " 1/24 suite / name     OK    0.02s"
    re.compile(r"^ *\d+/\d+ (?P<name>.+?) +(?P<result>OK|FAIL|SKIP|EXPECTEDFAIL|UNEXPECTEDPASS|TIMEOUT|ERROR) +[\d.]+s"),
    # TAP: "ok 1 - name", "not ok 2 - name # TODO"
    re.compile(r"^ *(?P<result>ok|not ok) (?P<name>\d+.*?)(?:\s+# time.*)?\s*$"),
    # GoogleTest: "[       OK ] Suite.Name (0 ms)"
    re.compile(r"^\[ *(?P<result>OK|FAILED|SKIPPED) *\] (?P<name>\S+) \(\d+ ms"),
    # git: "*** t0000-basic.sh ***" stands alone; prove: "t/a.t .. ok"
    re.compile(r"^(?P<name>\S+\.t) \.+ (?P<result>ok|skipped|Failed.*|Dubious.*)\s*$"),
)


def results_of(output, own=None):
    """`output`: all that the tests printed, as text. `own`: a pattern of the package, with groups
    `name` and `result`. Gives {name: [result, …]}: a name may come more than once."""
    forms = (*FORMS, re.compile(own)) if own else FORMS
    out = {}
    for line in output.splitlines():
        line = re.sub(r"\x1b\[[0-9;]*[mK]", "", line)
        for form in forms:
            found = form.match(line)
            if found:
                out.setdefault(found["name"], []).append(found["result"].strip(": "))
                break
    return {name: sorted(results) for name, results in out.items()}


def differences(bare, other):
    """Sentences for what is not the same in two results_of()."""
    out = []
    for name in sorted(bare.keys() | other.keys()):
        one, two = bare.get(name, ["nothing"]), other.get(name, ["nothing"])
        if one != two:
            out.append(f"{name}: {', '.join(one)} bare, {', '.join(two)} under sefaca")
    return out
