// The launcher's operator new. What a run needs is small, early and soon over: small blocks of the
// first thread come from an arena with a list for each size, which costs a tenth of what a malloc
// costs that never gets warm (docs/performance.md). What does not fit is malloc's as ever, so a run
// of many hours holds no more than it would without.
//
// A block that is freed twice, or was never one, ends the program.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t kGrain = 16;     // alignment, and the distance of sizes
constexpr std::size_t kLargest = 512;  // bytes
constexpr std::size_t kArena = 256 * 1024;

struct Free {
  Free* next;
};

// What begins at each grain: nothing, or a block of so many grains, free or not.
constexpr std::uint8_t kIsFree = 0x80;
static_assert(kLargest / kGrain < kIsFree);

alignas(kGrain) constinit std::byte arena[kArena];
constinit std::uint8_t blocks[kArena / kGrain];
constinit std::size_t used = 0;  // bytes of the arena that blocks were cut from
constinit Free* lists[kLargest / kGrain + 1];

// The arena belongs to the thread that was the first to ask, which is main's.
constinit bool taken = false;
constinit thread_local bool is_mine = false;

bool may_use_arena() {
  if (!taken) taken = is_mine = true;
  return is_mine;
}

std::size_t grain_of(const void* block) {
  return static_cast<std::size_t>(static_cast<const std::byte*>(block) - arena) / kGrain;
}

bool in_arena(const void* block) {
  const auto at = reinterpret_cast<std::uintptr_t>(block);
  const auto begin = reinterpret_cast<std::uintptr_t>(arena);
  return at - begin < kArena;
}

// A block of so many grains, nullptr when the arena is full.
void* take(std::size_t grains) {
  if (Free* out = lists[grains]; out != nullptr) {
    lists[grains] = out->next;
    blocks[grain_of(out)] = static_cast<std::uint8_t>(grains);
    return out;
  }
  const std::size_t bytes = grains * kGrain;
  if (kArena - used < bytes) return nullptr;
  std::byte* out = arena + used;
  blocks[used / kGrain] = static_cast<std::uint8_t>(grains);
  used += bytes;
  return out;
}

void* allocate(std::size_t size) {
  if (size <= kLargest && may_use_arena()) {
    if (void* out = take(size == 0 ? 1 : (size + kGrain - 1) / kGrain)) return out;
  }
  void* out = std::malloc(size == 0 ? 1 : size);
  if (out == nullptr) throw std::bad_alloc();
  return out;
}

void release(void* block) noexcept {
  if (!in_arena(block)) return std::free(block);
  std::uint8_t& state = blocks[grain_of(block)];
  if (state == 0 || (state & kIsFree) != 0) std::abort();
  if (!is_mine) return;  // another thread's: it stays taken, which is safe and rare
  auto* freed = static_cast<Free*>(block);
  freed->next = lists[state];
  lists[state] = freed;
  state |= kIsFree;
}

}  // namespace

// The forms for alignments beyond the usual stay with the library.
void* operator new(std::size_t size) {
  return allocate(size);
}
void* operator new[](std::size_t size) {
  return allocate(size);
}
void operator delete(void* block) noexcept {
  release(block);
}
void operator delete[](void* block) noexcept {
  release(block);
}
void operator delete(void* block, std::size_t /*size*/) noexcept {
  release(block);
}
void operator delete[](void* block, std::size_t /*size*/) noexcept {
  release(block);
}
