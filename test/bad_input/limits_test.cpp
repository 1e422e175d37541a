#include "../support.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <ratio>

BOOST_AUTO_TEST_SUITE(limits)

namespace {

using curfew::clock;
using curfew::detail::limit;
using curfew::detail::packed_limit;
using curfew::detail::saturate;

template <class Rep>
constexpr Rep infinity = std::numeric_limits<Rep>::infinity();
template <class Rep>
constexpr Rep not_a_number = std::numeric_limits<Rep>::quiet_NaN();

// What each way of giving a limit makes of one.
template <class Limit>
void never_fires(Limit given) {
  fixture f;
  f.run([&]() -> awaitable<> {
    ENDS(end::value, curfew::wait_for(curfew::sleep_for(1h), given));
    ENDS(end::value, curfew::wait_for(sleepy(1h), given));
    auto body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      BOOST_TEST((scope.deadline() == clock::time_point::max()));
      BOOST_TEST((scope.remaining() == clock::duration::max()));
      co_await sleepy(1h);
    };
    ENDS(end::value, curfew::timeout(given, body));
    BOOST_TEST((co_await curfew::move_on_after(given, body)));
  });
  BOOST_TEST(f.elapsed() == 4h);
}

template <class Limit>
void has_passed(Limit given) {
  fixture f;
  f.run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(1h), given));
    ENDS(end::timed_out, curfew::wait_for(sleepy(1h), given));
    auto body = []() -> awaitable<> { co_await sleepy(1h); };
    ENDS(end::timed_out, curfew::timeout(given, body));
    BOOST_TEST((!co_await curfew::move_on_after(given, body)));
    ENDS(end::value, curfew::sleep_for(given));
  });
  BOOST_TEST(f.elapsed() == 0ns);
}

template <class Limit>
void is_refused(Limit given) {
  auto const refusal = [](system_error const& e) {
    return e.code() == curfew::errc::invalid_limit;
  };
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  auto body = []() -> awaitable<> { co_return; };
  BOOST_CHECK_EXCEPTION((void)curfew::wait_for(curfew::sleep_for(1s), given), system_error,
                        refusal);
  BOOST_CHECK_EXCEPTION((void)curfew::sleep_for(given), system_error, refusal);
  BOOST_CHECK_EXCEPTION((void)curfew::timeout(given, body), system_error, refusal);
  BOOST_CHECK_EXCEPTION((void)curfew::move_on_after(given, body), system_error, refusal);
  BOOST_CHECK_EXCEPTION(time.advance(given), system_error, refusal);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_zero_has_passed) {
  has_passed(0s);
  has_passed(std::chrono::duration<double>(0.0));
  has_passed(std::chrono::duration<double>(-0.0));
  has_passed(std::chrono::duration<std::int8_t>(0));
  has_passed(std::chrono::duration<unsigned>(0U));
}

BOOST_AUTO_TEST_CASE(a_negative_duration_has_passed) {
  has_passed(-1ns);
  has_passed(-1h);
  has_passed(std::chrono::hours::min());
  has_passed(std::chrono::nanoseconds::min());
  has_passed(std::chrono::duration<std::int8_t>(-128));
  has_passed(std::chrono::duration<double>(-1e300));
  has_passed(std::chrono::duration<float>(-infinity<float>));
}

BOOST_AUTO_TEST_CASE(what_overflows_never_fires) {
  never_fires(curfew::never);
  never_fires(std::chrono::nanoseconds::max());
  never_fires(std::chrono::seconds::max());
  never_fires(std::chrono::hours::max());
  never_fires(std::chrono::duration<double>(infinity<double>));
  never_fires(std::chrono::duration<long double, std::pico>(infinity<long double>));
  never_fires(std::chrono::duration<double, std::ratio<86400 * 365>>(1e30));
  never_fires(std::chrono::duration<std::uint64_t>(std::numeric_limits<std::uint64_t>::max()));
}

