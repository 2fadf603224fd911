#!/bin/sh
# `sefaca log suggest`: what a run was stopped for, applied as a file and as a command line, lets it
# pass.
. "$(dirname -- "$0")/../lib.sh"

enter_own_network "$@"
start_receiver 8181

for who in $people; do
  here=$(place_of "$who")
  log=$(home_of "$who")/audit.jsonl
  config=$here/.sefaca.toml

  # A time limit that a file sets.
  as "$who" sh -c 'echo "[default]" >.sefaca.toml; echo "timeout = 1" >>.sefaca.toml'
  attempt as "$who" SEFACA run "--log=$log" -- sleep 1.4
  exits "$who: the file's time is too short" 124
  attempt as "$who" SEFACA log suggest "--log=$log"
  exits "$who: log suggest" 0
  check "$who: it proposes a time" grep -qx 'timeout = "2s"' "$work/out"
  as "$who" sh -c 'cat >.sefaca.toml' <"$work/out"
  attempt as "$who" SEFACA config check .sefaca.toml
  exits "$who: the proposal is configuration" 0
  attempt as "$who" SEFACA run "--log=$log" -- sleep 1.4
  exits "$who: with the proposal the run ends by itself" 0

  # The same as a command line, which a shell reads back.
  as "$who" rm -f .sefaca.toml
  attempt as "$who" SEFACA run "--log=$log" --preset=compiler --timeout=1 -- sh -c 'sleep 1.4; echo "it  ended"'
  exits "$who: the option's time is too short" 124
  attempt as "$who" SEFACA log suggest last --command "--log=$log"
  line=$(head -n 1 "$work/out")
  attempt as "$who" sh -c "$line"
  exits "$who: the command line passes" 0
  prints "$who: and does the same" 'it  ended'

  # A path: refused, proposed, granted once the file is trusted.
  as "$who" mkdir -p "$(home_of "$who")/data"
  data=$(home_of "$who")/data
  attempt as "$who" touch "$data/bare"
  exits "$who: bare it can be written" 0
  attempt as "$who" SEFACA run "--log=$log" --preset=compiler -- touch "$data/new"
  exits_not_zero "$who: sandboxed it can't"
  attempt as "$who" SEFACA log suggest "--log=$log"
  check "$who: it names the directory" grep -q '"~/data",' "$work/out"
  as "$who" sh -c 'cat >.sefaca.toml' <"$work/out"
  attempt as "$who" SEFACA run "--log=$log" --preset=compiler -- touch "$data/new"
  exits "$who: a file that widens is not believed" 125
  as "$who" SEFACA config trust "$config" >/dev/null
  attempt as "$who" SEFACA run "--log=$log" --preset=compiler -- touch "$data/new"
  exits "$who: trusted, it lets the run pass" 0
  present "$who: the file was made" "$data/new"

  # The network.
  connect='import socket; socket.create_connection(("127.0.0.1", 8181), 5).close()'
  as "$who" rm -f .sefaca.toml
  attempt as "$who" python3 -c "$connect"
  exits "$who: bare it connects" 0
  attempt as "$who" SEFACA run "--log=$log" --preset=compiler -- python3 -c "$connect"
  exits_not_zero "$who: sandboxed it does not"
  attempt as "$who" SEFACA log suggest --command "--log=$log"
  line=$(head -n 1 "$work/out")
  attempt as "$who" sh -c "$line"
  exits "$who: with the proposal it connects" 0

  # A secret is never proposed, whatever the violation's own sentence says.
  as "$who" mkdir -p "$(home_of "$who")/.ssh"
  as "$who" sh -c 'echo key >~/.ssh/id_ed25519'
  attempt as "$who" cat "$(home_of "$who")/.ssh/id_ed25519"
  prints "$who: bare the key is read" key
  attempt as "$who" SEFACA run "--log=$log" -- cat "$(home_of "$who")/.ssh/id_ed25519"
  exits_not_zero "$who: sandboxed it is not"
  attempt as "$who" SEFACA log suggest "--log=$log"
  exits "$who: there is nothing to propose" 1
  check "$who: the secret is named as one" grep -q 'a secret (ssh keys)' "$work/out"
  as "$who" rm -f .sefaca.toml
done

finish
