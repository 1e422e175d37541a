// Asio takes memory from std::aligned_alloc and gives it back to std::free, so a replaced operator
// new sees almost none of it. This file therefore replaces the C library's own functions, which
// operator new calls as well. Only glibc offers the originals under a second name.

#include "allocation_counter.hpp"

#include <cerrno>
#include <cstdlib>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BENCH_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BENCH_SANITIZED 1
#endif
#if defined(__GLIBC__) && !defined(BENCH_SANITIZED)
#define BENCH_COUNTS_ALLOCATIONS 1
#include <malloc.h>
#endif

namespace {

// Thread-local, so that counting costs no atomic operation; every row runs on one thread.
constinit thread_local bool counting = false;
constinit thread_local std::size_t allocation_count = 0;
constinit thread_local std::ptrdiff_t live = 0;

}  // namespace

namespace bench {

allocation_scope::allocation_scope() {
  allocation_count = 0;
  live = 0;
  counting = true;
}

allocation_scope::~allocation_scope() { counting = false; }

std::size_t allocation_scope::allocations() const { return allocation_count; }

std::ptrdiff_t allocation_scope::live_bytes() const { return live; }

bool allocation_scope::available() {
#ifdef BENCH_COUNTS_ALLOCATIONS
  return true;
#else
  return false;
#endif
}

}  // namespace bench

#ifdef BENCH_COUNTS_ALLOCATIONS

extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* pointer, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* pointer);

static void* counted(void* pointer) {
  if (counting && pointer != nullptr) {
    ++allocation_count;
    live += static_cast<std::ptrdiff_t>(malloc_usable_size(pointer));
  }
  return pointer;
}

static void discount(void* pointer) {
  if (counting && pointer != nullptr) {
    live -= static_cast<std::ptrdiff_t>(malloc_usable_size(pointer));
  }
}

void* malloc(std::size_t size) { return counted(__libc_malloc(size)); }

void* calloc(std::size_t count, std::size_t size) { return counted(__libc_calloc(count, size)); }

void* realloc(void* pointer, std::size_t size) {
  discount(pointer);
  return counted(__libc_realloc(pointer, size));
}

void* memalign(std::size_t alignment, std::size_t size) {
  return counted(__libc_memalign(alignment, size));
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return counted(__libc_memalign(alignment, size));
}

int posix_memalign(void** result, std::size_t alignment, std::size_t size) {
  *result = counted(__libc_memalign(alignment, size));
  return *result != nullptr ? 0 : ENOMEM;
}

void free(void* pointer) {
  discount(pointer);
  __libc_free(pointer);
}

}  // extern "C"

#endif
