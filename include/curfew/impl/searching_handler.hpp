#ifndef CURFEW_IMPL_SEARCHING_HANDLER_HPP
#define CURFEW_IMPL_SEARCHING_HANDLER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/system_executor.hpp>
#include <curfew/detail/handler_executor.hpp>
#include <curfew/impl/wait_handler.hpp>
#include <type_traits>

namespace curfew::detail {

/// The same for a handler that has no executor: the operation offers that of the object it works
/// on, as it does to every handler, and the limit goes by that one's context.
template <class Handler, class By, class... Args>
class searching_handler {
  using op_type = wait_op<Handler, boost::asio::any_io_executor, By, Args...>;

 public:
  using allocator_type = typename op_type::allocator_type;
  using cancellation_slot_type = boost::asio::cancellation_slot;

  explicit searching_handler(op_type* op) noexcept : inner_(op), op_(op) {}

  /// The first offer counts: it comes while the operation is started.
  template <class Offered>
  void offer(Offered const& executor) const noexcept {
    if constexpr (std::is_constructible_v<boost::asio::any_io_executor, Offered const&>)
      op_->find(executor);
  }
  allocator_type get_allocator() const noexcept { return inner_.get_allocator(); }
  cancellation_slot_type get_cancellation_slot() const noexcept {
    return inner_.get_cancellation_slot();
  }
  Handler const& caller() const noexcept { return inner_.caller(); }

  bool asks(clock::time_point at) const { return inner_.asks(at); }

  void operator()(Args... results) { inner_(static_cast<Args&&>(results)...); }

 private:
  wait_handler<Handler, boost::asio::any_io_executor, By, Args...> inner_;
  op_type* op_;
};

template <class Handler, class By, class... Args, class Candidate>
struct associated_request<searching_handler<Handler, By, Args...>, Candidate> {
  using type = bool;
  static bool get(searching_handler<Handler, By, Args...> const& handler,
                  clock::time_point at = (clock::time_point::min)()) {
    return handler.asks(at);
  }
};

}  // namespace curfew::detail

template <class Handler, class By, class... Args, class Offered>
struct boost::asio::associated_executor<curfew::detail::searching_handler<Handler, By, Args...>,
                                        Offered> {
  using searches = curfew::detail::searching_handler<Handler, By, Args...>;
  // An operation that works on nothing, as `asio::post(deferred)`, has none to offer.
  static constexpr bool offers = !std::is_same_v<Offered, curfew::detail::default_executor>;
  using inherited = boost::asio::associated_executor<Handler, Offered>;
  using type = std::conditional_t<offers, Offered, typename inherited::type>;

  static type get(searches const& handler) noexcept { return get(handler, Offered()); }
  static type get(searches const& handler, Offered const& executor) noexcept {
    if constexpr (offers) {
      handler.offer(executor);
      return executor;
    } else {
      handler.offer(boost::asio::system_executor());
      return inherited::get(handler.caller(), executor);
    }
  }
};

#endif
