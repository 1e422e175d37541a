#ifndef CURFEW_IMPL_WAIT_FOR_HPP
#define CURFEW_IMPL_WAIT_FOR_HPP

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <curfew/detail/completion.hpp>
#include <curfew/detail/handler_executor.hpp>
#include <curfew/detail/inline_depth.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/impl/scope.hpp>
#include <curfew/impl/wait_op.hpp>
#include <curfew/operation.hpp>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// Starts a deferred operation under a limit.
template <class Given, class Signature>
struct initiate_wait;
template <class Given, class R, class... Args>
struct initiate_wait<Given, R(Args...)> {
  template <class Handler, class Op>
  void operator()(Handler handler, Op op, limit given, Given const& where) const {
    auto const executor = executor_of(handler, where);
    using Executor = std::remove_const_t<decltype(executor)>;
    auto& deadlines = deadline_service::of(context_of(executor));
    auto const present = given.is_never() ? clock::time_point() : deadlines.now();
    auto const deadline = given.from(present);
    bool const past = deadline <= present;
    if constexpr (can_refuse) {
      if (past) return refuse(handler, executor, present);
    }
    using state = wait_op<Handler, Executor, Args...>;
    state* started = nullptr;
    try {
      started = state::make(handler, executor, deadlines);
      if (past)
        started->prepare_expired(deadline);
      else
        started->prepare(deadline, present);
    } catch (std::bad_alloc const&) {
      if constexpr (can_refuse)
        return out_of_memory(handler, started);
      else
        throw;
    }
    // An operation that cannot be refused is started and asked to stop at once.
    auto const keep = past ? target_ref<state>::share(started) : target_ref<state>();
    std::move(op)(wait_handler<Handler, Executor, Args...>(started));
    if (keep) keep->expire();
  }

 private:
  static constexpr bool can_refuse =
      first_carries_error<Args...> && (std::is_default_constructible_v<std::decay_t<Args>> && ...);

  template <class... Results>
  static std::tuple<Results...> failed_with(error_code error) {
    std::tuple<Results...> results;
    set_error(std::get<0>(results), error);
    return results;
  }

  template <class Handler, class Executor>
  static void refuse(Handler& handler, Executor const& executor, clock::time_point present) {
    auto const* const stack = get_associated_stack(handler);
    error_code error = errc::timed_out;
    if (decide_unstarted(stack && stack->asked_before(present)) == verdict::aborted)
      error = boost::asio::error::operation_aborted;
    auto results = failed_with<std::decay_t<Args>...>(error);
    std::apply(
        [&](auto&... all) { complete_posted(std::move(handler), executor, std::move(all)...); },
        results);
  }

  // The operation does not start, and its caller hears of it, without more memory.
  template <class Handler, class State>
  static void out_of_memory(Handler& handler, State* started) {
    auto results = failed_with<std::decay_t<Args>...>(make_error_code(boost::system::errc::not_enough_memory));
    std::apply(
        [&](auto&... all) {
          if (started)
            started->complete(std::move(all)...);
          else
            std::move(handler)(std::move(all)...);
        },
        results);
  }
};
template <class Given, class R, class... Args>
struct initiate_wait<Given, R(Args...) &> : initiate_wait<Given, R(Args...)> {};
template <class Given, class R, class... Args>
struct initiate_wait<Given, R(Args...) &&> : initiate_wait<Given, R(Args...)> {};
template <class Given, class R, class... Args>
struct initiate_wait<Given, R(Args...) noexcept> : initiate_wait<Given, R(Args...)> {};

/// An operation of either kind under a limit.
template <class Given, class Op>
auto wait(Given const& where, Op&& op, limit given, std::source_location place) {
  require_operation<Op>();
  if constexpr (deferred_operation<Op>) {
    using signature = signature_of<Op>;
    return boost::asio::async_initiate<boost::asio::deferred_t const, signature>(
        initiate_wait<Given, signature>(), boost::asio::deferred, std::forward<Op>(op), given,
        where);
  } else if constexpr (std::is_same_v<Given, no_executor>) {
    return run_awaited<raising>(given, place, std::move(op));
  } else {
    return boost::asio::co_spawn(where, run_awaited<raising>(given, place, std::move(op)),
                                 boost::asio::deferred);
  }
}

}  // namespace curfew::detail

#endif
