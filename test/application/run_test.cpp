#include "running.hpp"

#include <boost/asio/steady_timer.hpp>
#include <thread>

BOOST_AUTO_TEST_SUITE(run)

namespace {

using curfew::shutdown_control;
using curfew::stage;

awaitable<> nothing() { co_return; }
awaitable<int> seven() { co_return 7; }
awaitable<int> seven_later() {
  co_await curfew::sleep_for(1h);
  co_return 7;
}

/// Spawns something that nobody waits for.
template <class... Args>
void leave_running(asio::io_context& context, curfew::spawn_options const& options, Args... args) {
  (void)curfew::spawn(context, options, args...);
}

}  // namespace

// ---- what it returns

BOOST_AUTO_TEST_CASE(it_returns_what_the_main_coroutine_returned) {  // RN-01
  runner r;
  r.run(seven);
  BOOST_TEST(r.said() == "7");
  BOOST_TEST(r.report.exit_code == 7);
  r.run(nothing);
  BOOST_TEST(r.said() == "0");
  r.run(seven_later);
  BOOST_TEST(r.said() == "7");
  BOOST_TEST(r.lasted == 1h);
  BOOST_TEST(r.is_clean());
}

BOOST_AUTO_TEST_CASE(what_the_main_coroutine_throws_comes_out_of_it_as_it_is) {  // RN-01
  runner r;
  r.run([] { return fail("broken", 1s); });
  BOOST_TEST(r.said() == "broken");
  BOOST_CHECK_THROW(std::rethrow_exception(r.error), failure);
  BOOST_TEST(r.lasted == 1s);
  BOOST_TEST(r.is_clean());
}

BOOST_AUTO_TEST_CASE(an_abort_that_nobody_asked_for_is_an_error_of_the_main_coroutine) {
  runner r;
  r.run([&]() -> awaitable<> {
    asio::steady_timer timer(r.context, 1h);
    asio::post(r.context, [&] { timer.cancel(); });
    co_await timer.async_wait(asio::deferred);
  });
  BOOST_TEST(r.said() == "aborted");
}

BOOST_AUTO_TEST_CASE(a_main_coroutine_that_the_shutdown_cancels_is_no_error) {
  runner r;
  r.raise_at(1s);
  r.run([] { return busy(1000h); });
  BOOST_TEST(r.said() == "0");
  BOOST_TEST(r.counts() == "0 completed, 0 failed, 1 cancelled");
}

BOOST_AUTO_TEST_CASE(a_value_that_comes_in_the_tick_of_the_signal_is_returned) {  // RN-14
  for (auto const offset : {-1ns, 0ns, 1ns}) {
    runner r;
    r.raise_at(1h + offset);
    r.raise_at(1h + offset);
    r.run(seven_later);
    BOOST_TEST(r.said() == (offset < 0ns ? "0" : "7"));
  }
}

BOOST_AUTO_TEST_CASE(a_main_coroutine_that_swallows_the_request_returns_its_value) {
  runner r;
  r.raise_at(1s);
  auto const main = []() -> awaitable<int> {
    auto const ended = co_await curfew::settle(curfew::sleep_forever());
    co_return end_of(ended.error()) == end::aborted ? 3 : 4;
  };
  r.run(main);
  BOOST_TEST(r.said() == "3");
}

BOOST_AUTO_TEST_CASE(coroutines_of_other_executor_types_run_too) {
  using of_context = asio::io_context::executor_type;
  runner r;
  int ran = 0;
  auto const plain = [&ran]() -> asio::awaitable<int, of_context> {
    ++ran;
    co_return 1;
  };
  auto const with_control = [&ran](shutdown_control&) -> asio::awaitable<void, of_context> {
    ++ran;
    co_return;
  };
  BOOST_TEST(curfew::run(r.context, plain) == 1);
  BOOST_TEST(curfew::run(r.context, with_control) == 0);
  BOOST_TEST(ran == 2);
}

BOOST_AUTO_TEST_CASE(it_makes_a_context_of_its_own) {
  asio::execution_context* used = nullptr;
  auto const main = [&](shutdown_control& control) -> awaitable<int> {
    auto const executor = co_await asio::this_coro::executor;
    used = &asio::query(executor, asio::execution::context);
    BOOST_TEST((control.current() == stage::running));
    BOOST_TEST(!control.requested());
    co_return 4;
  };
  BOOST_TEST(curfew::run(main) == 4);
  BOOST_TEST(used);
}

