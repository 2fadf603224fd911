#include "core/enforce/clone_into.h"

#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>

#include <cstdint>

namespace sefaca {
namespace {

// The C library has no call for it that takes a stack. The new process finds all registers as they
// were (but the result and the stack), so `start` and `argument` are kept in some.
long clone3(const clone_args& args, int (*start)(void*), void* argument) {
#if defined(__x86_64__)
  long result = SYS_clone3;
  register auto first asm("r12") = start;
  register auto second asm("r13") = argument;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"  // no frame above, for who unwinds the stack
      "mov %%r13, %%rdi\n\t"
      "call *%%r12\n\t"
      "hlt\n"
      "1:"
      : "+a"(result)
      : "D"(&args), "S"(sizeof args), "r"(first), "r"(second)
      : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long number asm("x8") = SYS_clone3;
  // cppcheck-suppress constStatement  # a register's initial value
  register long result asm("x0") = reinterpret_cast<long>(&args);
  register long size asm("x1") = sizeof args;
  register auto first asm("x2") = start;
  register auto second asm("x3") = argument;
  asm volatile(
      "svc 0\n\t"
      "cbnz x0, 1f\n\t"
      "mov x29, xzr\n\t"
      "mov x30, xzr\n\t"
      "mov x0, x3\n\t"
      "blr x2\n\t"
      "brk 0\n"
      "1:"
      : "+r"(result)
      : "r"(number), "r"(size), "r"(first), "r"(second)
      : "memory");
  return result;
#else
#error "sefaca knows the system calls of x86_64 and aarch64"
#endif
}

}  // namespace

int clone_into(int group, int (*start)(void*), CloneStack stack, unsigned long flags,
               void* argument, int* pidfd) {
  clone_args args{};
  args.flags = flags | CLONE_INTO_CGROUP;
  args.exit_signal = SIGCHLD;
  args.stack = reinterpret_cast<std::uintptr_t>(stack.lowest);
  args.stack_size = stack.size;
  args.pidfd = reinterpret_cast<std::uintptr_t>(pidfd);
  args.cgroup = static_cast<std::uint64_t>(group);
  return static_cast<int>(clone3(args, start, argument));
}

}  // namespace sefaca
