#ifndef CURFEW_IMPL_QUEUED_WAIT_HPP
#define CURFEW_IMPL_QUEUED_WAIT_HPP

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <curfew/detail/associated_request.hpp>
#include <curfew/detail/check.hpp>
#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/handler_executor.hpp>
#include <curfew/detail/init_argument.hpp>
#include <curfew/detail/inline_depth.hpp>
#include <curfew/detail/parked_op.hpp>
#include <curfew/detail/waiter.hpp>
#include <curfew/error.hpp>
#include <new>
#include <tuple>
#include <utility>

namespace curfew::detail {

/// Woken by being chosen in the list of an event, a pool or a queue. The context knows of it as of
/// a deadline that never comes.
///
/// \tparam Operation What is waited for, with these members.
/// - `bool begin(waiter*)`: does it at once, or fails; or else has the waiter, where given, wait;
/// - `static constexpr char const* waits_for`: it in words;
/// - `bool remove(waiter&) noexcept`: whether the waiter is certain not to be chosen;
/// - `void chosen(waiter&) noexcept`: takes what the waiter was given;
/// - `std::tuple<error_code, ...> results(error_code) noexcept`: with this error, if it is one.
template <class Operation>
class queued_wake {
 public:
  static constexpr bool wakes_from_code = true;

  explicit queued_wake(deadline_service& deadlines) noexcept : deadlines_(&deadlines) {}

  bool start(request_target* op, Operation* operation) {
    kept_.target = op;
    node_.target = op;
    deadlines_->arm_forever(kept_);
    operation_ = std::move(*operation);
    try {
      if (!operation_.begin(&node_)) return true;
    } catch (...) {
      deadlines_->disarm(kept_);
      throw;
    }
    deadlines_->disarm(kept_);
    return false;
  }
  static wait_note::content note(Operation const*) noexcept { return {Operation::waits_for}; }
  bool stop() noexcept { return operation_.remove(node_) && deadlines_->disarm(kept_); }
  void woken() noexcept {
    deadlines_->disarm(kept_);
    operation_.chosen(node_);
  }
  deadline_service& deadlines() const noexcept { return *deadlines_; }
  bool destroyed() noexcept { return operation_.remove(node_); }
  auto results(error_code error) noexcept { return operation_.results(error); }

 private:
  waiter node_;
  deadline_node kept_;
  deadline_service* deadlines_;
  Operation operation_;
};

/// Completes at once, inside the start only where that certainly is on the handler's own executor.
template <class Handler, class Executor, class... Results>
void complete_now(Handler&& handler, Executor const& executor, std::tuple<Results...> results) {
  std::apply(
      [&](Results&... all) {
        if constexpr (has_executor<std::decay_t<Handler>>) {
          if (certainly_here(executor))
            return complete_inline(std::move(handler), executor, std::move(all)...);
        }
        complete_posted(std::move(handler), executor, std::move(all)...);
      },
      results);
}

template <class Given>
struct initiate_queued_wait {
  // Not const: g++ takes an empty function object that is passed on as const for uninitialised.
  template <class Handler, class Operation>
  void operator()(Handler handler, Operation operation, Given const& where) {
    start(handler, given_argument(operation), where);
  }

 private:
  template <class Handler, class Operation>
  static void start(Handler& handler, Operation& operation, Given const& where) {
    auto const executor = executor_of(handler, where);
    using Executor = std::remove_const_t<decltype(executor)>;
    auto error = make_error_code(boost::system::errc::not_enough_memory);
    if (auto* const deadlines = deadline_service::try_of(context_of(executor))) {
      auto const present = deadlines->now();
      if (asked(handler, present)) {
        error = boost::asio::error::operation_aborted;
      } else {
        try {
          if (!operation.begin(nullptr))
            return parked_op<Handler, Executor, queued_wake<Operation>>::start(
                handler, executor, *deadlines, present, &operation);
          error = {};
        } catch (std::bad_alloc const&) {  // as `error` says
        }
      }
    }
    complete_now(std::move(handler), executor, operation.results(error));
  }
};

template <class Signature, class Given, class Operation>
auto queued_wait(Given const& where, Operation operation) {
  return boost::asio::async_initiate<boost::asio::deferred_t const, Signature>(
      initiate_queued_wait<Given>(), boost::asio::deferred, init_argument(std::move(operation)),
      where);
}

}  // namespace curfew::detail

#endif
