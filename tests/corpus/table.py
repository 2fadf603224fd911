"""What corpus.py found, as the page docs/compatibility.md and its twin in JSON."""
import fnmatch
import json

MOST_SENTENCES = 4  # of one package, on the page
DOORS = {"make": "`make SHELL=sefaca-sh`", "autotools": "`make SHELL=sefaca-sh`", "cmake": "CMake module",
         "meson": "`sefaca-launch`"}
HEAD = """# Compatibility

Upstream sources of Debian's packages, each built, tested and installed in one and the same path by an ordinary
user with no configuration: bare, through the door that suits its build system, and through it where user namespaces are
refused. Compared are exit codes, the results of tests by name, what was installed (names, kinds, modes) and what was denied.
A configure script runs bare and once; in CMake and Meson projects the compiler checks of configuring go through the door
as far as the build system hands them to it. `./dev corpus` makes this page and [compatibility.json](compatibility.json);
`tests/corpus/packages.toml` is the list, with what is run for each.

"""
MEASURED = """
How it was measured: of each package bare first, with `-j2` and `-O0` in a fresh directory each, on {where}. Times are
those of one build each on a machine that had other work too: a ratio is a hint, `docs/performance.md` has measurements. Peak
memory is that of the largest process of a step, bare and under sefaca, in MiB; runs are the sandboxed steps on record; the
largest packages are not built a third time (-). Each row is by the build of sefaca
(the commit) that its last column names with the date; one without a name is by an earlier build of that day.

"""


def verdict(package, known, variant):
    """(kind, text): `same`, `setting` or `differs`."""
    if variant not in known["variants"]:
        return "none", "-"
    if known["differs"].get(variant):
        return "differs", f"**differs**: {len(known['differs'][variant])}"
    explained = known["explained"].get(variant, [])
    # No differences: a denial that is a true one and changes nothing, and what the host that is played
    # for a variant answers by itself.
    if any(not sentence.startswith("denied: ") and ": the played host" not in sentence for sentence in explained):
        return "differs", "differs, as said below"
    below = "; see below" if explained else ""
    if package.get("setting"):
        return "setting", "same, with " + ", ".join(f"`{value}`" for value in package["setting"].values()) + below
    return "same", "same" + below


def reason_for(package, sentence):
    return next((why for pattern, why in package.get("explained", {}).items()
                 if fnmatch.fnmatch(sentence, pattern)), None)


def explained_anew(package, known):
    """The same with what packages.toml explains by now: reasons are no result."""
    for variant, sentences in known.get("differs", {}).items():
        known["explained"].setdefault(variant, []).extend(
            f"{s}: {why}" for s in sentences if (why := reason_for(package, s)))
        known["differs"][variant] = [s for s in sentences if not reason_for(package, s)]
    return known


def seconds(variant):
    return sum(step["seconds"] for name, step in variant["steps"].items() if name != "configure")


def largest(variant):
    return max(step.get("largest_bytes", 0) for step in variant["steps"].values())


def facts_of(package, known):
    """What is kept of one package, as JSON's."""
    variants = known["variants"]
    out = {"name": package["name"], "version": known["version"], "system": package["system"],
           "language": package["language"], "date": known["date"], "build": known.get("build", ""), "kernel": known.get("kernel"),
           "processors": known.get("processors"),
           "tests": sum(map(len, variants["bare"].get("tests", {}).values())),
           "installed": len(variants["bare"]["installed"]), "setting": package.get("setting", {}), "variants": {}}
    for name, variant in variants.items():
        out["variants"][name] = {
            "steps": {step: {"code": s["code"], "seconds": s["seconds"]} for step, s in variant["steps"].items()},
            "largest_process_bytes": largest(variant), "runs": variant["runs"], "denied": variant["violations"]}
        if name != "bare":
            out["variants"][name].update(verdict=verdict(package, known, name)[0],
                                         differs=known["differs"].get(name, []) + known["explained"].get(name, []))
    return out


def row(package, known):
    variants = known["variants"]
    bare = max(seconds(variants["bare"]), 0.01)
    build = " ".join(filter(None, (known.get("build"), known["date"])))
    ratios = " / ".join(f"{seconds(variants[v]) / bare:.2f}" if v in variants else "-" for v in ("sefaca", "no-userns"))
    peaks = " / ".join(f"{largest(variants[v]) / 2**20:.0f}" for v in ("bare", "sefaca") if largest(variants[v])) or "-"
    return (f"| {package['name']} {known['version']} | {package['system']} | {package['language']} | {DOORS[package['system']]} "
            f"| {verdict(package, known, 'sefaca')[1]} | {verdict(package, known, 'no-userns')[1]} "
            f"| {sum(map(len, variants['bare'].get('tests', {}).values())) or '-'} | {variants['sefaca']['runs']} "
            f"| {ratios} | {peaks} | {build} |\n")


def count_text(rows, kinds, variant, what):
    all_ = [k[variant] for k in kinds if k[variant] != "none"]
    same = all_.count("same")
    share = f" ({100 * same / len(all_):.1f} %)" if all_ else ""
    return f"| {what} | {len(all_)} | {same}{share} | {all_.count('setting')} | {all_.count('differs')} |\n"


def write_table(packages, state, file):
    """`state`: corpus.py's directory. Packages without a result there, or without a bare one, are left out and named."""
    rows, reasons, missing, kinds, facts, where = [], [], [], [], [], set()
    for package in packages:
        path = state / f"{package['name']}.json"
        known = explained_anew(package, json.loads(path.read_text())) if path.exists() else {"fault": "not done yet"}
        if known.get("fault"):
            missing.append((package["name"], known["fault"]))
            continue
        kinds.append({v: verdict(package, known, v)[0] for v in ("sefaca", "no-userns")})
        rows.append(row(package, known))
        facts.append(facts_of(package, known))
        if known.get("kernel"):
            where.add(f"Linux {known['kernel'].split('-')[0]} with {known['processors']} processors")
        found = {}
        for kind in ("differs", "explained"):
            for variant, sentences in known[kind].items():
                for sentence in sentences:
                    found.setdefault(sentence, []).append(variant)
        for sentence, variants in list(found.items())[:MOST_SENTENCES]:
            reasons.append(f"- {package['name']} ({', '.join(variants)}): {sentence}\n")
        if package.get("note"):
            reasons.append(f"- {package['name']}: {package['note']}\n")
        if len(found) > MOST_SENTENCES:
            reasons.append(f"- {package['name']}: and {len(found) - MOST_SENTENCES} more\n")
    text = HEAD + "| | in all | the same | with a documented setting | differs |\n|---|---|---|---|---|\n"
    text += count_text(rows, kinds, "sefaca", "with user namespaces")
    text += count_text(rows, kinds, "no-userns", "without")
    text += MEASURED.format(where=" and ".join(sorted(where)) or "a machine that is not on record")
    text += ("| package | system | language | door | with user namespaces | without | tests | runs | time ÷ bare, with / without "
             "| peak MiB | build |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
    text += "".join(rows)
    if reasons:
        text += "\n## What differs or was denied, and why\n" + "".join(reasons)
    if missing:
        text += "\n## In the list and without a comparison here\n"
        text += "".join(f"- {name}: {why.splitlines()[-1][:160]}\n" for name, why in missing)
    file.write_text(text)
    file.with_suffix(".json").write_text(json.dumps({"packages": facts}, indent=1) + "\n")
