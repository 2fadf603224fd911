#!/bin/sh
# Where a line may write and what preset it gets. Each refusal is first shown to succeed without
# sefaca.
# shellcheck source=tests/make/lib.sh
. "$(dirname -- "$0")/lib.sh"

preset_of() {  # preset_of PERSON: that of the last record
  field "$(log_of "$1")" 'r["preset"], r["config"]["network"], r["config"]["timeout"]'
}

for person in $people; do
  project "$person" writes
  mkdir -p "$place/sub" "$place/top/deep" "$work/place-$person/out" "$work/place-$person/elsewhere"
  makefile <<EOS
top: ; @touch sub/a && touch "\$(TMPDIR)/sefaca-make-test" && rm "\$(TMPDIR)/sefaca-make-test"
elsewhere: ; @touch $work/place-$person/elsewhere/a
out: ; @touch $work/place-$person/out/a
down: ; @\$(MAKE) --no-print-directory -C top/deep up
EOS
  (place=$place/top/deep makefile) <<'EOS'
up: ; @touch ../../from-below
EOS
  [ "$person" != user ] || [ "$(id -u)" -ne 0 ] || chown -R "$SEFACA_TEST_USER:" "$work/place-$person"
  extra_env='TMPDIR=/tmp'
  attempt as "$person" make SHELL=sefaca-sh top
  exits "$person: below the top, and in TMPDIR" 0
  extra_env=''
  attempt as "$person" make SHELL=sefaca-sh down
  exits "$person: the top from a make below" 0
  attempt as "$person" make elsewhere
  exits "$person: elsewhere, without sefaca" 0
  rm -f "$work/place-$person/elsewhere/a"
  attempt as "$person" make SHELL=sefaca-sh elsewhere
  exits "$person: elsewhere it is refused" 2
  absent "$person: … and nothing is there" "$work/place-$person/elsewhere/a"
  attempt as "$person" make SHELL=sefaca-sh out
  exits "$person: so is a directory that is not named" 2
  for name in O BUILDDIR; do
    rm -f "$work/place-$person/out/a"
    attempt as "$person" make SHELL=sefaca-sh "$name=$work/place-$person/out" out
    exits "$person: $name= on the command line" 0
  done
  attempt as "$person" make SHELL=sefaca-sh O=../out out
  exits "$person: O= relative to the top" 0
  # A Makefile can't name one.
  rm -f "$work/place-$person/out/a"
  printf 'MAKEFLAGS += O=%s\nexport O = %s\nout: ; @touch %s/a\n' "$work/place-$person/out" \
    "$work/place-$person/out" "$work/place-$person/out" >"$place/named.mk"
  attempt as "$person" make -f named.mk SHELL=sefaca-sh out
  exits "$person: a Makefile's own O is none" 2
  rm -f "$place/from-below"
  attempt as "$person" make -C top/deep SHELL=sefaca-sh up
  exits "$person: -C is the top: not the directory above it" 2
  absent "$person: … where nothing was made" "$place/from-below"

  # The repository's own and the makefiles, which every line could otherwise change for the next
  # make: in place, by rename, by a new file; with a mount namespace and without.
  project "$person" kept
  mkdir -p "$place/.git/hooks" "$place/sub"
  makefile <<'EOS'
include rules.mk
hook: ; @echo x >.git/hooks/post-commit
config: ; @echo x >>.git/config
head: ; @echo x >other && mv -f other .git/HEAD
remove: ; @rm -f .git/HEAD
linked: ; @ln -sf .git alias && echo x >alias/config
edit: ; @echo x >>Makefile
replaced: ; @cp Makefile other && echo x >>other && mv -f other Makefile
included: ; @echo x >>rules.mk
gone: ; @rm -f rules.mk
below: ; @$(MAKE) --no-print-directory -C sub up
beside: ; @echo x >made && mkdir -p d && echo x >d/made
EOS
  echo 'up: ; @echo x >>../Makefile' >"$place/sub/Makefile"
  as_it_was() {  # the files as every attempt finds them
    echo '# rules' >"$place/rules.mk"
    cp "$work/kept-makefile" "$place/Makefile"
    rm -rf "$place/.git" "$place/alias" "$place/other"
    mkdir -p "$place/.git/hooks"
    echo 'ref: refs/heads/main' >"$place/.git/HEAD"
    echo '[core]' >"$place/.git/config"
    [ "$person" != user ] || [ "$(id -u)" -ne 0 ] || chown -R "$SEFACA_TEST_USER:" "$place"
  }
  state() { (cd "$place" && find .git rules.mk Makefile -type f -exec sha256sum {} + 2>/dev/null | sort); }
  cp "$place/Makefile" "$work/kept-makefile"
  as_it_was
  before=$(state)
  for goal in hook config head remove linked edit replaced included gone below; do
    as_it_was
    attempt as "$person" make --no-print-directory "$goal"
    check "$person: $goal, without sefaca" [ "$(state)" != "$before" ]
    for how in with without; do
      as_it_was
      set -- make --no-print-directory "SHELL=$work/lib/sefaca/sh" "$goal" \
        '.SHELLFLAGS=--target=$@ --makefiles='\''$(MAKEFILE_LIST)'\'' -c'
      [ "$how" = with ] || set -- "$without_userns_script" "$@"
      attempt as "$person" "$@"
      exits "$person: $goal is refused ($how user namespaces)" 2
      check "$person: … and nothing has changed" [ "$(state)" = "$before" ]
    done
  done
  as_it_was
  attempt as "$person" make --no-print-directory SHELL=sefaca-sh beside
  exits "$person: beside them it may write" 0

  # Presets: by the program, by the target, by a variable for one target.
  project "$person" presets
  ln -s /bin/true "$place/gen"
  makefile <<EOS
