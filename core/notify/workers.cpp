#include "core/notify/workers.h"

#include <signal.h>

#include <atomic>
#include <system_error>
#include <thread>

namespace sefaca {
namespace {

constexpr int kMostWorkers = 256;
std::atomic<int> workers = 0;

}  // namespace

bool run_beside(std::function<void()> work) {
  if (workers.fetch_add(1) >= kMostWorkers) {
    workers.fetch_sub(1);
    return false;
  }
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  bool started = true;
  try {
    std::thread([work = std::move(work)] {
      work();
      workers.fetch_sub(1);
    }).detach();
  } catch (const std::system_error&) {
    workers.fetch_sub(1);
    started = false;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return started;
}

}  // namespace sefaca