BOOST_AUTO_TEST_CASE(the_main_function_is_kept_while_it_runs_and_destroyed_once) {
  auto const kept = make_held();
  {
    runner r;
    auto main = [copy = kept]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      BOOST_TEST(copy->size() > 0U);
    };
    (void)curfew::run(r.context, main);
    BOOST_TEST(kept.use_count() == 2);
    (void)curfew::run(r.context, std::move(main));
    BOOST_TEST(kept.use_count() == 1);
  }
  BOOST_TEST(kept.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_main_function_that_can_only_be_moved_is_moved) {
  runner r;
  struct main {
    std::unique_ptr<int> value;
    awaitable<int> operator()() { co_return *value; }
  };
  BOOST_TEST(curfew::run(r.context, main{std::make_unique<int>(6)}) == 6);
}

// ---- who else is there

BOOST_AUTO_TEST_CASE(what_the_main_coroutine_leaves_behind_is_cancelled_and_joined) {  // RN-02
  runner r;
  auto const kept = make_held();
  int asked = 0;
  r.run([&]() -> awaitable<> {
    leave_running(r.context, {"left"}, [&] { return until_asked(asked, kept); });
    leave_running(r.context, {"cleans up"}, slow_to_stop, 2s, kept);
    co_await curfew::sleep_for(1s);
  });
  BOOST_TEST(r.said() == "0");
  BOOST_TEST(asked == 1);
  BOOST_TEST(r.lasted == 3s);
  BOOST_TEST(kept.use_count() == 1);
  BOOST_TEST(r.stages->text == "draining 1 cancelling 1");
  BOOST_TEST(r.counts() == "0 completed, 0 failed, 2 cancelled");
  BOOST_TEST((r.report.reason.cause() == curfew::cancellation_cause::none));
  BOOST_TEST(r.is_clean());
}

BOOST_AUTO_TEST_CASE(a_leftover_that_fails_is_reported_and_changes_nothing) {  // RN-03
  runner r;
  captured_cerr const said;
  auto const fails_when_asked = []() -> awaitable<> {
    (void)co_await curfew::settle(curfew::sleep_forever());
    throw failure("while stopping");
  };
  auto const main = [&]() -> awaitable<int> {
    leave_running(r.context, {"leftover"}, fails_when_asked);
    co_await curfew::sleep_for(1s);
    co_return 5;
  };
  r.run(main);
  BOOST_TEST(r.said() == "5");
  BOOST_TEST(r.counts() == "0 completed, 1 failed, 0 cancelled");
  BOOST_TEST(said.count("\"leftover\"") == 1);
  BOOST_TEST(said.count("while stopping") == 1);
}

BOOST_AUTO_TEST_CASE(where_the_main_coroutine_failed_too_its_error_escapes) {  // RN-04
  runner r;
  captured_cerr const said;
  auto const main = [&]() -> awaitable<> {
    leave_running(r.context, {"leftover"}, [] { return fail("of the leftover", 0s); });
    co_await fail("of main", 0s);
  };
  r.run(main);
  BOOST_TEST(r.said() == "of main");
  BOOST_TEST(said.count("of the leftover") == 1);
}

BOOST_AUTO_TEST_CASE(a_task_that_fails_meanwhile_does_not_end_the_run) {
  runner r;
  captured_cerr const said;
  auto const main = [&]() -> awaitable<int> {
    leave_running(r.context, {"weak"}, fail, std::string("weak"), 1s, held());
    co_await curfew::sleep_for(1h);
    co_return 2;
  };
  r.run(main);
  BOOST_TEST(r.said() == "2");
  BOOST_TEST(said.count("weak\" ") == 0);
  BOOST_TEST(said.count("\"weak\"") == 1);
}

BOOST_AUTO_TEST_CASE(groups_in_the_main_coroutine_end_before_it) {
  runner r;
  std::string order;
  auto const child = [&]() -> awaitable<> {
    (void)co_await curfew::settle(curfew::sleep_for(1h));
    order += "child ";
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(child);
    co_return;
  };
  r.raise_at(1s);
  r.run([&]() -> awaitable<> {
    (void)co_await curfew::settle(curfew::with_task_group(body));
    order += "main";
  });
  BOOST_TEST(order == "child main");
}

// ---- the context

BOOST_AUTO_TEST_CASE(other_work_of_the_context_stays_where_it_is) {
  asio::io_context context;
  asio::steady_timer timer(context, 1h);
  bool ended = false, posted = false;
  timer.async_wait([&](error_code) { ended = true; });
  BOOST_TEST(curfew::run(context, seven) == 7);
  BOOST_TEST(!context.stopped());
  BOOST_TEST(!ended);
  asio::post(context, [&] { posted = true; });
  timer.cancel();
  context.run();
  BOOST_TEST(ended);
  BOOST_TEST(posted);
}

BOOST_AUTO_TEST_CASE(it_runs_again_and_again_on_one_context) {  // RN-11
  for (bool const is_virtual : {false, true}) {
    asio::io_context context;
    std::optional<curfew::testing::virtual_time> time;
    if (is_virtual) time.emplace(context);
    int ran = 0;
    auto const main = [&]() -> awaitable<int> { co_return ++ran; };
    for (int i = 1; i <= 100; ++i) BOOST_REQUIRE(curfew::run(context, main) == i);
  }
}

