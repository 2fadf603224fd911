// Workers: threads for what may block, so that no receiver ever does.
#pragma once

#include <functional>

namespace sefaca {

// Runs `work` on a thread of its own with every signal blocked; false: too many do already, or no
// thread is to be had. `work` must own all it uses: it may outlive whoever asked for it.
bool run_beside(std::function<void()> work);

}  // namespace sefaca
