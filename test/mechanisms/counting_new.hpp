#ifndef CURFEW_TEST_MECHANISMS_COUNTING_NEW_HPP
#define CURFEW_TEST_MECHANISMS_COUNTING_NEW_HPP

#include <cstddef>

// What this program's own `operator new` and `aligned_alloc` (which Asio uses) know.

/// How many allocations there were, and how many bytes were asked for.
std::size_t allocations() noexcept;
std::size_t allocated_bytes() noexcept;

/// Lets the n-th allocation from now on, counted from 1, fail; 0 lets none fail.
void fail_allocation(std::size_t n) noexcept;
/// Whether that happened since.
bool allocation_failed() noexcept;

#endif
