#!/bin/sh
# What is tried on each kernel, inside of the virtual machine: `sefaca check`, the behaviour suite, and
# limits in a cgroup of version 2, with the groups and owners as systemd sets them up.
. "$(dirname -- "$0")/../lib.sh"
cp -- "$SEFACA_AS_HOST" "$work/bin/as-host"
as user as-host --facts | tee "$work/facts"
# A command that could move itself out of its group is watched instead.
grouped='cgroup v2'
grep -q '^landlock=[1-9]' "$work/facts" || grouped=watched

for who in $people; do
  attempt as "$who" sefaca check
  cat "$work/out"
  check "$who: what is claimed holds" eval '[ "$code" -le 1 ] && ! grep -q BROKEN "$work/out"'
  # A secret to cover, from the second run on: sefaca's own log.
  as "$who" sefaca run --quiet -- true
  kinds=$(field "$(log_of "$who")" 'r["enforced"].get("namespaces")')
  as "$who" sefaca run --quiet -- true
  check "$who: the second run has the namespaces of the first" \
    [ "$(field "$(log_of "$who")" 'r["enforced"].get("namespaces")')" = "$kinds" ]
done

# --- cgroup version 2 ----------------------------------------------------------------------------
groups=/sys/fs/cgroup
group() {  # group PATH [OWNER]: with the controllers of memory and processes
  mkdir "$groups/$1"
  echo '+memory +pids' >"$groups/$1/cgroup.subtree_control"
  [ -z "${2:-}" ] || chown "$2" "$groups/$1" "$groups/$1/cgroup.procs" "$groups/$1/cgroup.subtree_control"
}
leaf() {  # leaf PATH [OWNER]: for processes
  mkdir "$groups/$1"
  [ -z "${2:-}" ] || chown "$2" "$groups/$1" "$groups/$1/cgroup.procs"
}
echo '+memory +pids' >$groups/cgroup.subtree_control
group system.slice
leaf system.slice/test.service
group user.slice
group user.slice/user-1000.slice
leaf user.slice/user-1000.slice/session-1.scope
group 'user.slice/user-1000.slice/user@1000.service' tester
group 'user.slice/user-1000.slice/user@1000.service/app.slice' tester
leaf 'user.slice/user-1000.slice/user@1000.service/app.slice/run-1.scope' tester

# shellcheck disable=SC2317  # attempt calls it
in_group() {  # in_group PATH PERSON COMMAND…
  in_place=$groups/$1
  shift
  (sh -c 'echo "$PPID" >"$1/cgroup.procs"' sh "$in_place" && as "$@")
}
# tried GROUP PERSON HELD-BY: limits there, and who holds them by the record.
tried() {
  on="$2 in ${1##*/}"
  attempt in_group "$1" "$2" sefaca run --memory=64m -- /usr/bin/python3 -c 'x = b"x" * (300 << 20)'
  exits "$on: what passes its memory is killed" 137
  check "$on: which is on record with limit and peak" [ "$(field "$(log_of "$2")" '[(v["violation"], v["limit"], v["peak"] >= 60 << 20) for v in r["violations"]]')" = \
    "[('memory_limit_exceeded', 67108864, True)]" ]
  check "$on: memory is held by: $3" [ "$(field "$(log_of "$2")" 'r["enforced"]["memory"].split(":")[0].split(" over")[0]')" = "$3" ]
  attempt in_group "$1" "$2" sefaca run --memory=64m -- sh -c 'exit 7'
  exits "$on: what stays below is not" 7
  attempt in_group "$1" "$2" sefaca run --pids=20 --timeout=60 -- sh -c 'f() { [ $1 -gt 6 ] || { f $(($1 + 1)) & f $(($1 + 1)) & }; sleep 50; }; f 1'
  exits "$on: a fork bomb is ended" 137
  check "$on: which is on record" [ "$(field "$(log_of "$2")" '[v["violation"] for v in r["violations"]]')" = \
    "['process_limit_exceeded']" ]
  check "$on: processes are held by: $3" [ "$(field "$(log_of "$2")" 'r["enforced"]["processes"].split(":")[0].split(" over")[0].split(";")[0]')" = "$3" ]
  check "$on: no group is left" [ -z "$(find $groups -name 'sf-*')" ]
}
tried 'user.slice/user-1000.slice/user@1000.service/app.slice/run-1.scope' user "$grouped"
tried user.slice/user-1000.slice/session-1.scope user watched
tried system.slice/test.service root "$grouped"

attempt sh "$(dirname -- "$0")/behaviours.sh" --hosts=full
cat "$work/out"
exits 'each behaviour is held or a named gap' 0
finish