BOOST_AUTO_TEST_CASE(it_runs_a_context_that_had_run_out_of_work_before) {
  asio::io_context context;
  context.run();
  BOOST_TEST(context.stopped());
  BOOST_TEST(curfew::run(context, seven) == 7);
}

BOOST_AUTO_TEST_CASE(what_was_posted_before_runs_too) {
  runner r;
  bool posted = false;
  asio::post(r.context, [&] { posted = true; });
  r.run([&]() -> awaitable<> { co_await curfew::sleep_for(1s); });
  BOOST_TEST(posted);
}

// ---- a handler that throws

BOOST_AUTO_TEST_CASE(what_escapes_from_a_handler_cancels_everything_and_is_thrown_at_the_end) {
  runner r;
  auto const kept = make_held();
  r.at(1s, [&] { asio::post(r.context, [] { throw failure("of a handler"); }); });
  r.run([&] { return slow_to_stop(2s, kept); });
  BOOST_TEST(r.said() == "of a handler");
  BOOST_CHECK_THROW(std::rethrow_exception(r.error), failure);
  BOOST_TEST(r.lasted == 3s);
  BOOST_TEST(r.stages->text == "draining 1 cancelling 1");
  BOOST_TEST(kept.use_count() == 1);
  BOOST_TEST(r.report.reason.text() == "a handler failed");
}

BOOST_AUTO_TEST_CASE(so_it_does_in_real_time) {
  asio::io_context context;
  asio::post(context, [] { throw failure("of a handler"); });
  asio::post(context, [] { throw failure("of the next"); });
  auto const main = [] { return slow_to_stop(1ms); };
  BOOST_CHECK_EXCEPTION(curfew::run(context, main), failure,
                        [](auto const& e) { return std::string(e.what()) == "of a handler"; });
  BOOST_TEST(curfew::run(context, seven) == 7);
}

BOOST_AUTO_TEST_CASE(an_error_of_the_main_coroutine_beats_that_of_a_handler) {
  runner r;
  r.at(1s, [&] { asio::post(r.context, [] { throw failure("of a handler"); }); });
  r.run([&]() -> awaitable<> {
    (void)co_await curfew::settle(curfew::sleep_forever());
    throw failure("of main");
  });
  BOOST_TEST(r.said() == "of main");
}

BOOST_AUTO_TEST_CASE(a_value_of_the_main_coroutine_does_not_hide_that_of_a_handler) {
  runner r;
  asio::post(r.context, [] { throw failure("of a handler"); });
  r.run(seven);
  BOOST_TEST(r.said() == "of a handler");
}

// ---- who hears of it

BOOST_AUTO_TEST_CASE(the_observer_hears_of_the_main_task_and_of_the_stages) {
  runner r;
  r.raise_at(1s);
  r.run([] { return until_drained(); });
  BOOST_TEST(r.stages->spawned == 1);
  BOOST_TEST(r.stages->ended["main"] == 1);
  BOOST_TEST(r.stages->text == "draining 1 cancelling 1");
}

BOOST_AUTO_TEST_CASE(the_observer_stays_with_the_context) {
  runner r;
  r.run(nothing);
  auto const before = r.stages;
  (void)curfew::run(r.context, nothing);
  BOOST_TEST(before->spawned == 2);
}

BOOST_AUTO_TEST_CASE(the_report_is_printed_when_asked) {
  runner r;
  std::ostringstream printed;
  r.raise_at(90s);
  r.run([] { return until_drained(); }, curfew::run_options().print_report(printed));
  BOOST_TEST(printed.str() ==
             "shutdown: SIGTERM; 0 ms in all, drained 0 ms\n"
             "  tasks: 1 completed, 0 failed, 0 cancelled, 0 abandoned, 0 refused to stop\n");
}

