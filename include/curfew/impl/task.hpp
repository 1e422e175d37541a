#ifndef CURFEW_IMPL_TASK_HPP
#define CURFEW_IMPL_TASK_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <curfew/detail/spawned_task.hpp>
#include <curfew/fwd.hpp>
#include <curfew/impl/told_wake.hpp>
#include <utility>

namespace curfew::detail {

/// Throws when a handle refers to no task.
CURFEW_EXPORT void require_task(bool valid);
/// Throws when a task has not ended.
CURFEW_EXPORT void require_ended(bool ended);
/// Throws `errc::task_cancelled`, with the task's name and why.
[[noreturn]] CURFEW_EXPORT void throw_task_cancelled(task_core const& task);

/// What a task ends with that was cancelled before its first instruction.
CURFEW_EXPORT std::exception_ptr aborted_before_start() noexcept;
/// Says why a group has no executor for a child: it has ended, or it has one of another type.
[[noreturn]] CURFEW_EXPORT void throw_no_executor(bool of_another_type);

template <class T>
constexpr void require_copyable() {
  if constexpr (!std::is_void_v<T>)
    static_assert(std::is_copy_constructible_v<T>,
                  "curfew: this task's value cannot be copied for each who joins it: move it out "
                  "with std::move(task).join(), or look at it with wait() and result()");
}

/// What only the library may do with a handle.
struct task_access {
  template <class T>
  static task<T> make(target_ref<task_state<T>> state) noexcept {
    return task<T>(std::move(state));
  }
  template <class T>
  static target_ref<task_state<T>> const& state_of(task<T> const& handle) {
    return handle.checked();
  }
  template <class T>
  static task_ref core_of(task<T> const& handle) {
    return task_ref::share(handle.checked().get());
  }
};

template <class T>
outcome<T> const& look_at(task_state<T>& task) {
  require_ended(task.done());
  task.set_looked_at();
  return task.result();
}

template <class T, class Executor>
boost::asio::awaitable<T, Executor> join_task(target_ref<task_state<T>> task, bool move) {
  if (!task->done()) co_await wait_for_task(no_executor(), task_ref::share(task.get()));
  task->set_looked_at();
  auto& result = task->result();
  if (is_aborted(result)) throw_task_cancelled(*task);
  if constexpr (std::is_void_v<T>) {
    result.value();
  } else if constexpr (std::is_copy_constructible_v<T>) {
    if (!move) co_return result.value();
    co_return std::move(result).value();
  } else {
    co_return std::move(result).value();
  }
}

template <class T, class Executor>
joining<boost::asio::awaitable<T, Executor>> join(target_ref<task_state<T>> const& task,
                                                  bool move) {
  return {join_task<T, Executor>(task, move), *task};
}

}  // namespace curfew::detail

#endif
