#!/bin/sh
# Wrong input: exit 125, the nearest right word on stderr, nothing on stdout and nothing run.
. "$(dirname -- "$0")/../lib.sh"

who=user
marker=$(place_of "$who")/was-run

# refused NAME PATTERN WORD…: sefaca run WORD… -- touch MARKER is refused.
refused() {
  name=$1
  pattern=$2
  shift 2
  rm -f "$marker"
  attempt as "$who" SEFACA run "$@" -- touch "$marker"
  exits "$name: exit 125" 125
  says "$name: says so" "$pattern"
  prints "$name: stdout is empty" ''
  absent "$name: nothing was run" "$marker"
}

attempt as "$who" SEFACA run -- touch "$marker"
exits 'the marker is made when nothing is wrong' 0
present 'the marker is there' "$marker"

refused 'unknown option' '--timeout' --timeuot=60
refused 'unknown option without a value' '--no-network' --no-netwrok
refused 'an abbreviation' "unknown option '--pre'" --pre=compiler
refused 'unknown level' 'strict' --level=stirct
refused 'unknown preset' 'compiler' --preset=complier
refused 'unknown network' 'localhost' --network=locahost
refused 'unknown unit of time' '10x' --timeout=10x
refused 'unknown unit of memory' '10q' --memory=10q
refused 'a negative time' '-5' --timeout=-5
refused 'no value' '--timeout' --timeout=
refused 'a missing path to read' 'no-such-place' "--readonly=$work/no-such-place"
refused 'a missing path to write' 'no-such-place' "--readwrite=$work/no-such-place"
refused 'a missing configuration file' 'no-such.toml' "--config=$work/no-such.toml"

extra_env='SEFACA_LEVEL=stirct'
refused 'unknown level in the environment' 'SEFACA_LEVEL' --quiet
extra_env='SEFACA_TIMEOUT=10x'
refused 'unknown unit in the environment' 'SEFACA_TIMEOUT' --quiet
extra_env=''

attempt as "$who" SEFACA run
exits 'no command: exit 125' 125
attempt as "$who" SEFACA run --preset=compiler
exits 'options without a command: exit 125' 125

for words in '' 'rnu true' '--no-such-option'; do
  # shellcheck disable=SC2086  # words on purpose
  attempt as "$who" SEFACA $words
  exits "no such action ($words): exit 1" 1
  says "no such action ($words): usage on stderr" '[Uu]sage:'
  prints "no such action ($words): stdout is empty" ''
done

attempt as "$who" SEFACA --version
exits '--version' 0
check '--version prints the name and number' grep -Eq '^sefaca [0-9]+\.[0-9]+\.[0-9]+' "$work/out"
attempt as "$who" SEFACA --help
exits '--help' 0
check '--help prints the commands' grep -Eq '^ *sefaca run ' "$work/out"

# --dry-run prints the plan and runs nothing.
rm -f "$marker"
attempt as "$who" SEFACA run --dry-run --preset=compiler -- touch "$marker"
exits '--dry-run' 0
absent '--dry-run runs nothing' "$marker"
check '--dry-run names a grant' grep -q /usr "$work/out"

finish
