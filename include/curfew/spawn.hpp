#ifndef CURFEW_SPAWN_HPP
#define CURFEW_SPAWN_HPP

#include <curfew/impl/spawn.hpp>
#include <curfew/spawn_options.hpp>
#include <curfew/task.hpp>
#include <source_location>
#include <utility>

namespace curfew {

/// Runs a coroutine by itself, as a task of its context: `auto t = spawn(context, serve(socket));`.
///
/// Instead of `co_spawn(..., detached)`: the task has an owner, can be joined and cancelled from
/// anywhere, and its failure is not lost. Where the work belongs to a function, a `task_group` in
/// that function is the better owner.
///
/// \par Forms
/// `spawn(where, awaitable)`, `spawn(where, f)` and, with a name or options,
/// `spawn(where, options, awaitable)`, `spawn(where, options, f, args...)`.
/// `where` is an executor, which is used as it is, or a context: a task on an `asio::thread_pool`
/// is given a strand. An `io_context` that several threads run is not told from others: pass
/// `asio::make_strand(context)`.
/// \returns `task<T>` for an `awaitable<T, Executor>` of any executor type that `where` converts
/// to.
/// \par Cancellation
/// By `task::cancel`. Not by the coroutine that spawned it.
/// \par Errors
/// The coroutine's own are the task's result: `task::join`. One that nobody looked at is written to
/// `std::cerr` once when the last handle goes, unless it is `operation_aborted`. Thrown by the
/// call: `errc::group_closed` when the context is being destroyed, `errc::shutting_down` when a
/// `run` on it is just over, `errc::invalid_state` for an empty awaitable, `std::bad_alloc`.
/// \par Thread safety
/// From any thread. On the executor's own thread the coroutine runs inside the call until it first
/// waits, as with `co_spawn`.
/// \par Lifetime
/// `f` and `args` are kept as decayed copies for as long as the coroutine runs; `std::ref` for what
/// outlives it. On g++ 12 a lambda that captures a non-trivial object by value must not stand in an
/// expression that contains a `co_await`: pass such objects as `args`.
/// Destroying the context destroys the coroutine and ends the task as cancelled.
/// \par Example
/// \snippet tasks.cpp spawn
/// \see `task_group::spawn` for work that a function waits for; `settle`, `wait_for` for operations
/// that the caller awaits at once.
struct spawn_fn {
  template <class Where, class Op>
    requires(detail::executor_or_context<Where> && detail::spawnable<Op>)
  auto operator()(Where&& where, Op&& op,
                  std::source_location place = std::source_location::current()) const {
    detail::require_operation<Op>();
    return detail::spawn_on(where, {}, spawn_options(place), detail::body_of(std::forward<Op>(op)));
  }
  template <class Where, class F>
    requires(detail::executor_or_context<Where> && !detail::spawnable<F> &&
             !std::convertible_to<F, spawn_options>)
  auto operator()(Where&& where, F&& f,
                  std::source_location place = std::source_location::current()) const {
    return detail::spawn_on(where, {}, spawn_options(place),
                            detail::body_of_call<detail::no_handle>(std::forward<F>(f)));
  }
  /// Arguments come after the options, which hold the place of the call.
  template <class Where, class F, class Arg, class... Args>
    requires(detail::executor_or_context<Where> && detail::plain_function<F> &&
             !std::convertible_to<Arg, std::source_location>)
  void operator()(Where&&, F&&, Arg&&, Args&&...) const {
    detail::require_options_first<F>();
  }
  template <class Where, class Op>
    requires(detail::executor_or_context<Where> && detail::spawnable<Op>)
  auto operator()(Where&& where, spawn_options const& options, Op&& op) const {
    detail::require_operation<Op>();
    return detail::spawn_on(where, {}, options, detail::body_of(std::forward<Op>(op)));
  }
  template <class Where, class F, class... Args>
    requires(detail::executor_or_context<Where> && !detail::spawnable<F>)
  auto operator()(Where&& where, spawn_options const& options, F&& f, Args&&... args) const {
    return detail::spawn_on(
        where, {}, options,
        detail::body_of_call<detail::no_handle>(std::forward<F>(f), std::forward<Args>(args)...));
  }
};

/// \copydoc spawn_fn
inline constexpr spawn_fn spawn{};

}  // namespace curfew

#endif
