#!/bin/sh
for word in "$@"; do printf '<%s>\n' "$word"; done
