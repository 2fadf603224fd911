#!/bin/sh
# Fault injection, see faults.py; arguments are its own. As the ordinary user, in a network and a
# pid namespace of its own: a fault in sefaca hits nobody else.
. "$(dirname -- "$0")/../lib.sh"
enter_own_network "$@"
enter_own_processes "$@"

cp -- "$SEFACA_ATTEMPT" "$work/bin/attempt"
cp -- "$(dirname -- "$0")/faults.py" "$work/faults.py"
here=$(place_of user)
as user mkdir "$here/place" "$here/outside" "$here/logs"
as user mkdir -m 700 "$(home_of user)/.ssh"
# shellcheck disable=SC2016  # for the inner shell
as user sh -c 'echo probed-secret >"$HOME/.ssh/id_ed25519"'
as user /usr/bin/python3 "$work/faults.py" --sefaca="$work/bin/sefaca" \
  --program="$work/bin/attempt" --place="$here/place" --outside="$here/outside" \
  --secret="$(home_of user)/.ssh/id_ed25519" --log="$here/logs/audit.jsonl" "$@"
code=$?
exit "$code"
