#!/bin/sh
# The quick part of the corpus: packages.toml's entries that are marked so, each built, tested and
# installed bare and under sefaca, with user namespaces and without.
. "$(dirname -- "$0")/../lib.sh"

here=$(dirname -- "$0")
python3 -c 'import tomllib' 2>/dev/null || skip 'python3 has no tomllib (3.11)'
for tool in make cmake ninja; do
  command -v "$tool" >/dev/null || skip "$tool is missing"
done
prefix=$work/prefix
check 'installed' cmake --install "$SEFACA_BUILD_DIR" --prefix "$prefix"
check 'the same bare and under sefaca, or as packages.toml explains' \
  python3 "$here/corpus.py" --kind=quick --fresh --prefix="$prefix" \
  --as-host="$SEFACA_BUILD_DIR/tests/hosts/as-host" --state="$SEFACA_BUILD_DIR/corpus-quick"
finish
