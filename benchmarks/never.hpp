// An operation that ends only by cancellation, at no cost of its own that grows with their number:
// what a limit meets around a read on a silent connection.

#pragma once

#include <optional>
#include <utility>

#include "support.hpp"

namespace bench {

/// Lives in the cancellation slot of the operation and owns its handler.
template <class Ex, class Handler>
class never_waiter {
 public:
  never_waiter(Ex executor, Handler handler)
      : executor_(std::move(executor)), handler_(std::move(handler)) {}

  void operator()(asio::cancellation_type) {
    if (!handler_) return;
    auto handler = std::move(*handler_);
    handler_.reset();
    error_code const aborted = asio::error::operation_aborted;
    asio::post(executor_, asio::append(std::move(handler), aborted));
  }

 private:
  Ex executor_;
  std::optional<Handler> handler_;
};

template <class Ex>
struct initiate_never {
  using executor_type = Ex;

  executor_type get_executor() const noexcept { return executor; }

  template <class Handler>
  void operator()(Handler&& handler) const {
    using waiter = never_waiter<Ex, std::decay_t<Handler>>;
    auto slot = asio::get_associated_cancellation_slot(handler);
    // Nothing else could end the operation; whoever awaits it without a slot made a mistake.
    if (!slot.is_connected()) std::terminate();
    slot.template emplace<waiter>(executor, std::forward<Handler>(handler));
  }

  Ex executor;
};

template <class Ex, class Token = asio::deferred_t>
auto async_never(Ex executor, Token&& token = Token()) {
  return asio::async_initiate<Token, void(error_code)>(initiate_never<Ex>{executor}, token);
}

}  // namespace bench
