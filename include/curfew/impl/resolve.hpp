#ifndef CURFEW_IMPL_RESOLVE_HPP
#define CURFEW_IMPL_RESOLVE_HPP

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <curfew/cancellation_callback.hpp>
#include <curfew/detail/completion.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/impl/abandon_after.hpp>
#include <curfew/impl/scope.hpp>
#include <curfew/spawn_options.hpp>
#include <curfew/timeout_scope.hpp>
#include <string>
#include <tuple>
#include <utility>

namespace curfew::detail {

/// A look-up with a resolver of its own, as the body of a scope.
template <class Executor, class Resolver>
class look_up {
 public:
  using results = typename Resolver::results_type;
  using flags = typename Resolver::flags;
  static constexpr past_limit if_past() noexcept { return past_limit::refuses; }

  look_up(Resolver&& own, std::string&& host, std::string&& service, flags which)
      : own_(std::move(own)), host_(std::move(host)), service_(std::move(service)), which_(which) {}
  boost::asio::awaitable<results, Executor> operator()(timeout_scope& scope) {
    return run(scope, std::move(own_), std::move(host_), std::move(service_), which_);
  }

 private:
  static boost::asio::awaitable<results, Executor> run(timeout_scope& scope, Resolver own,
                                                       std::string host, std::string service,
                                                       flags which) {
    bool dropped = false;
    // One that is under way goes on all the same, but those that wait behind it are dropped.
    auto const dropping = scope.token().on_cancel([&] {
      dropped = true;
      own.cancel();
    });
    auto found = co_await own.async_resolve(host, service, which,
                                            boost::asio::as_tuple(boost::asio::deferred));
    // That it failed later than anybody waited is no news.
    if (dropped && std::get<0>(found)) throw_aborted(nullptr);
    co_return unpack(std::move(found));
  }

  Resolver own_;
  std::string host_, service_;
  flags which_;
};

template <class Executor, class Resolver>
auto resolve(Resolver& resolver, std::string host, std::string service,
             typename Resolver::flags which, duration_limit limit) {
  using body = look_up<Executor, Resolver>;
  spawn_options const options("resolve " + host + ':' + service, limit.where);
  auto op = run_scope<raising<typename body::results>>(
      by_deadline{never},
      body(Resolver(resolver.get_executor()), std::move(host), std::move(service), which),
      limit.where);
  return abandon_after(std::move(op), limit.value(), group_ref(), options, limit.where);
}

}  // namespace curfew::detail

#endif
