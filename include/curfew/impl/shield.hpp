#ifndef CURFEW_IMPL_SHIELD_HPP
#define CURFEW_IMPL_SHIELD_HPP

#include <boost/asio/associator.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <curfew/detail/asking_regions.hpp>
#include <curfew/detail/associated_request.hpp>
#include <curfew/detail/init_argument.hpp>
#include <curfew/impl/initiate_wait.hpp>
#include <curfew/impl/scope.hpp>
#include <source_location>
#include <tuple>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// A handler that no request reaches, and to what it belongs none is known.
template <class Handler>
class shield_handler {
 public:
  using cancellation_slot_type = boost::asio::cancellation_slot;

  explicit shield_handler(Handler&& handler) : handler_(std::move(handler)) {}

  cancellation_slot_type get_cancellation_slot() const noexcept { return {}; }
  Handler const& caller() const noexcept { return handler_; }

  template <class... Results>
  void operator()(Results&&... results) {
    std::move(handler_)(std::forward<Results>(results)...);
  }

 private:
  Handler handler_;
};

template <class Handler, class Candidate>
struct associated_request<shield_handler<Handler>, Candidate> {
  using type = bool;
  static bool get(shield_handler<Handler> const&, clock::time_point = {}) noexcept { return false; }
};

template <class Signature>
struct initiate_shielded;
template <class R, class... Args>
struct initiate_shielded<R(Args...)> {
  static constexpr bool can_refuse = first_carries_error<Args...> && (has_default<Args> && ...);

  template <class Handler, class Op>
  void operator()(Handler handler, Op op) const {
    if constexpr (can_refuse && has_executor<Handler>) {
      if (asked(handler, (clock::time_point::min)())) {
        std::tuple<std::decay_t<Args>...> results;
        set_error(std::get<0>(results), boost::asio::error::operation_aborted);
        auto const executor = executor_of(handler, no_executor());
        return std::apply(
            [&](auto&... all) { complete_posted(std::move(handler), executor, std::move(all)...); },
            results);
      }
    }
    std::move(op)(shield_handler<Handler>(std::move(handler)));
  }
};
template <class R, class... Args>
struct initiate_shielded<R(Args...)&> : initiate_shielded<R(Args...)> {};
template <class R, class... Args>
struct initiate_shielded<R(Args...) &&> : initiate_shielded<R(Args...)> {};
template <class R, class... Args>
struct initiate_shielded<R(Args...) noexcept> : initiate_shielded<R(Args...)> {};

/// Requests are held back for as long as the block runs, or for a while.
struct by_shield {
  using region = shield_region;
  using handle = no_handle;
  limit grace;
};

inline bool open_region(shield_region& region, by_shield const& by, past_limit,
                        boost::asio::cancellation_state state, verdict& decided) {
  if (region.stack().must_stop((clock::time_point::min)())) {
    decided = verdict::aborted;
    return false;
  }
  region.open(by.grace, state);
  return true;
}

template <class Given, class Op>
auto shield(Given const& executor, Op&& op, limit grace, std::source_location where) {
  require_operation<Op>();
  if constexpr (deferred_operation<Op>) {
    return wait_deferred<by_grace>(executor, std::forward<Op>(op), grace);
  } else if constexpr (!std::is_same_v<Given, no_executor>) {
    return boost::asio::co_spawn(spawned_on<std::remove_cvref_t<Op>>(executor),
                                 shield(no_executor(), std::forward<Op>(op), grace, where),
                                 boost::asio::deferred);
  } else {
    using traits = awaitable_traits<std::decay_t<Op>>;
    require_awaitable(op.valid());
    return run_scope<raising<typename traits::value_type>>(
        by_shield{grace}, awaited<std::decay_t<Op>>(std::move(op)), where);
  }
}

template <class Given, class Op>
auto shield(Given const& executor, Op&& op, std::source_location where) {
  if constexpr (deferred_operation<Op> && std::is_same_v<Given, no_executor>) {
    using signature = signature_of<Op>;
    return boost::asio::async_initiate<boost::asio::deferred_t const, signature>(
        initiate_shielded<signature>(), boost::asio::deferred, init_argument(std::forward<Op>(op)));
  } else {
    return shield(executor, std::forward<Op>(op), limit(never), where);
  }
}

}  // namespace curfew::detail

template <template <class, class> class Associator, class Handler, class Candidate>
struct boost::asio::associator<Associator, curfew::detail::shield_handler<Handler>, Candidate>
    : Associator<Handler, Candidate> {
  using shields = curfew::detail::shield_handler<Handler>;

  static typename Associator<Handler, Candidate>::type get(shields const& handler) noexcept {
    return Associator<Handler, Candidate>::get(handler.caller());
  }
  static auto get(shields const& handler, Candidate const& candidate) noexcept
      -> decltype(Associator<Handler, Candidate>::get(handler.caller(), candidate)) {
    return Associator<Handler, Candidate>::get(handler.caller(), candidate);
  }
};

#endif
