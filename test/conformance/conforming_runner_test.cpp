#include "conformance.hpp"

#include "../application/running.hpp"

#include <thread>

BOOST_AUTO_TEST_SUITE(conforming_runner)

namespace {

using curfew::run_options;
using curfew::shutdown_control;

awaitable<> nothing() { co_return; }

/// Fails when it is asked to stop.
awaitable<> fails_when_asked() {
  (void)co_await curfew::settle(curfew::sleep_forever());
  throw failure("of the leftover");
}

int received = 0;
void count(int) { ++received; }

}  // namespace

// ---- what comes out of it

CONFORMS("RN-01", what_main_returns_or_throws_comes_out_of_the_run) {
  runner r;
  r.run([] { return give(7, 1h); });
  BOOST_TEST(r.said() == "7");
  BOOST_TEST(r.lasted == 1h);
  r.run([] { return fail("broken", 1s); });
  BOOST_TEST(r.said() == "broken");
  BOOST_CHECK_THROW(std::rethrow_exception(r.error), failure);
}

CONFORMS("RN-02", tasks_that_main_leaves_behind_are_cancelled_and_joined) {
  runner r;
  auto const kept = make_held();
  int asked = 0;
  r.run([&]() -> awaitable<> {
    (void)curfew::spawn(r.context, {"left"}, until_asked, std::ref(asked), kept);
    (void)curfew::spawn(r.context, {"cleans up"}, slow_to_stop, 2s, kept);
    co_await curfew::sleep_for(1s);
  });
  BOOST_TEST(asked == 1);
  BOOST_TEST(r.lasted == 3s);
  BOOST_TEST(kept.use_count() == 1);
  BOOST_TEST(r.said() == "0");
}

CONFORMS("RN-03", a_leftover_that_fails_meanwhile_is_reported_and_the_result_is_unchanged) {
  runner r;
  captured_cerr const said;
  r.run([&]() -> awaitable<int> {
    (void)curfew::spawn(r.context, {"leftover"}, fails_when_asked);
    co_await curfew::sleep_for(1s);
    co_return 5;
  });
  BOOST_TEST(r.said() == "5");
  BOOST_TEST(said.count("\"leftover\"") == 1);
  BOOST_TEST(said.count("of the leftover") == 1);
  BOOST_TEST(r.report.failed == 1U);
}

CONFORMS("RN-04", of_an_error_of_main_and_one_of_a_leftover_that_of_main_escapes) {
  runner r;
  captured_cerr const said;
  r.run([&]() -> awaitable<> {
    (void)curfew::spawn(r.context, {"leftover"}, fails_when_asked);
    co_await fail("of main", 1s);
  });
  BOOST_TEST(r.said() == "of main");
  BOOST_TEST(said.count("of the leftover") == 1);
}

// ---- signals

