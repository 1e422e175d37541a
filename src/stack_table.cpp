#include <curfew/detail/stack_table.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <curfew/detail/spin_lock.hpp>
#include <memory>
#include <mutex>

namespace curfew::detail {
namespace {

// Open addressing with linear probing. Invariants:
// 1. Only a writer, under the shard's lock, changes a cell; a cell's value is written before its
//    key, and the cell of a live key is neither moved nor changed in its array.
// 2. So a reader that looks for its own key, which only it enters and erases, finds it without a
//    lock. It may look through an array that has just been replaced: those are kept.
// 3. Between a key's home and its cell no cell is empty; erased ones become `erased`, or empty
//    where the next one is.
struct cell {
  std::atomic<std::uintptr_t> key{0};
  region_stack* stack = nullptr;
};
constexpr std::uintptr_t empty = 0, erased = 1;

struct cells {
  cells(std::size_t size, cells* replaced)
      : mask(size - 1), at(std::make_unique<cell[]>(size)), older(replaced) {}
  std::size_t mask;
  std::unique_ptr<cell[]> at;
  cells* older;  ///< Kept, because readers may still be in it; together at most as large.
};

// Fibonacci hashing: the high bits of the product depend on every bit of the key.
std::uint64_t hash(std::uintptr_t key) noexcept {
  return (std::uint64_t{key} * 0x9E3779B97F4A7C15ULL) >> 16;
}

class alignas(64) shard {
 public:
  void enter(std::uintptr_t key, region_stack* stack) {
    std::lock_guard guard(lock_);
    cells* in = current_.load(std::memory_order_relaxed);
    if (!in || (used_ + 1) * 2 > in->mask + 1) in = grow();
    put(*in, key, stack);
    ++live_;
  }

  void erase(std::uintptr_t key) noexcept {
    std::lock_guard guard(lock_);
    cells& in = *current_.load(std::memory_order_relaxed);
    auto i = hash(key) & in.mask;
    while (in.at[i].key.load(std::memory_order_relaxed) != key) i = (i + 1) & in.mask;
    in.at[i].key.store(erased, std::memory_order_release);
    --live_;
    if (in.at[(i + 1) & in.mask].key.load(std::memory_order_relaxed) != empty) return;
    for (; in.at[i].key.load(std::memory_order_relaxed) == erased; i = (i - 1) & in.mask) {
      in.at[i].key.store(empty, std::memory_order_release);
      --used_;
    }
  }

  region_stack* find(std::uintptr_t key) const noexcept {
    cells const* in = current_.load(std::memory_order_acquire);
    if (!in) return nullptr;
    for (auto i = hash(key) & in->mask;; i = (i + 1) & in->mask) {
      auto const found = in->at[i].key.load(std::memory_order_acquire);
      if (found == key) return in->at[i].stack;
      if (found == empty) return nullptr;
    }
  }

  std::size_t size() noexcept {
    std::lock_guard guard(lock_);
    return live_;
  }

 private:
  void put(cells& in, std::uintptr_t key, region_stack* stack) noexcept {
    auto i = hash(key) & in.mask;
    while (in.at[i].key.load(std::memory_order_relaxed) > erased) i = (i + 1) & in.mask;
    if (in.at[i].key.load(std::memory_order_relaxed) == empty) ++used_;
    in.at[i].stack = stack;
    in.at[i].key.store(key, std::memory_order_release);
  }

  cells* grow() {
    cells* old = current_.load(std::memory_order_relaxed);
    std::size_t size = old ? old->mask + 1 : 64;
    while (old && (live_ + 1) * 4 > size) size *= 2;
    if (old && size == old->mask + 1) size *= 2;  // full of erased cells
    auto* const next = new cells(size, old);
    used_ = 0;
    for (std::size_t i = 0; old && i <= old->mask; ++i) {
      auto const key = old->at[i].key.load(std::memory_order_relaxed);
      if (key > erased) put(*next, key, old->at[i].stack);
    }
    current_.store(next, std::memory_order_release);
    return next;
  }

  spin_lock lock_;
  std::atomic<cells*> current_{nullptr};
  std::size_t live_ = 0;  ///< Keys.
  std::size_t used_ = 0;  ///< Keys and erased cells.
};

// Never destroyed: coroutines may die after everything static.
union lasting_table {
  constexpr lasting_table() : at{} {}
  ~lasting_table() {}
  std::array<shard, stack_shards> at;
};
constinit lasting_table table;

std::size_t index_of(void* key) noexcept {
  return (hash(reinterpret_cast<std::uintptr_t>(key)) >> 40) % stack_shards;
}

shard& shard_of(void* key) noexcept { return table.at[index_of(key)]; }

}  // namespace

std::size_t stack_shard(void* key) noexcept { return index_of(key); }

void enter_stack(void* key, region_stack* stack) {
  shard_of(key).enter(reinterpret_cast<std::uintptr_t>(key), stack);
}

void erase_stack(void* key) noexcept { shard_of(key).erase(reinterpret_cast<std::uintptr_t>(key)); }

region_stack* find_stack(void* key) noexcept {
  if (!key) return nullptr;
  return shard_of(key).find(reinterpret_cast<std::uintptr_t>(key));
}

std::size_t count_stacks() noexcept {
  std::size_t count = 0;
  for (auto& each : table.at) count += each.size();
  return count;
}

}  // namespace curfew::detail
