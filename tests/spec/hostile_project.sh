#!/bin/sh
# Hostile projects and configuration: what lies in a clone, in the environment that a command hands
# on, in a directory on PATH, in the log's place. None of it widens what sefaca lets through.
# shellcheck disable=SC2016,SC2317  # scripts for inner shells; functions that attempt calls
. "$(dirname -- "$0")/../lib.sh"
for who in $people; do
  here=$(place_of "$who")
  home=$(home_of "$who")
  as "$who" mkdir -p "$here/project" "$here/outside" "$here/bin"
  as "$who" sh -c 'mkdir -m 700 "$HOME/.ssh" && echo top-secret >"$HOME/.ssh/id_ed25519"'
  place=$here/project
  reaches() { as "$who" sefaca run "$@" -- sh -c 'echo x >../outside/file'; }
  attempt as "$who" sh -c 'echo x >../outside/file'
  present "$who: bare, the file outside is written" "$here/outside/file"
  rm -f "$here/outside/file"

  # A project's file that widens is refused or ignored; the file is not written either way.
  for text in 'level = "permissive"' 'readwrite = ["/"]' 'network = "allow"' \
    'env = ["LD_PRELOAD=evil.so"]' 'allow = ["userns"]' 'tmp = "host"' \
    'readwrite = ["../outside"]' '[log]
file = "../outside/file"' 'config = "/etc/shadow"' 'preset = "nothing"' '= = =' "$(printf '\0')"; do
    printf '%s\n' "$text" >"$here/project/.sefaca.toml"
    attempt reaches
    absent "$who: .sefaca.toml with $(printf %s "$text" | head -n 1): not widened" "$here/outside/file"
    rm -f "$here/outside/file"
  done
  # A project's file that is a link to another's, a fifo, a directory: no hang, nothing shown.
  rm -f "$here/project/.sefaca.toml"
  as "$who" ln -s "$home/.ssh/id_ed25519" "$here/project/.sefaca.toml"
  attempt as "$who" timeout 20 sefaca run -- true
  check "$who: a link to a secret as project file is not printed" \
    sh -c '! grep -q top-secret "$1" "$2"' sh "$work/out" "$work/err"
  as "$who" rm -f .sefaca.toml
  as "$who" mkfifo .sefaca.toml
  attempt as "$who" timeout 20 sefaca run -- true
  check "$who: a fifo as project file does not hang" [ "$code" -ne 124 ]
  as "$who" rm -f .sefaca.toml

  # .git files that point elsewhere make nothing writable.
  for target in "$here/outside" "$home" / ../outside; do
    printf 'gitdir: %s\n' "$target" >"$here/project/.git"
    attempt reaches
    absent "$who: gitdir: $target grants nothing there" "$here/outside/file"
    rm -f "$here/outside/file"
  done
  rm -f "$here/project/.git"
  as "$who" ln -s ../outside "$here/project/.git"
  attempt reaches
  absent "$who: .git as a link grants nothing there" "$here/outside/file"
  rm -f "$here/project/.git" "$here/outside/file"

  # From inside: SEFACA_ variables and a nested run widen nothing.
  for inner in 'SEFACA_LEVEL=permissive sefaca run -- sh -c "echo x >../outside/file"' \
    'sefaca run --level=permissive -- sh -c "echo x >../outside/file"' \
    'SEFACA_READWRITE=/ sefaca run -- sh -c "echo x >../outside/file"' \
    'SEFACA_PARENT=0 sefaca run --level=permissive -- sh -c "echo x >../outside/file"'; do
    attempt as "$who" sefaca run -- sh -c "$inner"
    absent "$who: inside: $inner" "$here/outside/file"
    rm -f "$here/outside/file"
  done

  # A planted sefaca or compiler: PATH's directories outside of the working directory stay as they are.
  extra_env="PATH=$here/bin:$work/bin:$plain_path"
  for name in sefaca cc; do
    attempt as "$who" sh -c "echo x >$here/bin/$name && rm $here/bin/$name"
    exits "$who: bare, $name can be planted" 0
    attempt as "$who" "$work/bin/sefaca" run -- sh -c "echo x >$here/bin/$name"
    absent "$who: $name is not planted" "$here/bin/$name"
  done
  extra_env=''

  # The temporary directory: a link, a place of another's, one that is not there.
  as "$who" ln -s outside "$here/tmp-link"
  for tmp in "$here/tmp-link" /proc /nowhere "$here/outside/../outside"; do
    extra_env="TMPDIR=$tmp"
    attempt reaches
    absent "$who: TMPDIR=$tmp: the file outside is not written at default" "$here/outside/file"
    rm -f "$here/outside/file"
  done
  extra_env=''

  # The log's directory replaced by a link, between two runs.
  as "$who" mkdir "$here/logs" "$here/elsewhere"
  attempt as "$who" sefaca run "--log=$here/logs/a.jsonl" -- \
    sh -c "mv $here/logs $here/logs2; ln -s $here/outside $here/logs"
  check "$who: the log's directory can't be moved from inside" [ -d "$here/logs" ]
  check "$who: and is no link" [ ! -L "$here/logs" ]
  place=''
done
finish
