// What a door grants beside level and preset: the build's own directories.
#pragma once

#include <string>
#include <vector>

namespace sefaca {

// All absolute; what is not there is left out. They stand with what our tables say: a person's rule
// for the same path wins, secrets stay hidden, and at level strict they give nothing.
struct DoorPaths {
  std::vector<std::string> write{};
  std::vector<std::string> read{};  // takes nothing from what a rule around it lets be written
  // Stay read-only although something around them is writable (PathRule::Kind::protected_).
  std::vector<std::string> protect{};
  // No secrets, although they are named as one.
  std::vector<std::string> scripts{};
};

}  // namespace sefaca
