#ifndef CURFEW_IMPL_BRANCHES_HPP
#define CURFEW_IMPL_BRANCHES_HPP

#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <cstddef>
#include <curfew/detail/group_verdict.hpp>
#include <curfew/impl/as_awaitable.hpp>
#include <curfew/impl/branches_op.hpp>
#include <curfew/outcome.hpp>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

/// \file
/// Deferred operations that run beside each other: as children of a group would, by the same
/// rules, but on the handler of the coroutine that awaits them, without a task for each.

namespace curfew::detail {

/// One of them: how it is asked to stop, and how it ended.
template <class Op>
struct branch {
  using operation = Op;
  boost::asio::cancellation_signal signal;
  std::optional<outcome<value_of<Op>>> result;
  bool started = false;

  bool is_running() const noexcept { return started && !result; }
};

/// A number of operations known at compile time.
template <class... Ops>
struct listed_branches : branches_state {
  listed_branches(group_rule r, std::tuple<Ops...>&& given)
      : branches_state{r}, ops(std::move(given)) {}

  /// Calls `f(index, operation)` for each, with indices that say it at compile time.
  template <class F>
  void each_operation(F f) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (f(std::integral_constant<std::size_t, I>(), std::get<I>(ops)), ...);
    }(std::index_sequence_for<Ops...>());
  }
  template <class F>
  void each_branch(F f) {
    std::apply([&](auto&... one) { (f(one), ...); }, branches);
  }
  template <std::size_t I>
  auto& at(std::integral_constant<std::size_t, I>) noexcept {
    return std::get<I>(branches);
  }
  template <class F>
  auto results(F f) {
    return std::apply([&](auto&... one) { return std::tuple<decltype(f(one))...>{f(one)...}; },
                      branches);
  }

  std::tuple<Ops...> ops;
  std::tuple<branch<Ops>...> branches;
};

/// A range of operations of one type.
template <class Op>
struct ranged_branches : branches_state {
  ranged_branches(group_rule r, std::vector<Op>&& given)
      : branches_state{r}, ops(std::move(given)), branches(new branch<Op>[ops.size()]) {}

  template <class F>
  void each_operation(F f) {
    for (std::size_t i = 0; i != ops.size(); ++i) f(i, ops[i]);
  }
  template <class F>
  void each_branch(F f) {
    for (std::size_t i = 0; i != ops.size(); ++i) f(branches[i]);
  }
  branch<Op>& at(std::size_t i) noexcept { return branches[i]; }
  template <class F>
  auto results(F f) {
    std::vector<decltype(f(branches[0]))> all;
    all.reserve(ops.size());
    for (std::size_t i = 0; i != ops.size(); ++i) all.push_back(f(branches[i]));
    return all;
  }

  std::vector<Op> ops;
  std::unique_ptr<branch<Op>[]> branches;
};

struct initiate_branches {
  template <class Handler, class Branches>
  void operator()(Handler handler, Branches* branches) const {
    branches_op<Branches, Handler>::start(handler, *branches);
  }
};

/// Runs all of them; `branches` then says how they ended.
template <class Branches>
auto run_branches(Branches& branches) {
  return boost::asio::async_initiate<boost::asio::deferred_t const, void()>(
      initiate_branches(), boost::asio::deferred, &branches);
}

/// Throws what the caller is given in place of results.
CURFEW_EXPORT void check_branches(branches_state const& state);

/// The outcome of one, moved out; of one that was not started, that it was cancelled.
template <class Op>
outcome<value_of<Op>> take_outcome(branch<Op>& one) {
  if (!one.result) return outcome<value_of<Op>>(error_code(boost::asio::error::operation_aborted));
  return std::move(*one.result);
}

template <class Op>
auto take_value(branch<Op>& one) {
  if constexpr (std::is_void_v<value_of<Op>>)
    return std::monostate();
  else
    return one.result ? std::move(*one.result).value() : value_of_unstarted<value_of<Op>>();
}

}  // namespace curfew::detail

#endif
