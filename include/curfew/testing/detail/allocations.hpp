#ifndef CURFEW_TESTING_DETAIL_ALLOCATIONS_HPP
#define CURFEW_TESTING_DETAIL_ALLOCATIONS_HPP

#include <cstddef>
#include <curfew/export.hpp>

/// What `replace_new.hpp` and the kit tell each other.
namespace curfew::testing::detail::allocations {

/// The program has `replace_new.hpp`.
CURFEW_TESTING_EXPORT void replaced() noexcept;
CURFEW_TESTING_EXPORT bool are_replaced() noexcept;

/// Memory is asked for; false when this time none is to be found.
CURFEW_TESTING_EXPORT bool allow() noexcept;
CURFEW_TESTING_EXPORT void got() noexcept;
CURFEW_TESTING_EXPORT void gave_back() noexcept;
/// How many blocks are in use.
CURFEW_TESTING_EXPORT std::size_t in_use() noexcept;
/// How many times this thread has asked for memory.
CURFEW_TESTING_EXPORT std::size_t asked() noexcept;

/// Lets the n-th time from now, on this thread, find none; 0: none fails.
CURFEW_TESTING_EXPORT void fail(std::size_t n) noexcept;
/// Whether that time came.
CURFEW_TESTING_EXPORT bool has_failed() noexcept;

}  // namespace curfew::testing::detail::allocations

#endif