BOOST_AUTO_TEST_CASE(what_ends_after_the_end_of_time_never_fires) {
  never_fires(std::chrono::nanoseconds::max() - 1ns);
  never_fires(std::chrono::nanoseconds::max() - 1h);
}

BOOST_AUTO_TEST_CASE(what_is_no_number_is_refused_by_the_call) {
  is_refused(std::chrono::duration<double>(not_a_number<double>));
  is_refused(std::chrono::duration<float, std::milli>(not_a_number<float>));
  is_refused(std::chrono::duration<long double>(-not_a_number<long double>));
}

BOOST_AUTO_TEST_CASE(a_refused_limit_changes_nothing) {
  fixture f;
  f.run([&]() -> awaitable<> {
    auto body = [](curfew::timeout_scope& scope) -> awaitable<> {
      auto const before = scope.deadline();
      BOOST_CHECK_THROW(
          (void)scope.reschedule_after(std::chrono::duration<double>(not_a_number<double>)),
          system_error);
      BOOST_TEST((scope.deadline() == before));
      co_await curfew::sleep_forever();
    };
    ENDS(end::timed_out, curfew::timeout(1s, body));
  });
  BOOST_TEST(f.elapsed() == 1s);
}

BOOST_AUTO_TEST_CASE(durations_of_any_kind_are_rounded_up_to_the_clocks_unit) {
  using std::chrono::duration;
  BOOST_TEST(saturate(duration<std::int8_t>(127)) == 127s);
  BOOST_TEST(saturate(duration<std::int8_t, std::ratio<3600>>(127)) == 127h);
  BOOST_TEST(saturate(duration<long long, std::pico>(1)) == 1ns);
  BOOST_TEST(saturate(duration<long long, std::pico>(1000)) == 1ns);
  BOOST_TEST(saturate(duration<long long, std::pico>(1001)) == 2ns);
  BOOST_TEST(saturate(duration<long long, std::pico>(-1)) == 0ns);
  BOOST_TEST(saturate(duration<long long, std::atto>(1)) == 1ns);
  BOOST_TEST(saturate(duration<long long, std::ratio<1001, 30000>>(1)) == 33'366'667ns);
  BOOST_TEST(saturate(duration<int, std::ratio<1, 3>>(1)) == 333'333'334ns);
  BOOST_TEST(saturate(duration<double>(1e-10)) == 1ns);
  BOOST_TEST(saturate(duration<double>(1.5)) == 1500ms);
  BOOST_TEST(saturate(duration<double, std::ratio<3600>>(0.5)) == 30min);
  BOOST_TEST(saturate(duration<unsigned char, std::milli>(255)) == 255ms);
}

