#!/bin/sh
# examples/make: the specification's safe-build and safe-test, and the demo.
# shellcheck source=tests/make/lib.sh
. "$(dirname -- "$0")/lib.sh"

for person in $people; do
  project "$person" example
  cp -- "$(dirname -- "$0")"/../../examples/make/* "$place/"
  [ "$person" != user ] || [ "$(id -u)" -ne 0 ] || chown -R "$SEFACA_TEST_USER:" "$place"
  attempt as "$person" make safe-build
  exits "$person: safe-build" 0
  present "$person: it was built" "$place/hello"
  attempt as "$person" make safe-test
  exits "$person: safe-test" 0
  check "$person: on record, by their presets" \
    [ "$(/usr/bin/python3 -c '
import json, sys
print([json.loads(line)["preset"] for line in open(sys.argv[1])])' "$(log_of "$person")")" = \
      "['compiler', 'testing']" ]
  as "$person" make clean >/dev/null
  attempt as "$person" make SHELL=sefaca-sh safe-build safe-test
  exits "$person: both inside of the make door" 0

  home=$(home_of "$person")
  mkdir "$home/.ssh"
  echo key >"$home/.ssh/id_ed25519"
  echo profile >"$home/.profile"
  [ "$person" != user ] || [ "$(id -u)" -ne 0 ] || chown -R "$SEFACA_TEST_USER:" "$home"
  attempt as "$person" make SHELL=sefaca-sh demo
  exits "$person: the demo goes on after each refusal" 0
  check "$person: the profile is as it was" [ "$(cat "$home/.profile")" = profile ]
  check "$person: the key was not shown" sh -c "! grep -qx key '$work/out'"
done

finish
