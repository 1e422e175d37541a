#ifndef CURFEW_WAIT_HPP
#define CURFEW_WAIT_HPP

#include <boost/asio/any_io_executor.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/impl/wait.hpp>
#include <curfew/return_when.hpp>
#include <curfew/task.hpp>
#include <source_location>
#include <utility>
#include <vector>

namespace curfew {

/// Which tasks had ended when `wait` returned, and which had not, each in the order given.
template <class T>
struct wait_result {
  /// What has ended.
  std::vector<task<T>> done;
  /// What has not.
  std::vector<task<T>> pending;
};

/// Waits for some of several tasks and leaves them alone:
/// `auto r = co_await wait(tasks, return_when::first_completed, 5s);`.
///
/// \param tasks A range of `task<T>`; one that is given twice counts once.
/// \par Completes when
/// enough of them have ended, or the limit has passed. All that have ended by the time the caller
/// goes on are `done`.
/// \returns `awaitable<wait_result<T>, Executor>`, by default of `any_io_executor`:
/// `wait.on<Executor>(tasks)`.
/// \par Cancellation
/// Ends the waiting. The tasks hear of nothing, then or when the limit passes: their group owns
/// them.
/// \par Errors
/// `operation_aborted` when the waiting was cancelled; never a task's own. `errc::invalid_state`,
/// thrown by the call, for an empty range or a handle that refers to no task.
/// \par Units
/// Any `std::chrono` duration, counted from the await. One that has passed looks and does not wait.
/// \par Thread safety
/// Distinct calls: safe, also with the same tasks. The tasks may run anywhere; the caller goes on
/// on its own executor.
/// \par Example
/// \snippet gathering.cpp wait
/// \see `gather` and `race` own what they wait for. `as_completed` gives one after the other.
/// \par Source
/// Python's `asyncio.wait`.
struct wait_fn {
  template <detail::range_of_tasks Range>
  auto operator()(Range&& tasks, return_when when = return_when::all_completed,
                  detail::duration_limit limit = never) const {
    return on<boost::asio::any_io_executor>(std::forward<Range>(tasks), when, limit);
  }
  /// For all of them, with a limit.
  template <detail::range_of_tasks Range, detail::relative_limit Limit>
  auto operator()(Range&& tasks, Limit limit,
                  std::source_location where = std::source_location::current()) const {
    return on<boost::asio::any_io_executor>(std::forward<Range>(tasks), return_when::all_completed,
                                            detail::duration_limit(limit, where));
  }
  /// For coroutines of another executor type than `any_io_executor`.
  template <class Executor, detail::range_of_tasks Range>
  auto on(Range&& tasks, return_when when = return_when::all_completed,
          detail::duration_limit limit = never) const {
    return detail::wait<Executor>(detail::distinct_tasks(tasks, "wait"), when, limit.value(),
                                  limit.where);
  }
};

/// \copydoc wait_fn
inline constexpr wait_fn wait{};

}  // namespace curfew

#endif
