#!/bin/sh
# generate.sh SOURCE HEADER
echo '#define MADE 8' >"$2"
printf '#include "made.h"\nint made_value(void);\nint made_value(void) { return MADE; }\n' >"$1"