BOOST_AUTO_TEST_CASE(the_report_is_there_also_where_it_throws) {
  runner r;
  std::ostringstream printed;
  r.run([] { return fail("broken", 1s); }, curfew::run_options().print_report(printed));
  BOOST_TEST(r.said() == "broken");
  BOOST_TEST((r.report.stage == stage::cancelling));
  BOOST_TEST(printed.str().find("not asked for") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_handle_outlives_the_run) {
  runner r;
  r.raise_at(1s);
  r.run([] { return until_drained(); });
  auto& control = *r.control;
  BOOST_TEST(control.requested());
  BOOST_TEST((control.current() == stage::cancelling));
  BOOST_TEST(control.reason().text() == "SIGTERM");
  BOOST_TEST(control.draining().cancelled());
  BOOST_TEST(control.report().completed == 1U);
  control.request();
  control.request();
  control.request();
  BOOST_TEST((control.current() == stage::cancelling));
  BOOST_TEST(control.reason().text() == "SIGTERM");
}

BOOST_AUTO_TEST_CASE(until_the_end_the_handle_says_what_is_known_so_far) {
  runner r;
  r.request_at(1s, "so far");
  curfew::shutdown_report seen;
  r.run([&](shutdown_control& control) -> awaitable<> {
    co_await curfew::idle(curfew::sleep_forever());
    seen = control.report();
  });
  BOOST_TEST(seen.reason.text() == "so far");
  BOOST_TEST((seen.stage == stage::draining));
}

BOOST_AUTO_TEST_CASE(the_run_has_a_name_in_dumps_and_so_has_its_main_task) {
  runner r;
  std::string seen;
  std::string group;
  r.run(
      [&]() -> awaitable<> {
        seen = curfew::dump_tasks(r.context);
        group = curfew::tasks(r.context).at(0).group;
        co_return;
      },
      curfew::run_options().name("server"));
  BOOST_TEST(seen.find("root \"server\" opened at run_test.cpp:") != std::string::npos);
  BOOST_TEST(seen.find("\"main\"") != std::string::npos);
  BOOST_TEST(group == "server");
}

// ---- nothing can happen any more

BOOST_AUTO_TEST_CASE(a_deadlock_under_virtual_time_is_named_with_its_tasks) {  // VC-16
  curfew::event never_set;  // outlives the context, and with it who waits
  runner r;
  r.run([&]() -> awaitable<> { co_await never_set.wait(); });
  BOOST_TEST(r.said() == "deadlock");
  try {
    std::rethrow_exception(r.error);
  } catch (std::exception const& e) {
    BOOST_TEST(std::string(e.what()).find("\"main\" waits for event") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(virtual_time_is_held_back_while_something_real_is_under_way) {
  curfew::event answered;
  runner r;
  auto const hold = std::make_shared<curfew::testing::inhibitor>(r.time.inhibit());
  std::thread worker;
  r.run([&]() -> awaitable<int> {
    worker = std::thread([&] {
      asio::post(r.context, [&] {
        answered.set();
        hold->release();
      });
    });
    co_await curfew::wait_for(answered.wait(), 1ns);
    co_await curfew::sleep_for(1h);
    co_return 3;
  });
  worker.join();
  BOOST_TEST(r.said() == "3");
  BOOST_TEST((r.lasted == 1h));
}

BOOST_AUTO_TEST_CASE(after_a_deadlock_the_context_is_free_and_the_report_is_there) {
  curfew::event later_set;
  runner r;
  r.run([&]() -> awaitable<> { co_await later_set.wait(); });
  BOOST_TEST(r.said() == "deadlock");
  BOOST_TEST(r.refused() == "main");
  r.control->request();  // nobody acts on it any more
  r.control->request();
  later_set.set();
  r.run(seven);
  BOOST_TEST(r.said() == "7");
}

BOOST_AUTO_TEST_CASE(where_the_main_coroutine_just_ends_nobody_has_asked_and_leftovers_know_why) {
  runner r;
  std::string why, said_by_token;
  curfew::cancellation_reason meanwhile;
  curfew::shutdown_report report;
  leave_running(r.context, {"left"}, [&]() -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    (void)co_await curfew::settle(curfew::sleep_forever());
    why = self.reason().text();
    meanwhile = r.control->reason();
    report = r.control->report();
    said_by_token = r.control->cancelling().reason().text();
  });
  r.run([] { return busy(1s); });
  BOOST_TEST(why == "the main coroutine has ended");
  BOOST_TEST(said_by_token == why);
  BOOST_TEST(!meanwhile);
  BOOST_TEST(!report.reason);
  BOOST_TEST((report.stage == stage::cancelling));
  BOOST_TEST(!r.control->requested());
  BOOST_TEST(!r.control->reason());
  BOOST_TEST(!r.report.reason);
}

BOOST_AUTO_TEST_CASE(who_asks_after_the_main_coroutine_has_ended_is_the_first_who_asked) {
  runner r;
  std::string why;
  r.request_at(2s, "too slow");
  leave_running(r.context, {"left"}, [&]() -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    (void)co_await curfew::settle(curfew::shield(curfew::sleep_for(4s)));
    why = self.reason().text();
  });
  r.run([] { return busy(1s); });
  BOOST_TEST(why == "the main coroutine has ended");  // the first cause of its own cancellation
  BOOST_TEST(r.control->requested());
  BOOST_TEST(r.control->reason().text() == "too slow");
  BOOST_TEST(r.report.reason.text() == "too slow");
}

BOOST_AUTO_TEST_SUITE_END()
