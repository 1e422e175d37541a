// Counts what the program allocates, so that rows can say bytes and allocations beside their times.

#pragma once

#include <cstddef>

namespace bench {

/// Counts from its construction to its destruction; scopes do not nest.
class allocation_scope {
 public:
  allocation_scope();
  ~allocation_scope();
  allocation_scope(allocation_scope const&) = delete;
  allocation_scope& operator=(allocation_scope const&) = delete;

  std::size_t allocations() const;

  /// What was allocated and not yet freed, in bytes as the allocator rounds them.
  std::ptrdiff_t live_bytes() const;

  /// False where the allocator belongs to somebody else: a sanitizer, or a C library without hooks.
  static bool available();
};

}  // namespace bench
