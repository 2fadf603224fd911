#!/bin/sh
# The escape suite in a network of its own; see escape.py for its options.
. "$(dirname -- "$0")/../lib.sh"
own_addresses='192.0.2.1/32 169.254.169.254/32'
enter_own_network "$@"
# A machine in WSL has its interop's sockets there; this one's own /run stays what it is. Without root
# those attempts can't be done bare, and say so.
if [ "$(id -u)" -eq 0 ]; then
  mount -t tmpfs -o mode=755 none /run || exit 1
  mkdir -m 755 /run/WSL
fi

cp -- "$SEFACA_AS_HOST" "$work/bin/as-host"
cp -- "$SEFACA_ATTEMPT" "$work/bin/attempt"
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$(dirname -- "$0")/escape.py" --work "$work" "$@"
code=$?
exit "$code"
