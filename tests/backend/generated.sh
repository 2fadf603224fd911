#!/bin/sh
# What sefaca would run on other systems, checked on this one: profiles of macOS's sandbox are
# evaluated by a small Scheme, jail.conf is read back, and the code that would run them compiles.
. "$(dirname -- "$0")/../lib.sh"
command -v tinyscheme >/dev/null || skip 'there is no tinyscheme'
command -v clang >/dev/null || skip 'there is no clang'
here=$(cd -- "$(dirname -- "$0")" && pwd -P)
root=$(cd -- "$here/../.." && pwd -P)

person=user
home=$(home_of user)
place=$(place_of user)
as user mkdir -p "$home/.ssh" "$place/.git/hooks" "$work/home-user/data"
as user sh -c 'echo x >"$HOME/.ssh/id_ed25519"; echo x >"$HOME/.netrc"; echo "[core]" >.git/config'

# dry BACKEND OPTION…: the plan, on this host, which is neither.
dry() {
  dry_backend=$1
  shift
  attempt as user sefaca run --backend="$dry_backend" --dry-run "$@" -- cc -c 'a b.c'
  exits "$dry_backend $*: is printed on any host" 0
}

# --- macOS's sandbox ------------------------------------------------------------------------------

# judge NAME: the last profile against the questions on standard input.
judge() {
  sed -n '/^File sefaca.sb:$/,$p' "$work/out" | sed '1d; s/#"/"/g' >"$work/profile.scm"
  cat >"$work/questions.scm"
  cat >"$work/ask.scm" <<ASK
(define PROFILE "$work/profile.scm")
(define QUESTIONS "$work/questions.scm")
(load "$here/seatbelt.scm")
ASK
  (cd "$work" && TINYSCHEMEINIT=$(tinyscheme_init) timeout 20 tinyscheme "$work/ask.scm") \
    >"$work/judged" 2>&1
  wanted=$(grep -c . "$work/questions.scm")
  out=$(cat "$work/judged")
  check "seatbelt $1: answers as wanted" \
    sh -c '! grep -q "^wrong\|^stop" "$1" && grep -q "^rules [1-9][0-9]* questions $2\$" "$1"' \
    sh "$work/judged" "$wanted"
}
tinyscheme_init() {
  for init in /usr/lib/tinyscheme/init.scm /usr/share/tinyscheme/init.scm; do
    [ ! -e "$init" ] || { echo "$init"; return; }
  done
}
# macOS's /var is a link; the profile has what it leads to.
real() { echo "/private$1"; }

dry seatbelt
judge default <<Q
(allow file-read-data path "/usr/lib/libc.dylib")
(allow file-read-data path "$(real "$place")/a b.c")
(allow file-write-create path "$(real "$place")/a.o")
(deny file-write-data path "$(real "$place")/.git/hooks/pre-commit")
(allow file-read-data path "$(real "$place")/.git/hooks/pre-commit")
(deny file-write-create path "$(real "$place")/.envrc")
(deny file-write-create path "/usr/local/bin/x")
(deny file-write-mode path "/usr/local/bin/x")
(deny file-write-create path "$(real "$home")/x")
(deny file-read-data path "$(real "$home")/.ssh/id_ed25519")
(allow file-read-metadata path "$(real "$home")/.ssh/id_ed25519")
(deny file-read-data path "$(real "$home")/.netrc")
(allow file-write-data path "/dev/null")
(deny file-write-unlink path "/dev/null")
(allow file-write-data path "/dev/ttys003")
(deny file-write-data path "/dev/disk0")
(allow process-exec path "/usr/bin/cc")
(allow process-fork path "")
(allow network-outbound host "localhost")
(allow network-inbound host "localhost")
(deny network-outbound host "example.com")
(deny network-outbound path "/private/var/run/docker.sock")
(allow signal target same)
(deny signal target other)
(deny mach-lookup name "com.apple.pasteboard.1")
(deny iokit-open path "")
Q
dry seatbelt --level=strict
judge strict <<Q
(allow file-read-data path "$(real "$place")/a b.c")
(deny file-write-create path "$(real "$place")/a.o")
(deny file-read-data path "$(real "$home")/.ssh/id_ed25519")
(deny network-outbound host "localhost")
(deny network-outbound host "example.com")
(deny network-bind host "localhost")
(deny file-write-create path "/private/tmp/x")
Q
dry seatbelt --preset=network-client
judge network-client <<Q
(allow network-outbound host "example.com")
(deny file-write-create path "$(real "$place")/a.o")
(deny file-read-data path "/Users/other/x")
(allow file-read-data path "/System/Library/x")
(deny file-read-data path "$(real "$home")/.netrc")
Q
dry seatbelt --network=deny --readwrite="$home/data" --readonly="$home/.ssh/id_ed25519"
judge options <<Q
(allow file-write-create path "$(real "$home")/data/x")
(deny file-write-create path "$(real "$home")/data2/x")
(allow file-read-data path "$(real "$home")/.ssh/id_ed25519")
(deny file-write-data path "$(real "$home")/.ssh/id_ed25519")
(deny network-outbound host "localhost")
Q
# The evaluation itself can say no.
echo '(allow file-write-create path "/usr/x")' >"$work/questions.scm"
(cd "$work" && TINYSCHEMEINIT=$(tinyscheme_init) timeout 20 tinyscheme "$work/ask.scm") \
  >"$work/judged" 2>&1
