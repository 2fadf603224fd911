#!/bin/sh
# What a full machine looks like: no room for the log, a log that can't be written, no descriptors,
# no processes, no memory. The command runs with what the record claims, or not at all with 125; a
# record that could not be written is said.
. "$(dirname -- "$0")/../lib.sh"
enter_own_network "$@"

here=$(place_of user)
as user mkdir "$here/full" "$here/read-only"
# A file system of one page: the log's first record does not fit.
own='' && [ "$(id -u)" -eq 0 ] || own='--user --map-current-user --keep-caps'
# shellcheck disable=SC2317  # called by attempt
on_full_disk() {
  # shellcheck disable=SC2086,SC2016  # words on purpose; for the inner shell
  unshare $own --mount sh -c 'mount -t tmpfs -o size=4k,mode=777 none "$1" &&
    head -c 4096 /dev/zero >"$1/filler"; shift; exec "$@"' sh "$here/full" "$@"
}

# as() is a function of this shell: so the mounts are made around a script that calls setpriv itself.
become=''
[ "$(id -u)" -ne 0 ] || become="setpriv --reuid=$SEFACA_TEST_USER --regid=$(id -g "$SEFACA_TEST_USER") --init-groups --"
# shellcheck disable=SC2317  # called by attempt
sefaca_on_full_disk() {
  # shellcheck disable=SC2086  # words on purpose
  (cd "$here" && on_full_disk $become env -i PATH="$work/bin:$plain_path" \
    HOME="$(home_of user)" sefaca run "--log=$here/full/audit.jsonl" "$@")
}

attempt sefaca_on_full_disk -- sh -c 'echo ran'
exits 'a full disk: the command runs at default' 0
prints 'a full disk: it ran' ran
says 'a full disk: the lost record is said' 'sefaca: .*log'

as user sh -c ': >read-only/audit.jsonl'
chmod 444 "$here/read-only/audit.jsonl"
chattr_done=''
if [ "$(id -u)" -eq 0 ] && chattr +i "$here/read-only/audit.jsonl" 2>/dev/null; then
  chattr_done=1
fi
attempt as user sefaca run "--log=$here/read-only/audit.jsonl" -- sh -c 'echo ran'
prints 'a read-only log: the command runs at default' ran
says 'a read-only log: it is said' 'sefaca: .*log'
attempt as user sefaca run --level=strict "--log=$here/read-only/audit.jsonl" -- sh -c 'echo ran'
exits 'a read-only log: strict refuses' 125
prints 'a read-only log: nothing ran at strict' ''
[ -z "$chattr_done" ] || chattr -i "$here/read-only/audit.jsonl"

# Descriptors: from none at all upwards, until it runs.
ran=''
for number in 3 4 5 6 7 8 10 12 16 24 32 64; do
  attempt as user sh -c "ulimit -n $number; exec sefaca run -- sh -c 'echo ran; exit 7'"
  case $code in
    7) ran=1 && prints "$number descriptors: it ran" ran ;;
    *)
      exits "$number descriptors: not run, 125" 125
      prints "$number descriptors: nothing ran" ''
      says "$number descriptors: a sentence" 'sefaca: |Too many open files'
      ;;
  esac
done
check 'with enough descriptors it runs' [ -n "$ran" ]

# Memory: from little upwards, until it runs.
ran=''
for mib in 1 2 3 4 6 8 16 64 256; do
  attempt as user sh -c "ulimit -v $((mib * 1024)); exec sefaca run -- sh -c 'echo ran; exit 7'"
  case $code in
    7) ran=1 && prints "$mib MiB of addresses: it ran" ran ;;
    *) prints "$mib MiB of addresses: nothing ran" '' ;;
  esac
done
check 'with enough memory it runs' [ -n "$ran" ]
finish
