#!/bin/sh
# real.sh PROJECT: a project from Debian's source packages, configured without sefaca, then built and
# tested twice in one and the same path: `make` and `make check` with /bin/sh, and with
# SHELL=sefaca-sh and no other edit. Exit codes, what is built and what the tests say are the same.
# shellcheck source=tests/make/lib.sh
. "$(dirname -- "$0")/lib.sh"

project=$1
package=$project
check=check
case $project in
  zlib) configure='./configure' check=test ;;
  lua) package=lua5.4 configure=true goal=linux check=test ;;
  bzip2) configure=true check=check ;;
  popt) configure='./configure --disable-static' ;;
  mawk) configure='./configure' ;;
  *) echo "no project $project"; exit 2 ;;
esac
tar_file=$(sh "$(dirname -- "$0")/../real/fetch.sh" "$package" "$SEFACA_BUILD_DIR/real") ||
  skip "the source package $package can't be had"
cp -- "$tar_file" "$work/source.tar"

tree=$(place_of user)/tree
as user mkdir "$tree"
as user tar -x -f "$work/source.tar" -C "$tree" --strip-components=1
place=$tree
# A packaged tree's generated files are newer than what they were made from, as in a release.
[ ! -e "$tree/configure" ] || as user sh -c 'find . -exec touch -d "2020-01-01" {} + '
# shellcheck disable=SC2086  # words on purpose
attempt as user sh -c "$configure"
exits "$project: configured" 0
place=''
as user cp -a "$tree" "$tree.clean"

results=$work/results
build() {  # build VARIANT [MAKE-ARGUMENT…]
  variant=$1
  shift
  mkdir -p "$results/$variant"
  rm -rf -- "$tree"
  as user cp -a "$tree.clean" "$tree"
  place=$tree
  for step in build check; do
    goals=${goal:-}
    [ "$step" = build ] || goals=$check
    # shellcheck disable=SC2086  # none or one word
    attempt as user make -j2 "$@" $goals
    echo "$code" >"$results/$variant/$step.code"
    # What the tests say: the lines of Automake's summary and of TAP, whatever their order.
    grep -E '^(# )?(PASS|FAIL|SKIP|XFAIL|XPASS|ERROR|TOTAL|ok|not ok)\b' "$work/out" | sort \
      >"$results/$variant/$step.said"
    [ "$variant" = sefaca ] || exits "$project: bare: $step" 0
    [ "$code" -eq 0 ] || { tail -n 15 "$work/out"; tail -n 15 "$work/err"; }
  done
  place=''
  (cd "$tree" && find . -printf '%p %y %m\n' | sort) >"$results/$variant/names"
  # What compilers and linkers made: bytes are the same in the same path.
  (cd "$tree" && find . -name '*.o' -o -name '*.so.*' -o -name '*.a' -o -perm -100 -type f |
    grep -v '\.log$' | sort | xargs sha256sum) >"$results/$variant/contents"
}
build bare
build sefaca SHELL=sefaca-sh

for part in build.code build.said check.code check.said names contents; do
  err=$(diff "$results/bare/$part" "$results/sefaca/$part")
  check "$project: the same $part ($(wc -l <"$results/bare/$part") lines)" [ -z "$err" ]
done
# Each line was sandboxed: none of the records says that something was not enforced by a passing on.
check "$project: the compilers ran as compilers, the rest without the network" \
  [ "$(/usr/bin/python3 -c '
import json, sys
rs = [json.loads(line) for line in open(sys.argv[1], errors="surrogateescape")]
makes = [r for r in rs if r["door"] == "make"]
print(len(makes) > 10, any(r["preset"] == "compiler" for r in makes),
      {r["config"]["network"] for r in makes} <= {"deny", "localhost"},
      any(g["what"] == "everything" for r in makes for g in r["not_enforced"]))' \
    "$(log_of user)")" = 'True True True False' ]

finish
