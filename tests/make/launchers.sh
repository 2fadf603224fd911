#!/bin/sh
# docs/launchers.md: the same launcher for Meson, npm and cargo. launchers.sh TOOL.
# shellcheck source=tests/make/lib.sh
. "$(dirname -- "$0")/lib.sh"

tool=$1
command -v "$tool" >/dev/null || skip "$tool is not installed"
extra_env="SEFACA_LOG_FILE=$(home_of user)/audit.jsonl"

presets() {  # doors and presets of all records
  /usr/bin/python3 -c '
import json, sys
print(sorted({(r["door"], r["preset"] or r["config"]["level"])
              for r in map(json.loads, open(sys.argv[1]))}))' "$(home_of user)/audit.jsonl"
}

project user "$tool"
# Where nothing of the project belongs, and nobody else's test writes.
outside=$(home_of user)/outside
case $tool in
  meson)
    cat >"$place/meson.build" <<'EOS'
project('p', 'c')
exe = executable('p', 'p.c')
test('runs', exe)
EOS
    cat >"$place/p.c" <<'EOS'
#include <fcntl.h>
int main(void) { return open("/etc/sefaca-was-here", O_CREAT | O_WRONLY, 0600) >= 0; }
EOS
    # Neither a repository around it nor the build within the sources.
    build=$(place_of user)/meson-build
    attempt as_written user <<EOS
CC='sefaca-launch -- cc' meson setup '$build' &&
meson compile -C '$build' && meson test -C '$build' --wrapper='sefaca-launch --preset=testing --'
EOS
    exits 'meson: configured, built and tested' 0
    check 'meson: by the presets, as the door that it is' \
      [ "$(presets)" = "[('launch', 'compiler'), ('launch', 'testing')]" ]
    attempt as user meson test -C "$build" --wrapper='sefaca-launch --preset=testing --hide=/usr/lib --'
    exits_not_zero 'meson: the wrapper is what runs the test'
    # A compiler that does more than it should: bare it can.
    printf '#!/bin/sh\necho x >"%s"\nexec cc "$@"\n' "$outside" >"$work/bin/bad-cc"
    chmod 755 "$work/bin/bad-cc"
    attempt as user env CC=bad-cc meson setup "$build-bare"
    exits 'meson: without sefaca a compiler writes where it likes' 0
    present 'meson: … which it did' "$outside"
    rm -f "$outside"
    attempt as user env CC='sefaca-launch --preset=compiler -- bad-cc' meson setup "$build-bad"
    absent 'meson: with it, not' "$outside"
    ;;
  npm)
    cat >"$place/package.json" <<EOS
{ "name": "p", "version": "1.0.0",
  "scripts": { "good": "echo built > built", "bad": "echo x > $outside" } }
EOS
    [ "$(id -u)" -ne 0 ] || chown "$SEFACA_TEST_USER:" "$place/package.json"
    attempt as user npm run bad
    exits 'npm: without sefaca a script writes where it likes' 0
    rm -f "$outside"
    attempt as user npm --script-shell=sefaca-sh run good
    exits 'npm: a script in the sandbox' 0
    present 'npm: … writes in the package' "$place/built"
    attempt as user npm --script-shell=sefaca-sh run bad
    exits_not_zero 'npm: … and nowhere else'
    absent 'npm: nothing is there' "$outside"
    ;;
  cargo)
    mkdir -p "$place/src"
    printf '[package]\nname = "p"\nversion = "0.1.0"\nedition = "2021"\n' >"$place/Cargo.toml"
    cat >"$place/src/lib.rs" <<EOS
#[test]
fn confined() {
    assert!(std::fs::write("$outside", "x").is_err());
}
EOS
    [ "$(id -u)" -ne 0 ] || chown -R "$SEFACA_TEST_USER:" "$place"
    attempt as user cargo --offline test
    exits_not_zero 'cargo: without sefaca the test writes where it likes'
    rm -rf "$outside" "$place/target"
    triple=$(as user rustc -vV | sed -n 's/^host: //p')
    runner=CARGO_TARGET_$(echo "$triple" | tr 'a-z-' 'A-Z_')_RUNNER
    attempt as user env "$runner=sefaca-launch --preset=testing --" \
      RUSTC_WRAPPER=sefaca-launch CARGO_TARGET_DIR="$(place_of user)/cargo-target" cargo --offline test
    exits 'cargo: compiled and tested in sandboxes' 0
    absent 'cargo: nothing was written' "$outside"
    check 'cargo: by the presets' [ "$(presets)" = "[('launch', 'compiler'), ('launch', 'testing')]" ]
    # What a test runner wants to know: a signal is a signal, a code a code.
    attempt as user sefaca-launch -- sh -c 'exit 7'
    exits 'the code of the command' 7
    attempt as_written user python3 <<'EOS'
import subprocess
print(subprocess.run(["sefaca-launch", "--", "sh", "-c", "kill -SEGV $$"]).returncode)
EOS
    prints 'the signal of the command' -11
    attempt as user sefaca-launch
    exits 'no command' 125
    says 'no command: it says so' 'no command was given'
    attempt as user sefaca-launch --preset=tesing -- true
    says 'a wrong option: the nearest' "did you mean 'testing'"
    ;;
esac

finish
