// The shell that makefiles name by SHELL. `make SHELL=sefaca-sh` takes their own away, and make
// tells nobody what it was: their text is read instead.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/policy/surroundings.h"

namespace sefaca {

// What make reads, in order, where no -f names anything: the first that is there.
std::vector<std::string> default_makefiles();

// The values of SHELL in the makefiles' order of weight, the last assignment first, each as its
// words: `/bin/bash`, `/usr/bin/env bash`. `files`: as make names them, found from `directory`
// (absolute); of default_makefiles() give the one that is there. What they include is read too
// where its name can be told, but for lists of dependencies. `given`: variables of make's command
// line. Read are plain assignments, `override` and `export` before them or not, variables in a
// value, and $(shell command -v NAME); conditions are not, nor what is set for one target only. A
// value that can't be told but speaks of bash is bash. Never fails: what can't be read says
// nothing.
std::vector<std::vector<std::string>> shells_of_makefiles(
    std::span<const std::string> files, const std::string& directory,
    const std::map<std::string, std::string>& given, const Surroundings& surroundings);

}  // namespace sefaca
