#ifndef CURFEW_IMPL_CANCEL_WHEN_HPP
#define CURFEW_IMPL_CANCEL_WHEN_HPP

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <curfew/detail/asking_regions.hpp>
#include <curfew/impl/initiate_wait.hpp>
#include <curfew/impl/scope.hpp>
#include <source_location>
#include <utility>

namespace curfew::detail {

/// The block ends when a token is cancelled.
struct by_cancelled_token {
  using region = token_region;
  using handle = no_handle;
  token_ref token;
};

inline bool open_region(token_region& region, by_cancelled_token const& by, past_limit,
                        boost::asio::cancellation_state, verdict& decided) {
  if (region.open(by.token)) return true;
  decided = verdict::aborted;
  return false;
}

template <class T, class Executor>
auto run_until_cancelled(boost::asio::awaitable<T, Executor>&& op, token_ref token,
                         std::source_location where) -> boost::asio::awaitable<T, Executor> {
  require_awaitable(op.valid());
  if (!token) return std::move(op);
  return run_scope<raising<T>>(by_cancelled_token{std::move(token)}, awaited(std::move(op)), where);
}

template <class Given, class Op>
auto cancel_when(Given const& where, Op&& op, token_ref token, std::source_location place) {
  require_operation<Op>();
  if constexpr (deferred_operation<Op>) {
    return wait_deferred<by_token>(where, std::forward<Op>(op), std::move(token));
  } else if constexpr (std::is_same_v<Given, no_executor>) {
    return run_until_cancelled(std::move(op), std::move(token), place);
  } else {
    return boost::asio::co_spawn(spawned_on<std::remove_cvref_t<Op>>(where),
                                 run_until_cancelled(std::move(op), std::move(token), place),
                                 boost::asio::deferred);
  }
}

}  // namespace curfew::detail

#endif
