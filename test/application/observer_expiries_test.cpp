#include "recorder.hpp"

#include <curfew/finally.hpp>
#include <curfew/move_on_after.hpp>
#include <curfew/shield.hpp>
#include <curfew/timeout.hpp>
#include <curfew/wait_for.hpp>

// Which limits are told when they pass: each once, with its task and its place.

BOOST_AUTO_TEST_SUITE(observer_expiries)

namespace {

awaitable<> forever() { co_await curfew::sleep_forever(); }

awaitable<> stay_until_asked_for_good() {
  for (int i = 0; i < 3; ++i) ENDS(end::aborted, curfew::sleep_forever());
  co_await curfew::checkpoint();
}
awaitable<> end_by_name(curfew::timeout_scope& scope) {
  scope.cancel("by name");
  co_await curfew::sleep_forever();
}

/// Runs a body as a task with a name.
template <class F>
void run_task(observed& f, F const& body) {
  auto const task = curfew::spawn(f.context, {"a"}, body);
  f.time.run();
  BOOST_REQUIRE(task.done());
  task.result().value();
}

/// What was told but for the task's spawn and end.
lines expiries_of(recorder const& record) {
  auto all = record.lines();
  std::erase_if(all, [](auto const& line) { return !line.starts_with("expiry"); });
  return all;
}

#define EXPIRED(record, ...) \
  BOOST_TEST(expiries_of(record) == (lines{__VA_ARGS__}), boost::test_tools::per_element())

void block_for(std::chrono::milliseconds duration) {
  auto const until = std::chrono::steady_clock::now() + duration;
  while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_block_that_expires_is_told_once_with_its_place) {
  observed f;
  unsigned line = 0;
  run_task(f, [&]() -> awaitable<> {
    line = __LINE__ + 1;
    ENDS(end::timed_out, curfew::timeout(1s, stay_until_asked_for_good));
    ENDS(end::value, curfew::sleep_for(1h));
  });
  TOLD(*f.record, "spawn a", "expiry in a at 1000, late 0", "end a: completed");
  auto const told = f.record->entries()[1];
  BOOST_TEST(std::string(told.where.file_name()).ends_with("observer_expiries_test.cpp"));
  BOOST_TEST(told.where.line() == line);
}

BOOST_AUTO_TEST_CASE(a_block_that_ends_in_time_is_not_told) {
  observed f;
  run_task(f, []() -> awaitable<> {
    co_await curfew::timeout(1s, sleepy, 999ms);
    co_await curfew::wait_for(curfew::sleep_for(999ms), 1s);
    co_await curfew::wait_for(sleepy(999ms), 1s);
    BOOST_TEST(co_await curfew::move_on_after(1s, sleepy, 999ms));
    ENDS(end::aborted, curfew::timeout(1s, end_by_name));
    co_await curfew::sleep_for(1h);
  });
  EXPIRED(*f.record);
}

BOOST_AUTO_TEST_CASE(each_kind_of_limit_is_told) {
  observed f;
  run_task(f, []() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_forever(), 1s));
    ENDS(end::timed_out, curfew::wait_for(forever(), 1s));
    BOOST_TEST(!co_await curfew::move_on_after(1s, forever));
    BOOST_TEST(!co_await curfew::move_on_after(curfew::sleep_forever(), 1s));
    auto const cleanup = [](curfew::outcome<void> const&) -> awaitable<> { co_await forever(); };
    co_await curfew::settle(curfew::finally(sleepy(1s), cleanup, 1s));
  });
  EXPIRED(*f.record, "expiry in a at 1000, late 0", "expiry in a at 2000, late 0",
          "expiry in a at 3000, late 0", "expiry in a at 4000, late 0",
          "expiry in a at 6000, late 0");
}

BOOST_AUTO_TEST_CASE(what_passes_outside_of_tasks_is_told_without_one) {
  observed f;
  f.run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_forever(), 1s));
    ENDS(end::timed_out, curfew::timeout(1s, forever));
    co_await curfew::timeout(curfew::never, []() -> awaitable<> {
      ENDS(end::timed_out, curfew::wait_for(forever(), 1s));
    });
  });
  curfew::wait_for(f.context, curfew::sleep_forever(f.context), 1s)([](error_code) {});
  f.time.run();
  EXPIRED(*f.record, "expiry in no task at 1000, late 0", "expiry in no task at 2000, late 0",
          "expiry in no task at 3000, late 0", "expiry in no task at 4000, late 0");
}

BOOST_AUTO_TEST_CASE(an_operation_with_the_executor_of_what_it_works_on_is_told_too) {
  observed f;
  asio::steady_timer timer(f.context, std::chrono::hours(1));
  curfew::wait_for(timer.async_wait(asio::deferred), 1s)([](error_code) {});
  f.time.run();
  curfew::wait_for(timer.async_wait(asio::deferred), 0s)([](error_code) {});
  f.time.run();
  EXPIRED(*f.record, "expiry in no task at 1000, late 0", "expiry in no task at 1000, late 0");
}

