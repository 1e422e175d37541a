#include "running.hpp"

#include <curfew/watchdog_options.hpp>
#include <thread>

// A loop that is late is late by the real clock.

BOOST_AUTO_TEST_SUITE(real_clock_watchdog)

namespace {

using curfew::watchdog_options;

void block(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }

int count_of(std::string const& words, std::string const& text) {
  int found = 0;
  for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++found;
  return found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_loop_that_is_kept_busy_is_reported_at_most_once_a_second) {
  std::ostringstream log;
  int first = 0, second = 0, third = 0;
  auto const began = curfew::clock::now();
  auto const main = [&]() -> awaitable<> {
    auto const lines = [&] {
      return count_of("curfew: the loop is late: it delivered", log.str());
    };
    co_await curfew::sleep_for(30ms);
    block(60ms);
    co_await curfew::sleep_for(50ms);
    first = lines();
    block(60ms);
    co_await curfew::sleep_for(50ms);
    second = lines();
    co_await curfew::sleep_for(900ms);
    block(60ms);
    co_await curfew::sleep_for(50ms);
    third = lines();
  };
  curfew::run(main, curfew::run_options().log(log).watchdog(watchdog_options().loop_lag(20ms)));
  BOOST_TEST(first == 1);
  BOOST_TEST(third >= 2);
  // On a machine that is busy itself there may be more of them, but not sooner.
  auto const passed = std::chrono::duration<double>(curfew::clock::now() - began).count();
  BOOST_TEST((second == 1 || passed > 1.5));
  BOOST_TEST(third <= 1 + static_cast<int>(passed));
}

BOOST_AUTO_TEST_CASE(a_loop_that_is_late_by_less_is_not_reported) {
  std::ostringstream log;
  auto const main = [&]() -> awaitable<> {
    co_await curfew::sleep_for(30ms);
    block(60ms);
    co_await curfew::sleep_for(50ms);
  };
  curfew::run(main, curfew::run_options().log(log).watchdog(watchdog_options().loop_lag(1h)));
  curfew::run(main,
              curfew::run_options().log(log).watchdog(watchdog_options().loop_lag(curfew::never)));
  BOOST_TEST(log.str() == "");
}

BOOST_AUTO_TEST_SUITE_END()