BOOST_AUTO_TEST_CASE(the_ends_of_every_representation_saturate) {
  using std::chrono::duration;
  using curfew_duration = clock::duration;
  BOOST_TEST(saturate(std::chrono::hours::max()) == curfew_duration::max());
  BOOST_TEST(saturate(std::chrono::hours::min()) == curfew_duration::min());
  BOOST_TEST(saturate(duration<long long, std::pico>::max()) < 107 * 24h);
  BOOST_TEST(saturate(duration<long long, std::pico>::max()) > 106 * 24h);
  BOOST_TEST(saturate(duration<long long, std::atto>::max()) == 9'223'372'037ns);
  BOOST_TEST(saturate(duration<unsigned long long, std::nano>::max()) == curfew_duration::max());
  BOOST_TEST(saturate(duration<long long, std::ratio<1001, 30000>>::max()) ==
             curfew_duration::max());
  BOOST_TEST(saturate(duration<float>(std::numeric_limits<float>::max())) ==
             curfew_duration::max());
  BOOST_TEST(saturate(duration<double, std::nano>(9.3e18)) == curfew_duration::max());
}

BOOST_AUTO_TEST_CASE(an_instant_is_kept_and_a_duration_counts_from_the_present) {
  constexpr clock::time_point present{5h};
  BOOST_TEST((limit(1h).from(present) == present + 1h));
  BOOST_TEST((limit(present - 1h).from(present) == present - 1h));
  BOOST_TEST((limit(curfew::never).from(present) == clock::time_point::max()));
  BOOST_TEST((limit(clock::time_point::min()).from(present) == clock::time_point::min()));
  BOOST_TEST(limit(clock::time_point::max()).is_never());
  BOOST_TEST(
      (limit(clock::duration::min()).from(clock::time_point::min()) == clock::time_point::min()));
  std::chrono::time_point<curfew::clock, std::chrono::duration<double>> const floating(
      std::chrono::duration<double>(1.5));
  BOOST_TEST((limit(floating).from(present) == clock::time_point(1500ms)));
}

BOOST_AUTO_TEST_CASE(a_limit_in_one_word_is_the_same_limit_wherever_it_is_not_past) {
  using lengths = std::vector<clock::duration>;
  auto const least = clock::duration::min(), most = clock::duration::max();
  lengths const all = {least, least + 1ns, -1h, -1ns, 0ns, 1ns, 1h, most / 2, most - 1ns, most};
  for (auto const at : {0ns, clock::duration(5h), most / 2, most}) {
    clock::time_point const present(at);
    for (auto const length : all) {
      packed_limit const packed = limit(length);
      BOOST_TEST((packed.from(present) == std::max(limit(length).from(present), present)));
      BOOST_TEST(packed.is_never() == limit(length).is_never());
      limit const instant = clock::time_point(length);
      BOOST_TEST((packed_limit(instant).from(present) ==
                  std::max(clock::time_point(length), clock::time_point())));
      BOOST_TEST(packed_limit(instant).is_never() == instant.is_never());
    }
  }
}

BOOST_AUTO_TEST_CASE(instants_in_the_past_the_future_and_at_the_ends_of_time) {
  fixture f;
  f.run([&]() -> awaitable<> {
    auto const now = f.time.now();
    for (auto const past : {now, now - 1ns, clock::time_point(), clock::time_point::min()}) {
      ENDS(end::timed_out, curfew::wait_until(curfew::sleep_for(1s), past));
      ENDS(end::timed_out, curfew::wait_until(sleepy(1s), past));
      ENDS(end::value, curfew::sleep_until(past));
      auto body = []() -> awaitable<> { co_await sleepy(1s); };
      ENDS(end::timed_out, curfew::timeout_at(past, body));
      BOOST_TEST((!co_await curfew::move_on_at(past, body)));
    }
    BOOST_TEST(f.elapsed() == 0ns);
    ENDS(end::timed_out, curfew::wait_until(curfew::sleep_forever(), now + 1ns));
    BOOST_TEST(f.elapsed() == 1ns);
    ENDS(end::value, curfew::wait_until(curfew::sleep_for(1s), clock::time_point::max()));
    ENDS(end::value, curfew::wait_until(curfew::sleep_for(1s), clock::time_point::max() - 1ns));
  });
}

BOOST_AUTO_TEST_CASE(a_time_that_goes_back_or_is_no_number_is_refused) {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  auto const before = time.now();
  BOOST_CHECK_THROW(time.advance(-1ns), system_error);
  BOOST_CHECK_THROW(time.advance(std::chrono::hours::min()), system_error);
  BOOST_TEST((time.now() == before));
  time.advance(0s);
  BOOST_TEST((time.now() == before));
  BOOST_CHECK_THROW(curfew::testing::virtual_time second(context), system_error);
}

BOOST_AUTO_TEST_CASE(no_time_remains_until_the_beginning_of_time) {
  fixture f;
  f.run([&]() -> awaitable<> {
    auto const body = [](curfew::timeout_scope& scope) -> awaitable<> {
      auto const self = co_await curfew::this_task::self();
      BOOST_TEST(scope.remaining() == 0ns);
      BOOST_TEST(self.remaining() == 0ns);
    };
    co_await curfew::timeout_at(clock::time_point::min(), body);
  });
}

BOOST_AUTO_TEST_SUITE_END()
