#!/bin/sh
# What the supervisor performs in the command's place can be used at once, whatever is reported: a file
# that was just written is executed, a port that was closed is bound again, although the supervisor is
# slow to close what it holds (strace delays its close(2)). What is made beside something hidden is read.
. "$(dirname -- "$0")/../lib.sh"
enter_own_network "$@"

# shellcheck disable=SC2317  # called by attempt
# slowly OPTION…: sefaca, each of whose own close(2) comes 8 ms late.
slowly() {
  as "$who" strace -o /dev/null -e trace=close -e inject=close:delay_enter=8000 sefaca run "$@"
}

port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
bind_again='
import os, socket
for turn in range(3):
    listener = socket.socket()
    listener.bind(("127.0.0.1", '$port'))
    listener.listen()
    listener.close()
print("bound again")
'

for who in $people; do
  here=$(place_of "$who")
  as "$who" git init -q .
  as "$who" cp /bin/true old
  size=$(stat -c %s "$here/old")
  home="/tmp/${work##*/}-$who"
  for report in off full; do
    for preset in compiler testing; do
      attempt slowly "--preset=$preset" "--report=$report" -- sh -c 'cp /bin/true new && ./new'
      exits "$who, $preset, $report: what was just written is executed" 0
      attempt slowly "--preset=$preset" "--report=$report" -- \
        python3 -c "import os; os.truncate('old', $size); os.execv('./old', ['old'])"
      exits "$who, $preset, $report: what was just cut is executed" 0
      as "$who" mkdir "$home"
      as "$who" "HOME=$home" sefaca run -- true  # its log is there from now on
      # shellcheck disable=SC2016  # for the inner shell
      attempt as "$who" "HOME=$home" sefaca run "--preset=$preset" "--report=$report" -- \
        sh -c 'made=${TMPDIR:-/tmp}/sefaca-made.$$; echo made >"$made"; cat "$made"; rm "$made"'
      prints "$who, $preset, $report: what is made beside a home in /tmp is read" made
      rm -rf "$home"
    done
    for network in localhost host-loopback; do
      attempt slowly --preset=testing "--network=$network" "--report=$report" -- \
        python3 -c "$bind_again"
      prints "$who, $network, $report: what was closed is bound again" 'bound again'
    done
  done
done
finish
