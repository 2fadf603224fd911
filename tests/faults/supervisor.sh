#!/bin/sh
# The supervisor under attack: targets that die, execute or run out of descriptors in the middle of a
# notified call, floods, arguments that can't be read; the supervisor stopped. Nothing hangs, each
# run ends by itself with its own exit code and a record.
. "$(dirname -- "$0")/../lib.sh"
cp -- "$SEFACA_ATTEMPT" "$work/bin/attempt"

for who in $people; do
  log=$(log_of "$who")
  for words in 'notified-deaths own 100' 'notified-executions own 50' 'notified-flood own 16' \
    'notified-nonsense' 'notified-without-room own'; do
    for level in --level=default --preset=compiler; do
      # shellcheck disable=SC2086  # words on purpose
      attempt as "$who" timeout -k 5 60 sefaca run --report=full $level --open-files=256 -- \
        attempt $words
      exits "$who: $level: $words ends by itself" 0
      prints "$who: $level: $words is through" 'done'
      check "$who: $level: $words has its record" \
        [ "$(field "$log" 'r["result"]["exit_code"]')" = 0 ]
    done
  done
  # Stopped and continued: the command's calls wait for it, and nothing is let through meanwhile.
  attempt as_written "$who" sh <<'SH'
sefaca run --report=full --preset=compiler -- sh -c 'sleep 0.3; echo x >own; echo ran' &
pid=$!
sleep 0.1
kill -STOP "$pid"
sleep 0.6
kill -CONT "$pid"
wait "$pid"
SH
  exits "$who: a supervisor that was stopped and continued" 0
  prints "$who: the command went on" ran
done
finish
