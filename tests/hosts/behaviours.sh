#!/bin/sh
# The behaviour suite: see behaviours.py for its options.
. "$(dirname -- "$0")/../lib.sh"
cp -- "$SEFACA_AS_HOST" "$work/bin/as-host"
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$(dirname -- "$0")/behaviours.py" --work="$work" \
  --people="$(echo "$people" | tr ' ' ,)" "$@"
code=$?
exit "$code"
