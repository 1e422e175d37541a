#ifndef CURFEW_TIMEOUT_HPP
#define CURFEW_TIMEOUT_HPP

#include <curfew/impl/scope.hpp>
#include <curfew/move_on_after.hpp>
#include <curfew/timeout_scope.hpp>
#include <utility>

namespace curfew {

/// Runs a block of awaits under one deadline: `co_await timeout(5s, f, args...)`.
///
/// The block is the coroutine function `f`, called as `f(timeout_scope&, args...)` or `f(args...)`
/// with decayed copies of the arguments that live as long as the block. It runs in the caller's
/// own coroutine: no other is spawned where curfew runs the caller (in the body of a scope, in a
/// task); elsewhere one is, with the same results.
///
/// \par Completes when
/// the block has ended, with all its cleanup: a timeout waits for what it cancelled.
/// \returns `awaitable<T, Executor>` for a block that returns `awaitable<T, Executor>`.
/// \par Cancellation
/// At the deadline the operation that the block waits for is asked to stop, with every cancellation
/// type; from then on each further `co_await` in the block fails at once with `operation_aborted`,
/// until the block is left. A request from outside does the same. A limit that has passed already
/// still starts the block and interrupts it where it first waits; a block that never waits is never
/// interrupted; nor is Asio's `post`, which cannot be cancelled. Asio refuses the `co_await` itself
/// when a request is already pending. Where `this_coro::throw_if_cancelled(false)` told it to
/// refuse nothing, an operation of its own that starts after the deadline runs its full time.
/// \par Errors
/// `errc::timed_out`, when the block ended with a cancellation and its deadline had asked for it;
/// `operation_aborted`, when something outside asked, whichever came first, or `cancel()` did. What
/// else the block throws, and what it returns, is passed on whatever has fired. Where the block's
/// result is an `error_code`, or a tuple that starts with one, the error is put there; the text of
/// an exception says which limit passed, in which task, when it was left, and where it stands.
/// `errc::invalid_limit` for a limit that is not a number.
/// \par Units
/// Any `std::chrono` duration, counted from the await; saturates at `never`. A deadline never fires
/// early, and at most 131 µs late by curfew's own doing.
/// \par Result
/// Never lost.
/// \par Thread safety
/// Distinct calls: safe. The coroutine must be on its own executor.
/// \par Lifetime
/// Lambdas that capture by reference are safe. On g++ 12 a lambda that captures a string or another
/// non-trivial object by value must not stand in an expression that contains a `co_await` (the
/// compiler destroys it twice): pass such things as arguments. An argument that had to be converted
/// for a parameter that is a reference does not compile, where the block's type tells its
/// parameters: the converted object would be gone before the block runs.
/// \par Example
/// \snippet scopes.cpp timeout
/// \see `move_on_after` ends quietly at its deadline. `wait_for` limits one operation. `timeout_at`
/// takes an instant.
struct timeout_fn {
  template <class F, class... Args>
  auto operator()(detail::duration_limit limit, F&& f, Args&&... args) const {
    return detail::run_called<detail::raising>(limit.value(), limit.where, std::forward<F>(f),
                                               std::forward<Args>(args)...);
  }
};

/// \copydoc timeout_fn
inline constexpr timeout_fn timeout{};

/// The same until an instant of `curfew::clock`; see `timeout`.
///
/// \par Example
/// \snippet scopes.cpp timeout_at
struct timeout_at_fn {
  template <class F, class... Args>
  auto operator()(detail::instant_limit deadline, F&& f, Args&&... args) const {
    return detail::run_called<detail::raising>(deadline.value(), deadline.where, std::forward<F>(f),
                                               std::forward<Args>(args)...);
  }
};

/// \copydoc timeout_at_fn
inline constexpr timeout_at_fn timeout_at{};

}  // namespace curfew

#endif
