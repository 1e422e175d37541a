#ifndef CURFEW_IDLE_HPP
#define CURFEW_IDLE_HPP

#include <boost/asio/any_io_executor.hpp>
#include <curfew/cancellation_token.hpp>
#include <curfew/impl/idle.hpp>
#include <source_location>
#include <utility>

namespace curfew {

/// An operation that a drain ends quietly: what a connection does between two requests, or a worker
/// between two jobs: `while (auto n = co_await idle(socket.async_read_some(buffer, deferred)))`.
///
/// What is awaited without it is busy, and goes on while the shutdown drains.
///
/// \par Completes when
/// the operation has ended, which a drain asks it to.
/// \returns `awaitable<std::optional<T>>`, empty when the drain ended it; `awaitable<bool>` where
/// the result is void, false when so. The awaitable is of the executor type of the awaitable that
/// went in; for a deferred operation it is the template argument, `idle.on<Executor>(op)`, by
/// default `any_io_executor`.
/// `idle(op)` goes by the drain of the `run` around it, also in tasks of other contexts that the
/// run owns; where there is none, nothing drains it. `idle(op, token)` goes by that token.
/// A limit goes inside, `idle(wait_for(op, 60s))`, so that its expiry is told from the drain;
/// `settle(idle(op))` gives an error without an exception.
/// \par Cancellation
/// A request of others ends the operation and is raised. Where the drain has begun before, the
/// operation does not start.
/// \par Errors
/// Those of the operation; `operation_aborted` when something else asked it to stop. Never for the
/// drain.
/// \par Result
/// Never lost: a value that was ready is delivered although the drain has begun.
/// \par Thread safety
/// Distinct calls: safe. The coroutine must be on its own executor.
/// \par Lifetime
/// The operation is kept until it has ended. On g++ 12 the condition of a loop gives its result a
/// name, `while (bool on = co_await idle(e.wait()))`: a bare `co_await` there destroys what owns
/// something twice, with Asio's own operations too.
/// \par Example
/// \snippet serving.cpp idle
/// \see `cancel_when` raises an error when its token is cancelled. `move_on_after` ends by a limit.
struct idle_fn {
  template <class Op>
  auto operator()(Op&& op, std::source_location where = std::source_location::current()) const {
    return on<boost::asio::any_io_executor>(std::forward<Op>(op), where);
  }
  template <class Op>
  auto operator()(Op&& op, cancellation_token draining,
                  std::source_location where = std::source_location::current()) const {
    return on<boost::asio::any_io_executor>(std::forward<Op>(op), std::move(draining), where);
  }
  /// For coroutines of another executor type than `any_io_executor`.
  template <class Executor, class Op>
  auto on(Op&& op, std::source_location where = std::source_location::current()) const {
    return detail::run_idle<Executor>(std::forward<Op>(op), detail::by_draining{}, where);
  }
  template <class Executor, class Op>
  auto on(Op&& op, cancellation_token draining,
          std::source_location where = std::source_location::current()) const {
    return detail::run_idle<Executor>(
        std::forward<Op>(op), detail::by_draining{detail::token_access::state_of(draining), true},
        where);
  }
};

/// \copydoc idle_fn
inline constexpr idle_fn idle{};

}  // namespace curfew

#endif
