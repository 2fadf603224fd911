#!/bin/sh
# Each host of as-host is what it says: what must be missing there is missing, for the reason that
# the table names, and the command's exit code comes through.
. "$(dirname -- "$0")/../lib.sh"
cp -- "$SEFACA_AS_HOST" "$work/bin/as-host"
SEFACA_BINARY=$work/bin/sefaca
extra_env="SEFACA_BINARY=$SEFACA_BINARY"

# The facts that make the host; what they leave open is this machine's.
facts() {
  cat <<'TABLE'
full             listener=ok seccomp=ok
no-userns        userns=ENOSPC
docker-like      userns=EPERM clone3=ENOSYS mount=EPERM pidfd_getfd=EPERM
ubuntu-like      userns=ok idmap=EROFS mount=EPERM
landlock-absent  landlock=ENOSYS
landlock-off     landlock=EOPNOTSUPP
landlock-5       landlock=5 listener=EBUSY
landlock-3       landlock=3 listener=EBUSY
seccomp-absent   seccomp=ENOSYS
nothing          landlock=ENOSYS seccomp=ENOSYS userns=EPERM mount=EPERM
listener-taken   listener=EBUSY
no-cgroup        cgroup=ENOENT
proc-masked      userns=ok proc=EPERM
in-bwrap         seccomp=ok
in-bwrap-all     seccomp=ok
in-sefaca        userns=EPERM clone3=ENOSYS
in-sefaca-3      userns=EPERM clone3=ENOSYS
TABLE
}

table=$(facts | cut -d ' ' -f 1)
check 'every host has its facts here' [ "$table" = "$("$work/bin/as-host" --list | cut -f 1)" ]
for who in $people; do
  while read -r name expected; do
    attempt as "$who" as-host "$name" -- as-host --facts
    exits "$who: $name is played" 0
    for fact in $expected; do
      check "$who: $name has $fact" grep -qxF -- "$fact" "$work/out"
    done
    attempt as "$who" as-host "$name" -- sh -c 'exit 7'
    exits "$who: $name hands the exit code on" 7
  done <<FACTS
$(facts)
FACTS
done
finish
