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
#include <curfew/impl/searching_handler.hpp>
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
    if constexpr (has_executor<Handler>)
      start_here(handler, std::move(op), given, executor_of(handler, where));
    else
      start_elsewhere(handler, std::move(op), given, where);
  }

 private:
  template <class Executor, class Handler>
  using op_on = wait_op<Handler, Executor, Args...>;
  static constexpr bool can_refuse =
      first_carries_error<Args...> && (std::is_default_constructible_v<std::decay_t<Args>> && ...);

  // On the handler's executor, where all that follows happens.
  template <class Handler, class Op, class Executor>
  static void start_here(Handler& handler, Op&& op, limit given, Executor const& executor) {
    auto* const deadlines = service_of(handler, executor);
    if (!deadlines) return;
    auto const present = given.is_never() ? clock::time_point() : deadlines->now();
    auto const deadline = given.from(present);
    bool const past = deadline <= present;
    if constexpr (can_refuse) {
      if (past) return refuse(handler, executor, present);
    }
    auto* const started = make(handler, executor, deadlines, [&](auto& made) {
      if (!past) made.arm(deadline, present);
    });
    if (!started) return;
    // An operation that cannot be refused is started and asked to stop at once.
    auto const news = past ? started->tell() : nullptr;
    std::move(op)(wait_handler<Handler, Executor, Args...>(started));
    if (news && *news) (*news)->expire_at(deadline);
  }

  // From a thread that may not be the executor's: the operation could end, and its deadline pass,
  // on another while it is being started. So the deadline is armed when it has been.
  template <class Handler, class Op>
  static void start_elsewhere(Handler& handler, Op&& op, limit given, Given const& where) {
    constexpr bool given_one = !std::is_same_v<Given, no_executor>;
    using Executor = std::conditional_t<given_one, Given, boost::asio::any_io_executor>;
    Executor executor = [&] {
      if constexpr (given_one)
        return where;
      else
        return Executor();
    }();
    deadline_service* deadlines = nullptr;
    if constexpr (given_one) {
      deadlines = service_of(handler, executor);
      if (!deadlines) return;
    }
    if constexpr (can_refuse && given_one) {
      auto const present = deadlines->now();
      if (given.from(present) <= present) return refuse(handler, executor, present);
    }
    auto* const made = make(handler, executor, deadlines, [](auto&) {});
    if (!made) return;
    made->start_elsewhere(given, [&](auto* started) {
      if constexpr (given_one)
        std::move(op)(wait_handler<Handler, Executor, Args...>(started));
      else
        std::move(op)(searching_handler<Handler, Args...>(started));
    });
  }

  // Null when there was no memory, and the handler has been told so. Likewise below.
  template <class Handler, class Executor>
  static deadline_service* service_of(Handler& handler, Executor const& executor) {
    if constexpr (can_refuse) {
      if (auto* const found = deadline_service::try_of(context_of(executor))) return found;
      complete_failed(handler, make_error_code(boost::system::errc::not_enough_memory));
      return nullptr;
    } else {
      return &deadline_service::of(context_of(executor));
    }
  }

  template <class Executor, class Handler, class Prepare>
  static op_on<Executor, Handler>* make(Handler& handler, Executor const& executor,
                                        deadline_service* deadlines, Prepare prepare) {
    op_on<Executor, Handler>* made = nullptr;
    try {
      made = op_on<Executor, Handler>::make(handler, executor, deadlines);
      made->connect();
      prepare(*made);
      return made;
    } catch (std::bad_alloc const&) {
      if constexpr (!can_refuse) throw;
    }
    if constexpr (can_refuse) {
      error_code const error = make_error_code(boost::system::errc::not_enough_memory);
      if (made)
        complete_failed(handler, error, [&](auto&&... all) { made->complete(std::move(all)...); });
      else
        complete_failed(handler, error);
    }
    return nullptr;
  }

  template <class Handler, class Executor>
  static void refuse(Handler& handler, Executor const& executor, clock::time_point present) {
    auto* const stack = get_associated_stack(handler);
    error_code error = errc::timed_out;
    if (decide_unstarted(stack && stack->must_stop(present)) == verdict::aborted)
      error = boost::asio::error::operation_aborted;
    complete_failed(handler, error, [&](auto&&... all) {
      complete_posted(std::move(handler), executor, std::move(all)...);
    });
  }

  // Gives the error, with results that have their default values, to `complete`.
  template <class Handler, class Complete>
  static void complete_failed(Handler&, error_code error, Complete complete) {
    std::tuple<std::decay_t<Args>...> results;
    set_error(std::get<0>(results), error);
    std::apply([&](auto&... all) { complete(std::move(all)...); }, results);
  }
  template <class Handler>
  static void complete_failed(Handler& handler, error_code error) {
    complete_failed(handler, error, [&](auto&&... all) { std::move(handler)(std::move(all)...); });
  }
};
template <class Given, class R, class... Args>
struct initiate_wait<Given, R(Args...)&> : initiate_wait<Given, R(Args...)> {};
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