c: ; cc --version >/dev/null
plain: ; @true
check: ; @true
chosen: private export SEFACA_PRESET = testing
chosen: needed ; @true
needed: ; @true
install: ; @touch $work/place-$person/elsewhere/installed
all: install
generated: ; ./gen
include $work/include/sefaca.mk
EOS
  extra_env="sefaca_sh=$work/lib/sefaca/sh"
  attempt as "$person" make c
  check "$person: a compiler's preset, without the network and a clock" \
    [ "$(preset_of "$person")" = "('compiler', 'deny', None)" ]
  attempt as "$person" make plain
  check "$person: anything else: development without the network" \
    [ "$(preset_of "$person")" = "('development', 'deny', None)" ]
  attempt as "$person" make check
  check "$person: the target check: testing" \
    [ "$(preset_of "$person")" = "('testing', 'localhost', None)" ]
  attempt as "$person" make chosen
  check "$person: one target's own SEFACA_PRESET" \
    [ "$(preset_of "$person")" = "('testing', 'localhost', None)" ]
  attempt as "$person" make needed
  check "$person: … does not leak into others" \
    [ "$(preset_of "$person")" = "('development', 'deny', None)" ]
  # A session of its own: the note is said once a build.
  attempt as "$person" setsid -w make install
  exits "$person: install is passed through" 0
  present "$person: … and writes where it likes" "$work/place-$person/elsewhere/installed"
  says "$person: … which is said" "target 'install' is not sandboxed"
  check "$person: … and on record" \
    [ "$(field "$(log_of "$person")" '[g["what"] for g in r["not_enforced"]], r["enforced"]')" = \
      "(['everything'], {})" ]
  rm -f "$work/place-$person/elsewhere/installed"
  attempt as "$person" make all
  exits "$person: a Makefile that asks for install by itself gets no further" 2
  absent "$person: … and wrote nothing" "$work/place-$person/elsewhere/installed"
  attempt as "$person" make SEFACA_PRESET=development install
  exits "$person: sandboxed when asked" 2

  # The table, extended by the user's file and by a project's that is trusted.
  mkdir -p "$(home_of "$person")/.config/sefaca"
  cat >"$(home_of "$person")/.config/sefaca/config.toml" <<'EOS'
[presets.mine]
inherits = "compiler"
[make.targets]
plain = "mine"
install = "development"
[make.programs]
gen = "compiler"
EOS
  attempt as "$person" make plain
  check "$person: [make.targets]" [ "$(preset_of "$person")" = "('mine', 'deny', None)" ]
  attempt as "$person" make generated
  check "$person: [make.programs]" [ "$(preset_of "$person")" = "('compiler', 'deny', None)" ]
  attempt as "$person" make install
  exits "$person: install by a rule of one's own" 2
  attempt as "$person" sefaca config presets
  check "$person: config presets shows the table" grep -Eq 'testing: .*check' "$work/out"
  check "$person: … and the file's rules" grep -q 'config.toml:' "$work/out"
  rm -r "$(home_of "$person")/.config/sefaca"
  printf '[make.targets]\nplain = "testing"\n' >"$place/.sefaca.toml"
  attempt as "$person" make plain
  exits "$person: an untrusted project's file chooses nothing" 2
  says "$person: … and it is said how to trust it" 'sefaca config trust'
  as "$person" sefaca config trust .sefaca.toml >/dev/null
  attempt as "$person" make plain
  check "$person: a trusted one does" [ "$(preset_of "$person")" = "('testing', 'localhost', None)" ]
  rm "$place/.sefaca.toml"
  extra_env=''
done

finish