CONFORMS("RN-05", a_signal_cancels_a_main_that_waits_or_spins_once_and_is_reported) {
  for (bool const spins : {false, true}) {
    runner r;
    int asked = 0;
    r.run(
        [&]() -> awaitable<> {
          std::raise(SIGINT);
          if (!spins) co_await until_asked(asked);
          auto const spin = []() -> awaitable<> {
            for (int i = 0; i < 100'000; ++i) co_await asio::post(asio::deferred);
          };
          auto const ended = co_await curfew::settle(spin());
          asked += ended.cancelled() ? 1 : 0;
        },
        stage_limits(0s, 5s));
    BOOST_TEST(asked == 1);
    BOOST_TEST(r.stages->asked["main"] == 1);
    BOOST_TEST(r.report.reason.text() == "SIGINT");
    BOOST_TEST(r.said() == "0");
  }
}

CONFORMS("RN-06", a_main_that_the_program_cancels_before_the_signal_is_told_what_the_program_said) {
  runner r;
  std::string why;
  r.request_at(1s, "of the program");
  r.raise_at(2s, SIGINT);
  r.run(
      [&]() -> awaitable<> {
        auto const self = co_await curfew::this_task::self();
        (void)co_await curfew::settle(slow_to_stop(5s));
        why = self.reason().text();
      },
      stage_limits(0s, 1h));
  BOOST_TEST(why == "of the program");
  BOOST_TEST(r.report.reason.text() == "of the program");
  BOOST_TEST(r.lasted == 6s);
}

ALSO_CONFORMS("RN-06", of_a_request_and_a_signal_at_one_instant_the_first_is_the_reason) {
  for (bool const program_first : {true, false}) {
    runner r;
    std::string why;
    auto const ask = [&] { r.request_at(1s, "of the program"); };
    if (program_first) ask();
    r.raise_at(1s, SIGINT);
    if (!program_first) ask();
    r.run(
        [&]() -> awaitable<> {
          auto const self = co_await curfew::this_task::self();
          (void)co_await curfew::settle(slow_to_stop(5s));
          why = self.reason().text();
        },
        stage_limits(0s, 1h));
    // A signal that is raised comes by the loop, and may be overtaken.
    if (program_first) BOOST_TEST(why == "of the program");
    BOOST_TEST((why == "of the program" || why == "SIGINT"));
    BOOST_TEST(r.report.reason.text() == why);
    BOOST_TEST(r.lasted == 6s);
  }
}

CONFORMS("RN-07", further_signals_wait_less_politely_until_the_third_forces) {
  runner r;
  r.raise_at(1s);
  r.raise_at(2s);
  r.raise_at(3s);
  r.run([] { return stubborn(1h); }, stage_limits(1h, 1h));
  BOOST_TEST(r.stages->text == "draining 1 cancelling 2 forced 3");
  BOOST_TEST(r.lasted == 3s);
  BOOST_TEST(r.said() == "1");
  BOOST_TEST(r.refused() == "main");
}

CONFORMS("RN-08", what_handled_a_signal_before_does_so_again_and_a_run_can_do_without_any) {
  auto* const before = std::signal(SIGTERM, count);
  received = 0;
  runner r;
  r.raise_at(1s);
  r.run([] { return until_drained(); });
  BOOST_TEST(received == 0);
  std::raise(SIGTERM);
  BOOST_TEST(received == 1);
  r.raise_at(1s);
  r.run([] { return give(3, 2s); }, run_options().signals({}).dump_signal(0));
  BOOST_TEST(received == 2);
  BOOST_TEST(r.said() == "3");
  std::signal(SIGTERM, before);
}

// ---- once, twice, inside each other

CONFORMS("RN-09", a_second_run_on_a_context_is_refused_and_requests_after_the_end_do_nothing) {
  runner r;
  std::string second;
  auto const run_again = [&] { (void)curfew::run(r.context, nothing); };
  r.run([&]() -> awaitable<> {
    std::thread([&] { second = thrown_by(run_again); }).join();
    co_return;
  });
  BOOST_TEST(second == "invalid_state");
  BOOST_TEST(r.said() == "0");
  auto const stage = r.control->current();
  for (int i = 0; i < 3; ++i) r.control->request({"too late"});
  r.time.run();
  BOOST_TEST((r.control->current() == stage));
  BOOST_TEST(r.control->reason().text() != "too late");
}

CONFORMS("RN-10", a_run_inside_a_run_is_refused_and_what_it_was_given_is_destroyed) {
  runner r;
  auto const kept = make_held();
  std::string same, other;
  r.run([&]() -> awaitable<> {
    auto const nested = [kept]() -> awaitable<> { co_return; };
    same = thrown_by([&] { (void)curfew::run(r.context, nested); });
    other = thrown_by([&] { (void)curfew::run(nested); });
    BOOST_TEST(kept.use_count() == 2);
    co_return;
  });
  BOOST_TEST(same == "invalid_state");
  BOOST_TEST(other == "invalid_state");
  BOOST_TEST(kept.use_count() == 1);
  BOOST_TEST(r.said() == "0");
}

CONFORMS("RN-11", one_context_runs_several_mains_and_keeps_its_state_between) {
  runner r;
  curfew::queue<int> queue(10);
  auto const began = r.time.now();
  for (int i = 1; i <= 3; ++i) {
    r.run([&]() -> awaitable<> {
      co_await curfew::sleep_for(1h);
      co_await queue.push(i);
    });
    BOOST_TEST(r.said() == "0");
  }
  r.run([&]() -> awaitable<int> {
    int const first = co_await queue.pop();
    co_return first * 10 + co_await queue.pop();
  });
  BOOST_TEST(r.said() == "12");
  BOOST_TEST((r.time.now() - began == 3h));
}

BOOST_AUTO_TEST_SUITE_END()
