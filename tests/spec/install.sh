#!/bin/sh
# `cmake --install`: the program, its other names, and one static executable.
. "$(dirname -- "$0")/../lib.sh"

prefix=$work/prefix
attempt env DESTDIR= cmake --install "$SEFACA_BUILD_DIR" --prefix "$prefix"
exits 'cmake --install' 0
for name in sefaca SEFACA sefaca-sh sefaca-launch; do
  check "bin/$name is there" [ -x "$prefix/bin/$name" ]
  check "bin/$name is the program" cmp -s "$prefix/bin/$name" "$prefix/bin/sefaca"
done
check 'lib/sefaca/sh is the program' cmp -s "$prefix/lib/sefaca/sh" "$prefix/bin/sefaca"
check 'include/sefaca.mk is there' [ -r "$prefix/include/sefaca.mk" ]
for name in SEFACA sefaca-sh sefaca-launch; do
  check "bin/$name is a relative link" sh -c \
    "[ -L '$prefix/bin/$name' ] && case \$(readlink '$prefix/bin/$name') in /*) exit 1 ;; esac"
done
if ! grep -qx 'SEFACA_SHIP:BOOL=OFF' "$SEFACA_BUILD_DIR/CMakeCache.txt"; then
  check 'libexec/sefaca/sefaca-ship is there' [ -x "$prefix/libexec/sefaca/sefaca-ship" ]
  attempt sh -c "'$prefix/libexec/sefaca/sefaca-ship' </dev/null"
  exits 'sefaca-ship by itself says how it is started' 2
fi
attempt "$prefix/bin/SEFACA" --version
exits 'the installed program runs' 0

if grep -qx 'SEFACA_STATIC:BOOL=ON' "$SEFACA_BUILD_DIR/CMakeCache.txt"; then
  attempt readelf --dynamic --program-headers --wide "$prefix/bin/sefaca"
  exits 'readelf' 0
  check 'it needs no library' sh -c "! grep -q NEEDED '$work/out'"
  check 'it needs no loader' sh -c "! grep -q INTERP '$work/out'"
  check 'its stack is not executable' grep -Eq 'GNU_STACK .* RW ' "$work/out"
fi

finish
