#ifndef CURFEW_MOVE_ON_AFTER_HPP
#define CURFEW_MOVE_ON_AFTER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <curfew/impl/move_on.hpp>
#include <curfew/timeout_scope.hpp>
#include <utility>

namespace curfew {

/// Like `timeout`, but reaching the deadline is no error: `if (auto r = co_await
/// move_on_after(50ms, ask_cache, key)) use(*r);`.
///
/// Takes a block, `move_on_after(limit, f, args...)`, or one operation, `move_on_after(op, limit)`.
///
/// \par Completes when
/// the block or the operation has ended, with all its cleanup.
/// \returns `awaitable<std::optional<T>>`, empty when the deadline or the scope's `cancel()` ended
/// it; `awaitable<bool>` where the result is void, false when so. The awaitable is of the executor
/// type of the block or the awaitable that went in; for a deferred operation it is the template
/// argument, `move_on_after.on<Executor>(op, limit)`, by default `any_io_executor`. A deferred
/// operation with several results gives an optional tuple of them.
/// \par Cancellation
/// As for `timeout`. An operation whose limit has passed does not start, other than the
/// join of a task that is done.
/// \par Errors
/// Those of others: `operation_aborted` when something outside asked, also `errc::timed_out` of
/// another limit, inside or around. Never for its own expiry, which raises no exception at all
/// around a deferred operation that reports it by error code.
/// \par Units
/// As for `timeout`.
/// \par Result
/// Never lost: a value that was ready is delivered although the deadline passed.
/// \par Thread safety
/// As for `timeout`.
/// \par Example
/// \snippet scopes.cpp move_on_after
/// \see `timeout` raises `errc::timed_out`. `move_on_at` takes an instant.
struct move_on_after_fn {
  template <class F, class... Args>
    requires(!detail::any_limit<F>)
  auto operator()(detail::duration_limit limit, F&& f, Args&&... args) const {
    return detail::run_called<detail::moving_on>(limit.value(), limit.where, std::forward<F>(f),
                                                 std::forward<Args>(args)...);
  }
  template <class Op>
    requires(!detail::any_limit<Op>)
  auto operator()(Op&& op, detail::duration_limit limit) const {
    return on<boost::asio::any_io_executor>(std::forward<Op>(op), limit);
  }
  /// For coroutines of another executor type than `any_io_executor`.
  template <class Executor, class Op>
  auto on(Op&& op, detail::duration_limit limit) const {
    return detail::move_on<Executor>(std::forward<Op>(op), limit.value(), limit.where);
  }
};

/// \copydoc move_on_after_fn
inline constexpr move_on_after_fn move_on_after{};

/// The same until an instant of `curfew::clock`; see `move_on_after`.
///
/// \par Example
/// \snippet scopes.cpp move_on_at
struct move_on_at_fn {
  template <class F, class... Args>
    requires(!detail::any_limit<F>)
  auto operator()(detail::instant_limit deadline, F&& f, Args&&... args) const {
    return detail::run_called<detail::moving_on>(deadline.value(), deadline.where,
                                                 std::forward<F>(f), std::forward<Args>(args)...);
  }
  template <class Op>
    requires(!detail::any_limit<Op>)
  auto operator()(Op&& op, detail::instant_limit deadline) const {
    return on<boost::asio::any_io_executor>(std::forward<Op>(op), deadline);
  }
  template <class Executor, class Op>
  auto on(Op&& op, detail::instant_limit deadline) const {
    return detail::move_on<Executor>(std::forward<Op>(op), deadline.value(), deadline.where);
  }
};

/// \copydoc move_on_at_fn
inline constexpr move_on_at_fn move_on_at{};

}  // namespace curfew

#endif
