#ifndef CURFEW_IMPL_FINALLY_HPP
#define CURFEW_IMPL_FINALLY_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <curfew/detail/adopt.hpp>
#include <curfew/detail/asking_regions.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/detail/scoped_region.hpp>
#include <curfew/impl/as_awaitable.hpp>
#include <curfew/impl/scope.hpp>
#include <curfew/operation.hpp>
#include <curfew/outcome.hpp>
#include <functional>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>

namespace curfew::detail {

template <class F, class T>
inline constexpr bool looks_at_outcome = std::is_invocable_v<F&, outcome<T> const&>;

template <class F, class T>
decltype(auto) invoke_cleanup(F& cleanup, outcome<T> const& ended) {
  if constexpr (looks_at_outcome<F, T>)
    return std::invoke(cleanup, ended);
  else
    return std::invoke(cleanup);
}

/// Says at compile time why something cannot be a cleanup.
template <class F, class T, class Executor>
constexpr void require_cleanup() {
  constexpr bool callable = looks_at_outcome<F, T> || std::is_invocable_v<F&>;
  static_assert(callable,
                "curfew: a cleanup is called as cleanup(outcome<T> const&) or cleanup(), where T "
                "is what the operation gives; this one cannot be");
  if constexpr (callable) {
    using given = decltype(invoke_cleanup(std::declval<F&>(), std::declval<outcome<T> const&>()));
    static_assert(
        std::is_void_v<given> || is_awaitable_of<given, boost::asio::awaitable<void, Executor>>,
        "curfew: a cleanup is a coroutine function that returns asio::awaitable<void>, of the "
        "operation's executor type, or a plain function that returns void");
  }
}

template <class F, class T>
inline constexpr bool is_plain_cleanup =
    std::is_void_v<decltype(invoke_cleanup(std::declval<F&>(), std::declval<outcome<T> const&>()))>;

/// Also a value may say that it is an error.
template <class T>
bool has_succeeded(outcome<T> const& how) {
  if constexpr (carries_error<T>)
    return how.has_value() && how_ended(how.value()) == ending::value;
  else
    return how.has_value();
}

/// Opens the regions in which a cleanup runs: a shield, and a limit in it.
CURFEW_EXPORT void open_cleanup(shield_region& shielded, scoped_region& limited, limit const& given,
                                boost::asio::cancellation_state state);
/// Closes them; gives the error that the cleanup ends with.
CURFEW_EXPORT std::exception_ptr close_cleanup(shield_region& shielded, scoped_region& limited,
                                               std::exception_ptr error,
                                               boost::asio::cancellation_state state);

template <class T, class F, class Executor>
boost::asio::awaitable<T, Executor> run_finally(boost::asio::awaitable<T, Executor> op, F cleanup,
                                                limit given, std::source_location where) {
  namespace this_coro = boost::asio::this_coro;

  auto const state = co_await this_coro::cancellation_state;
  auto* const stack = region_stack::find(state.slot());
  if (!stack) {
    adoption run(run_finally(std::move(op), std::move(cleanup), given, where));
    bool const refusing = co_await this_coro::throw_if_cancelled();
    co_await adopt(run, refusing, state);
    if (run.out.error) std::rethrow_exception(std::move(run.out.error));
    if (!run.started) throw_aborted(nullptr);
    if constexpr (std::is_void_v<T>)
      co_return;
    else
      co_return std::move(*run.out.value);
  }
  if (stack->must_stop((clock::time_point::min)())) throw_aborted(nullptr);

  std::optional<outcome<T>> ended;
  std::exception_ptr error;
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(op);
      ended.emplace(std::in_place);
    } else {
      ended.emplace(std::in_place, co_await std::move(op));
    }
  } catch (...) {
    error = std::current_exception();
  }
  if (error) ended.emplace(std::move(error));

  std::exception_ptr failure;
  {
    shield_region shielded(*stack, where);
    scoped_region limited(*stack, where);
    open_cleanup(shielded, limited, given, co_await this_coro::cancellation_state);
    try {
      if constexpr (is_plain_cleanup<F, T>) {
        invoke_cleanup(cleanup, *ended);
      } else {
        auto cleaning = invoke_cleanup(cleanup, *ended);
        require_awaitable(cleaning.valid());
        co_await std::move(cleaning);
      }
    } catch (...) {
      failure = std::current_exception();
    }
    failure = close_cleanup(shielded, limited, std::move(failure),
                            co_await this_coro::cancellation_state);
  }
  if (failure && has_succeeded(*ended)) std::rethrow_exception(std::move(failure));
  co_return std::move(*ended).value();
}

template <class Executor, class Op, class F>
auto finally(Op&& op, F&& cleanup, limit given, std::source_location where) {
  require_operation<Op>();
  using T = value_of<Op>;
  using own_executor = executor_for<Executor, Op>;
  require_cleanup<std::decay_t<F>, T, own_executor>();
  return run_finally<T, std::decay_t<F>>(as_awaitable<own_executor>(std::forward<Op>(op)),
                                         std::forward<F>(cleanup), given, where);
}

}  // namespace curfew::detail

#endif
