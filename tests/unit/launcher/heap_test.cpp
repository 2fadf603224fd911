// The launcher's operator new, linked into this program in place of the library's.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <random>
#include <thread>
#include <vector>

namespace sefaca {
namespace {

struct Block {
  unsigned char* at;
  std::size_t size;
  unsigned char mark;
};

bool is_whole(const Block& block) {
  for (std::size_t i = 0; i < block.size; ++i) {
    if (block.at[i] != block.mark) return false;
  }
  return true;
}

// Blocks of all sizes, filled, freed in any order: none ever touches another.
void allocate_and_free(unsigned seed, std::size_t largest, int rounds) {
  std::mt19937 random(seed);
  std::vector<Block> blocks;
  for (int i = 0; i < rounds; ++i) {
    if (blocks.size() < 400 && random() % 5 < 3) {
      const std::size_t size = random() % (largest + 1);
      auto* at = static_cast<unsigned char*>(::operator new(size));
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(at) % alignof(std::max_align_t), 0U);
      const auto mark = static_cast<unsigned char>(random());
      std::memset(at, mark, size);
      blocks.push_back({at, size, mark});
    } else if (!blocks.empty()) {
      const std::size_t which = random() % blocks.size();
      ASSERT_TRUE(is_whole(blocks[which]));
      if (random() % 2 == 0) {
        ::operator delete(blocks[which].at, blocks[which].size);
      } else {
        ::operator delete(blocks[which].at);
      }
      blocks[which] = blocks.back();
      blocks.pop_back();
    }
  }
  for (const Block& block : blocks) {
    ASSERT_TRUE(is_whole(block));
    ::operator delete(block.at);
  }
}

TEST(Heap, BlocksKeepTheirContents) {
  allocate_and_free(1, 64, 20'000);
  allocate_and_free(2, 600, 20'000);   // across the largest size of the arena
  allocate_and_free(3, 9000, 20'000);  // more than the arena holds
}

TEST(Heap, AFreedBlockIsUsedAgain) {
  void* first = ::operator new(48);
  ::operator delete(first);
  void* second = ::operator new(40);  // the same number of grains
  EXPECT_EQ(first, second);
  ::operator delete(second);
}

TEST(Heap, OtherThreadsHaveBlocksOfTheirOwn) {
  std::vector<std::thread> threads;
  for (unsigned seed = 10; seed < 14; ++seed)
    threads.emplace_back([seed] { allocate_and_free(seed, 700, 20'000); });
  allocate_and_free(14, 700, 20'000);
  for (std::thread& thread : threads) thread.join();
}

TEST(Heap, BlocksMayBeFreedByAnotherThread) {
  std::vector<std::unique_ptr<std::string>> made;
  for (int i = 0; i < 1000; ++i) made.push_back(std::make_unique<std::string>(i % 40, 'x'));
  std::thread other([&] {
    made.clear();
    for (int i = 0; i < 1000; ++i) made.push_back(std::make_unique<std::string>(i % 40, 'y'));
  });
  other.join();
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(made[static_cast<std::size_t>(i)]->size(), static_cast<std::size_t>(i % 40));
  }
}

TEST(Heap, StricterAlignmentsAreHonoured) {
  struct alignas(256) Wide {
    char bytes[256];
  };
  const auto wide = std::make_unique<Wide>();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(wide.get()) % 256, 0U);
}

// The compiler would see what is wrong.
char* hidden(void* block) {
  void* volatile out = block;
  return static_cast<char*>(out);
}

TEST(HeapDeathTest, AWrongFreeEndsTheProgram) {
  EXPECT_DEATH(
      {
        char* block = hidden(::operator new(32));
        ::operator delete(hidden(block));
        ::operator delete(hidden(block));
      },
      "");
  EXPECT_DEATH(
      {
        char* block = hidden(::operator new(64));
        ::operator delete(hidden(block + 16));  // inside, no block
      },
      "");
}

}  // namespace
}  // namespace sefaca
