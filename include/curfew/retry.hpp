#ifndef CURFEW_RETRY_HPP
#define CURFEW_RETRY_HPP

#include <curfew/impl/retry.hpp>
#include <curfew/retry_policy.hpp>
#include <source_location>
#include <utility>

namespace curfew {

/// Runs a coroutine function until it succeeds: `co_await retry(retry_policy(5), fetch, url);`.
///
/// \par Completes when
/// an attempt has succeeded, or there is none any more.
/// \returns `awaitable<T, Executor>` for an `f(args...)` that returns that.
/// \par Cancellation
/// Goes to the attempt, or ends the pause. A cancellation is never tried again.
/// \par Errors
/// Of the last attempt: when there were enough, when the policy does not want another, and when the
/// next would begin after the earliest deadline around (`this_task`): no time is spent in waiting
/// for what could not be done any more. A result that starts with an `error_code` counts as that
/// error; the last one is given. `errc::invalid_state` for an empty awaitable. `errc::timed_out` of
/// a limit inside the attempt is an error like others.
/// \par Result
/// Never lost.
/// \par Lifetime
/// `f` and `args` are kept as decayed copies; each attempt is given them as lvalues.
/// \par Example
/// \snippet retrying.cpp retry
/// \see `staggered_race` starts the next attempt before the one before has failed.
struct retry_fn {
  template <class F, class... Args>
  auto operator()(retry_policy policy, F&& f, Args&&... args) const {
    return detail::retry<std::decay_t<F>, std::decay_t<Args>...>(
        std::move(policy), std::forward<F>(f), std::forward<Args>(args)...);
  }
};

/// \copydoc retry_fn
inline constexpr retry_fn retry{};

}  // namespace curfew

#endif
