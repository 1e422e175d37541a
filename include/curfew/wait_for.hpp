#ifndef CURFEW_WAIT_FOR_HPP
#define CURFEW_WAIT_FOR_HPP

#include <curfew/detail/limit.hpp>
#include <curfew/impl/wait_for.hpp>
#include <utility>

namespace curfew {

/// One operation under a limit: `co_await wait_for(socket.async_read_some(buffer, deferred), 5s)`.
///
/// \par Completes when
/// the operation has ended, never before: a timeout waits for what it cancelled. An operation that
/// cannot be cancelled (the resolver) is waited for to its own end.
/// \par Completion signature
/// Of the same kind as what went in. A deferred operation gives a deferred operation of the same
/// signature, which takes any completion token; `awaitable<T, Executor>` gives
/// `awaitable<T, Executor>`.
/// \par Cancellation
/// At the limit the operation is asked to stop, with every cancellation type. Requests from outside
/// are passed on with their own type. An operation whose limit has passed already does not start;
/// its arguments are destroyed. To join a task that is done is no waiting, and gives what it ended
/// with whatever the limit. (An operation whose results have no default value, or whose signature
/// has no error, is started and cancelled at once instead, because only it can make its results.)
/// \par Errors
/// `errc::timed_out`, when the operation ended with a cancellation and the limit had asked for it;
/// `operation_aborted`, when something outside asked, whichever came first. The operation's own
/// errors and values are passed on whatever has fired, also an abort that nobody here asked for
/// (somebody closed the socket). The error stands where the operation has its own: in an
/// `error_code`, an `exception_ptr`, or the first part of a tuple. A coroutine's exception says in
/// its text which limit passed, in which task and where. `errc::invalid_limit` is thrown
/// by the call for a limit that is not a number, `errc::invalid_state` for an empty awaitable.
/// \par Units
/// Any `std::chrono` duration, also a floating one, counted from the await (from the initiation),
/// not from the call; infinity and what overflows mean `never`, which arms no timer. Zero and less
/// has passed already. Never early; at most 131 µs late by curfew's own doing.
/// \par Result
/// Never lost.
/// \par Thread safety
/// Distinct operations: safe. The operation, its limit and requests to cancel it meet on the
/// handler's executor, which must be a strand where several threads run the context. (A deferred
/// operation that is given an `asio::thread_pool` first, or its executor, makes a strand of its
/// own.)
/// \par Lifetime
/// The operation is moved in.
/// \par Executor
/// The handler's own. For one without (a callback, `use_future`) it is the one that is given first,
/// `wait_for(executor, op, 5s)(use_future)`, or else the one that the operation was given or that
/// of the object that it works on, never the system's; an operation that works on none ends at
/// once, with `errc::invalid_state` if it can be cancelled. One that goes by its object's executor
/// is started and cancelled at once where its limit has passed already, because only it knows where
/// its handler may be called. Given first with an awaitable, the executor is where that is spawned.
/// \par Example
/// \snippet operations.cpp wait_for
/// \see `timeout` for a block of several operations. `move_on_after` where expiry is no error.
/// `wait_until` takes an instant. `asio::cancel_after` says `operation_aborted` whoever cancelled.
struct wait_for_fn {
  template <class Op>
    requires(!detail::executor_or_context<Op>)
  auto operator()(Op&& op, detail::duration_limit limit) const {
    return detail::wait(detail::no_executor(), std::forward<Op>(op), limit.value(), limit.where);
  }
  template <class Where, class Op>
    requires detail::executor_or_context<Where>
  auto operator()(Where&& where, Op&& op, detail::duration_limit limit) const {
    return detail::wait(detail::executor_from(where), std::forward<Op>(op), limit.value(),
                        limit.where);
  }
};

/// \copydoc wait_for_fn
inline constexpr wait_for_fn wait_for{};

/// The same until an instant of `curfew::clock`; see `wait_for`.
///
/// \par Example
/// \snippet operations.cpp wait_until
struct wait_until_fn {
  template <class Op>
    requires(!detail::executor_or_context<Op>)
  auto operator()(Op&& op, detail::instant_limit deadline) const {
    return detail::wait(detail::no_executor(), std::forward<Op>(op), deadline.value(),
                        deadline.where);
  }
  template <class Where, class Op>
    requires detail::executor_or_context<Where>
  auto operator()(Where&& where, Op&& op, detail::instant_limit deadline) const {
    return detail::wait(detail::executor_from(where), std::forward<Op>(op), deadline.value(),
                        deadline.where);
  }
};

/// \copydoc wait_until_fn
inline constexpr wait_until_fn wait_until{};

}  // namespace curfew

#endif
