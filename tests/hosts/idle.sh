#!/bin/sh
# On every host a supervisor whose command sleeps does so too: it looks at its tree from time to time, and
# nothing else wakes it (strace counts its poll(2)).
. "$(dirname -- "$0")/../lib.sh"
cp -- "$SEFACA_AS_HOST" "$work/bin/as-host"

for who in $people; do
  for host in $("$work/bin/as-host" --list | cut -f 1); do
    # Nobody traces what an outer sandbox guards.
    case $host in in-*) continue ;; esac
    attempt as "$who" as-host "$host" -- strace -qq -o polls -e trace=poll \
      sefaca run --on-unavailable=warn -- sleep 0.5
    exits "$who, $host: it slept" 0
    # Some ten of them are its own; one that spins comes to thousands.
    check "$who, $host: and so did its supervisor" [ "$(wc -l <"$(place_of "$who")/polls")" -lt 100 ]
  done
done
