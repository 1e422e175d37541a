#ifndef CURFEW_TASK_HPP
#define CURFEW_TASK_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <curfew/cancellation_reason.hpp>
#include <curfew/impl/task.hpp>
#include <curfew/outcome.hpp>
#include <string_view>
#include <utility>

namespace curfew {

/// Tells a task apart from every other of the process.
using task_id = std::uint64_t;

/// A handle of a coroutine that runs by itself, owned by its group: what `spawn` gives.
///
/// Handles are copies of each other. Dropping all of them cancels nothing and loses nothing: the
/// group waits for the task and raises its failure; one of a task that is in no group, and that
/// nobody looked at, is written to `std::cerr` once.
///
/// \tparam T The coroutine's result; may be void, move-only, without a default value.
/// \par Thread safety
/// Distinct handles, also of one task: safe. Shared objects: safe but for assignment, and for
/// `std::move(t).join()` while others look at the value.
/// \par Lifetime
/// A handle may outlive the task and its context; what the task ended with stays. A default-made or
/// moved-from handle refers to none: every function of it but `valid` throws `errc::invalid_state`.
/// \par Example
/// \snippet tasks.cpp task
/// \see `spawn`, `task_group::spawn`. `settle` for an operation that need not run by itself.
template <class T>
class task {
 public:
  /// The coroutine's result.
  using value_type = T;

  /// Refers to no task.
  task() = default;

  /// Whether it refers to a task.
  bool valid() const noexcept { return static_cast<bool>(state_); }
  /// Whether the task has ended. From then on `result` says how.
  bool done() const { return state().done(); }
  /// Whether it has ended by a cancellation of its own; `result().cancelled()` is true also where
  /// it ended because a task that it joined was cancelled.
  bool cancelled() const { return done() && detail::is_aborted(state().result()); }
  /// How it ended; whoever asks has looked at it. \throws errc::invalid_state It has not ended.
  outcome<T> const& result() const { return detail::look_at(state()); }
  /// The name that it was given, or nothing.
  std::string_view name() const { return state().name(); }
  /// Its number, by which reports name it.
  task_id id() const { return state().number(); }
  /// Why it was asked to stop, by the first who asked; empty when nobody did before it ended.
  cancellation_reason reason() const { return state().reason(); }

  /// Asks the task to stop. It returns at once; the request is delivered on the task's executor.
  /// Asked before its first instruction, the task never runs its body. One that is cancelled is no
  /// failure of its group.
  /// \returns whether this was the first request, by whomever, and came before the end. If not,
  /// nothing happens, but that the failure of one that has ended is not reported: whoever cancels
  /// it does not want it.
  /// \throws std::bad_alloc
  bool cancel(cancellation_reason reason = {}) const {
    if (state().cancel(std::move(reason))) return true;
    if (done()) state().set_dismissed();
    return false;
  }

  /// Waits for the task and gives its value: `co_await t.join()` copies it, `co_await
  /// std::move(t).join()` moves it out, so that what other handles see is moved from.
  ///
  /// This is asyncio's `await shield(task)`: whoever waits may leave, the task goes on.
  /// \par Completes when
  /// the task has ended.
  /// \returns `awaitable<T, Executor>`, by default of `any_io_executor`: for others `t.join<Ex>()`.
  /// (It is derived from it, so that a limit can see that there is nothing to wait for:
  /// `wait_for(t.join(), 0s)` gives what a task that is done ended with.)
  /// \par Cancellation
  /// Ends the waiting at once; the task does not hear of it.
  /// \par Errors
  /// What the task ended with. `errc::task_cancelled` where it was cancelled, which thus is not
  /// taken for a cancellation of the one who waits: that is `operation_aborted`. `errc::deadlock`,
  /// where a task joins itself or the owner of a group that it is in.
  template <class Executor = boost::asio::any_io_executor>
  detail::joining<boost::asio::awaitable<T, Executor>> join() const& {
    detail::require_copyable<T>();
    return detail::join<T, Executor>(checked(), false);
  }
  /// \overload
  template <class Executor = boost::asio::any_io_executor>
  detail::joining<boost::asio::awaitable<T, Executor>> join() && {
    return detail::join<T, Executor>(checked(), true);
  }

  /// Waits until the task has ended, however: then look at `result`.
  /// \par Completion signature
  /// A deferred operation of `void(error_code)`, for any completion token.
  /// \par Cancellation
  /// As for `join`.
  /// \par Errors
  /// `operation_aborted` when the waiting was cancelled, `errc::deadlock` as for `join`; never the
  /// task's own.
  auto wait() const { return detail::wait_for_task(detail::no_executor(), core()); }
  /// The same for handlers without an executor: `t.wait(executor)(use_future)`.
  template <detail::executor_or_context Where>
  auto wait(Where&& where) const {
    return detail::wait_for_task(detail::executor_from(where), core());
  }

  /// Whether two handles refer to the same task.
  friend bool operator==(task const& a, task const& b) noexcept {
    return a.state_.get() == b.state_.get();
  }

 private:
  friend struct detail::task_access;
  using state_ref = detail::target_ref<detail::task_state<T>>;

  explicit task(state_ref state) noexcept : state_(std::move(state)) {}
  detail::task_state<T>& state() const {
    detail::require_task(valid());
    return *state_;
  }
  detail::task_ref core() const { return detail::task_ref::share(&state()); }
  state_ref const& checked() const {
    detail::require_task(valid());
    return state_;
  }

  state_ref state_;
};

}  // namespace curfew

#endif
