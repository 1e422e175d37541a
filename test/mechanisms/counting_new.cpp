#include "counting_new.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> count{0}, bytes{0}, countdown{0};
std::atomic<bool> failed{false};

bool fails(std::size_t size) noexcept {
  count.fetch_add(1, std::memory_order_relaxed);
  bytes.fetch_add(size, std::memory_order_relaxed);
  if (countdown.load(std::memory_order_relaxed) == 0) return false;
  if (countdown.fetch_sub(1, std::memory_order_relaxed) != 1) return false;
  failed.store(true, std::memory_order_relaxed);
  return true;
}

void* allocate(std::size_t size, std::size_t alignment) noexcept {
  if (fails(size)) return nullptr;
  if (alignment <= alignof(std::max_align_t)) return std::malloc(size ? size : 1);
  void* memory = nullptr;
  return ::posix_memalign(&memory, alignment, size ? size : 1) == 0 ? memory : nullptr;
}

void* require(void* memory) {
  if (!memory) throw std::bad_alloc();
  return memory;
}

}  // namespace

std::size_t allocations() noexcept { return count; }
std::size_t allocated_bytes() noexcept { return bytes; }
void fail_allocation(std::size_t n) noexcept {
  failed = false;
  countdown = n;
}
bool allocation_failed() noexcept { return failed; }

void* operator new(std::size_t size) { return require(allocate(size, 0)); }
void* operator new[](std::size_t size) { return require(allocate(size, 0)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return require(allocate(size, static_cast<std::size_t>(alignment)));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return require(allocate(size, static_cast<std::size_t>(alignment)));
}
void* operator new(std::size_t size, std::nothrow_t const&) noexcept { return allocate(size, 0); }
void* operator new[](std::size_t size, std::nothrow_t const&) noexcept { return allocate(size, 0); }

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

// Takes the place of the C library's.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  if (fails(size)) {
    errno = ENOMEM;
    return nullptr;
  }
  void* memory = nullptr;
  return ::posix_memalign(&memory, alignment < sizeof(void*) ? sizeof(void*) : alignment, size) == 0
             ? memory
             : nullptr;
}
