#ifndef CURFEW_IMPL_SETTLE_HPP
#define CURFEW_IMPL_SETTLE_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <curfew/detail/check.hpp>
#include <curfew/detail/completion.hpp>
#include <curfew/fwd.hpp>
#include <curfew/operation.hpp>
#include <utility>

namespace curfew::detail {

template <class T, class Executor>
boost::asio::awaitable<outcome<T>, Executor> settle_awaitable(
    boost::asio::awaitable<T, Executor> op) {
  std::exception_ptr error;
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(op);
      co_return outcome<T>(std::in_place);
    } else {
      co_return outcome<T>(std::in_place, co_await std::move(op));
    }
  } catch (...) {
    error = std::current_exception();
  }
  co_return outcome<T>(std::move(error));
}

/// The outcome that a tuple of results says.
template <class T, class Tuple>
outcome<T> outcome_of(Tuple&& results) {
  if constexpr (std::tuple_size_v<Tuple> != 0) {
    if constexpr (is_error<std::tuple_element_t<0, Tuple>>)
      if (std::get<0>(results)) return outcome<T>(std::get<0>(results));
  }
  if constexpr (std::is_void_v<T>)
    return outcome<T>(std::in_place);
  else
    return outcome<T>(std::in_place, unpack(std::move(results)));
}

template <class Executor, class Op>
auto settle_deferred(Op op)
    -> boost::asio::awaitable<outcome<unpacked_t<completion_tuple<Op>>>, Executor> {
  using T = unpacked_t<completion_tuple<Op>>;
  auto results = co_await as_results(std::move(op));
  co_return outcome_of<T>(std::move(results));
}

template <class Executor, class Op>
auto settle(Op&& op) {
  require_operation<Op>();
  if constexpr (awaitable_operation<Op>) {
    require_awaitable(op.valid());
    return settle_awaitable(std::move(op));
  } else {
    return settle_deferred<Executor>(std::decay_t<Op>(std::forward<Op>(op)));
  }
}

}  // namespace curfew::detail

#endif
