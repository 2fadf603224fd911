#!/bin/sh
# make-shim/sefaca.mk: included last, and by MAKEFILES=; Makefiles with shells and flags of their own,
# makes below, awkward names, and a Makefile that is made anew.
# shellcheck source=tests/make/lib.sh
. "$(dirname -- "$0")/lib.sh"

targets() {  # targets PERSON: those of all records, once each
  /usr/bin/python3 -c '
import json, sys
print(*sorted({json.loads(line)["target"] or "-" for line in open(sys.argv[1])}))' "$(log_of "$1")"
}

for person in $people; do
  for way in last first; do
    project "$person" "include $way"
    mkdir "$place/sub"
    rm -f "$(log_of "$person")"
    makefile <<'EOS'
SHELL = /bin/bash
.SHELLFLAGS = -eu -o pipefail -c
all: sub it's \#hash
>@a=(1 2 3); echo "$@: $${#a[@]}"
sub:
>@$(MAKE) --no-print-directory -C sub
it's \#hash:
>@printf '<%s>' "$$0" "$@"; echo
Makefile: Makefile.in
>@cp $< $@ && echo 'made anew'
fails:
>@false | true
.PHONY: all sub it's \#hash fails
EOS
    (place=$place/sub makefile) <<'EOS'
all:
>@printf '<%s>' "$$0" "$@"; echo
EOS
    if [ "$way" = last ]; then
      for file in "$place/Makefile" "$place/sub/Makefile"; do
        echo "include $work/include/sefaca.mk" >>"$file"
      done
      extra_env=''
    else
      extra_env="MAKEFILES=$work/include/sefaca.mk"
    fi
    cp "$place/Makefile" "$place/Makefile.in"
    touch -d '2020-01-01' "$place/Makefile.in"
    [ "$person" != user ] || [ "$(id -u)" -ne 0 ] || chown -R "$SEFACA_TEST_USER:" "$place"
    attempt as "$person" make all
    exits "$person, $way: the Makefile's own shell" 0
    check "$person, $way: the targets are known" sh -c \
      "[ \"$(targets "$person")\" = \"#hash all it's sub\" ]"
    check "$person, $way: its arrays" grep -qx 'all: 3' "$work/out"
    check "$person, $way: each make its own shell" sh -c \
      "grep -qx '</bin/sh><all>' '$work/out' && grep -q '</bin/bash><.*hash>' '$work/out'"
    if [ "$way" = last ]; then
      attempt as "$person" make fails
      exits "$person, $way: its own flags: -e and pipefail" 2
    fi
    touch "$place/Makefile.in"
    attempt as "$person" make all
    check "$person, $way: a Makefile that is made anew by its own recipe" \
      grep -qx 'made anew' "$work/out"
    extra_env=''
  done
done

finish
