#ifndef CURFEW_IMPL_WAIT_FOR_HPP
#define CURFEW_IMPL_WAIT_FOR_HPP

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/impl/initiate_wait.hpp>
#include <curfew/impl/scope.hpp>
#include <curfew/operation.hpp>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// An operation of either kind under a limit.
template <class Given, class Op>
auto wait(Given const& where, Op&& op, limit given, std::source_location place) {
  require_operation<Op>();
  if constexpr (deferred_operation<Op>) {
    return wait_deferred<by_limit>(where, std::forward<Op>(op), given);
  } else if constexpr (std::is_same_v<Given, no_executor>) {
    return run_awaited<raising>(given, place, std::move(op));
  } else {
    return boost::asio::co_spawn(spawned_on<std::remove_cvref_t<Op>>(where),
                                 run_awaited<raising>(given, place, std::move(op)),
                                 boost::asio::deferred);
  }
}

}  // namespace curfew::detail

#endif
