#ifndef CURFEW_IMPL_RETRY_HPP
#define CURFEW_IMPL_RETRY_HPP

#include <curfew/detail/check.hpp>
#include <curfew/detail/kept_arguments.hpp>
#include <curfew/detail/result_traits.hpp>
#include <curfew/operation.hpp>
#include <curfew/retry_policy.hpp>
#include <curfew/sleep.hpp>
#include <curfew/this_task.hpp>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

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

/// What an attempt gave that says itself that it failed; nothing where results cannot.
template <class T>
using failing_value = std::optional<std::conditional_t<carries_error<T>, T, std::monostate>>;

template <class F, class... Args>
auto run_attempts(retry_policy policy, F f, Args... args) ->
    typename awaitable_traits<attempt_t<F, Args...>>::type {
  auto const self = co_await this_task::self();
  retry_policy::delays delays(policy);
  using T = typename awaitable_traits<attempt_t<F, Args...>>::value_type;
  for (std::size_t attempt = 1;; ++attempt) {
    std::exception_ptr failure;
    [[maybe_unused]] failing_value<T> value;
    try {
      auto op = std::invoke(f, args...);
      require_awaitable(op.valid());
      if constexpr (carries_error<T>) {
        value.emplace(co_await std::move(op));
        failure = error_said_by(*value);
        if (!failure) co_return std::move(*value);
      } else {
        co_return co_await std::move(op);
      }
    } catch (...) {
      failure = std::current_exception();
    }
    bool const again = attempt != policy.attempts() && policy.retries(failure);
    auto const pause = again ? delays.next() : (clock::duration::max)();
    if (!again || !is_in_time(self, pause)) {
      if constexpr (carries_error<T>) {
        if (value) co_return std::move(*value);
      }
      std::rethrow_exception(std::move(failure));
    }
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
