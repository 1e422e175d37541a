#ifndef CURFEW_IMPL_RETRY_HPP
#define CURFEW_IMPL_RETRY_HPP

#include <curfew/operation.hpp>
#include <curfew/retry_policy.hpp>
#include <curfew/sleep.hpp>
#include <curfew/this_task.hpp>
#include <functional>
#include <type_traits>
#include <utility>

namespace curfew::detail {

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
