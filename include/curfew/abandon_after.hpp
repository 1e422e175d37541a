#ifndef CURFEW_ABANDON_AFTER_HPP
#define CURFEW_ABANDON_AFTER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/impl/abandon_after.hpp>
#include <curfew/impl/children.hpp>
#include <curfew/spawn_options.hpp>
#include <curfew/task_group.hpp>
#include <utility>

namespace curfew {

/// Waits for what cannot be cancelled no longer than a limit, and leaves it behind then:
/// `co_await abandon_after(ask_legacy(question), 2s, background);`.
///
/// `wait_for` waits until what it cancelled has ended, which is right for all that listens. This is
/// for the rest. The operation runs as a task of a group, so that it is owned when it is left
/// behind: the end of the group waits for it, and a report of a shutdown names it.
///
/// \par Completes when
/// the operation has ended; or the limit has passed, or the caller is asked to stop: at once.
/// \returns `awaitable<T, Executor>`, where `T` is what awaiting the operation gives. The executor
/// type is that of the awaitable that went in; for a deferred operation it is the template
/// argument, `abandon_after.on<Executor>(op, limit, group)`, by default `any_io_executor`.
/// \par Cancellation
/// The caller leaves. The operation is asked to stop, as it is by the limit, and stays in the
/// group. An operation whose limit has passed already does not start.
/// \par Errors
/// `errc::timed_out`, when the limit has passed; `operation_aborted`, when something outside asked.
/// The operation's own in time, which are no failure of the group. `errc::task_cancelled`, where
/// its group was asked to stop and the caller was not. Thrown by the await: `errc::group_closed`,
/// when the group takes no more; by the call: `errc::invalid_limit`, and `errc::invalid_state` for
/// an empty awaitable.
/// \par Units
/// Any `std::chrono` duration, counted from the await. Zero and less has passed already.
/// \par Result
/// A value that is ready when the limit passes is delivered. One that comes later is destroyed on
/// the executor of the work, which is lost by the function's very purpose. A late error of its own
/// is no failure of the group either; like that of a task that nobody looked at, it is written to
/// `std::cerr` once.
/// \par Thread safety
/// Distinct operations: safe, also for one group. The work runs on the executor of the coroutine
/// that awaits it, and needs it for as long as it runs.
/// \par Lifetime
/// The work outlives the caller: it must own whatever it uses, and refer to nothing of the caller.
/// The group should live longer than the function that waits, or its end waits for the work after
/// all.
/// \par Example
/// \snippet abandoning.cpp abandon_after
/// \see `wait_for` for all that can be cancelled. `resolve` for the look-up of names. `task::join`
/// for a task that goes on as if nothing had happened.
struct abandon_after_fn {
  template <class Op>
  auto operator()(Op&& op, detail::duration_limit limit, task_group& owner) const {
    return on<boost::asio::any_io_executor>(std::forward<Op>(op), limit, owner);
  }
  /// The task has a name, by which it is found among those that are left.
  template <class Op>
  auto operator()(Op&& op, detail::duration_limit limit, task_group& owner,
                  spawn_options const& options) const {
    return on<boost::asio::any_io_executor>(std::forward<Op>(op), limit, owner, options);
  }
  /// For coroutines of another executor type than `any_io_executor`.
  template <class Executor, class Op>
  auto on(Op&& op, detail::duration_limit limit, task_group& owner) const {
    return on<Executor>(std::forward<Op>(op), limit, owner, spawn_options(limit.where));
  }
  template <class Executor, class Op>
  auto on(Op&& op, detail::duration_limit limit, task_group& owner,
          spawn_options const& options) const {
    detail::require_operation<Op>();
    using own_executor = detail::executor_for<Executor, Op>;
    return detail::abandon_after(detail::as_awaitable<own_executor>(std::forward<Op>(op)),
                                 limit.value(), detail::group_access::core_of(owner), options,
                                 limit.where);
  }
};

/// \copydoc abandon_after_fn
inline constexpr abandon_after_fn abandon_after{};

}  // namespace curfew

#endif
