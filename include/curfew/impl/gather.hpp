#ifndef CURFEW_IMPL_GATHER_HPP
#define CURFEW_IMPL_GATHER_HPP

#include <curfew/impl/branches.hpp>
#include <curfew/impl/children.hpp>
#include <curfew/impl/scope.hpp>
#include <optional>
#include <utility>

namespace curfew::detail {

/// Where each value says whether it failed, nothing need be thrown.
template <class... Ts>
constexpr group_rule gather_rule() noexcept {
  return (carries_error<Ts> && ...) ? group_rule::first_failing : group_rule::first_failure;
}

/// Gives the values of all.
template <class Children>
class gather_body {
 public:
  static constexpr past_limit if_past() noexcept { return past_limit::interrupts; }

  explicit gather_body(Children&& children) : children_(std::move(children)) {}
  void operator()(task_group& group) { children_.start(group_access::core_of(group)); }
  auto results() {
    return children_.each([](auto const& one) { return take_value(one); });
  }

 private:
  Children children_;
};

template <class Executor, class Children>
auto gather(group_rule rule, Children&& children, std::source_location where) {
  using body = gather_body<Children>;
  using results = decltype(std::declval<body&>().results());
  return run_group<collecting<results>, body, Executor>(hidden_group(rule, "gather", where),
                                                        body(std::move(children)), where);
}

template <class Executor, class Branches, class Ops>
auto gather_branches(group_rule rule, Ops ops)
    -> boost::asio::awaitable<decltype(std::declval<Branches&>().results([](auto& one) {
                                return take_value(one);
                              })),
                              Executor> {
  Branches branches(rule, std::move(ops));
  co_await run_branches(branches);
  check_branches(branches);
  co_return branches.results([](auto& one) { return take_value(one); });
}

/// Starts children that belong to somebody else.
template <class Children>
class settle_body {
 public:
  static constexpr past_limit if_past() noexcept { return past_limit::interrupts; }

  explicit settle_body(Children& children) noexcept : children_(&children) {}
  void operator()(task_group& group) { children_->start(group_access::core_of(group)); }
  bool results() const noexcept { return true; }

 private:
  Children* children_;
};

/// How a child ended: by the limit where that stopped it or it did not start for it.
template <class T>
outcome<T> settled_outcome(task<T> const& child) {
  if (!child.valid()) return outcome<T>(make_error_code(errc::timed_out));
  auto how = take_outcome(child);
  bool const aborted = ending_of(group_rule::first_value, how) == ending::abort;
  if (!aborted || child.reason().cause() != cancellation_cause::deadline) return how;
  if constexpr (carries_error<T>) {
    if (how.has_value()) {
      set_error(*how, errc::timed_out);
      return how;
    }
  }
  return outcome<T>(make_error_code(errc::timed_out));
}

template <class Executor, class Children>
auto gather_settled(Children children, limit given, std::source_location where)
    -> boost::asio::awaitable<
        decltype(children.each([](auto const& one) { return settled_outcome(one); })), Executor> {
  using body = settle_body<Children>;
  auto group = run_group<collecting<bool>, body, Executor>(
      hidden_group(group_rule::settle, "gather_settled", where), body(children), where);
  bool in_time = true;
  if (given.is_never()) {
    co_await std::move(group);
  } else {
    std::optional<bool> const done =
        co_await run_awaited<moving_on>(given, where, std::move(group));
    in_time = done.has_value();
  }
  co_return children.each([in_time](auto const& one) {
    if (in_time && !one.valid()) throw_not_started();
    return settled_outcome(one);
  });
}

}  // namespace curfew::detail

#endif
