#!/bin/sh
# Makes inside of makes: the depth, the records, and a nesting that is only pretended.
# shellcheck source=tests/make/lib.sh
. "$(dirname -- "$0")/lib.sh"

# records PERSON EXPRESSION: a Python expression on `rs`, all records of the log.
records() {
  /usr/bin/python3 -c '
import json, sys
with open(sys.argv[1], encoding="utf-8") as log:
    rs = [json.loads(line) for line in log]
print(eval(sys.argv[2]))' "$(log_of "$1")" "$2"
}

for person in $people; do
  project "$person" deep
  makefile <<'EOS'
DEEP ?= 3
export DEEP
all:
>@echo level $(MAKELEVEL)
>@[ $(MAKELEVEL) -ge $(DEEP) ] || $(MAKE) --no-print-directory
>@touch level-$(MAKELEVEL)
EOS
  rm -f "$(log_of "$person")"
  attempt as "$person" make --no-print-directory SHELL=sefaca-sh
  prints "$person: four levels" "$(printf 'level 0\nlevel 1\nlevel 2\nlevel 3')"
  check "$person: a record for each of the lines" [ "$(records "$person" 'len(rs)')" = 12 ]
  check "$person: those inside name the run that they are in" \
    [ "$(records "$person" '{r["parent"] in {o["id"] for o in rs} for r in rs if r["parent"]}')" = '{True}' ]
  check "$person: nine lines are inside" \
    [ "$(records "$person" 'sum(r["parent"] is not None for r in rs)')" = 9 ]
  check "$person: those outside are not" \
    [ "$(records "$person" 'sum(r["result"] is not None for r in rs)')" = 3 ]

  attempt as "$person" make --no-print-directory SHELL=sefaca-sh DEEP=40
  exits "$person: forty levels" 0
  present "$person: the deepest wrote" "$place/level-40"

  # A narrower line inside is held to more.
  project "$person" narrower
  mkdir "$place/outside" "$place/sub"
  echo secret >"$(home_of "$person")/file"
  makefile <<'EOS'
all:
>@$(MAKE) --no-print-directory -C sub
EOS
  (place=$place/sub makefile) <<EOS
all: a.o
>@cat "$(home_of "$person")/file"
a.o:
>@cc -x c -c -o a.o "$(home_of "$person")/file" 2>&1 | grep -c denied; true
>@cc -x c -c -o a.o ../a.c
EOS
  echo 'int a;' >"$place/a.c"
  mv "$place/sub/Makefile" "$place/sub/Makefile.in"
  sed 's/ 2>&1 | grep -c denied; true/ 2>denied.txt || true/' "$place/sub/Makefile.in" >"$place/sub/Makefile"
  [ "$person" != user ] || [ "$(id -u)" -ne 0 ] || chown -R "$SEFACA_TEST_USER:" "$place"
  attempt as "$person" make SHELL=sefaca-sh
  exits "$person: a compiler inside of a recursive make" 0
  check "$person: another line there reads the home" grep -qx secret "$work/out"
  present "$person: its output is there" "$place/sub/a.o"

  # As libtool: a line's script that uses $(SHELL) itself. The shells inside are of the line, and on
  # record, and nobody tries to write the log from inside.
  project "$person" libtool
  cat >"$place/libtool" <<'EOS'
"$1" -c 'cc -x c -c -o "$1" "$2" && echo made' sh "$3" "$2"
EOS
  echo 'int a;' >"$place/a.c"
  makefile <<'EOS'
all:
>$(SHELL) ./libtool $(SHELL) a.c a.o
EOS
  rm -f "$(log_of "$person")"
  attempt as "$person" make SHELL=sefaca-sh
  exits "$person: a script that starts make's shell" 0
  present "$person: … compiles" "$place/a.o"
  check "$person: … the line, the script and its shell are on record" [ "$(records "$person" 'len(rs)')" = 3 ]
  check "$person: … and nothing was denied" [ "$(records "$person" '[v for r in rs for v in r["violations"]]')" = '[]' ]

  # The top make is out of sight inside, what it may write is not: a directory that a plain file tool
  # names and that is there already stays writable.
  project "$person" outside
  mkdir "$place/sub"
  makefile <<'EOS'
