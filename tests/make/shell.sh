#!/bin/sh
# sefaca-sh in the place of make's SHELL keeps the contract of `sh -c`: each line is run with dash
# first, and says and does the same.
# shellcheck source=tests/make/lib.sh
. "$(dirname -- "$0")/lib.sh"

for person in $people; do
  project "$person" shell
  makefile <<'EOS'
V := $(shell echo from shell; exit 3)
S := $(.SHELLSTATUS)
W != printf 'from %s' bang
show:
>@echo "$(V) $(S) / $(W)"
codes: c1 c42 c126 c127 ok
c1:
>false
c42:
>exit 42
c126:
>./not-executable
c127:
>no-such-program-here a b
ok:
>@true
crash:
>kill -SEGV $$$$
crash-simple:
>./crash
term:
>kill -TERM $$$$
quotes:
>@printf '<%s>' "a b" 'c"d' e\ f "" \$$HOME '$$(no)' ; echo
>@/usr/bin/printf '<%s>' "a b" 'c"d' e\ f "" ''
>@/usr/bin/printf '\n'
builtin:
>@echo 'a\nb'; cd / && pwd
>@umask; set -- x y; echo $$2
stdin:
>@cat
long:
>@for i in 1 2 3; do \
>  echo $$i; \
>done
ignored:
>-false
>-no-such-program-here
>@echo goes on
script:
>@./script one two
.PHONY: show codes crash term quotes builtin stdin
EOS
  : >"$place/not-executable"
  printf 'echo script "$@"\n' >"$place/script"
  printf '#!/bin/sh\nkill -SEGV $$\n' >"$place/crash"
  chmod 755 "$place/script" "$place/crash"

  for goal in show c1 c42 c126 c127 ok crash term quotes builtin long ignored; do
    twice "$person: $goal" "$person" "$goal"
  done
  twice "$person: -k goes on after each failure" "$person" -k codes
  twice "$person: -n" "$person" -n codes
  twice "$person: -q" "$person" -q codes
  attempt as "$person" make SHELL=sefaca-sh -t ok
  prints "$person: -t touches and runs nothing" 'touch ok'
  rm -f "$place/ok"
  twice "$person: --output-sync" "$person" --output-sync -j2 quotes
  twice "$person: a script without a first line" "$person" script
  attempt as "$person" sh -c 'echo input | make SHELL=sefaca-sh stdin'
  prints "$person: the line reads make's standard input" input

  # Executed without a shell, as make itself does with /bin/sh: make sees the signal.
  attempt as "$person" make SHELL=sefaca-sh crash-simple
  says "$person: a plain line that crashes" 'crash-simple\] Segmentation fault'

  # Flags, shells and one shell for a whole recipe.
  makefile flags.mk <<'EOS'
.SHELLFLAGS = -eu -o pipefail -c
SHELL = /bin/bash
.ONESHELL:
all:
>@a=(1 2 3)
>-echo $${#a[@]}
>false | true
>echo not reached
EOS
  attempt as "$person" make -f flags.mk
  bare_code=$code
  bare_out=$out
  # SHELL of the command line takes the Makefile's away, whose text still names it.
  attempt as "$person" make -f flags.mk SHELL="$work/lib/sefaca/sh"
  check "$person: .ONESHELL with bash, -e and pipefail" \
    [ "$code/$out" = "$bare_code/$bare_out" ]
  exits "$person: … which fails at its third line" 2
  attempt as "$person" make -f flags.mk SHELL=sefaca-sh
  check "$person: under its longer name too" [ "$code" -eq 2 ]

  # The shell that the makefile names: of a make below too, of a script that $(SHELL) runs there, and
  # where another makefile names none; $SEFACA_SHELL stands above.
  mkdir "$place/below" "$place/plain"
  makefile top.mk <<'EOS'
SHELL = /bin/bash
all:
>@a=(1 2 3); echo "top $${#a[@]} $$0"
>@$(MAKE) --no-print-directory -C below
>@$(MAKE) --no-print-directory -C plain
EOS
  (place=$place/below makefile) <<'EOS'
include ../shell.mk
all:
>@a=(1 2); echo "below $${#a[@]} $$0"
>@$(SHELL) ./script
EOS
  echo 'SHELL = /bin/bash' >"$place/shell.mk"
  echo 'a=(1); echo "script ${#a[@]}"' >"$place/below/script"
  (place=$place/plain makefile) <<'EOS'
all:
>@echo "plain $$0"; $(SHELL) -c 'echo "and $$0"'
EOS
  attempt as "$person" make --no-print-directory -f top.mk SHELL=sefaca-sh
  prints "$person: the shell that each makefile names" \
    "$(printf 'top 3 /bin/bash\nbelow 2 /bin/bash\nscript 1\nplain /bin/sh\nand /bin/sh')"
  extra_env='SEFACA_SHELL=/bin/dash'
  attempt as "$person" make --no-print-directory SHELL=sefaca-sh -C plain
  prints "$person: \$SEFACA_SHELL stands above" "$(printf 'plain /bin/dash\nand /bin/dash')"
  extra_env=''

  # Asked for tests, a line without a known target has a loopback; the machine's is out of reach.
  if command -v python3 >/dev/null; then
    makefile net.mk <<'EOS'
all check: ; @$(MAKE) -f net.mk inner
inner: ; @python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print("bound")'
EOS
    attempt as "$person" make --no-print-directory -f net.mk SHELL=sefaca-sh check
    prints "$person: a test below a recursive make listens on its own loopback" bound
    attempt as "$person" make --no-print-directory -f net.mk SHELL=sefaca-sh all
    exits "$person: where no test was asked for it has no network" 2
  fi

  # In any other way it is an ordinary shell.
  printf 'exit 7\n' >"$place/seven"
  attempt as "$person" sefaca-sh ./seven
  exits "$person: a script as an operand" 7
  attempt as "$person" sefaca-sh -c 'echo "$0 $1 $#"; exit 5' name one two
  prints "$person: -c with further arguments" 'name one 2'
  exits "$person: … and its code" 5
  attempt as_written "$person" <<'EOS'
echo 'echo from stdin; exit 6' | sefaca-sh
EOS
  exits "$person: a script on the standard input" 6
  attempt as "$person" sefaca-sh -c 'touch /etc/sefaca-was-here'
  exits_not_zero "$person: sandboxed all the same"
  absent "$person: nothing was written" /etc/sefaca-was-here

  # Wrong choices.
  extra_env='SEFACA_SHELL=sefaca-sh'
  attempt as "$person" make SHELL=sefaca-sh show
  exits "$person: SEFACA_SHELL that is sefaca itself is /bin/sh" 0
  extra_env='SEFACA_SHELL=a;b'
  attempt as "$person" make SHELL=sefaca-sh c1
  says "$person: SEFACA_SHELL that is no shell is refused" "SEFACA_SHELL: 'a;b' names no shell"
  extra_env='SEFACA_LEVEL=stritc'
  attempt as "$person" make SHELL=sefaca-sh ok
  says "$person: a wrong variable is refused, with the nearest" "did you mean 'strict'"
  exits "$person: … by 125, which make reports" 2
  extra_env=''
done

finish
