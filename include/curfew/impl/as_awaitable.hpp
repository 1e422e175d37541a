#ifndef CURFEW_IMPL_AS_AWAITABLE_HPP
#define CURFEW_IMPL_AS_AWAITABLE_HPP

#include <boost/asio/awaitable.hpp>
#include <curfew/detail/check.hpp>
#include <curfew/detail/completion.hpp>
#include <curfew/operation.hpp>
#include <type_traits>
#include <utility>

namespace curfew::detail {

template <class Executor, class Op>
auto await_deferred(Op op) -> boost::asio::awaitable<unpacked_t<completion_tuple<Op>>, Executor> {
  auto results = co_await as_results(std::move(op));
  co_return unpack(std::move(results));
}

/// What an operand gives, and how it becomes a coroutine.
template <class Op>
struct operand;
template <class T, class Executor>
struct operand<boost::asio::awaitable<T, Executor>> {
  using value_type = T;
  using executor_type = Executor;

  template <class>
  static auto start(boost::asio::awaitable<T, Executor>&& op) {
    require_awaitable(op.valid());
    return std::move(op);
  }
};
template <awaitable_operation Op>
struct operand<joining<Op>> : operand<Op> {};
template <deferred_operation Op>
struct operand<Op> {
  using value_type = unpacked_t<completion_tuple<Op>>;
  using executor_type = void;  ///< That of whoever awaits it.

  template <class Executor, class Given>
  static auto start(Given&& op) {
    return await_deferred<Executor, Op>(std::forward<Given>(op));
  }
};

/// What awaiting an operation gives.
template <class Op>
using value_of = typename operand<std::remove_cvref_t<Op>>::value_type;

/// The executor type of a coroutine that awaits these: the first that one of them brings along.
template <class Default, class... Ops>
struct common_executor {
  using type = Default;
};
template <class Default, class Op, class... Ops>
struct common_executor<Default, Op, Ops...> {
  using own = typename operand<std::remove_cvref_t<Op>>::executor_type;
  using type = typename std::conditional_t<std::is_void_v<own>, common_executor<Default, Ops...>,
                                           std::type_identity<own>>::type;
};
template <class Default, class... Ops>
using executor_for = typename common_executor<Default, Ops...>::type;

/// An operation as a coroutine: itself where it is one.
template <class Executor, class Op>
auto as_awaitable(Op&& op) {
  return operand<std::remove_cvref_t<Op>>::template start<Executor>(std::forward<Op>(op));
}

}  // namespace curfew::detail

#endif