all:
>@mkdir -p out/usr/bin
>@$(MAKE) --no-print-directory -C sub
EOS
  (place=$place/sub makefile) <<'EOS'
all:
>@install -d ../out/usr/bin ../out/usr/share/man
EOS
  [ "$person" != user ] || [ "$(id -u)" -ne 0 ] || chown -R "$SEFACA_TEST_USER:" "$place"
  attempt as "$person" make SHELL=sefaca-sh
  exits "$person: a make below installs beside what is there" 0
  present "$person: … and it is there" "$place/out/usr/share/man"

  # What a tree may send of records is bounded; what is dropped then is said and on record.
  project "$person" flood
  cat >"$place/flood.py" <<'EOS'
import os, socket, sys
outer = socket.socket(fileno=int(os.environ["SEFACA_PARENT"].split(",")[1]))
for _ in range(int(sys.argv[1])):
    outer.send(b"x" * 60000)
EOS
  for count in 1000 1200; do
    attempt as "$person" sefaca run -- python3 flood.py "$count"
    exits "$person: $count messages to the outer run" 0
    if [ "$count" -eq 1000 ]; then
      check "$person: … are taken" [ -z "$err" ]
    else
      says "$person: … which is said" '^sefaca: .*records of runs inside of this one were dropped.*of [0-9]+'
      check "$person: … and on record" \
        [ "$(field "$(log_of "$person")" '[g["what"] for g in r["not_enforced"]].count("inner_records")')" = 1 ]
    fi
  done

  # Variables that pretend a nesting turn nothing off.
  project "$person" forged
  makefile <<'EOS'
export SEFACA_PARENT
all:
>@touch /etc/sefaca-was-here
EOS
  for parent in 0192f0c4-0000-7000-8000-000000000000,120,121 "0192-0,0,1" x ",," 0192-0,3,4; do
    attempt as "$person" make SHELL=sefaca-sh SEFACA_PARENT="$parent"
    exits "$person: pretending $parent" 2
    absent "$person: … wrote nothing" /etc/sefaca-was-here
  done
  # The same with descriptors that are there: a socket pair and sealed memory of one's own, in a
  # process that is confined by nothing.
  cat >"$place/pretend.py" <<'EOS'
import fcntl, os, socket, sys
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
memory = os.memfd_create("policy", os.MFD_ALLOW_SEALING)
fcntl.fcntl(memory, 1033, 15)
for fd in theirs.fileno(), memory:
    os.set_inheritable(fd, True)
os.environ["SEFACA_PARENT"] = "0192f0c4-0,%d,%d" % (theirs.fileno(), memory)
if sys.argv[1] == "confined":
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
    allow = ctypes.create_string_buffer(b"\x06\0\0\0\0\0\xff\x7f", 8)
    program = Program(1, ctypes.cast(allow, ctypes.c_void_p).value)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0
os.execvp(sys.argv[2], sys.argv[2:])
EOS
  for how in free confined; do
    attempt as "$person" python3 pretend.py "$how" make SHELL=sefaca-sh
    exits "$person: with descriptors of its own, $how" 2
    absent "$person: … wrote nothing" /etc/sefaca-was-here
    says "$person: … and was refused by the kernel" 'Permission denied|Read-only file system'
  done

  # sefaca run around it all: what is inside is as wide or wider, so nothing is added.
  project "$person" around
  makefile <<'EOS'
all: a.o
>@cat /etc/hostname >/dev/null && touch /etc/sefaca-was-here
a.o:
>@echo 'int a;' | cc -x c -c -o a.o -
EOS
  rm -f "$(log_of "$person")"
  attempt as "$person" sefaca run --preset=development -- make SHELL=sefaca-sh
  exits "$person: make itself in a sandbox" 2
  present "$person: it built" "$place/a.o"
  absent "$person: and wrote nowhere else" /etc/sefaca-was-here
  check "$person: the lines' records are in the log" \
    [ "$(records "$person" 'sum(r["door"] == "make" for r in rs)')" = 2 ]
done

finish
