#ifndef CURFEW_TESTING_MANUAL_OPERATION_HPP
#define CURFEW_TESTING_MANUAL_OPERATION_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/error.hpp>
#include <curfew/testing/detail/manual_wait.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace curfew::testing {

/// Stands in for an operation of Asio, a read say, and ends when the test says so: with a value,
/// with an error; when it is cancelled at once, late, or not at all.
///
/// Calling it gives a deferred operation: `co_await read()`, `wait_for(read(), 5s)`.
/// \par Completion
/// By `complete` or `fail`, through the queue of the handler's executor, as real ones end.
/// \par Completion signature
/// `void(error_code, T)`; `void(error_code)` for void.
/// \par Cancellation
/// Each kind: `operation_aborted` at once, unless told otherwise by `refuse_cancellation` or
/// `end_late`. Not started while a request is pending, like any operation in a coroutine. A request
/// that comes after its end was posted does nothing.
/// \par Errors
/// `errc::invalid_state` for one that is started while it runs.
/// \par Thread safety
/// None: all on the thread of the test.
/// \par Lifetime
/// It must outlive what it has started. An operation in flight keeps the context running, and is
/// destroyed with it.
/// \par Example
/// \snippet manual_operation.cpp manual_operation
/// \see `sleep_for` for what ends at an instant.
template <class T = void>
class manual_operation {
  using wait = detail::manual_wait<T>;

 public:
  /// What handlers are called with.
  using signature = typename wait::signature;

  /// Handlers that have no executor of their own run in the context.
  explicit manual_operation(virtual_time const& time) : manual_operation(time.context()) {}
  /// \overload
  explicit manual_operation(boost::asio::io_context& context)
      : state_(std::make_shared<wait>(context)) {}
  manual_operation(manual_operation const&) = delete;
  manual_operation& operator=(manual_operation const&) = delete;

  /// Starts it when it is awaited.
  auto operator()() const {
    return boost::asio::async_initiate<boost::asio::deferred_t const, signature>(
        typename wait::initiate{state_}, boost::asio::deferred);
  }

  /// Ends it with a value; with nothing for void. False when it does not run.
  template <class... Value>
    requires(sizeof...(Value) == (std::is_void_v<T> ? 0 : 1))
  bool complete(Value&&... value) {
    return state_->post(error_code(), std::forward<Value>(value)...);
  }
  /// Ends it with an error.
  bool fail(error_code error) { return state_->post_error(error); }

  /// A request is noted and does nothing, as with the resolver.
  void refuse_cancellation() { state_->answer = detail::manual_answer::refuse; }
  /// A request ends it so much later, in the context's time; `never`: when `complete` or `fail`
  /// does.
  void end_late(curfew::detail::duration_limit limit) {
    state_->answer = detail::manual_answer::late;
    state_->delay = limit.value();
  }
  /// As from the beginning.
  void end_at_once() { state_->answer = detail::manual_answer::at_once; }

  /// Whether it was started and has not ended.
  bool running() const noexcept { return state_->running(); }
  /// How often it was started.
  int started() const noexcept { return state_->started; }
  /// Every request that has reached it, in order.
  std::vector<boost::asio::cancellation_type> const& requests() const noexcept {
    return state_->requests;
  }

 private:
  std::shared_ptr<wait> state_;
};

}  // namespace curfew::testing

#endif
