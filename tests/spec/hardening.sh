#!/bin/sh
# The program as it is built: what a hole in it would find. readelf and the symbols say it.
. "$(dirname -- "$0")/../lib.sh"
program=$work/bin/sefaca
readelf -W -h -l -S -d "$program" >"$work/elf" 2>&1 || { cat "$work/elf"; exit 1; }

check 'the stack is not executable' grep -Eq 'GNU_STACK .* RW +0x' "$work/elf"
check 'relocated data is read-only afterwards' grep -q GNU_RELRO "$work/elf"
attempt sh -c "awk '/ LOAD /' '$work/elf' | grep -E ' RWE '"
prints 'nothing is both writable and executable' ''
attempt sh -c "grep -E 'TEXTREL|RPATH|RUNPATH' '$work/elf'"
prints 'no text relocations, no search path of its own' ''
attempt sh -c "grep -E 'INTERP|NEEDED' '$work/elf'"
prints 'static: no loader and no library that somebody could put in the way' ''
# The symbols are stripped, so the calls are looked for in what was linked.
nm -C "$SEFACA_BUILD_DIR/launcher/libsefaca_cli.a" >"$work/symbols" 2>/dev/null
check 'stack protector' grep -q '__stack_chk_fail' "$work/symbols"
mode=$(stat -c %a "$SEFACA_BINARY")
case $mode in
  4??? | 2??? | 6???) fail "no setuid, no setgid (mode $mode)" ;;
  *) pass "no setuid, no setgid (mode $mode)" ;;
esac
finish
