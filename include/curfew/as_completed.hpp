#ifndef CURFEW_AS_COMPLETED_HPP
#define CURFEW_AS_COMPLETED_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <curfew/detail/limit.hpp>
#include <curfew/impl/as_completed.hpp>
#include <curfew/task.hpp>
#include <optional>
#include <utility>

namespace curfew {

/// Tasks one after the other, in the order in which they end: what `as_completed` gives.
///
/// \par Thread safety
/// Distinct objects: safe. Shared objects: several coroutines of one executor may wait for `next`
/// at a time; each gets another task.
/// \par Lifetime
/// It may be dropped at any time; the tasks go on. It must outlive the awaits of `next`.
template <class T>
class completed_tasks {
 public:
  /// The next task that has ended, or nothing after the last: `while (auto t = co_await
  /// all.next()) use(co_await t->join());`.
  ///
  /// \returns `awaitable<std::optional<task<T>>, Executor>`.
  /// \par Cancellation
  /// Ends the waiting; the task that it would have given comes with the next call.
  /// \par Errors
  /// `operation_aborted` when it was cancelled. `errc::timed_out` when the limit of `as_completed`
  /// has passed and no task that has ended is left to be given. Never a task's own.
  /// \par Result
  /// Never lost and never repeated.
  template <class Executor = boost::asio::any_io_executor>
  boost::asio::awaitable<std::optional<task<T>>, Executor> next() {
    return detail::next_completed<Executor>(state_);
  }
  /// How many `next` has not given yet, without those that somebody waits for.
  std::size_t remaining() const noexcept { return state_.tasks.size() - state_.given; }

 private:
  friend struct as_completed_fn;
  explicit completed_tasks(detail::completion_order<T>&& state) : state_(std::move(state)) {}
  detail::completion_order<T> state_;
};

/// Gives tasks in the order in which they end: `auto all = as_completed(tasks, 10s);`.
///
/// \param tasks A range of `task<T>`; one that is given twice comes once.
/// \returns `completed_tasks<T>`.
/// \par Errors
/// Thrown by the call: `errc::invalid_state` for an empty range or a handle that refers to no task.
/// \par Units
/// Any `std::chrono` duration, counted from the first `next`.
/// \par Example
/// \snippet gathering.cpp as_completed
/// \see `wait`, `gather`.
/// \par Source
/// Python's `asyncio.as_completed`.
struct as_completed_fn {
  template <detail::range_of_tasks Range>
  auto operator()(Range&& tasks, detail::duration_limit limit = never) const {
    using handle = std::ranges::range_value_t<Range>;
    return completed_tasks<typename handle::value_type>(
        {detail::distinct_tasks(tasks, "as_completed"), limit.value(), limit.where});
  }
};

/// \copydoc as_completed_fn
inline constexpr as_completed_fn as_completed{};

}  // namespace curfew

#endif
