// A classic-BPF machine in user space, as far as seccomp filters need one (seccomp(2)): what a
// filter answers to a call, without installing it. The supervisor asks it for the errno of a
// refusal that it was notified of; the tests ask it for everything.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <span>

namespace sefaca {

// SECCOMP_RET_… with its data. An instruction or an end that no filter of ours has is answered with
// SECCOMP_RET_KILL_PROCESS: never with a permission.
std::uint32_t evaluate_filter(std::span<const sock_filter> program, const seccomp_data& data);

}  // namespace sefaca
