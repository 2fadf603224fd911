"""What corpus.py found, as the page docs/compatibility.md."""
import json

MOST_SENTENCES = 4  # of one package, on the page
DOORS = {"make": "`make SHELL=sefaca-sh`", "autotools": "`make SHELL=sefaca-sh`", "cmake": "CMake module",
         "meson": "`sefaca-launch`"}
HEAD = """# Compatibility

Upstream sources of Debian's packages, each built, tested and installed three times in one and the same path by an ordinary
user with no configuration: bare, through the door that suits its build system, and through it where user namespaces are
refused. Compared are exit codes, the results of tests by name, what was installed (names, kinds, modes) and what was denied.
A configure script runs bare and once; in CMake and Meson projects the compiler checks of configuring go through the door
as far as the build system hands them to it. `./dev corpus` makes this page; `tests/corpus/packages.toml` is the list.

| in all | the same | with a documented setting | differs |
|---|---|---|---|
"""


def verdict(package, known, variant):
    """(kind, text): `same`, `setting` or `differs`."""
    if known["differs"].get(variant):
        return "differs", f"**differs**: {len(known['differs'][variant])}"
    if known["explained"].get(variant):
        return "differs", "differs, as said below"
    if package.get("setting"):
        return "setting", "same, with " + ", ".join(f"`{value}`" for value in package["setting"].values())
    return "same", "same"


def seconds(variant):
    return sum(step["seconds"] for name, step in variant["steps"].items() if name != "configure")


def peak(variant):
    most = max(step.get("largest_bytes", 0) for step in variant["steps"].values())
    return f"{most / 2**20:.0f}" if most else "-"


def ratio(known, variant):
    return f"{seconds(known['variants'][variant]) / max(seconds(known['variants']['bare']), 0.01):.2f}"


def row(package, known):
    variants = known["variants"]
    peaks = " / ".join(peak(variants[v]) for v in ("bare", "sefaca"))
    return (f"| {package['name']} {known['version']} | {package['system']} | {package['language']} | {DOORS[package['system']]} "
            f"| {verdict(package, known, 'sefaca')[1]} | {verdict(package, known, 'no-userns')[1]} "
            f"| {sum(map(len, variants['bare'].get('tests', {}).values())) or '-'} | {variants['sefaca']['runs']} "
            f"| {ratio(known, 'sefaca')} / {ratio(known, 'no-userns')} | {peaks} | {known['date']} |\n")


def write_table(packages, state, file):
    """`state`: corpus.py's directory. Packages without a result there, or without a bare one, are left out and counted."""
    rows, reasons, missing = [], [], []
    counts = {"same": 0, "setting": 0, "differs": 0}
    for package in packages:
        path = state / f"{package['name']}.json"
        known = json.loads(path.read_text()) if path.exists() else {"fault": "not done yet"}
        if known.get("fault"):
            missing.append(package["name"])
            continue
        kinds = {verdict(package, known, v)[0] for v in known["differs"]}
        counts[next(k for k in ("differs", "setting", "same") if k in kinds)] += 1
        rows.append(row(package, known))
        found = {}
        for kind in ("differs", "explained"):
            for variant, sentences in known[kind].items():
                for sentence in sentences:
                    found.setdefault(sentence, []).append(variant)
        for sentence, variants in list(found.items())[:MOST_SENTENCES]:
            reasons.append(f"- {package['name']} ({', '.join(variants)}): {sentence}\n")
        if len(found) > MOST_SENTENCES:
            reasons.append(f"- {package['name']}: and {len(found) - MOST_SENTENCES} more\n")
    text = HEAD + f"| {len(rows)} | {counts['same']} | {counts['setting']} | {counts['differs']} |\n\n"
    text += ("Times are those of one build each on a machine that had other work too: a ratio is a hint, `docs/performance.md` has\n"
             "measurements. Peak memory is that of the largest process of a step, bare and under sefaca, in MiB; runs are the sandboxed steps on\n"
             "record.\n\n"
             "| package | system | language | door | with user namespaces | without | tests | runs | time ÷ bare, with / without "
             "| peak MiB | date |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
    text += "".join(rows)
    if reasons:
        text += "\n## What differs, and why\n" + "".join(reasons)
    if missing:
        text += "\nIn the list and without a result here: " + ", ".join(missing) + ".\n"
    file.write_text(text)
    return counts
