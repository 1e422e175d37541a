#ifndef CURFEW_TESTING_REPLACE_NEW_HPP
#define CURFEW_TESTING_REPLACE_NEW_HPP

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <curfew/testing/detail/allocations.hpp>
#include <new>

/// \file
/// Replaces the program's `operator new`, so that the kit can count what is allocated and let an
/// allocation fail. Include it in exactly one source file of a test program; a second one is a
/// duplicate symbol. `fail_every_allocation` and `run_test_options::check_memory` need it. clang
/// links an `operator new` of its own with its ThreadSanitizer: there it is a duplicate as well.
///
/// \par Thread safety
/// Blocks are counted over all threads; an allocation fails on the thread of the test only.
/// \par Example
/// \snippet out_of_memory.cpp replace_new
/// \see A sanitizer finds leaks without it, at the end of the program.

namespace curfew::testing::detail::allocations {

inline void* allocate(std::size_t size, std::size_t alignment) noexcept {
  if (!allow()) return nullptr;
  if (size == 0) size = 1;
  void* memory = nullptr;
#ifdef _WIN32
  memory = _aligned_malloc(size, alignment);
#else
  if (alignment <= alignof(std::max_align_t))
    memory = std::malloc(size);
  else if (::posix_memalign(&memory, alignment, size) != 0)
    memory = nullptr;
#endif
  if (memory) got();
  return memory;
}
inline void* require(void* memory) {
  if (!memory) throw std::bad_alloc();
  return memory;
}
inline void release(void* memory) noexcept {
  if (!memory) return;
  gave_back();
#ifdef _WIN32
  _aligned_free(memory);
#else
  std::free(memory);
#endif
}
inline constexpr std::size_t usual = alignof(std::max_align_t);
inline bool const known = (replaced(), true);

}  // namespace curfew::testing::detail::allocations

void* operator new(std::size_t size) {
  using namespace curfew::testing::detail::allocations;
  return require(allocate(size, usual));
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  using namespace curfew::testing::detail::allocations;
  return require(allocate(size, static_cast<std::size_t>(alignment)));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return operator new(size, alignment);
}
void* operator new(std::size_t size, std::nothrow_t const&) noexcept {
  using namespace curfew::testing::detail::allocations;
  return allocate(size, usual);
}
void* operator new[](std::size_t size, std::nothrow_t const& tag) noexcept {
  return operator new(size, tag);
}
void operator delete(void* memory) noexcept {
  curfew::testing::detail::allocations::release(memory);
}
void operator delete[](void* memory) noexcept { operator delete(memory); }
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
void operator delete[](void* memory, std::size_t) noexcept { operator delete(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { operator delete(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { operator delete(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  operator delete(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  operator delete(memory);
}

#ifndef _WIN32
// Asio asks for the frames of coroutines so, and gives them back to `free`: they can be made to
// fail, and are not counted.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  void* memory = nullptr;
  if (alignment < sizeof(void*)) alignment = sizeof(void*);
  if (curfew::testing::detail::allocations::allow() &&
      ::posix_memalign(&memory, alignment, size) == 0)
    return memory;
  errno = ENOMEM;
  return nullptr;
}
#endif

#endif
