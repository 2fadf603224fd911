// The shell that makefiles name, read from their text.
#include "launcher/makefile_shell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/text.h"
#include "tests/unit/policy/host.h"

namespace sefaca {
namespace {

using testing::Host;

// "bash -e | /bin/sh": the values of SHELL in /home/u/p/Makefile, the last first.
std::string shells(const std::string& text, const std::map<std::string, std::string>& given = {},
                   const std::string& included = "") {
  Host host;
  host.files.file("/home/u/p/Makefile", text).file("/home/u/p/inc.mk", included);
  const std::vector<std::string> files{"Makefile"};
  std::vector<std::string> out;
  for (const auto& words : shells_of_makefiles(files, "/home/u/p", given, host.surroundings))
    out.push_back(join(words, " "));
  return join(out, " | ");
}

TEST(MakefileShell, EveryPlainWayToSayIt) {
  for (const char* line :
       {"SHELL = /bin/bash", "SHELL=/bin/bash", "SHELL := /bin/bash # why", "SHELL ::= /bin/bash",
        "export SHELL = /bin/bash", "override SHELL := /bin/bash  ", "  SHELL = /bin/bash",
        "SHELL = \\\n  /bin/bash", "ifeq (a,b)\nSHELL = /bin/bash\nendif"}) {
    EXPECT_EQ(shells(concat("CC = gcc\n", line, "\nall:\n\techo\n")), "/bin/bash") << line;
  }
  EXPECT_EQ(shells("SHELL = /bin/bash"), "/bin/bash");  // without a newline
  EXPECT_EQ(shells("SHELL = /usr/bin/env bash\n"), "/usr/bin/env bash");
}

TEST(MakefileShell, WhatIsNoAssignmentOfIt) {
  for (const char* line : {"CONFIG_SHELL = /bin/bash", "\tSHELL = /bin/bash", "# SHELL = /bin/bash",
                           "SHELL ?= /bin/bash", "SHELL += /bin/bash", "x: SHELL = /bin/bash",
                           "$(SHELL) = /bin/bash", "define a\nSHELL = /bin/bash\nendef",
                           "X = \\\nSHELL = /bin/bash", "SHELL =", "", "SHELL"}) {
    EXPECT_EQ(shells(concat(line, "\n")), "") << line;
  }
}

TEST(MakefileShell, TheLastIsTheFirstToBeTried) {
  EXPECT_EQ(shells("SHELL = /bin/sh\nSHELL = /bin/bash\n"), "/bin/bash | /bin/sh");
}

TEST(MakefileShell, VariablesInIt) {
  EXPECT_EQ(shells("SHELL = $(S)\nS = ${B}h\nB = /bin/bas\n"), "/bin/bash");
  EXPECT_EQ(shells("SHELL = $(S)\nS = /bin/sh\n", {{"S", "/bin/bash"}}), "/bin/bash");
  EXPECT_EQ(shells("SHELL = $(HOME)/sh\n"), "/home/u/sh");
  EXPECT_EQ(shells("SHELL = $(SHELL)\n"), "");
  EXPECT_EQ(shells("SHELL = $(A)\nA = $(B)\nB = $(A)\n"), "");
  EXPECT_EQ(shells("SHELL = $(\n"), "");
  EXPECT_EQ(shells("SHELL = $\n"), "");
}

TEST(MakefileShell, WhatAShellWouldFind) {
  EXPECT_EQ(shells("SHELL := $(shell which bash)\n"), "bash");
  EXPECT_EQ(shells("SHELL := $(shell command -v zsh 2>/dev/null)\n"), "zsh");
  EXPECT_EQ(shells("SHELL := $(shell ./find-a-shell)\n"), "");
  // What can't be told but speaks of bash.
  EXPECT_EQ(shells("SHELL := $(shell if [ -x /bin/bash ]; then echo /bin/bash; fi)\n"), "bash");
}

TEST(MakefileShell, IncludedFiles) {
  EXPECT_EQ(shells("include inc.mk\n", {}, "SHELL = /bin/bash\n"), "/bin/bash");
  EXPECT_EQ(shells("-include $(D)/inc.mk missing.mk\nD = .\n", {}, "SHELL = /bin/bash\n"), "");
  EXPECT_EQ(shells("D = .\nsinclude $(D)/inc.mk\n", {}, "SHELL = /bin/bash\n"), "/bin/bash");
  EXPECT_EQ(shells("include inc.mk\nSHELL = /bin/sh\n", {}, "include Makefile\nSHELL = bash\n"),
            "/bin/sh | bash");
}

}  // namespace
}  // namespace sefaca
