# sefaca.mk: every recipe's line, $(shell …) and != of this Makefile runs in a sandbox.
#
# Three ways to use it. Nothing else in the Makefile changes:
#
#   include sefaca.mk                       as the LAST line of the Makefile: then the shell and the
#                                           flags that the Makefile chose stay what they were, behind
#                                           the sandbox. Installed where make looks for includes.
#   make -f Makefile -f …/include/sefaca.mk   the same without an edit.
#   MAKEFILES=…/include/sefaca.mk make      without an edit, for every make below too. It is read
#                                           FIRST: .SHELLFLAGS that the Makefile sets are overridden;
#                                           the SHELL that it names is found in its text, or named
#                                           with SEFACA_SHELL=/bin/bash.
#
# Simplest of all, and without this file: make SHELL=sefaca-sh. What that lacks is the target's name
# (below), so `make check` has the rights of any other line.
#
# A Makefile can take its SHELL back. For one that you don't trust run make itself in a sandbox:
# sefaca run --preset=development -- make
#
# Exceptions are made with make's own variables, for one target and not for what it depends on:
#
#   test: private export SEFACA_PRESET = testing
#   fetch: private export SEFACA_NETWORK = allow
#   plain: private SHELL = /bin/sh
#
# Every option of `sefaca run` has such a variable; `sefaca config presets` shows which target and
# which program gets which preset, and [make.targets] and [make.programs] in a configuration file
# change that.

ifneq ($(origin sefaca_mk),file)
sefaca_mk := 1

# The program's place: a link named `sh` below lib, beside this file's include. make asks for a
# shell's own name before it does what .ONESHELL promises.
ifneq ($(origin sefaca_sh),environment)
sefaca_sh := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))../lib/sefaca/sh)
endif

# The shell that the lines are written for. One that you name stands: SEFACA_SHELL in the environment
# or on the command line. Else it is the Makefile's SHELL, here and again in each make below.
ifneq ($(filter-out undefined,$(origin SEFACA_SHELL)),)
ifneq ($(origin SEFACA_SHELL)/$(sefaca_shell_follows),environment/1)
sefaca_shell_named := 1
endif
endif
ifndef sefaca_shell_named
export sefaca_shell_follows := 1
# Read first, nothing is known yet: sefaca-sh then finds SHELL in the text of the makefiles.
ifneq ($(filter 1,$(words $(MAKEFILE_LIST)))$(filter %sefaca.mk,$(MAKEFILES)),)
unexport SEFACA_SHELL
else
export SEFACA_SHELL := $(filter-out %sefaca-sh $(sefaca_sh),$(SHELL))
endif
endif

# What make gives to the shell: the target (its name decides the preset, and whether it may write
# the makefile that it makes) and the makefiles; then the flags that were there.
sefaca_flags := $(.SHELLFLAGS)
sefaca_quote = '$(subst ','\'',$(1))'
override SHELL := $(sefaca_sh)
override .SHELLFLAGS = --target=$(call sefaca_quote,$@) --makefiles=$(call sefaca_quote,$(MAKEFILE_LIST)) $(sefaca_flags)

endif
