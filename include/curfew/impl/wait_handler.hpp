#ifndef CURFEW_IMPL_WAIT_HANDLER_HPP
#define CURFEW_IMPL_WAIT_HANDLER_HPP

#include <boost/asio/associator.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <curfew/detail/associated_request.hpp>
#include <curfew/impl/wait_op.hpp>
#include <utility>

namespace curfew::detail {

/// What a limited operation completes: it has the caller's executor, allocator and other associated
/// characteristics, and a slot of its own.
template <class Handler, class Executor, class By, class... Args>
class wait_handler {
 protected:
  using op_type = wait_op<Handler, Executor, By, Args...>;

 public:
  using executor_type = Executor;
  using allocator_type = typename op_type::allocator_type;
  using cancellation_slot_type = boost::asio::cancellation_slot;

  explicit wait_handler(op_type* op) noexcept : op_(op) {}
  wait_handler(wait_handler&& other) noexcept : op_(std::exchange(other.op_, nullptr)) {}
  wait_handler& operator=(wait_handler&&) = delete;
  ~wait_handler() {
    if (op_) op_->leave();
  }

  executor_type get_executor() const noexcept { return op_->executor(); }
  allocator_type get_allocator() const noexcept { return op_type::allocator_of(op_->handler()); }
  cancellation_slot_type get_cancellation_slot() const noexcept { return op_->slot(); }
  Handler const& caller() const noexcept { return op_->handler(); }
  bool asks(clock::time_point at) const { return op_->asks(at); }

  void operator()(Args... results) {
    std::exchange(op_, nullptr)->complete(static_cast<Args&&>(results)...);
  }

 private:
  op_type* op_;
};

template <class Handler, class Executor, class By, class... Args, class Candidate>
struct associated_request<wait_handler<Handler, Executor, By, Args...>, Candidate> {
  using type = bool;
  using waits = wait_handler<Handler, Executor, By, Args...>;
  static bool get(waits const& handler, clock::time_point at = (clock::time_point::min)()) {
    return handler.asks(at);
  }
};

}  // namespace curfew::detail

template <template <class, class> class Associator, class Handler, class Executor, class By,
          class... Args, class Candidate>
struct boost::asio::associator<
    Associator, curfew::detail::wait_handler<Handler, Executor, By, Args...>, Candidate>
    : Associator<Handler, Candidate> {
  using waits = curfew::detail::wait_handler<Handler, Executor, By, Args...>;

  static typename Associator<Handler, Candidate>::type get(waits const& handler) noexcept {
    return Associator<Handler, Candidate>::get(handler.caller());
  }
  static auto get(waits const& handler, Candidate const& candidate) noexcept
      -> decltype(Associator<Handler, Candidate>::get(handler.caller(), candidate)) {
    return Associator<Handler, Candidate>::get(handler.caller(), candidate);
  }
};

#endif
