#ifndef CURFEW_SLEEP_HPP
#define CURFEW_SLEEP_HPP

#include <curfew/checkpoint.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/impl/sleep.hpp>

namespace curfew {

/// Waits for a while: `co_await sleep_for(1s)`.
///
/// \par Completes when
/// the time has passed; at once when it is zero or negative.
/// \par Completion signature
/// A deferred operation of `void(error_code)`, for any completion token.
/// \par Cancellation
/// Every type ends it at once. In a coroutine that curfew runs it also ends at once when the
/// coroutine is asked to stop and has not been told yet.
/// \par Errors
/// `operation_aborted` when it was cancelled. `errc::invalid_limit`, thrown by the call, for a
/// limit that is not a number.
/// \par Units
/// Any `std::chrono` duration, also a floating one, counted from the await. Never early; at most
/// 131 µs late by curfew's own doing.
/// \par Thread safety
/// Distinct operations: safe. Cancelling: on the handler's executor.
/// \par Lifetime
/// Destroying the context destroys what sleeps in it. A handler without an executor of its own
/// needs one first: `sleep_for(executor, 1s)(use_future)`.
/// \par Example
/// \snippet operations.cpp sleep
/// \see `asio::steady_timer` costs a heap operation and a system call each; a sleep does not.
/// `sleep_until` takes an instant, `sleep_forever` none.
struct sleep_for_fn {
  auto operator()(detail::duration_limit limit) const {
    return detail::sleep(detail::no_executor(), limit.value());
  }
  template <detail::executor_or_context Where>
  auto operator()(Where&& where, detail::duration_limit limit) const {
    return detail::sleep(detail::executor_from(where), limit.value());
  }
};

/// \copydoc sleep_for_fn
inline constexpr sleep_for_fn sleep_for{};

/// Waits until an instant of `curfew::clock`; see `sleep_for`.
///
/// \par Example
/// \snippet operations.cpp sleep_until
struct sleep_until_fn {
  auto operator()(detail::instant_limit deadline) const {
    return detail::sleep(detail::no_executor(), deadline.value());
  }
  template <detail::executor_or_context Where>
  auto operator()(Where&& where, detail::instant_limit deadline) const {
    return detail::sleep(detail::executor_from(where), deadline.value());
  }
};

/// \copydoc sleep_until_fn
inline constexpr sleep_until_fn sleep_until{};

/// Waits until it is cancelled, and keeps the context running meanwhile; see `sleep_for`.
///
/// \par Example
/// \snippet operations.cpp sleep_forever
struct sleep_forever_fn {
  auto operator()() const { return detail::sleep(detail::no_executor(), never); }
  template <detail::executor_or_context Where>
  auto operator()(Where&& where) const {
    return detail::sleep(detail::executor_from(where), never);
  }
};

/// \copydoc sleep_forever_fn
inline constexpr sleep_forever_fn sleep_forever{};

}  // namespace curfew

#endif
