#ifndef CURFEW_IMPL_SLEEP_HPP
#define CURFEW_IMPL_SLEEP_HPP

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <curfew/detail/associated_request.hpp>
#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/detail/parked_op.hpp>
#include <curfew/error.hpp>
#include <utility>

namespace curfew::detail {

/// Woken by a deadline.
class deadline_wake {
 public:
  explicit deadline_wake(deadline_service& deadlines) noexcept : deadlines_(&deadlines) {}

  bool start(request_target* op, clock::time_point deadline, clock::time_point present) {
    node_.target = op;
    if (deadline == (clock::time_point::max)())
      deadlines_->arm_forever(node_);
    else
      deadlines_->arm(node_, deadline, present);
    return true;
  }
  static wait_note::content note(clock::time_point deadline, clock::time_point) noexcept {
    return {"sleep", 0, {}, deadline};
  }
  bool stop() noexcept { return deadlines_->disarm(node_); }
  void woken() noexcept {}
  static bool destroyed() noexcept { return true; }

 private:
  deadline_node node_;
  deadline_service* deadlines_;
};

template <class Given>
struct initiate_sleep {
  template <class Handler>
  void operator()(Handler handler, packed_limit given, Given const& where) const {
    auto const executor = executor_of(handler, where);
    using Executor = std::remove_const_t<decltype(executor)>;
    auto* const deadlines = deadline_service::try_of(context_of(executor));
    if (!deadlines) return std::move(handler)(no_memory());
    auto const present = deadlines->now();
    auto const deadline = given.from(present);
    error_code error;
    if (asked(handler, present)) {
      error = boost::asio::error::operation_aborted;
    } else if (deadline > present) {
      try {
        return parked_op<Handler, Executor, deadline_wake>::start(handler, executor, *deadlines,
                                                                  present, deadline, present);
      } catch (std::bad_alloc const&) {
        return std::move(handler)(no_memory());
      }
    }
    complete_posted(std::move(handler), executor, error);
  }

 private:
  static error_code no_memory() noexcept {
    return make_error_code(boost::system::errc::not_enough_memory);
  }
};

template <class Given>
auto sleep(Given const& where, limit given) {
  return boost::asio::async_initiate<boost::asio::deferred_t const, void(error_code)>(
      initiate_sleep<Given>(), boost::asio::deferred, packed_limit(given), where);
}

}  // namespace curfew::detail

#endif
