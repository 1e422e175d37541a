#ifndef CURFEW_DETAIL_HANDLER_EXECUTOR_HPP
#define CURFEW_DETAIL_HANDLER_EXECUTOR_HPP

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/is_executor.hpp>
#include <boost/asio/query.hpp>
#include <type_traits>

namespace curfew::detail {

/// Stands where the caller of an operation gave no executor.
struct no_executor {};

/// The executor of a handler, else the one that the caller gave. A handler without either would run
/// on Asio's system executor, on a thread of its own making, so that does not compile.
template <class Handler, class Given>
auto executor_of(Handler const& handler, Given const& given) noexcept {
  using own = boost::asio::associated_executor_t<Handler, Given>;
  static_assert(!std::is_same_v<own, no_executor>,
                "curfew: this completion handler has no executor of its own (a bare callback, "
                "use_future, detached): give one first, as in wait_for(executor, op, limit) or "
                "sleep_for(executor, limit), or bind one with asio::bind_executor");
  return boost::asio::associated_executor<Handler, Given>::get(handler, given);
}

template <class Executor>
boost::asio::execution_context& context_of(Executor const& executor) noexcept {
  if constexpr (boost::asio::can_query_v<Executor, boost::asio::execution::context_t>)
    return boost::asio::query(executor, boost::asio::execution::context);
  else
    return executor.context();  // an executor of Asio's older kind
}

template <class T>
concept executor = boost::asio::is_executor<T>::value || boost::asio::execution::is_executor_v<T>;

template <class T>
concept executor_or_context =
    executor<std::remove_cvref_t<T>> ||
    (std::is_convertible_v<T&, boost::asio::execution_context&> && requires(T& context) {
      context.get_executor();
    });

/// The executor that the caller named, itself or by its context.
template <executor_or_context Where>
auto executor_from(Where& where) {
  if constexpr (executor<std::remove_cvref_t<Where>>)
    return where;
  else
    return where.get_executor();
}

}  // namespace curfew::detail

#endif
