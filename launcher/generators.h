// The makers of the committed files: completions, man pages, docs/configuration.md,
// docs/degradation.md.
#pragma once

#include <string>

namespace sefaca {

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();
std::string man_sefaca();
std::string man_sefaca_run();
std::string man_sefaca_toml();
std::string configuration_markdown();
std::string degradation_markdown();

}  // namespace sefaca
