#ifndef CURFEW_IMPL_INITIATE_WAIT_HPP
#define CURFEW_IMPL_INITIATE_WAIT_HPP

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <curfew/detail/completion.hpp>
#include <curfew/detail/handler_executor.hpp>
#include <curfew/detail/init_argument.hpp>
#include <curfew/detail/inline_depth.hpp>
#include <curfew/impl/searching_handler.hpp>
#include <curfew/impl/triggers.hpp>
#include <curfew/impl/wait_handler.hpp>
#include <curfew/operation.hpp>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// Starts a deferred operation that something may ask to stop.
template <class By, class Given, class Signature>
struct initiate_wait;
template <class By, class Given, class R, class... Args>
struct initiate_wait<By, Given, R(Args...)> {
  template <class Handler, class Op>
  void operator()(Handler handler, Op op, typename By::given asks, Given const& where) const {
    By by(std::move(asks));
    if constexpr (has_executor<Handler>)
      start_here(handler, std::move(given_argument(op)), by, executor_of(handler, where));
    else
      start_elsewhere(handler, std::move(given_argument(op)), by, where);
  }

 private:
  template <class Executor, class Handler>
  using op_on = wait_op<Handler, Executor, By, Args...>;
  static constexpr bool can_refuse = first_carries_error<Args...> && (has_default<Args> && ...);

  // On the handler's executor, where all that follows happens.
  template <class Handler, class Op, class Executor>
  static void start_here(Handler& handler, Op&& op, By& by, Executor const& executor) {
    if (!find_context(handler, by, executor)) return;
    by.begin();
    bool past = by.is_past() && !is_ready(op);
    if constexpr (can_refuse) {
      if (past || refuses_when_asked<By>) {
        bool const outside_asked = asked(handler, by.present());
        if (past || outside_asked) return refuse(handler, executor, by.unstarted(outside_asked));
      }
    }
    auto* const started = make(handler, executor, [&](auto& made) {
      if (!past) past = !made.arm(by);
      made.note(by.present());
    });
    if (!started) return;
    // An operation that cannot be refused is started and asked to stop at once.
    std::remove_cvref_t<decltype(started->tell())> news;
    if (past) news = started->tell();
    std::move(op)(wait_handler<Handler, Executor, By, Args...>(started));
    if (news && news->op()) news->op()->expire_unarmed(by);
  }

  // From a thread that may not be the executor's: the operation could end, and be asked to stop, on
  // another while it is being started. So whatever asks is armed when it has been.
  template <class Handler, class Op>
  static void start_elsewhere(Handler& handler, Op&& op, By& by, Given const& where) {
    constexpr bool given_one = !std::is_same_v<Given, no_executor>;
    using Executor = std::conditional_t<given_one, Given, boost::asio::any_io_executor>;
    Executor executor = [&] {
      if constexpr (given_one)
        return where;
      else
        return Executor();
    }();
    if constexpr (given_one) {
      if (!find_context(handler, by, executor)) return;
      offer_to(handler, where);
    }
    if constexpr (can_refuse && given_one) {
      by.begin();
      if (by.is_past() && !is_ready(op))
        return refuse(handler, executor, by.unstarted(asked(handler, by.present())));
    }
    auto* const made = make(handler, executor, [](auto&) {});
    if (!made) return;
    made->start_elsewhere(by, [&](auto* started) {
      if constexpr (given_one)
        std::move(op)(wait_handler<Handler, Executor, By, Args...>(started));
      else
        std::move(op)(searching_handler<Handler, By, Args...>(started));
    });
  }

  // False when there was no memory, and the handler has been told so. Likewise below.
  template <class Handler, class Executor>
  static bool find_context(Handler& handler, By& by, Executor const& executor) {
    try {
      by.find(context_of(executor));
      return true;
    } catch (std::bad_alloc const&) {
      if constexpr (!can_refuse) throw;
    }
    if constexpr (can_refuse)
      complete_failed(handler, make_error_code(boost::system::errc::not_enough_memory));
    return false;
  }

  template <class Executor, class Handler, class Prepare>
  static op_on<Executor, Handler>* make(Handler& handler, Executor const& executor,
                                        Prepare prepare) {
    op_on<Executor, Handler>* made = nullptr;
    try {
      made = op_on<Executor, Handler>::make(handler, executor);
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
  static void refuse(Handler& handler, Executor const& executor, verdict decided) {
    error_code error = errc::timed_out;
    if (decided == verdict::aborted) error = boost::asio::error::operation_aborted;
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
template <class By, class Given, class R, class... Args>
struct initiate_wait<By, Given, R(Args...)&> : initiate_wait<By, Given, R(Args...)> {};
template <class By, class Given, class R, class... Args>
struct initiate_wait<By, Given, R(Args...) &&> : initiate_wait<By, Given, R(Args...)> {};
template <class By, class Given, class R, class... Args>
struct initiate_wait<By, Given, R(Args...) noexcept> : initiate_wait<By, Given, R(Args...)> {};

/// A deferred operation that something may ask to stop; on a strand of its own where it would meet
/// that on the threads of a pool.
template <class By, class Given, class Op>
auto wait_deferred(Given const& where, Op&& op, typename By::given asks) {
  using signature = signature_of<Op>;
  if constexpr (is_pools<Given>)
    return wait_deferred<By>(boost::asio::make_strand(where), std::forward<Op>(op),
                             std::move(asks));
  else
    return boost::asio::async_initiate<boost::asio::deferred_t const, signature>(
        initiate_wait<By, Given, signature>(), boost::asio::deferred,
        init_argument(std::forward<Op>(op)), std::move(asks), where);
}

}  // namespace curfew::detail

#endif
