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
# shellcheck disable=SC2016  # nothing of the shell's in it
check 'a row names the build that its binary is of, also when the tree went on' \
  env PYTHONPATH="$here" PYTHONDONTWRITEBYTECODE=1 python3 -c '
import pathlib, sys, corpus
prefix, state = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
for name, expected in (("one", "one"), ("two", "one")):
    corpus.build_name = lambda: name
    assert corpus.build_of(prefix, state) == expected
' "$prefix" "$work"
check 'the same bare and under sefaca, or as packages.toml explains' \
  python3 "$here/corpus.py" --kind=quick --fresh --prefix="$prefix" \
  --as-host="$SEFACA_BUILD_DIR/tests/hosts/as-host" --state="$SEFACA_BUILD_DIR/corpus-quick"
finish
