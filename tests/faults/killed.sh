#!/bin/sh
# sefaca killed: its guardian writes the record, which names what only sefaca knew (the denials). Killed
# between the record's write(2) and its own knowing of it, the record is there once and not twice.
. "$(dirname -- "$0")/../lib.sh"

# The run's log, so many lines of it: within twenty seconds.
# shellcheck disable=SC2317  # called by attempt
await_lines() {  # await_lines FILE NUMBER
  tries=0
  until [ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || return 1
    sleep 0.1
  done
}

for who in $people; do
  here=$(place_of "$who")
  home=$(home_of "$who")
  as "$who" mkdir "$home/.ssh"
  as "$who" sh -c 'echo secret >"$HOME/.ssh/id_ed25519"'
  for options in --level=default '--preset=compiler --report=full' \
    '--preset=compiler --report=off'; do
    log="$here/killed.jsonl"
    rm -f "$log" "$here/pid" "$here/denied"
    # shellcheck disable=SC2016,SC2086  # for the inner shell; words on purpose
    as "$who" sh -c 'echo $$ >pid; exec sefaca run "$@"' sh $options --log="$log" -- \
      sh -c 'cat ~/.ssh/id_ed25519; : >denied; exec sleep 60' >"$work/leaked" 2>/dev/null &
    wrapper=$!
    await "$here/denied" "$who: $options: the command"
    kill -KILL "$(cat "$here/pid")"
    wait "$wrapper" 2>/dev/null
    attempt await_lines "$log" 1
    exits "$who: $options: the guardian's record is there" 0
    # The outcome is sefaca's own end; what it had seen is gone with it, and so the gap says.
    attempt field "$log" '(r["result"]["signal"], r["result"]["exit_code"], r["violations"],
        "sleep 60" in r["command"][-1], r["pid"] > 0)'
    prints "$who: $options: how it ended, and no denials" "('SIGKILL', None, [], True, True)"
    attempt field "$log" '[(g["effect"], g["why"]) for g in r["not_enforced"]
        if g["what"] == "denials"]'
    case $options in
      *report=off) prints "$who: $options: nobody promised denials" '[]' ;;
      *) check "$who: $options: that the denials are not known is named" \
        grep -q 'killed' "$work/out" ;;
    esac
    check "$who: $options: nothing leaked" [ ! -s "$work/leaked" ]
  done

  # strace keeps sefaca for half a second after the write(2) that appends the record; it is killed
  # there, and the guardian can't be told any more that there is one.
  log="$here/twice.jsonl"
  as "$who" sefaca run --log="$log" --preset=compiler -- true  # the log is there
  before=$(wc -l <"$log")
  as "$who" strace -o "$here/trace" -P "$log" -e trace=write \
    -e inject=write:delay_exit=1000000 sefaca run --log="$log" --preset=compiler -- \
    sh -c 'echo $PPID >killed; exit 3' 2>/dev/null &
  wrapper=$!
  attempt await_lines "$log" $((before + 1))
  exits "$who: the record is written" 0
  kill -KILL "$(cat "$here/killed")"
  wait "$wrapper" 2>/dev/null
  sleep 0.5  # a second record would come within milliseconds
  check "$who: killed right after its write, the record is there once" \
    [ "$(wc -l <"$log")" -eq $((before + 1)) ]
  attempt field "$log" '(r["result"]["exit_code"], r["result"]["signal"])'
  prints "$who: and it is sefaca's own" '(3, None)'
done
finish
