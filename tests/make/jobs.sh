#!/bin/sh
# Parallel makes share their job slots through the sandbox, by a pipe and by a fifo; Ctrl-C leaves
# neither partial targets nor processes.
# shellcheck source=tests/make/lib.sh
. "$(dirname -- "$0")/lib.sh"

newer=$(sh "$(dirname -- "$0")/newer_make.sh" "$SEFACA_BUILD_DIR/real") ||
  skip 'a make with a fifo (4.4 or later) can not be had'
cp -- "$newer" "$work/bin/newer-make"

for person in $people; do
  project "$person" jobs
  mkdir "$place/sub"
  makefile <<'EOS'
all: one two
one two:
>@$(MAKE) --no-print-directory -C sub $@-a $@-b
EOS
  # Each recipe waits until another of the other sub-make has begun: without shared slots (-j1 in
  # each sub-make, or slots that are lost) that never comes.
  (place=$place/sub makefile) <<'EOS'
one-a one-b two-a two-b:
>@touch began-$@; n=0; \
>until [ "$$(ls | grep -c '^began-')" -ge 3 ]; do \
>  n=$$((n + 1)); [ $$n -lt 200 ] || { echo "$@ waits in vain"; exit 1; }; sleep 0.05; \
>done
EOS
  [ "$person" != user ] || [ "$(id -u)" -ne 0 ] || chown -R "$SEFACA_TEST_USER:" "$place"
  attempt as "$person" make --no-print-directory -j3 SHELL=sefaca-sh
  exits "$person: three jobs over two sub-makes (pipe)" 0
  check "$person: … and no warning of a lost job server" sh -c "! grep -q jobserver '$work/err'"
  rm -f "$place"/sub/began-*

  # The same over a fifo. A private directory of temporary files hides the /tmp that it may lie in.
  for tmp in host private; do
    rm -f "$place"/sub/began-*
    extra_env="SEFACA_TMP=$tmp"
    attempt as "$person" newer-make --no-print-directory -j3 SHELL=sefaca-sh
    exits "$person: three jobs over two sub-makes (fifo, --tmp=$tmp)" 0
    check "$person: … and no warning of a lost job server" sh -c "! grep -q jobserver '$work/err'"
    extra_env=''
  done
  attempt as "$person" newer-make -j3 SHELL=sefaca-sh --eval 'auth: ; @echo "$$MAKEFLAGS"' auth
  check "$person: … which it was" grep -q 'jobserver-auth=fifo:' "$work/out"

  # The fifo by hand, as make 4.4 makes it: every line can take a slot and give it back, and nothing
  # else that MAKEFLAGS names.
  project "$person" fifo
  as "$person" mkfifo "$work/home-$person/GMfifo"
  as "$person" touch "$work/home-$person/GMfile"
  makefile <<'EOS'
all:
>@exec 9<>"$(FIFO)" && printf x >&9 && dd bs=1 count=1 <&9 2>/dev/null
EOS
  attempt as "$person" env MAKEFLAGS="-j2 --jobserver-auth=fifo:$work/home-$person/GMfifo" \
    sefaca-sh -c "exec 9<>'$work/home-$person/GMfifo' && printf x >&9 && dd bs=1 count=1 <&9 2>/dev/null"
  prints "$person: a slot taken and given back over the fifo" x
  attempt as "$person" env MAKEFLAGS="-j2 --jobserver-auth=fifo:$work/home-$person/GMfile" \
    sefaca-sh -c "echo x >'$work/home-$person/GMfile'"
  exits_not_zero "$person: what is no fifo is not granted"

  # Ctrl-C: the group gets SIGINT while a recipe has half of its output.
  project "$person" interrupt
  makefile <<'EOS'
out: ; @echo half >$@; (sleep 300 & echo $$! >background); sleep 300; echo whole >$@
EOS
  cat >"$place/interrupt.py" <<'EOS'
import os, signal, subprocess, sys, time
how = sys.argv[1]
make = subprocess.Popen(["make", "SHELL=sefaca-sh", "out"], start_new_session=True)
for _ in range(400):
    if os.path.exists("background") and os.path.getsize("background"):
        break
    time.sleep(0.05)
else:
    sys.exit("the recipe did not begin")
background = int(open("background").read())
os.killpg(make.pid, signal.SIGINT) if how == "INT" else make.terminate()
code = make.wait(timeout=30)
for _ in range(200):
    try:
        os.kill(background, 0)
    except ProcessLookupError:
        break
    time.sleep(0.05)
else:
    sys.exit("a process of the recipe is left")
if os.path.exists("out"):
    sys.exit("the partial target is left")
sys.exit(0 if code not in (0, None) else "make ended well")
EOS
  for signal in INT TERM; do
    rm -f "$place/background" "$place/out"
    attempt as "$person" timeout 60 python3 interrupt.py "$signal"
    exits "$person: SIG$signal: no partial target, no process" 0
  done
done

finish
