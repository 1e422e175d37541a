#include "conformance.hpp"

#include "../application/running.hpp"

#include <algorithm>
#include <curfew/testing/cancel_at_every_step.hpp>
#include <curfew/testing/run_test.hpp>
#include <latch>
#include <thread>

BOOST_AUTO_TEST_SUITE(conforming_runner_shutdown)

namespace {

using curfew::run_options;
using curfew::shutdown_control;
using curfew::task_group;

/// Is busy for a time after the draining began, and needs a time for its cleanup if it is
/// cancelled.
awaitable<> session(curfew::clock::duration busy_for, curfew::clock::duration cleanup) {
  co_await until_drained();
  auto const clean_up = [cleanup](curfew::outcome<void> const& how) -> awaitable<> {
    if (how.cancelled()) co_await curfew::sleep_for(cleanup);
  };
  co_await curfew::finally(curfew::sleep_for(busy_for), clean_up);
}

struct scope_counter {
  explicit scope_counter(int& n) : count(&n) { ++n; }
  scope_counter(scope_counter const&) = delete;
  ~scope_counter() { --*count; }
  int* count;
};

}  // namespace

// ---- the stages

CONFORMS("RN-14", a_value_in_the_tick_of_the_signal_is_returned) {
  for (bool const cancels : {false, true}) {
    runner r;
    r.raise_at(1h);
    if (cancels) r.raise_at(1h);
    r.run([] { return give(7, 1h); });
    BOOST_TEST(r.said() == "7");
    BOOST_TEST(r.lasted == 1h);
  }
}

CONFORMS("RN-15", a_shutdown_goes_through_its_stages_in_order_and_within_its_limits) {
  struct row {
    curfew::clock::duration busy_for, cleanup;
    char const* stages;
    curfew::clock::duration lasted;
    char const* said;
  };
  row const rows[] = {{5s, 1h, "draining 10 cancelling 15", 15s, "0"},
                      {1h, 5s, "draining 10 cancelling 30", 35s, "0"},
                      {1h, 1h, "draining 10 cancelling 30 forced 40", 40s, "1"}};
  for (auto const& each : rows) {
    runner r;
    r.request_at(10s);
    auto const main = [&]() -> awaitable<> {
      auto const task = curfew::spawn(r.context, {"session"}, session, each.busy_for, each.cleanup);
      co_await curfew::shield(task.wait());  // so that the run alone can stop it
    };
    r.run(main, stage_limits(20s, 10s));
    BOOST_TEST(r.stages->text == each.stages);
    BOOST_TEST(r.lasted == each.lasted);
    BOOST_TEST(r.said() == each.said);
    BOOST_TEST(r.refused() == (each.said[0] == '1' ? "main session" : ""));
  }
}

CONFORMS("RN-16", a_thread_that_is_blocked_does_not_keep_the_run_beyond_its_limits) {
  for (auto const limit : {0ms, 1ms}) {
    asio::thread_pool pool(1);
    std::latch began(1), release(1);
    auto const blocks = [&]() -> awaitable<> {
      began.count_down();
      release.wait();
      co_return;
    };
    asio::io_context context;
    auto const main = [&](shutdown_control& control) -> awaitable<> {
      auto const body = [&](task_group& group) -> awaitable<> {
        group.spawn(pool, {"blocks"}, blocks);
        began.wait();
        control.request();
        co_return;
      };
      co_await curfew::with_task_group(body);
    };
    curfew::shutdown_report report;
    auto const options = run_options().drain_limit(0s).cancel_limit(limit).report(report);
    BOOST_TEST(curfew::run(context, main, options) == 1);
    BOOST_TEST(report.refused.size() == 2U);
    BOOST_TEST(report.total < 1s);
    release.count_down();
    pool.join();
    context.run();  // the group ends with its child, and with it the coroutine
  }
}

CONFORMS("RN-22", a_shielded_commit_finishes_within_the_limit) {
  runner r;
  bool committed = false, went_on = false;
  auto const commit = [&]() -> awaitable<> {
    co_await curfew::sleep_for(4s);
    committed = true;
  };
  r.raise_at(1s);
  r.raise_at(2s);
  r.run([&]() -> awaitable<> {
    co_await curfew::shield(commit());
    co_await asio::post(asio::deferred);
    went_on = true;
  });
  BOOST_TEST(committed);
  BOOST_TEST(!went_on);
  BOOST_TEST(r.lasted == 4s);
  BOOST_TEST(r.said() == "0");
}

// ---- the context is destroyed, or stopped

