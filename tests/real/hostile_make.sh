#!/bin/sh
# A make file with a fetch from the network and a write into the home: both work bare, both are
# refused under the compiler preset, the build says so, and what is harmless is still built.
. "$(dirname -- "$0")/../lib.sh"
enter_own_network

start_receiver 80
tree=$(place_of user)/tree
as user mkdir "$tree"
cp "$(dirname -- "$0")/hostile-make/Makefile" "$(dirname -- "$0")/hostile-make/program.c" "$work"
as user cp "$work/Makefile" "$work/program.c" "$tree"
place=$tree
profile=$(home_of user)/.profile

attempt as user without-userns make
exits 'bare: the build succeeds' 0
check 'bare: the receiver was reached' [ "$(received)" -eq 1 ]
present 'bare: something was fetched' "$tree/fetched"
check 'bare: something was planted' grep -q planted "$profile"
rm -f "$profile" "$tree/fetched" "$tree/program"

attempt as user without-userns SEFACA run --preset=compiler -- make -k
exits_not_zero 'sefaca: the build fails'
says 'sefaca: make names the fetch' 'Makefile:[0-9]+: fetch\] Error'
says 'sefaca: make names the write' 'Makefile:[0-9]+: plant\] Error'
says 'sefaca: the write was refused' '\.profile: (Permission denied|Read-only file system)'
check 'sefaca: the receiver was not reached' [ "$(received)" -eq 1 ]
absent 'sefaca: nothing was fetched' "$tree/fetched"
absent 'sefaca: nothing was planted' "$profile"
attempt as user ./program
prints 'sefaca: the harmless part is built' built

finish
