#ifndef CURFEW_IMPL_RACE_HPP
#define CURFEW_IMPL_RACE_HPP

#include <curfew/fwd.hpp>
#include <curfew/impl/branches.hpp>
#include <curfew/impl/children.hpp>
#include <curfew/impl/scope.hpp>
#include <curfew/sleep.hpp>
#include <utility>

namespace curfew::detail {

/// Throws when there is nothing to choose from.
CURFEW_EXPORT void require_some(bool some, char const* function);
/// Throws the failures of those that ran: one as it is, several as a group.
[[noreturn]] CURFEW_EXPORT void throw_all(std::vector<std::exception_ptr> failures);

template <class Children>
class race_body {
 public:
  static constexpr past_limit if_past() noexcept { return past_limit::interrupts; }

  explicit race_body(Children&& children) : children_(std::move(children)) {}
  void operator()(task_group& group) {
    group_ = group_access::core_of(group);
    children_.start(group_);
  }
  auto results() {
    if (!group_->first()) throw_failures();
    auto const index = children_.index_of(group_->first());
    using all = decltype(children_.each([](auto const& one) { return take_outcome(one); }));
    return race_result<all>{index,
                            children_.each([](auto const& one) { return take_outcome(one); })};
  }

 private:
  [[noreturn]] void throw_failures() {
    std::vector<std::exception_ptr> failures;
    children_.each([&](auto const& one) {
      if (!one.valid()) throw_not_started();
      failures.push_back(error_of(take_outcome(one)));
      return 0;
    });
    throw_all(std::move(failures));
  }

  group_ref group_;
  Children children_;
};

template <class Executor, class Children>
auto race(group_rule rule, char const* name, Children&& children, std::source_location where) {
  using body = race_body<Children>;
  using results = decltype(std::declval<body&>().results());
  return run_group<collecting<results>, body, Executor>(hidden_group(rule, name, where),
                                                        body(std::move(children)), where);
}

template <class Executor, class Branches, class Ops>
auto race_branches(group_rule rule, Ops ops)
    -> boost::asio::awaitable<race_result<decltype(std::declval<Branches&>().results([](auto& one) {
                                return take_outcome(one);
                              }))>,
                              Executor> {
  Branches branches(rule, std::move(ops));
  co_await run_branches(branches);
  if (branches.first == branches_state::nobody) {
    check_branches(branches);
    std::vector<std::exception_ptr> failures;
    branches.each_branch([&](auto& one) { failures.push_back(error_of(take_outcome(one))); });
    throw_all(std::move(failures));
  }
  co_return race_result<decltype(branches.results([](auto& one) { return take_outcome(one); }))>{
      branches.first, branches.results([](auto& one) { return take_outcome(one); })};
}

template <class Executor, class... Ops>
auto race_listed(group_rule rule, char const* name, Ops&&... ops) {
  static_assert(sizeof...(Ops) != 0, "curfew: there is nothing to choose from");
  (require_operand<Ops>(), ...);
  using own_executor = executor_for<Executor, Ops...>;
  if constexpr ((deferred_operation<Ops> && ...)) {
    return race_branches<own_executor, listed_branches<std::decay_t<Ops>...>>(
        rule, std::tuple<std::decay_t<Ops>...>(std::forward<Ops>(ops)...));
  } else {
    using children = listed_children<own_executor, std::decay_t<Ops>...>;
    return race<own_executor>(rule, name, children({}, std::forward<Ops>(ops)...), {});
  }
}

template <class Executor, class Range>
auto race_ranged(group_rule rule, char const* name, Range&& ops) {
  using op = std::ranges::range_value_t<Range>;
  using own_executor = executor_for<Executor, op>;
  auto all = as_vector(std::forward<Range>(ops));
  require_some(!all.empty(), name);
  if constexpr (deferred_operation<op>)
    return race_branches<own_executor, ranged_branches<op>>(rule, std::move(all));
  else
    return race<own_executor>(rule, name, ranged_children<own_executor, op>({}, std::move(all)),
                              {});
}

template <class F>
constexpr void require_attempts() {
  static_assert(
      !spawnable<F> && std::is_invocable_v<F&>,
      "curfew: staggered_race takes coroutine functions without arguments, which it calls "
      "when their turn has come: [&] { return connect(address); }");
}

/// Starts one after the other; whether it was stopped or not, the winner is known by the group.
template <class F, class T, class Executor>
struct staggered {
  std::vector<F> attempts;
  limit delay;
  spawn_options options;
  std::vector<task<T>> tasks{};
  group_ref group{};

  boost::asio::awaitable<void, Executor> operator()(task_group& handle) {
    group = group_access::core_of(handle);
    for (auto& attempt : attempts) {
      if (!tasks.empty())
        co_await run_awaited<moving_on>(delay, options.where(), wait_for(tasks.back()));
      if (group->cancelled()) break;
      tasks.push_back(start_operand<Executor>(group, options, call(attempt)));
    }
  }

 private:
  static boost::asio::awaitable<void, Executor> wait_for(task<T> last) { co_await last.wait(); }
  // Also what it throws before there is a coroutine is the failure of this attempt.
  static boost::asio::awaitable<T, Executor> call(F& attempt) {
    auto made = std::invoke(attempt);
    require_awaitable(made.valid());
    co_return co_await std::move(made);
  }
};

/// Runs what belongs to somebody else.
template <class Body>
struct body_ref {
  static constexpr past_limit if_past() noexcept { return past_limit::interrupts; }
  Body* body;
  auto operator()(task_group& group) { return (*body)(group); }
};

template <class Executor, class F, class T>
boost::asio::awaitable<race_result<std::vector<outcome<T>>>, Executor> staggered_race(
    std::vector<F> attempts, limit delay, std::source_location where) {
  using body = staggered<F, T, Executor>;
  body all{std::move(attempts), delay, spawn_options(where)};
  auto group = run_group<grouping<void>>(
      hidden_group(group_rule::first_value, "staggered_race", where), body_ref<body>{&all}, where);
  co_await std::move(group);
  race_result<std::vector<outcome<T>>> out{all.tasks.size(), {}};
  std::vector<std::exception_ptr> failures;
  for (auto const& one : all.tasks) {
    if (task_access::state_of(one).get() == all.group->first()) out.index = out.results.size();
    out.results.push_back(take_outcome(one));
    failures.push_back(error_of(out.results.back()));
  }
  if (!all.group->first()) {
    if (all.tasks.size() != all.attempts.size()) throw_not_started();
    throw_all(std::move(failures));
  }
  co_return out;
}

}  // namespace curfew::detail

#endif
