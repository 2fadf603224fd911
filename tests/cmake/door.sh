#!/bin/sh
# door.sh: what the CMake door refuses, says and records, on a small project with Debian's CMake.
# shellcheck disable=SC2154,SC2016,SC2317  # variables of lib.sh; scripts in quotes; called by name
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/lib_cmake.sh"
enter_own_network
set_up system small
start_receiver 80
as user mkdir "$source/.git"
# hostile STEP: does it, and tells what worked.
hostile() {
  as user touch "$source/main.c"
  case $1 in
    test) test_with -V -R '^hostile' ;;
    *) build --target "hostile_$1" --verbose ;;
  esac
  grep -ho 'worked: [a-z-]*' "$work/out" "$work/err" | sort | uniq | cut -d ' ' -f 2 | tr '\n' ' '
}
# Bare, all of it works.
configure -DNO_SEFACA=ON
for one in secret plant network makes_out; do
  build --target "$one"
  exits "bare: $one works" 0
done
check 'bare: the receiver was reached' [ "$(received)" -eq 1 ]
build
as user mkdir -p "$(home_of user)/.local/state/sefaca/plans/stand-in"
as user touch "$(home_of user)/.local/state/sefaca/plans/stand-in/a.plan"
for one in compile link custom test; do
  out=$(hostile $one)
  check "bare: $one: all of it works" [ "$out" = 'elsewhere generated git home plan replaced secret source source-new ' ]
  as user rm -f "$source/.git/config"
done
test_with -R '^reads'
exits 'bare: tests read the secret' 0
test_with -R '^fixture'
exits 'bare: a test reaches the server that a fixture left' 0
as user rm -f "$source/planted" "$source/beside" "$source/../planted-by-step"
as user rm -rf "$(home_of user)/.planted-by-step" "$source/.git/config" "$(home_of user)/.local/state/sefaca"

# With the door, none of it does, and the build says what would allow it.
configure
exits 'configured' 0
build
exits 'built' 0
build --target secret
exits_not_zero 'a secret can not be read'
check 'a secret: what would allow it' grep -Eq 'sefaca: .*id_ed25519' "$work/out"
build --target plant
exits_not_zero 'the source tree can not be written'
absent 'nothing was planted' "$source/planted"
check 'the source tree: what would allow it' \
  grep -Eq 'sefaca_policy\(STEP plant READWRITE ' "$work/out"
build --target network
exits_not_zero 'the network can not be reached'
check 'the receiver was not reached' [ "$(received)" -eq 1 ]
build --target makes_out
exits_not_zero 'beside the input nothing is written'
check 'the step is named by its output' grep -Fq 'sefaca_policy(STEP out.txt READWRITE' "$work/out"
# Of what CMake generated, what lies in a directory that the step must write takes a mechanism beyond
# Landlock: it may only work where the record says so.
for one in compile link custom test; do
  worked=$(hostile $one)
  if recorded gap protected_paths; then
    echo "not held here: protected_paths, $one: $worked"
    worked=$(printf '%s' "$worked" | sed -e 's/generated //' -e 's/replaced //')
  fi
  out=$worked
  check "$one: nothing of it works" [ -z "$worked" ]
done
test_with
check 'tests can not read it' grep -Eq 'reads.*Failed' "$work/out"
check 'ctest points to the log' grep -q 'Sefaca: what tests were denied' "$work/out"
check 'the test log names it' grep -Eq 'test reads, exit code 1' "$build/Testing/Temporary/Sefaca.log"
check 'the test log has the path' grep -q 'id_ed25519' "$build/Testing/Temporary/Sefaca.log"
check 'the test log names what a test left running' grep -Eq \
  'left running, and ended with the test: .*sleep.*sefaca_policy\(TEST server KEEP_BACKGROUND\)' \
  "$build/Testing/Temporary/Sefaca.log"
test_with --output-on-failure -R '^reads'
check 'a test stays silent' sh -c '! grep -q sefaca: "$1"' sh "$work/out"
test_with -R '^fixture'
check 'a server that a fixture left: it is gone' grep -Eq 'fixture_client .*Failed' "$work/out"
check '… and so is one that listens on its loopback' grep -Eq 'fixture_tcp_client .*Failed' "$work/out"
check '… and ctest points to the log' grep -q 'Sefaca: what tests were denied' "$work/out"
check '… which names it' grep -Eq \
  'left running.*: python3; .*sefaca_policy\(TEST fixture_server KEEP_BACKGROUND\)' \
  "$build/Testing/Temporary/Sefaca.log"