check 'seatbelt: a wrong answer is found' grep -q '^wrong' "$work/judged"
echo '(allow teleport (subpath "/"))' >>"$work/profile.scm"
(cd "$work" && TINYSCHEMEINIT=$(tinyscheme_init) timeout 20 tinyscheme "$work/ask.scm") \
  >"$work/judged" 2>&1
check 'seatbelt: an unknown operation is found' grep -q '^stop' "$work/judged"

attempt as user sefaca run --backend=seatbelt -- true
exits 'seatbelt: nothing is run here' 125
says 'seatbelt: and it says why' 'needs Darwin; this is Linux'

# --- FreeBSD jails ---------------------------------------------------------------------------------

cat >"$work/jail.py" <<'PY'
"""Reads jail.conf's grammar back: a name, a block of `key;`, `key = value;`, `key += value;`."""
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
text = text[text.index("File jail.conf:\n") + len("File jail.conf:\n"):]
token = re.compile(r'\s+|#[^\n]*|"(?:[^"\\]|\\.)*"|\+=|[={};]|[^\s"={};+]+')
tokens, at = [], 0
while at < len(text):
    found = token.match(text, at)
    if not found:
        sys.exit(f"no token at {text[at:at + 40]!r}")
    at = found.end()
    if not found.group().isspace() and not found.group().startswith("#"):
        tokens.append(found.group())
name, brace, *body = tokens
assert brace == "{" and body[-1] == "}", tokens[:3]
values, i = {}, 0
while body[i] != "}":
    key, mark = body[i], body[i + 1]
    if mark == ";":
        values[key], i = [], i + 2
        continue
    assert mark in ("=", "+=") and body[i + 3] == ";", body[i:i + 4]
    assert mark == "+=" or key not in values, f"{key} twice"
    value = re.sub(r"\\(.)", r"\1", body[i + 2].strip('"'))
    values.setdefault(key, []).append(value)
    i += 4
expected = dict(line.rstrip("\n").split("\t") for line in sys.stdin)
for key, wanted in expected.items():
    absent = key.startswith("!")
    there = key.lstrip("!") in values and (
        not wanted or any(wanted in value for value in values[key.lstrip("!")]))
    if there == absent:
        sys.exit(f"{key}: {wanted!r} wanted, {values.get(key.lstrip('!'))} found")
places = [line.split()[1] for line in values["mount"]]
assert places == sorted(places, key=places.index) and len(set(places)) == len(places), places
for line in values["mount"]:
    assert len(line.split()) == 6, line
PY
jail_says() {
  check "jail $1: reads back as wanted" /usr/bin/python3 "$work/jail.py" "$work/out"
}
dry jail --timeout=60 --memory=64m --cpu-time=5
jail_says default <<Q
vnet	
exec.created	memoryuse:deny=67108864
exec.start	/bin/sh /.sefaca/start
exec.stop	/bin/kill -TERM -1
mount	$place/.git/hooks nullfs ro
enforce_statfs	2
!ip4	inherit
exec.poststop	rctl -r
Q
check 'jail: the command is quoted in its start' grep -q "cc -c 'a b.c'" "$work/out"
check 'jail: no secret is mounted' sh -c '! grep -q "\.ssh" "$1"' sh "$work/out"
dry jail --level=strict
jail_says strict <<Q
ip4	disable
ip6	disable
mount	$place nullfs ro
!vnet	
Q
dry jail --network
jail_says network <<Q
ip4	inherit
!vnet	
Q
attempt as user sefaca run --backend=jail -- true
exits 'jail: nothing is run here' 125
says 'jail: and it says why' 'needs FreeBSD; this is Linux'

# --- The code that would run them --------------------------------------------------------------------

# shellcheck disable=SC2317  # called by check
# compiles TARGET FILE: against headers of ours, as far as clang looks without those of the system.
compiles() {
  clang --target="$1" -x c++ -std=c++20 -fsyntax-only -nostdlibinc -isystem "$here/stubs" \
    -I "$root" -Wall -Wextra -Wshadow -Wconversion -Werror "$2" 2>"$work/err"
}
for target in x86_64-unknown-freebsd14 aarch64-unknown-freebsd14; do
  check "jail: compiles for $target" compiles "$target" "$root/core/backend/jail/run_freebsd.cpp"
done
for target in x86_64-apple-macos13 arm64-apple-macos13; do
  check "seatbelt: compiles for $target" \
    compiles "$target" "$root/core/backend/seatbelt/run_darwin.cpp"
done
{ cat "$root/core/backend/jail/run_freebsd.cpp"; echo 'int wrong() { return jail_remove("name"); }'; } \
  >"$work/wrong.cpp"
check 'a wrong call does not compile' sh -c '! "$@"' sh clang --target=x86_64-unknown-freebsd14 \
  -std=c++20 -fsyntax-only -nostdlibinc -isystem "$here/stubs" -I "$root" "$work/wrong.cpp" 2>/dev/null
finish
