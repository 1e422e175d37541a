#ifndef CURFEW_IMPL_WAIT_HPP
#define CURFEW_IMPL_WAIT_HPP

#include <algorithm>
#include <curfew/detail/limit.hpp>
#include <curfew/detail/task_watch.hpp>
#include <curfew/fwd.hpp>
#include <curfew/impl/scope.hpp>
#include <curfew/impl/task.hpp>
#include <curfew/return_when.hpp>
#include <curfew/task.hpp>
#include <ranges>
#include <utility>
#include <vector>

namespace curfew::detail {

/// Throws when a set of tasks is empty.
CURFEW_EXPORT void require_tasks(bool some, char const* function);

template <class Range>
concept range_of_tasks =
    std::ranges::input_range<Range> && is_task<std::ranges::range_value_t<Range>>;

/// The tasks of a range, each once, in order.
template <range_of_tasks Range>
auto distinct_tasks(Range&& range, char const* function) {
  std::vector<std::ranges::range_value_t<Range>> all;
  for (auto const& one : range) {
    task_access::state_of(one);  // throws where it refers to none
    all.push_back(one);
  }
  std::vector<task_id> seen;
  std::erase_if(all, [&](auto const& one) {
    auto const at = std::ranges::lower_bound(seen, one.id());
    if (at != seen.end() && *at == one.id()) return true;
    seen.insert(at, one.id());
    return false;
  });
  require_tasks(!all.empty(), function);
  return all;
}

template <class T>
std::vector<task_ref> cores_of(std::vector<task<T>> const& tasks) {
  std::vector<task_ref> all;
  all.reserve(tasks.size());
  for (auto const& one : tasks) all.push_back(task_access::core_of(one));
  return all;
}

template <class T>
bool has_failed(task<T> const& one) {
  if (!one.done()) return false;
  auto const& how = task_access::state_of(one)->result();
  return !how.has_value() && !is_aborted(how);
}

template <class T>
bool is_enough(std::vector<task<T>> const& tasks, return_when when) {
  auto const done = [](task<T> const& one) { return one.done(); };
  switch (when) {
    case return_when::first_completed: return std::ranges::any_of(tasks, done);
    case return_when::first_failure:
      if (std::ranges::any_of(tasks, [](auto const& one) { return has_failed(one); })) return true;
      break;
    case return_when::all_completed: break;
  }
  return std::ranges::all_of(tasks, done);
}

template <class Executor, class T>
boost::asio::awaitable<bool, Executor> wait_for_enough(std::vector<task<T>> const* tasks,
                                                       return_when when) {
  watching<any_end> watch(cores_of(*tasks));
  auto& happened = watch.news().happened;
  for (;;) {
    happened.reset();
    if (is_enough(*tasks, when)) co_return true;
    co_await happened.wait();
  }
}

template <class Executor, class T>
boost::asio::awaitable<wait_result<T>, Executor> wait(std::vector<task<T>> tasks, return_when when,
                                                      limit given, std::source_location where) {
  if (!is_enough(tasks, when))
    co_await run_awaited<moving_on>(given, where, wait_for_enough<Executor>(&tasks, when));
  wait_result<T> out;
  for (auto& one : tasks) (one.done() ? out.done : out.pending).push_back(std::move(one));
  co_return out;
}

}  // namespace curfew::detail

#endif
