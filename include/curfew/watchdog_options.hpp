#ifndef CURFEW_WATCHDOG_OPTIONS_HPP
#define CURFEW_WATCHDOG_OPTIONS_HPP

#include <curfew/clock.hpp>
#include <curfew/detail/limit.hpp>

namespace curfew {

/// What the watchdog of a `run` reports: `run_options().watchdog(watchdog_options().loop_lag(1s))`.
///
/// It writes a line to `run_options::log` and tells the observer. It is a timer on the loop of the
/// run: what never returns to the loop at all, it can report only afterwards.
/// \par Example
/// \snippet running.cpp watchdog
class watchdog_options {
 public:
  /// A task that has not ended this long after it was asked to stop is reported once, with all that
  /// is known of it; up to a quarter later than that. By default after 5 s; `never` for no report.
  watchdog_options& refusal(detail::duration_limit after) & {
    refusal_ = at_least_something(after);
    return *this;
  }
  watchdog_options&& refusal(detail::duration_limit after) && { return std::move(refusal(after)); }
  /// A timer that the loop delivers this late is reported, at most once a second: something keeps
  /// the loop busy. By default 200 ms; `never` for no report.
  watchdog_options& loop_lag(detail::duration_limit late) & {
    loop_lag_ = at_least_something(late);
    return *this;
  }
  watchdog_options&& loop_lag(detail::duration_limit late) && { return std::move(loop_lag(late)); }

  clock::duration refusal() const noexcept { return refusal_; }
  clock::duration loop_lag() const noexcept { return loop_lag_; }

 private:
  static clock::duration at_least_something(detail::duration_limit const& given) {
    if (given.value().is_past()) throw boost::system::system_error(errc::invalid_limit);
    return given.value().from({}).time_since_epoch();
  }

  clock::duration refusal_ = std::chrono::seconds(5);
  clock::duration loop_lag_ = std::chrono::milliseconds(200);
};

}  // namespace curfew

#endif
