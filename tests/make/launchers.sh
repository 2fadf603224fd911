#!/bin/sh
# docs/launchers.md: the same launcher for Meson, npm and cargo. launchers.sh TOOL.
# shellcheck source=tests/make/lib.sh
. "$(dirname -- "$0")/lib.sh"

tool=$1
command -v "$tool" >/dev/null || skip "$tool is not installed"
extra_env="SEFACA_LOG_FILE=$(home_of user)/audit.jsonl"

presets() {  # the presets of all records
  /usr/bin/python3 -c '
import json, sys
print(sorted({json.loads(line)["preset"] or json.loads(line)["config"]["level"]
              for line in open(sys.argv[1])}))' "$(home_of user)/audit.jsonl"
}

project user "$tool"
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
    as user git init -q .
    extra_env="$extra_env CC_=1"
    attempt as_written user <<'EOS'
CC='sefaca run --quiet --preset=compiler -- cc' meson setup build &&
meson compile -C build && meson test -C build --wrapper='sefaca run --quiet --preset=testing --'
EOS
    exits 'meson: configured, built and tested' 0
    check 'meson: by the presets' [ "$(presets)" = "['compiler', 'testing']" ]
    attempt as user meson test -C build --wrapper='sefaca run --quiet --preset=testing --hide=/usr/lib --'
    exits_not_zero 'meson: the wrapper is what runs the test'
    ;;
  npm)
    cat >"$place/package.json" <<'EOS'
{ "name": "p", "version": "1.0.0",
  "scripts": { "good": "echo built > built", "bad": "echo x > /var/tmp/sefaca-npm-was-here" } }
EOS
    [ "$(id -u)" -ne 0 ] || chown "$SEFACA_TEST_USER:" "$place/package.json"
    attempt as user npm run bad
    exits 'npm: without sefaca a script writes where it likes' 0
    rm -f /var/tmp/sefaca-npm-was-here
    attempt as user npm --script-shell=sefaca-sh run good
    exits 'npm: a script in the sandbox' 0
    present 'npm: … writes in the package' "$place/built"
    attempt as user npm --script-shell=sefaca-sh run bad
    exits_not_zero 'npm: … and nowhere else'
    absent 'npm: nothing is there' /var/tmp/sefaca-npm-was-here
    ;;
  cargo)
    mkdir -p "$place/src"
    printf '[package]\nname = "p"\nversion = "0.1.0"\nedition = "2021"\n' >"$place/Cargo.toml"
    cat >"$place/src/lib.rs" <<'EOS'
#[test]
fn confined() {
    assert!(std::fs::write("/var/tmp/sefaca-cargo-was-here", "x").is_err());
}
EOS
    cat >"$work/bin/rustc-sandboxed" <<'EOS'
#!/bin/sh
exec sefaca run --quiet --preset=compiler --readwrite="${CARGO_TARGET_DIR:-target}" -- "$@"
EOS
    chmod 755 "$work/bin/rustc-sandboxed"
    mkdir "$place/target"
    [ "$(id -u)" -ne 0 ] || chown -R "$SEFACA_TEST_USER:" "$place"
    attempt as user cargo --offline test
    exits_not_zero 'cargo: without sefaca the test writes where it likes'
    rm -rf /var/tmp/sefaca-cargo-was-here "$place/target"
    as user mkdir target
    triple=$(as user rustc -vV | sed -n 's/^host: //p')
    runner=CARGO_TARGET_$(echo "$triple" | tr 'a-z-' 'A-Z_')_RUNNER
    attempt as user env "$runner=sefaca run --quiet --preset=testing --" \
      CARGO_BUILD_RUSTC_WRAPPER="$work/bin/rustc-sandboxed" cargo --offline test
    exits 'cargo: compiled and tested in sandboxes' 0
    absent 'cargo: nothing was written' /var/tmp/sefaca-cargo-was-here
    check 'cargo: by the presets' [ "$(presets)" = "['compiler', 'testing']" ]
    ;;
esac

finish
