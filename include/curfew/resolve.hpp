#ifndef CURFEW_RESOLVE_HPP
#define CURFEW_RESOLVE_HPP

#include <curfew/detail/coroutine_executor.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/impl/resolve.hpp>
#include <string>
#include <utility>

namespace curfew {

/// Looks up a name, and waits for it no longer than a limit:
/// `auto found = co_await resolve(resolver, "example.com", "https", 2s);`.
///
/// Asio's resolver cannot be cancelled: it calls `getaddrinfo` on a thread of the context, which
/// takes as long as it takes, and `wait_for` around it waits for that. This leaves it behind, as
/// `abandon_after` does, as a task of the context named "resolve example.com:https".
///
/// \param resolver Of it only the executor and the protocol are used: the look-up has a resolver of
/// its own.
/// \par Completes when
/// the look-up has ended; or the limit has passed, or the caller is asked to stop: at once.
/// \returns `awaitable<results_type, Executor>` of the resolver's executor type; for other
/// coroutines `resolve.on<Executor>(resolver, host, service, limit)`.
/// \par Cancellation
/// The caller leaves. A look-up that is under way goes on, and what it finds is dropped; one that
/// has not begun is not made. With a limit that has passed already none starts.
/// \par Errors
/// `errc::timed_out`, when the limit has passed; `operation_aborted`, when something outside asked.
/// The resolver's own, such as `asio::error::host_not_found`; one that comes after the limit is
/// dropped. `errc::group_closed` when the context is being destroyed. `errc::invalid_limit`, thrown
/// by the call.
/// \par Units
/// Any `std::chrono` duration, counted from the await.
/// \par Thread safety
/// Distinct calls: safe, also for one resolver as far as reading its executor is.
/// \par Lifetime
/// The resolver is not needed after the call. The context is: its `run` does not return before the
/// look-up has ended, nor does its destructor. Asio makes the look-ups of a context one after the
/// other, so that one that hangs holds up those behind it.
/// \par Example
/// \snippet resolving.cpp resolve
/// \see `abandon_after` for other work that cannot be cancelled.
struct resolve_fn {
  template <class Resolver>
  auto operator()(Resolver& resolver, std::string host, std::string service,
                  detail::duration_limit limit) const {
    return on<detail::coroutine_executor<Resolver>>(resolver, std::move(host), std::move(service),
                                                    typename Resolver::flags(), limit);
  }
  /// \param flags As for `async_resolve`, for instance `asio::ip::resolver_base::numeric_host`.
  template <class Resolver>
  auto operator()(Resolver& resolver, std::string host, std::string service,
                  typename Resolver::flags flags, detail::duration_limit limit) const {
    return on<detail::coroutine_executor<Resolver>>(resolver, std::move(host), std::move(service),
                                                    flags, limit);
  }
  /// For coroutines of another executor type than the resolver's.
  template <class Executor, class Resolver>
  auto on(Resolver& resolver, std::string host, std::string service,
          detail::duration_limit limit) const {
    return on<Executor>(resolver, std::move(host), std::move(service), typename Resolver::flags(),
                        limit);
  }
  template <class Executor, class Resolver>
  auto on(Resolver& resolver, std::string host, std::string service, typename Resolver::flags flags,
          detail::duration_limit limit) const {
    return detail::resolve<Executor>(resolver, std::move(host), std::move(service), flags, limit);
  }
};

/// \copydoc resolve_fn
inline constexpr resolve_fn resolve{};

}  // namespace curfew

#endif