attempt as user "$ctest" --test-dir "$build/sub"
check 'ctest in a directory below: the same' grep -Eq 'sub\.reads.*Failed' "$work/out"
check 'a test left something running: it was ended' sh -c 'sleep 4; [ ! -e "$1/lives" ]' sh "$build"

# What a shell does around a program's words: `cd x &&`, `|`, `>`.
shell_forms='secret_cd secret_pipe secret_or secret_input secret_second after before'
for generator in Ninja 'Unix Makefiles'; do
  configure -DNO_SEFACA=ON
  for one in $shell_forms plant_redirect; do
    build --target "$one"
    exits "$generator, bare: $one works" 0
  done
  as user rm -f "$source/planted"
  configure
  for one in $shell_forms; do
    build --target "$one"
    exits_not_zero "$generator: $one is refused"
    check "$generator: $one is named" grep -Eq 'sefaca: .*id_ed25519' "$work/out" "$work/err"
  done
  build --target plant_redirect
  exits_not_zero "$generator: plant_redirect is refused"
  absent "$generator: nothing was planted" "$source/planted"
  build --target around
  exits "$generator: around a link step: built" 0
  present "$generator: around a link step: before" "$build/sub/before-link"
  present "$generator: around a link step: after" "$build/after-build"
  check "$generator: around a link step: which is one" recorded has 'link around'
done
generator=Ninja
configure
build

