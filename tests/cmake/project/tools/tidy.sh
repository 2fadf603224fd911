#!/bin/sh
# Stands for clang-tidy: looks at the file that it is given and finds nothing.
for word in "$@"; do
  case $word in *.cxx | *.cpp) [ -r "$word" ] || exit 1 ;; esac
done
