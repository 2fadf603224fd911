#!/bin/sh
# sefaca check: every mechanism that it calls proved was tried inside and without; what a host lacks
# is a gap with its remedy, and the exit code says so.
. "$(dirname -- "$0")/../lib.sh"

decoys() { ls -d /tmp/sefaca-check-* /var/tmp/sefaca-check-* 2>/dev/null; }
before=$(decoys)

for who in $people; do
  attempt as "$who" SEFACA check --level=strict
  exits "$who: strict is enforced whole" 0
  for mechanism in files network metadata private_tmp privileges ptrace memory timeout processes; do
    check "$who: strict: $mechanism is proved" sh -c "printf '%s' \"\$1\" | grep -Eq '^ +$mechanism +proved'" - "$out"
  done
  check "$who: strict: nothing is broken" sh -c '! printf "%s" "$1" | grep -q BROKEN' - "$out"

  for policy in --preset=compiler --level=default --level=permissive --preset=testing; do
    attempt as "$who" SEFACA check "$policy" --json
    check "$who: $policy: JSON, nothing broken" python3 -c '
import json, sys
found = json.loads(sys.argv[1])
states = [one["state"] for one in found["mechanisms"]]
assert "proved" in states and "broken" not in states, states
assert found["complete"] == ("gap" not in states)
assert sys.argv[2] == ("0" if found["complete"] else "1")' "$out" "$code"
  done

  attempt as "$who" SEFACA check --levle=strict
  exits "$who: a wrong option" 2
  says "$who: with the right spelling" "did you mean '--level'"
  attempt as "$who" SEFACA check true
  exits "$who: a command is wrong" 2
done

# Where user namespaces are refused the gap names the setting that would bring them.
attempt as user unshare -U --map-current-user --keep-caps sh -c \
  'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all SEFACA check --level=default'
exits 'no user namespaces: not whole' 1
check 'no user namespaces: the remedy is named' sh -c \
  'printf "%s" "$1" | grep -q "sysctl -w user.max_user_namespaces"' - "$out"
check 'no user namespaces: nothing is broken' sh -c '! printf "%s" "$1" | grep -q BROKEN' - "$out"

check 'nothing is left behind' [ "$(decoys)" = "$before" ]
finish