# Exceptions.
configure "-DPOLICY=sefaca_policy(STEP plant READWRITE .)
sefaca_policy(STEP out.txt READWRITE \"\${CMAKE_SOURCE_DIR}\")
sefaca_policy(STEP network NETWORK allow)
sefaca_policy(TEST reads OFF)
sefaca_policy(TEST server fixture_server KEEP_BACKGROUND)
sefaca_policy(TEST fixture_tcp_server KEEP_BACKGROUND NETWORK host-loopback)
sefaca_policy(TEST fixture_tcp_client NETWORK host-loopback)
sefaca_policy(DIRECTORY sub OFF)"
exits 'exceptions: configured' 0
for one in plant makes_out network; do
  build --target "$one"
  exits "exceptions: $one may" 0
done
check 'exceptions: the receiver was reached' [ "$(received)" -eq 2 ]
build --target secret
exits_not_zero 'exceptions: another step may not'
build
test_with
check 'exceptions: the server that a fixture left' grep -Eq ' fixture_client .*Passed' "$work/out"
check 'exceptions: … which listens on the loopback of the machine' grep -Eq ' fixture_tcp_client .*Passed' "$work/out"
check 'exceptions: OFF' grep -Eq ' reads .*Passed' "$work/out"
check 'exceptions: a directory' grep -Eq 'sub\.reads .*Passed' "$work/out"
check 'exceptions: OFF is on record' recorded unsandboxed 'test reads=OFF'
check 'exceptions: KEEP_BACKGROUND' sh -c 'sleep 4; [ -e "$1/lives" ]' sh "$build"
as user rm -f "$source/planted" "$source/beside"

# Mistakes end the configure run, with the nearest spelling.
mistake() {  # mistake NAME PATTERN CALL
  configure "-DPOLICY=$3"
  exits_not_zero "mistake: $1"
  check "mistake: $1: it says so" sh -c 'tr -s "\n " " " <"$1" | grep -Eq -- "$2"' sh "$work/err" "$2"
}
mistake 'a kind' "unknown kind 'TARGT'.*did you mean 'TARGET'" 'sefaca_policy(TARGT program OFF)'
mistake 'a keyword' "did you mean 'NETWORK'" 'sefaca_policy(TARGET program NETWROK allow)'
mistake 'a value' "did you mean 'allow'" 'sefaca_policy(TARGET program NETWORK alow)'
mistake 'a target' "no target 'progam'.*did you mean 'program'" 'sefaca_policy(TARGET progam OFF)'
mistake 'a test' "no test 'pases'.*did you mean 'passes'" 'sefaca_policy(TEST pases OFF)'
mistake 'a directory' "'sbu' is no directory" 'sefaca_policy(DIRECTORY sbu OFF)'
mistake 'a path' 'nowhere.* does not exist' 'sefaca_policy(TARGET program READONLY nowhere)'
mistake 'a preset' "did you mean 'testing'" 'sefaca_policy(TARGET program PRESET tesing)'
configure -DSEFACA_COMPILE_PRESET=compilr
exits_not_zero 'mistake: a preset variable'
configure -DSEFACA_ON_UNAVAILABLE=maybe
exits_not_zero 'mistake: SEFACA_ON_UNAVAILABLE'

# A plan that is not as it was.
configure
build
plans=$(dirname -- "$(find "$(home_of user)/.local/state/sefaca/plans" -name compile.plan)")
as user touch "$source/main.c"
as user cp -p "$plans/compile.plan" "$plans/kept"
changed() {  # changed NAME PATTERN: the build fails with that sentence
  build --target program
  exits_not_zero "$1: the step does not run"
  check "$1: it says so" grep -Eq -- "$2" "$work/out"
  as user rm -f "$plans/compile.plan"
  as user cp -p "$plans/kept" "$plans/compile.plan"
}
as user sh -c 'printf "\377" | dd of="$1/compile.plan" bs=1 seek=300 conv=notrunc' sh "$plans" 2>/dev/null
changed 'a changed plan' 'check sum is wrong.*|run cmake again'
as user chmod 666 "$plans/compile.plan"
changed 'a plan that others can write' 'others can write to it'
as user rm -f "$plans/compile.plan"
changed 'a missing plan' "can't be read: ENOENT"
build --target program
exits 'the plan as it was: it is built' 0
# A step can't write it.
configure "-DPOLICY=add_custom_target(tamper COMMAND sh -c \"echo x >> '$plans/custom.plan'\" VERBATIM)
add_custom_target(replace COMMAND sh -c \"rm -f '$plans/custom.plan'\" VERBATIM)"
for one in tamper replace; do
  build --target "$one"
  exits_not_zero "a step can not $one its plan"
done
build --target program
exits 'the plan is still good' 0

# A changed configuration configures again; where nothing does that, the step says so.
as user mkdir -p "$(home_of user)/.config/sefaca"
printf '[default]\nnetwork = "deny"\n' >"$work/config.toml"
as user cp "$work/config.toml" "$(home_of user)/.config/sefaca/config.toml"
test_with -R passes
exits_not_zero 'a new configuration: tests do not run with the old plan'
configure
exits 'a configuration: configured' 0
build
printf '[default]\nlevel = "strickt"\n' >"$work/config.toml"
sleep 1
as user cp "$work/config.toml" "$(home_of user)/.config/sefaca/config.toml"
build
check 'a changed configuration: cmake runs again' grep -q "did you mean 'strict'" "$work/out" "$work/err"
as user rm -r "$(home_of user)/.config"

# A launcher that is gone.
configure
build
as user touch "$source/main.c"
mv "$work/sefaca/bin/sefaca-launch" "$work/sefaca/bin/gone"
attempt as user ninja -C "$build" -d explain
attempt as user sh -c ". '$plans/step.sh'"
exits 'a missing launcher: the step does not run' 125
says 'a missing launcher: it says so' 'sefaca-launch is missing, so this step was not run'
mv "$work/sefaca/bin/gone" "$work/sefaca/bin/sefaca-launch"

# Bypass, and what a test's environment can not do.
configure
build
extra_env="$extra_env SEFACA_BYPASS=a-reason"
build --target secret
exits 'bypass: the step may' 0
check 'bypass: on record' recorded unsandboxed 'custom CMakeFiles/secret=a-reason'
test_with -R '^reads'
exits 'bypass: the test may' 0
check 'bypass: the test is on record' recorded unsandboxed 'test reads=a-reason'
extra_env="CMAKE_PREFIX_PATH=$work/sefaca"
configure '-DPOLICY=set_tests_properties(reads PROPERTIES ENVIRONMENT "SEFACA_BYPASS=x;SEFACA_LEVEL=permissive;SEFACA_NETWORK=allow")'
build
test_with -R '^reads'
exits_not_zero "a test's environment does not widen"
configure '-DPOLICY=set_tests_properties(passes PROPERTIES ENVIRONMENT "SEFACA_READ=listed;SEFACA_PRESET=compiler;SEFACA_MEMORY=64m")'
build
test_with -R '^passes'
exits "a test's environment narrows" 0

# A test that writes among the sources, where it may not and where it may.
as user rm -f "$source/sub/made"
configure
test_with -R '^sub.writes'
exits_not_zero 'a test that writes among the sources fails'
absent '… and writes nothing' "$source/sub/made"
configure -DSEFACA_SOURCE_WRITABLE=sub
test_with -R '^sub.writes'
exits 'SEFACA_SOURCE_WRITABLE: a test may' 0
present 'SEFACA_SOURCE_WRITABLE: a test has' "$source/sub/made"
finish
