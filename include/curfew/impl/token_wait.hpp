#ifndef CURFEW_IMPL_TOKEN_WAIT_HPP
#define CURFEW_IMPL_TOKEN_WAIT_HPP

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <curfew/detail/associated_request.hpp>
#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/parked_op.hpp>
#include <curfew/detail/token_state.hpp>
#include <utility>

namespace curfew::detail {

/// Woken by a token. The context knows of it as of a deadline that never comes.
class token_wake {
 public:
  static constexpr bool wakes_from_code = true;

  explicit token_wake(deadline_service& deadlines) noexcept : deadlines_(&deadlines) {}

  bool start(request_target* op, token_ref const& token) {
    token_ = token;
    kept_.target = op;
    deadlines_->arm_forever(kept_);
    node_.target = op;
    if (!token_ || token_->add(node_)) return true;
    stop_keeping();
    return false;
  }
  static wait_note::content note(token_ref const&) noexcept { return {"token"}; }
  bool stop() noexcept {
    if (token_ && !token_->remove(node_)) return false;
    return stop_keeping();
  }
  void woken() noexcept { stop_keeping(); }
  deadline_service& deadlines() const noexcept { return *deadlines_; }
  bool destroyed() noexcept { return !token_ || token_->remove(node_); }

 private:
  bool stop_keeping() noexcept { return deadlines_->disarm(kept_); }

  token_node node_;
  deadline_node kept_;
  token_ref token_;
  deadline_service* deadlines_;
};

template <class Given>
struct initiate_token_wait {
  template <class Handler>
  void operator()(Handler handler, token_ref token, Given const& where) const {
    auto const executor = executor_of(handler, where);
    using Executor = std::remove_const_t<decltype(executor)>;
    error_code error;
    if (auto* const deadlines = deadline_service::try_of(context_of(executor))) {
      bool const cancelled = token && token->cancelled();
      auto const present = deadlines->now();
      if (!cancelled && asked(handler, present)) {
        error = boost::asio::error::operation_aborted;
      } else if (!cancelled) {
        try {
          return parked_op<Handler, Executor, token_wake>::start(handler, executor, *deadlines,
                                                                 present, token);
        } catch (std::bad_alloc const&) {
          error = make_error_code(boost::system::errc::not_enough_memory);
        }
      }
    } else {
      error = make_error_code(boost::system::errc::not_enough_memory);
    }
    complete_posted(std::move(handler), executor, error);
  }
};

template <class Given>
auto wait_for_token(Given const& where, token_ref token) {
  return boost::asio::async_initiate<boost::asio::deferred_t const, void(error_code)>(
      initiate_token_wait<Given>(), boost::asio::deferred, std::move(token), where);
}

}  // namespace curfew::detail

#endif
