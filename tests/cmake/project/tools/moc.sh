#!/bin/sh
# Stands for Qt's moc: writes what moc_moced.cpp is to hold to the file after -o.
out=''
while [ $# -gt 0 ]; do
  [ "$1" != -o ] || out=$2
  [ "$1" != --version ] || echo 'moc 5.15.0'
  shift
done
[ -z "$out" ] || echo '#define MOCED 6' >"$out"
