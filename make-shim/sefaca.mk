# sefaca.mk: every recipe's line, $(shell …) and != of this Makefile runs in a sandbox.
#
# Three ways to use it. Nothing else in the Makefile changes:
#
#   include sefaca.mk                       as the LAST line of the Makefile: then the shell and the
#                                           flags that the Makefile chose stay what they were, behind
#                                           the sandbox. Installed where make looks for includes.
#   make -f Makefile -f …/include/sefaca.mk   the same without an edit.
#   MAKEFILES=…/include/sefaca.mk make      without an edit, for every make below too. It is read
#                                           FIRST: a SHELL or .SHELLFLAGS that the Makefile sets is
#                                           overridden; name the shell with SEFACA_SHELL=/bin/bash.
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

ifndef SEFACA_MK
SEFACA_MK := 1

# The program's place: a link named `sh` below lib, beside this file's include. make asks for a
# shell's own name before it does what .ONESHELL promises.
SEFACA_SH ?= $(abspath $(dir $(lastword $(MAKEFILE_LIST)))../lib/sefaca/sh)

# The shell that the lines are written for. A SEFACA_SHELL of the environment or of the command line
# stands; else the Makefile's SHELL, unless that is sefaca already.
ifeq ($(filter undefined,$(origin SEFACA_SHELL)),)
export SEFACA_SHELL
else
export SEFACA_SHELL := $(filter-out %sefaca-sh $(SEFACA_SH),$(SHELL))
endif

# What make gives to the shell: the target (its name decides the preset, and whether it may write
# the makefile that it makes) and the makefiles; then the flags that were there.
SEFACA_FLAGS := $(.SHELLFLAGS)
sefaca_quote = '$(subst ','\'',$(1))'
override SHELL := $(SEFACA_SH)
override .SHELLFLAGS = --target=$(call sefaca_quote,$@) --makefiles=$(call sefaca_quote,$(MAKEFILE_LIST)) $(SEFACA_FLAGS)

endif
