#ifndef CURFEW_IMPL_CHILDREN_HPP
#define CURFEW_IMPL_CHILDREN_HPP

#include <concepts>
#include <curfew/detail/limit.hpp>
#include <curfew/impl/as_awaitable.hpp>
#include <curfew/impl/branches_op.hpp>
#include <curfew/impl/with_task_group.hpp>
#include <ranges>
#include <source_location>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

/// \file
/// Operations that run beside each other, as the children of a group that nobody sees.

namespace curfew::detail {

template <class T>
struct operand<task<T>> {
  using value_type = T;
  using executor_type = void;

  template <class Executor>
  static auto start(task<T> const& given) {
    return given.template join<Executor>();
  }
  template <class Executor>
  static auto start(task<T>&& given) {
    return std::move(given).template join<Executor>();
  }
};

/// Says at compile time why something cannot run beside others.
template <class Op>
constexpr void require_operand() {
  if constexpr (!is_task<std::remove_cvref_t<Op>>) require_operation<Op>();
}

template <class Op>
concept operation_or_task = operation<Op> || is_task<std::remove_cvref_t<Op>>;

/// A range that can be moved from, or of handles.
template <class Range>
concept range_of_operations =
    std::ranges::input_range<Range> && operation_or_task<std::ranges::range_value_t<Range>>;

/// Whatever stands where one operation is expected; `require_operand` says why it is none.
template <class Op>
concept single_operand = !range_of_operations<Op> && !relative_limit<std::remove_cvref_t<Op>>;

struct group_access {
  static group_ref const& core_of(task_group const& group) noexcept { return group.core_; }
};

/// Where there is nothing to give, something that can stand in a tuple.
template <class T>
using present_t = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// Starts an operation as a child; no handle where the group has been stopped already, by a child
/// that has ended at once.
template <class Executor, class Op>
task<value_of<Op>> start_operand(group_ref const& group, spawn_options const& options, Op&& op) {
  if (group->cancelled()) return {};
  auto coroutine = as_awaitable<Executor>(std::forward<Op>(op));
  using own = typename operand<decltype(coroutine)>::executor_type;
  return spawn_body(group_executor<own>(*group), group, options, body_of(std::move(coroutine)));
}

/// The outcome of a child, moved out; of one that was not started, that it was cancelled.
template <class T>
outcome<T> take_outcome(task<T> const& child) {
  if (!child.valid()) return outcome<T>(error_code(boost::asio::error::operation_aborted));
  auto const& state = task_access::state_of(child);
  state->set_looked_at();
  return std::move(state->result());
}

template <class T>
present_t<T> take_value(task<T> const& child) {
  if constexpr (std::is_void_v<T>) {
    if (!child.valid()) throw_not_started();
    return {};
  } else if (!child.valid()) {
    return value_of_unstarted<T>();
  } else {
    return std::move(task_access::state_of(child)->result()).value();
  }
}

/// A number of operations known at compile time.
template <class Executor, class... Ops>
class listed_children {
 public:
  using tasks = std::tuple<task<value_of<Ops>>...>;

  template <class... Given>
  explicit listed_children(std::source_location where, Given&&... ops)
      : options_(where), ops_(std::forward<Given>(ops)...) {}

  void start(group_ref const& group) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((std::get<I>(tasks_) =
            start_operand<Executor>(group, options_, std::move(std::get<I>(ops_)))),
       ...);
    }(std::index_sequence_for<Ops...>());
  }
  /// What `f` makes of each, as a tuple.
  template <class F>
  auto each(F f) {
    return std::apply([&](auto&... one) { return std::tuple<decltype(f(one))...>{f(one)...}; },
                      tasks_);
  }
  std::size_t index_of(task_core const* which) const {
    std::size_t index = 0, found = sizeof...(Ops);
    std::apply([&](auto&... one) { ((is(one, which) ? found = index++ : index++), ...); }, tasks_);
    return found;
  }
  static bool is(auto const& one, task_core const* which) {
    return one.valid() && task_access::state_of(one).get() == which;
  }

 private:
  spawn_options options_;
  std::tuple<Ops...> ops_;
  tasks tasks_;
};

/// A range of operations of one type.
template <class Executor, class Op>
class ranged_children {
 public:
  using value_type = value_of<Op>;

  ranged_children(std::source_location where, std::vector<Op> ops)
      : options_(where), ops_(std::move(ops)), tasks_(ops_.size()) {}

  void start(group_ref const& group) {
    for (std::size_t i = 0; i != ops_.size(); ++i)
      tasks_[i] = start_operand<Executor>(group, options_, std::move(ops_[i]));
    ops_.clear();
  }
  template <class F>
  auto each(F f) {
    std::vector<decltype(f(tasks_.front()))> all;
    all.reserve(tasks_.size());
    for (auto& one : tasks_) all.push_back(f(one));
    return all;
  }
  std::size_t index_of(task_core const* which) const {
    std::size_t index = 0;
    while (index != tasks_.size() &&
           !(tasks_[index].valid() && task_access::state_of(tasks_[index]).get() == which))
      ++index;
    return index;
  }
  std::vector<task<value_type>> const& tasks() const noexcept { return tasks_; }

 private:
  spawn_options options_;
  std::vector<Op> ops_;
  std::vector<task<value_type>> tasks_;  ///< One for each; those that did not start are empty.
};

template <class Range>
auto as_vector(Range&& range) {
  using value = std::ranges::range_value_t<Range>;
  static_assert(!std::is_lvalue_reference_v<Range> || is_task<value>,
                "curfew: operations can be awaited once, so hand the range over: std::move(ops)");
  if constexpr (std::is_same_v<std::remove_cvref_t<Range>, std::vector<value>>) {
    return std::vector<value>(std::forward<Range>(range));
  } else {
    std::vector<value> all;
    for (auto&& one : range) {
      if constexpr (std::is_lvalue_reference_v<Range>)
        all.push_back(one);
      else
        all.push_back(std::move(one));
    }
    return all;
  }
}

inline group_facts hidden_group(group_rule rule, char const* name, std::source_location where) {
  return {rule, 0, name, where};
}

}  // namespace curfew::detail

#endif
