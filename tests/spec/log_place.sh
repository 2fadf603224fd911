#!/bin/sh
# A log that can't be written: one warning a build, not one a step. A log outside of the home: the
# command reads and writes neither it nor the older ones beside it.
. "$(dirname -- "$0")/../lib.sh"

# build_with HOME WARNINGS NAME: a build of 8 steps in a session of its own says so often that it is
# not on record, and all its steps are run.
build_with() {
  as "$who" rm -f done.1 done.2 done.3 done.4 done.5 done.6 done.7 done.8
  attempt as "$who" env "HOME=$1" setsid -w make -j4 -f build.mk
  exits "$who: $3: the build passes" 0
  check "$who: $3: all steps were run" [ -e "$here/done.1" -a -e "$here/done.8" ]
  check "$who: $3: warnings" [ "$(grep -c 'this run is not on record' "$work/err")" -eq "$2" ]
}

for who in $people; do
  here=$(place_of "$who")
  as "$who" sh -c 'cat >build.mk' <<'MAKE'
all: done.1 done.2 done.3 done.4 done.5 done.6 done.7 done.8
done.%: ; sefaca run --preset=compiler -- touch $@ && :
MAKE
  build_with "$(home_of "$who")" 0 'with a home'
  build_with /proc/none 1 'without a home'
  build_with /proc/none 1 'a second build without a home'
  if [ "$who" = user ]; then
    as user mkdir -p "$(home_of user)/closed"
    as user chmod 555 "$(home_of user)/closed"
    build_with "$(home_of user)/closed" 1 'a home that is read-only'
  fi
  attempt as "$who" env HOME=/proc/none setsid -w sh -c 'sefaca run -- true; sefaca run --verbose -- true'
  check "$who: --verbose always says it" [ "$(grep -c 'this run is not on record' "$work/err")" -eq 2 ]

  # Outside of the home, where everything else can be read.
  as "$who" mkdir -p "$(home_of "$who")/logs"
  log=$(home_of "$who")/logs/my.jsonl
  attempt as "$who" SEFACA run "--log=$log" -- cat "$log"
  exits_not_zero "$who: a log that is new is not read from inside"
  as "$who" cp "$log" "$log.1"
  as "$who" cp "$log" "$(home_of "$who")/logs/other"
  for file in my.jsonl my.jsonl.1; do
    attempt as "$who" cat "$(home_of "$who")/logs/$file"
    exits "$who: bare $file is read" 0
    attempt as "$who" SEFACA run "--log=$log" -- cat "$(home_of "$who")/logs/$file"
    exits_not_zero "$who: $file is not read from inside"
    # Root reads past permissions: for root what is covered can't be opened at all.
    says "$who: $file: by a refusal" 'Permission denied|No such device or address'
    attempt as "$who" SEFACA run "--log=$log" -- sh -c "echo forged >>$(home_of "$who")/logs/$file"
    exits_not_zero "$who: $file is not written from inside"
    attempt as "$who" SEFACA run "--log=$log" -- rm -f "$(home_of "$who")/logs/$file"
    exits_not_zero "$who: $file is not removed from inside"
  done
  attempt as "$who" SEFACA run "--log=$log" -- cat "$(home_of "$who")/logs/other"
  exits "$who: what lies beside it is read" 0
  check "$who: nothing was forged" sh -c "! grep -q '^forged' '$log' '$log.1'"
done

finish
