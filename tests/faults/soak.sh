#!/bin/sh
# Many runs at once, ended at random moments; arguments: soak.py's, such as --runs=2000. As the
# ordinary user, in a pid namespace of its own: what a fault lets loose hits nobody else.
. "$(dirname -- "$0")/../lib.sh"
enter_own_processes "$@"

cp -- "$SEFACA_ATTEMPT" "$work/bin/attempt"
cp -- "$(dirname -- "$0")/soak.py" "$work/soak.py"
here=$(place_of user)
as user mkdir "$here/tmp" "$here/logs" "$here/place"
extra_env="TMPDIR=$here/tmp"
as user /usr/bin/python3 "$work/soak.py" --sefaca="$work/bin/sefaca" \
  --program="$work/bin/attempt" --place="$here/place" --tmp="$here/tmp" \
  --log="$here/logs/audit.jsonl" "$@"
code=$?
exit "$code"