BOOST_AUTO_TEST_CASE(of_nested_limits_each_is_told_once_when_it_passes) {
  observed f;
  run_task(f, []() -> awaitable<> {
    auto const both = []() -> awaitable<> {
      ENDS(end::timed_out, curfew::timeout(1s, forever));
      ENDS(end::aborted, curfew::wait_for(curfew::sleep_forever(), 5s));
      ENDS(end::aborted, curfew::timeout(5s, forever));
    };
    ENDS(end::value, curfew::timeout(3s, both));  // it took what was asked of it
  });
  EXPIRED(*f.record, "expiry in a at 1000, late 0", "expiry in a at 3000, late 0");
}

BOOST_AUTO_TEST_CASE(of_equal_limits_each_is_told_once) {
  observed f;
  run_task(f, []() -> awaitable<> {
    auto const inner = []() -> awaitable<> {
      ENDS(end::aborted, curfew::timeout(1s, stay_until_asked_for_good));
    };
    ENDS(end::value, curfew::timeout(1s, inner));
    co_await curfew::sleep_for(1s);
  });
  EXPIRED(*f.record, "expiry in a at 1000, late 0", "expiry in a at 1000, late 0");
}

BOOST_AUTO_TEST_CASE(a_limit_that_has_been_moved_is_told_at_its_new_time) {
  observed f;
  run_task(f, []() -> awaitable<> {
    auto const later = [](curfew::timeout_scope& scope) -> awaitable<> {
      BOOST_TEST(scope.reschedule_after(5s));
      co_await curfew::sleep_forever();
    };
    ENDS(end::timed_out, curfew::timeout(1s, later));
    auto const at_once = [](curfew::timeout_scope& scope) -> awaitable<> {
      co_await curfew::sleep_for(1s);
      BOOST_TEST(scope.reschedule_after(0s));
      BOOST_TEST(!scope.reschedule_after(1s));
      co_await curfew::sleep_forever();
    };
    ENDS(end::timed_out, curfew::timeout(1h, at_once));
  });
  EXPIRED(*f.record, "expiry in a at 5000, late 0", "expiry in a at 6000, late 0");
}

BOOST_AUTO_TEST_CASE(a_block_that_begins_late_is_told_and_an_operation_that_never_starts_is_not) {
  observed f;
  run_task(f, []() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_forever(), 0s));
    ENDS(end::timed_out, curfew::wait_for(forever(), -1s));
    ENDS(end::timed_out, curfew::timeout(0s, forever));
  });
  EXPIRED(*f.record, "expiry in a at 1000, late 0");
}

BOOST_AUTO_TEST_CASE(a_limit_that_passes_behind_a_shield_is_told_when_it_passes) {
  observed f;
  run_task(f, [&]() -> awaitable<> {
    auto const shielded = [&]() -> awaitable<> {
      co_await curfew::shield(sleepy(5s));
      EXPIRED(*f.record, "expiry in a at 1000, late 0");
      co_await curfew::sleep_forever();
    };
    ENDS(end::timed_out, curfew::timeout(1s, shielded));
  });
  EXPIRED(*f.record, "expiry in a at 1000, late 0");
}

// In real time: what is late is so because a handler keeps the loop busy.
BOOST_AUTO_TEST_CASE(a_busy_loop_is_told_once_for_all_deadlines_that_it_made_late) {
  asio::io_context context(1);
  auto const record = std::make_shared<recorder>();
  curfew::set_observer(context, record);
  for (int i = 1; i <= 3; ++i) asio::co_spawn(context, sleepy(i * 10ms), asio::detached);
  auto const begun = curfew::now(context);
  asio::post(context, [] { block_for(150ms); });
  context.run();
  TOLD(*record, "late delivery");
  BOOST_TEST(record->was_late > 100ms);
  BOOST_TEST(record->was_late < 10s);
  BOOST_TEST((record->late_deadline - begun < 100ms));
}

BOOST_AUTO_TEST_CASE(an_observer_says_from_when_on_late_is_worth_telling) {
  asio::io_context context(1);
  auto const record = std::make_shared<recorder>();
  record->told_after = 10s;
  curfew::set_observer(context, record);
  asio::co_spawn(context, sleepy(1ms), asio::detached);
  asio::post(context, [] { block_for(150ms); });
  context.run();
  TOLD(*record);
}

BOOST_AUTO_TEST_CASE(a_limit_is_told_with_how_late_it_was_heard) {
  asio::io_context context(1);
  auto const record = std::make_shared<recorder>();
  record->told_after = 10s;
  curfew::set_observer(context, record);
  auto const busy = []() -> awaitable<> {
    block_for(150ms);
    co_await curfew::sleep_forever();
  };
  auto const main = [&]() -> awaitable<> { ENDS(end::timed_out, curfew::timeout(1ms, busy)); };
  curfew::spawn(context, {"a"}, main);
  context.run();
  auto const told = record->lines();
  BOOST_REQUIRE(told.size() == 3U);
  BOOST_REQUIRE(told[1].starts_with("expiry in a at "));
  BOOST_TEST(std::stoi(told[1].substr(told[1].find("late ") + 5)) > 100);
}

BOOST_AUTO_TEST_SUITE_END()
