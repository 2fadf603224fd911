#!/bin/sh
# fakeroot, with which Debian's packages are built, around sefaca and inside of it: the command sees
# the owners that it gave. Its daemon outside is reached, which is named; nobody waits for ever.
. "$(dirname -- "$0")/../lib.sh"

# shellcheck disable=SC2016  # for the inner shell
owns='touch owned && chown 3:4 owned && stat -c "$(id -u) %u %g" owned; rm -f owned'
for preset in compiler development; do
  attempt as user timeout 60 fakeroot-sysv sefaca run "--preset=$preset" --verbose -- sh -c "$owns"
  exits "$preset: fakeroot around sefaca" 0
  prints "$preset: fakeroot around sefaca: owners are kept" '0 3 4'
  says "$preset: what that opens is named" 'ipc.*fakeroot'
done
attempt as user timeout 60 sefaca run -- fakeroot-sysv sh -c "$owns"
prints 'fakeroot inside: owners are kept' '0 3 4'
check 'fakeroot inside: nothing is opened for it' [ -z "$err" ]
attempt as user timeout 60 fakeroot-sysv sefaca run --level=strict -- sh -c 'id -u'
exits 'strict: not in fakeroot' 0
prints 'strict: the real user' "$(id -u "${SEFACA_TEST_USER:-$(id -un)}")"
finish
