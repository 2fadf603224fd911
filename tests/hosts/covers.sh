#!/bin/sh
# What a mount covers is compared at the end: somebody outside who replaces or removes a secret while
# a command runs takes the cover away with it, and the record says so. What is left alone is not named.
. "$(dirname -- "$0")/../lib.sh"

for who in $people; do
  home=$(home_of "$who")
  log=$home/audit.jsonl
  as "$who" sh -c 'echo old >~/.netrc; echo kept >~/.pypirc; mkdir -p ~/place'
  # during COMMAND…: runs the command outside while a run is on its way.
  during() {
    as "$who" rm -f "$home/place/ready" "$home/place/go"
    as "$who" sh -c "cd ~/place && exec sefaca run '--log=$log' -- sh -c '
      : >ready; until [ -e go ]; do sleep 0.02; done; cat ~/.netrc'" >"$work/out" 2>"$work/err" &
    runner=$!
    until [ -e "$home/place/ready" ]; do sleep 0.02; done
    as "$who" "$@"
    as "$who" touch "$home/place/go"
    wait "$runner"
    code=$?
  }
  during true
  check "$who: a secret is covered" [ "$code" -ne 0 ]
  check "$who: nothing was replaced" [ "$(field "$log" "[g['what'] for g in r['not_enforced'] if g['what'] == 'covers']")" = '[]' ]
  during sh -c 'echo new >~/.netrc-new; mv ~/.netrc-new ~/.netrc'
  check "$who: the cover is gone with what it lay on" grep -q new "$work/out"
  check "$who: which the record names" [ "$(field "$log" "[(g['effect'], '$home/.netrc' in g['why']) for g in r['not_enforced'] if g['what'] == 'covers']")" = "[('weaker', True)]" ]
  check "$who: and stderr says" grep -q "replaced or removed.*$home/.netrc" "$work/err"
  during sh -c 'rm ~/.netrc'
  check "$who: what was removed is named" [ "$(field "$log" "[g['effect'] for g in r['not_enforced'] if g['what'] == 'covers']")" = "['weaker']" ]
  during sh -c 'echo more >>~/.pypirc; chmod 600 ~/.pypirc'
  check "$who: what was only written is not" [ "$(field "$log" "[g['what'] for g in r['not_enforced'] if g['what'] == 'covers']")" = '[]' ]
done
finish
