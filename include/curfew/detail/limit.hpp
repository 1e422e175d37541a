#ifndef CURFEW_DETAIL_LIMIT_HPP
#define CURFEW_DETAIL_LIMIT_HPP

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <cmath>
#include <curfew/clock.hpp>
#include <curfew/error.hpp>
#include <ratio>
#include <source_location>
#include <type_traits>
#include <utility>

namespace curfew::detail {

template <class T>
inline constexpr bool is_duration = false;
template <class Rep, class Period>
inline constexpr bool is_duration<std::chrono::duration<Rep, Period>> = true;

template <class T>
inline constexpr bool is_time_point = false;
template <class Clock, class Duration>
inline constexpr bool is_time_point<std::chrono::time_point<Clock, Duration>> = true;

template <class T>
concept relative_limit =
    is_duration<std::remove_cvref_t<T>> || std::is_same_v<std::remove_cvref_t<T>, never_t>;
template <class T>
concept absolute_limit =
    is_time_point<std::remove_cvref_t<T>> || std::is_same_v<std::remove_cvref_t<T>, never_t>;

/// The duration in the clock's unit: rounded up, so that no limit fires early, and saturated
/// before it is converted, so that none overflows.
template <class Rep, class Period>
constexpr clock::duration saturate(std::chrono::duration<Rep, Period> given) {
  using ratio = std::ratio_divide<Period, clock::period>;
  constexpr auto most = (clock::duration::max)().count();
  if constexpr (std::is_integral_v<Rep> && sizeof(Rep) <= sizeof(clock::rep) && ratio::den == 1) {
    constexpr auto limit = most / ratio::num;
    if (std::cmp_greater(given.count(), limit)) return (clock::duration::max)();
    if (std::cmp_less(given.count(), -limit)) return (clock::duration::min)();
    return clock::duration(static_cast<clock::rep>(given.count()) * ratio::num);
  } else {
    if constexpr (std::is_floating_point_v<Rep>) {
      if (std::isnan(given.count())) throw boost::system::system_error(errc::invalid_limit);
    }
    auto const ticks = std::chrono::duration<long double, clock::period>(given).count();
    if (ticks >= static_cast<long double>(most)) return (clock::duration::max)();
    if (ticks <= -static_cast<long double>(most)) return (clock::duration::min)();
    return clock::duration(static_cast<clock::rep>(std::ceil(ticks)));
  }
}

/// The time between two instants, also where these are the ends of time.
constexpr clock::duration time_between(clock::time_point from, clock::time_point to) noexcept {
  auto const a = from.time_since_epoch(), b = to.time_since_epoch();
  if (a > clock::duration::zero() && b < (clock::duration::min)() + a)
    return (clock::duration::min)();
  if (a < clock::duration::zero() && b > (clock::duration::max)() + a)
    return (clock::duration::max)();
  return b - a;
}

/// What a caller gave as a limit, kept until the await: a duration that counts from there, or an
/// instant. Never is the instant at the end of time.
class limit {
 public:
  constexpr limit(never_t) noexcept : value_((clock::duration::max)()), relative_(false) {}
  template <class Rep, class Period>
  limit(std::chrono::duration<Rep, Period> given) : value_(saturate(given)), relative_(true) {}
  template <class Duration>
  limit(std::chrono::time_point<clock, Duration> given)
      : value_(saturate(given.time_since_epoch())), relative_(false) {}

  bool is_never() const noexcept { return value_ == (clock::duration::max)(); }
  /// Whether it counts from the await.
  bool is_relative() const noexcept { return relative_; }

  /// Whether it has passed whatever time it is: zero and negative durations.
  bool is_past() const noexcept { return relative_ && value_ <= clock::duration::zero(); }

  /// The instant at which it passes when it counts from `now`.
  clock::time_point from(clock::time_point now) const noexcept {
    if (!relative_ || is_never()) return clock::time_point(value_);
    if (value_ > clock::duration::zero() && now > (clock::time_point::max)() - value_)
      return (clock::time_point::max)();
    if (value_ < clock::duration::zero() && now < (clock::time_point::min)() - value_)
      return (clock::time_point::min)();
    return now + value_;
  }

 private:
  clock::duration value_;
  bool relative_;
};

/// A limit in one word, because the frame of whoever awaits holds it several times: an instant as
/// it is, a duration as its negative. One that is past whatever time it is counts from the await as
/// zero does, and an instant before the clock's beginning is the beginning.
class packed_limit {
 public:
  packed_limit(limit given) noexcept : word_(word_of(given)) {}

  bool is_never() const noexcept { return word_ == clock::rep((clock::duration::max)().count()); }
  clock::time_point from(clock::time_point now) const noexcept {
    if (word_ >= 0) return clock::time_point(clock::duration(word_));
    if (word_ == past) return now;
    clock::duration const given(-word_);
    return now > (clock::time_point::max)() - given ? (clock::time_point::max)() : now + given;
  }

 private:
  static constexpr clock::rep past = (clock::duration::min)().count();

  static clock::rep word_of(limit given) noexcept {
    auto const value = given.from(clock::time_point()).time_since_epoch().count();
    if (!given.is_relative() || given.is_never()) return (std::max)(value, clock::rep(0));
    return value > 0 ? -value : past;
  }

  clock::rep word_;
};

/// A limit as a parameter, with the place of the call. Anything converts to it, so that what is no
/// limit is refused in words.
class duration_limit {
 public:
  template <class Limit>
    requires(!std::is_same_v<std::remove_cvref_t<Limit>, duration_limit>)
  duration_limit(Limit const& given, std::source_location place = std::source_location::current())
      : where(place), length_(check(given)) {}

  limit value() const {
    if (length_ == (clock::duration::max)()) return never;
    return length_;
  }

  std::source_location where;

 private:
  template <class Limit>
  static clock::duration check(Limit const& given) {
    constexpr bool instant = is_time_point<Limit>;
    static_assert(relative_limit<Limit> || !instant,
                  "curfew: this function takes a duration; for a time point there is one that ends "
                  "in _until or _at");
    static_assert(relative_limit<Limit> || instant,
                  "curfew: a limit is a std::chrono duration, such as 5s, or curfew::never");
    if constexpr (is_duration<Limit>)
      return saturate(given);
    else
      return (clock::duration::max)();
  }

  clock::duration length_;  ///< The longest is never.
};

/// The same for an instant.
class instant_limit {
 public:
  template <class TimePoint>
    requires(!std::is_same_v<std::remove_cvref_t<TimePoint>, instant_limit>)
  instant_limit(TimePoint const& given,
                std::source_location place = std::source_location::current())
      : where(place), instant_(check(given)) {}

  limit value() const { return instant_; }

  std::source_location where;

 private:
  template <class TimePoint>
  static clock::time_point check(TimePoint const& given) {
    constexpr bool fits =
        !is_duration<TimePoint> && std::is_constructible_v<limit, TimePoint const&>;
    static_assert(fits || !is_duration<TimePoint>,
                  "curfew: this function takes a time point; for a duration there is one that ends "
                  "in _for or _after");
    static_assert(
        fits || is_duration<TimePoint>,
        "curfew: a deadline is a time point of curfew::clock (std::chrono::steady_clock), "
        "or curfew::never");
    if constexpr (fits)
      return limit(given).from({});
    else
      return (clock::time_point::max)();
  }

  clock::time_point instant_;
};

template <class T>
concept any_limit = relative_limit<T> || absolute_limit<T>;

}  // namespace curfew::detail

#endif
