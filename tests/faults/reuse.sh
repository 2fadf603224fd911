#!/bin/sh
# A number that is another's by the time it is used, see reuse.py; arguments are its own. In a network
# and a pid namespace of its own, whose next number root may choose (pid_namespaces(7)).
. "$(dirname -- "$0")/../lib.sh"
[ "$(id -u)" -eq 0 ] || skip 'only root chooses the next process number'
enter_own_network "$@"
enter_own_processes "$@"

cp -- "$SEFACA_ATTEMPT" "$work/bin/attempt"
for who in $people; do
  here=$(place_of "$who")
  as "$who" mkdir "$here/repo"
  as "$who" git init -q "$here/repo"
  user=root
  [ "$who" = root ] || user=$SEFACA_TEST_USER
  PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$(dirname -- "$0")/reuse.py" --bin="$work/bin" \
    --user="$user" --home="$(home_of "$who")" --place="$here/repo" "$@" || failed=1
done
exit "$failed"
