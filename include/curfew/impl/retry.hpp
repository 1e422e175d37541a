#ifndef CURFEW_IMPL_RETRY_HPP
#define CURFEW_IMPL_RETRY_HPP

#include <curfew/detail/kept_arguments.hpp>
#include <curfew/operation.hpp>
#include <curfew/retry_policy.hpp>
#include <curfew/sleep.hpp>
#include <curfew/this_task.hpp>
#include <functional>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// Whether a kept argument can be handed to a parameter: not as a reference through which nobody
/// would see what was written.
template <class Parameter, class Kept>
inline constexpr bool shows_what_is_written =
    !std::is_lvalue_reference_v<Parameter> || std::is_const_v<std::remove_reference_t<Parameter>> ||
    !std::is_same_v<std::remove_reference_t<Parameter>, Kept>;
template <class... Ps, class... Kept>
constexpr bool all_show(parameters<Ps...>, parameters<Kept...>) {
  if constexpr (sizeof...(Ps) == sizeof...(Kept))
    return (shows_what_is_written<Ps, Kept> && ...);
  else
    return true;
}

template <class F, class... Args>
using attempt_t = std::invoke_result_t<F&, Args&...>;

/// Says at compile time why something cannot be tried again and again.
template <class F, class... Args>
constexpr void require_attempt() {
  constexpr bool callable = std::is_invocable_v<F&, Args&...>;
  static_assert(callable,
                "curfew: retry calls f(args...) with lvalues of decayed copies of the arguments, "
                "once for each attempt; this one cannot be called so");
  if constexpr (callable)
    static_assert(awaitable_operation<attempt_t<F, Args...>>,
                  "curfew: retry takes a coroutine function, one that returns "
                  "asio::awaitable<...>: an awaitable itself can be awaited only once");
  using known = typename parameters_of<F>::type;
  if constexpr (!std::is_void_v<known>)
    static_assert(all_show(known(), parameters<Args...>()),
                  "curfew: the function would change a copy of an argument that nobody sees: pass "
                  "std::ref(argument), or take it by value");
}

/// Whether there is time for another attempt after a pause.
inline bool is_in_time(task_view const& self, clock::duration pause) {
  return self.remaining() > pause;
}

template <class F, class... Args>
attempt_t<F, Args...> run_attempts(retry_policy policy, F f, Args... args) {
  auto const self = co_await this_task::self();
  retry_policy::delays delays(policy);
  for (std::size_t attempt = 1;; ++attempt) {
    std::exception_ptr failure;
    try {
      co_return co_await std::invoke(f, args...);
    } catch (...) {
      failure = std::current_exception();
    }
    if (attempt == policy.attempts() || !policy.retries(failure))
      std::rethrow_exception(std::move(failure));
    auto const pause = delays.next();
    if (!is_in_time(self, pause)) std::rethrow_exception(std::move(failure));
    co_await sleep_for(pause);
  }
}

template <class F, class... Args, class Fn, class... As>
auto retry(retry_policy policy, Fn&& f, As&&... args) {
  require_attempt<F, Args...>();
  return run_attempts<F, Args...>(std::move(policy), std::forward<Fn>(f),
                                  std::forward<As>(args)...);
}

}  // namespace curfew::detail

#endif