CONFORMS("RN-17", a_context_that_dies_at_any_step_destroys_what_is_suspended_and_resumes_nothing) {
  auto const kept = make_held();
  curfew::cancellation_source source;
  int alive = 0;  // frames that were entered and have not been left
  auto const waits = [&](held) -> awaitable<> {
    scope_counter const counted(alive);
    (void)co_await curfew::settle(curfew::cancel_when(sleepy(1h), source.token()));
  };
  auto const in_a_group = [&](task_group& group, held mine) -> awaitable<> {
    group.spawn({}, waits, mine);
    co_await curfew::shield(waits(mine));
  };
  auto const in_a_scope = [&](held mine) -> awaitable<> {
    co_await curfew::with_task_group(in_a_group, mine);
  };
  auto const scenario = [&](curfew::testing::virtual_time&) -> awaitable<> {
    co_await curfew::timeout(2h, in_a_scope, kept);
  };
  auto const look = [&](std::size_t) {
    BOOST_TEST(alive == 0);
    BOOST_TEST(kept.use_count() == 1);
  };
  BOOST_TEST(curfew::testing::destroy_at_every_step(scenario, look) > 3U);
  BOOST_TEST(source.cancel());  // hits nothing that is gone
}

CONFORMS("RN-18", scopes_go_on_when_a_stopped_context_is_restarted_and_what_expired_fires_at_once) {
  asio::io_context context;
  std::vector<end> ends;
  auto const finish = [&](std::exception_ptr error) {
    ends.push_back(end_of(error));
    context.stop();
  };
  auto const began = curfew::clock::now();
  asio::co_spawn(context, curfew::timeout(10ms, sleepy, 1h), finish);
  asio::co_spawn(context, curfew::timeout(1h, sleepy, 20ms), finish);
  context.poll();
  context.stop();
  while (curfew::clock::now() - began < 40ms) std::this_thread::yield();
  BOOST_TEST(context.run() == 0U);
  for (std::size_t i = 1; i <= 2; ++i) {
    context.restart();
    context.run();
    BOOST_TEST(ends.size() == i);
  }
  BOOST_TEST(std::ranges::count(ends, end::timed_out) == 1);
  BOOST_TEST(std::ranges::count(ends, end::value) == 1);
}

// ---- failures

CONFORMS("RN-19", a_test_that_leaves_something_alive_fails_and_names_it) {
  using curfew::testing::run_test;
  using curfew::testing::test_failure;
  auto const leaves_a_task = [](curfew::testing::virtual_time& time) -> awaitable<> {
    (void)curfew::spawn(time.context(), {"forgotten"}, [] { return busy(1h); });
    co_await curfew::sleep_for(1s);
  };
  auto const leaves_a_sleep = [](curfew::testing::virtual_time& time) -> awaitable<> {
    curfew::sleep_for(time.context(), 1h)(asio::detached);
    co_return;
  };
  auto const says = [](std::string const& what) {
    return [what](test_failure const& e) {
      return std::string(e.what()).find(what) != std::string::npos;
    };
  };
  BOOST_CHECK_EXCEPTION(run_test(leaves_a_task), test_failure, says("\"forgotten\""));
  BOOST_CHECK_EXCEPTION(run_test(leaves_a_sleep), test_failure, says("deadline"));
  auto const options = curfew::testing::run_test_options().may_outlive("forgotten");
  BOOST_CHECK_NO_THROW(run_test(leaves_a_task, options));
}

CONFORMS("RN-20", a_crash_in_the_background_cancels_main_first_and_is_then_raised) {
  for (bool const of_a_child : {false, true}) {
    runner r;
    std::string order;
    auto const main = [&](task_group& group) -> awaitable<> {
      if (of_a_child)
        group.spawn(fail("crash", 1s));
      else
        r.at(1s, [&] { asio::post(r.context, [] { throw failure("crash"); }); });
      auto const ended = co_await curfew::settle(slow_to_stop(2s));
      order += "main " + words_of(ended.error());
    };
    r.run([&] { return curfew::with_task_group(main); });
    BOOST_TEST(order + ", " + r.said() == "main aborted, crash");
    BOOST_TEST(r.lasted == 3s);
  }
}

CONFORMS("RN-21", of_several_errors_the_first_is_thrown_with_the_others_beside_it) {
  runner r;
  auto const body = [](task_group& group) -> awaitable<> {
    group.spawn(fail("third", 3s));
    group.spawn(fail("first", 1s));
    group.spawn(fail("second", 2s));
    co_return;
  };
  r.run([&] { return curfew::with_task_group(curfew::on_failure::keep_going, body); });
  BOOST_TEST(r.said() == "[first second third]");
  BOOST_CHECK_EXCEPTION(
      std::rethrow_exception(r.error), curfew::exception_group,
      [](auto const& e) { return std::string(e.what()).find("first") != std::string::npos; });
}

BOOST_AUTO_TEST_SUITE_END()
