#ifndef CURFEW_RUN_HPP
#define CURFEW_RUN_HPP

#include <boost/asio/io_context.hpp>
#include <concepts>
#include <curfew/impl/run.hpp>
#include <curfew/run_options.hpp>
#include <curfew/shutdown_control.hpp>
#include <curfew/shutdown_report.hpp>
#include <type_traits>
#include <utility>

namespace curfew {

/// Runs a program: its main coroutine, whatever that spawns, and the shutdown of all of it:
/// `int main() { return curfew::run(serve_all); }` for
/// `awaitable<void> serve_all(shutdown_control& control)`.
///
/// The stages of the shutdown, in order, none skipped:
/// - *running*: until somebody asks, by a signal or by `shutdown_control::request`; and then for
///   `drain_delay`;
/// - *draining*: listeners stop (`serve`), what is `idle` ends quietly, what is busy goes on, for
///   `drain_limit` at most;
/// - *cancelling*: everything that is left is asked to stop and is waited for, for `cancel_limit`
///   at most; a task of the context that is spawned from here on never runs its body, and one that
///   is spawned into a group is refused;
/// - *forced*: who has not stopped is left behind, and named by the report.
///
/// The first request drains, the second cancels, the third forces; each stage ends early when
/// everything has ended.
///
/// \par Forms
/// `run(main, options)` on a context of its own, `run(context, main, options)` on yours, whose
/// other work goes on as long as the run lasts and stays where it is after it.
/// `main(shutdown_control&)` or `main()`, an `awaitable<void>` or `awaitable<int>` of any executor
/// type that the context's converts to. `main` is kept as a decayed copy.
/// \par Completes when
/// the main coroutine and all tasks have ended: those of the context, wherever they were spawned,
/// and of the groups that they own. When `main` ends by itself, what is left is cancelled.
/// \returns what `main` returned; else 0 when everything ended, 1 when something was left behind.
/// \par Errors
/// What `main` failed with is rethrown when all has ended; else what escaped from a handler of the
/// context, which cancels everything. That `main` was cancelled by the shutdown is none. Thrown
/// before anything starts: `errc::invalid_limit` for limits that contradict each other;
/// `errc::invalid_state` for a run inside a running one, for a second one on the same context, for
/// several threads under virtual time; the system's error, with the name of the signal, for one
/// that cannot be handled. Under virtual time `errc::deadlock`, with the tasks, when nothing can
/// ever happen.
/// \par Units
/// Limits are durations of `curfew::clock`.
/// \par Thread safety
/// Runs on distinct contexts are independent, also at the same time on several threads. The
/// context is never stopped. If somebody else stops it, `run` returns as if it were forced.
/// \par Lifetime
/// A context of its own is destroyed at the end, and with it what was left behind. On yours that
/// lives on. What handled the signals before does so again after it.
/// \par Limits
/// A handler that never returns to the loop can be ended by nobody: `run` waits for it.
/// \par Example
/// \snippet running.cpp run
/// \see `spawn`, `with_task_group` for what runs in it; `serve`, `idle`, `close_gracefully`.
/// \par Source
/// Python's `asyncio.run`, tokio's `TaskTracker` and `CancellationToken`, Go's
/// `http.Server.Shutdown`.
struct run_fn {
  template <class F>
    requires(!std::convertible_to<F&, boost::asio::io_context&>)
  int operator()(F&& main, run_options const& options = {}) const {
    boost::asio::io_context context(static_cast<int>(options.threads()));
    return detail::run_on(context, std::forward<F>(main), options);
  }
  template <class F>
  int operator()(boost::asio::io_context& context, F&& main,
                 run_options const& options = {}) const {
    return detail::run_on(context, std::forward<F>(main), options);
  }
};

/// \copydoc run_fn
inline constexpr run_fn run{};

}  // namespace curfew

#endif
