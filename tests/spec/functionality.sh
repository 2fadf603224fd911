#!/bin/sh
# The specification's functionality tests, as written there, as the ordinary user and as root.
. "$(dirname -- "$0")/../lib.sh"

for who in $people; do
  attempt as_written "$who" bash <<'SPEC'
# Test basic execution
[ "$(SEFACA run 'echo hello')" = "hello" ]
SPEC
  exits "$who: basic execution" 0

  attempt as_written "$who" bash <<'SPEC'
# Test environment preservation
export TEST_VAR=value
[ "$(SEFACA run 'echo $TEST_VAR')" = "value" ]
SPEC
  exits "$who: environment preservation" 0

  attempt as_written "$who" bash <<'SPEC'
# Test exit code preservation
SEFACA run 'exit 42'
[ $? -eq 42 ]
SPEC
  exits "$who: exit code preservation" 0

  # The wrapper of the specification.
  cat >"$work/place-$who/wrapper" <<'SPEC'
#!/bin/bash
# Wrapper script that adds sandboxing
exec SEFACA run --preset=development "$@"
SPEC
  chmod 755 "$work/place-$who/wrapper"
  # shellcheck disable=SC2016  # to be passed on as it stands
  attempt as "$who" ./wrapper printf '%s|' one 'two  words' '' '$(id)' '*'
  exits "$who: the wrapper runs its operands" 0
  # shellcheck disable=SC2016
  prints "$who: the wrapper passes arguments byte for byte" 'one|two  words||$(id)|*|'
  attempt as "$who" ./wrapper false
  exits "$who: the wrapper keeps the exit code" 1

  # Files are renamed and linked from one directory into another (rustc, git, install do it).
  attempt as_written "$who" <<'SPEC'
SEFACA run 'mkdir -p from to && echo x >from/a && echo y >from/b && python3 -c "
import os
os.rename(\"from/a\", \"to/a\")
os.link(\"from/b\", \"to/b\")"'
SPEC
  exits "$who: renamed and linked across directories" 0
  check "$who: … not copied" [ ! -e "$work/place-$who/from/a" ]

  # Overheads as the specification measures them.
  attempt as_written "$who" <<'SPEC'
/usr/bin/time -v SEFACA run true
SPEC
  exits "$who: under /usr/bin/time" 0
  says "$who: /usr/bin/time sees the peak" 'Maximum resident set size'
  attempt as_written "$who" bash <<'SPEC'
time SEFACA run true
SPEC
  exits "$who: under time" 0

  # stdin, stdout and stderr are the command's own.
  attempt as_written "$who" <<'SPEC'
printf 'in\n' | SEFACA run 'cat; echo problem >&2'
SPEC
  exits "$who: pipes" 0
  prints "$who: stdin reaches stdout" in
  check "$who: stderr holds the command's" grep -qx problem "$work/err"
done


# Pid namespaces side by side count from different places: programs name files in a shared /tmp by it.
if [ -w /proc/sys/kernel/ns_last_pid ]; then
  for person in $people; do
    # shellcheck disable=SC2016  # for the inner shell
    attempt as "$person" sefaca run --preset=testing --quiet -- sh -c 'readlink /proc/self/ns/pid; echo $$'
    [ "$(printf '%s\n' "$out" | head -n 1)" != "$(readlink /proc/self/ns/pid)" ] || continue
    first=$(printf '%s\n' "$out" | tail -n 1)
    check "$person: processes of a run are numbered from elsewhere" [ "$first" -ge 300 ]
    # shellcheck disable=SC2016
    attempt as "$person" sefaca run --preset=testing --quiet -- sh -c 'echo $$'
    check "$person: … another run's from yet elsewhere" [ "$out" -ne "$first" ]
  done
fi
finish
