#include "running.hpp"

BOOST_AUTO_TEST_SUITE(run_limits)

namespace {

using curfew::never;
using curfew::run_options;
using curfew::stage;

/// Main goes on until the draining, and leaves a task that takes its time in either stage.
class stages_of {
 public:
  /// How long the task is busy after the draining began, and how long its cleanup takes.
  stages_of(curfew::clock::duration busy, curfew::clock::duration cleanup)
      : busy_(busy), cleanup_(cleanup) {}

  std::string operator()(run_options const& options, curfew::clock::duration second = -1s,
                         curfew::clock::duration third = -1s) {
    r.request_at(10s, "first");
    if (second >= 0s) r.request_at(10s + second, "second");
    if (third >= 0s) r.request_at(10s + third, "third");
    auto const work = [this]() -> awaitable<> {
      co_await curfew::idle(curfew::sleep_forever());
      auto const clean_up = [this](auto const&) -> awaitable<> {
        if (cancelled) co_await curfew::sleep_for(cleanup_);
      };
      auto const operate = [this]() -> awaitable<> {
        auto const done = co_await curfew::settle(curfew::sleep_for(busy_));
        cancelled = !done.has_value();
        if (cancelled) std::rethrow_exception(done.error());
      };
      co_await curfew::finally(operate(), clean_up);
    };
    r.run(work, options);
    return r.stages->text;
  }

  runner r;
  bool cancelled = false;

 private:
  curfew::clock::duration busy_, cleanup_;
};

}  // namespace

// ---- each stage, its limit met or not (RN-15)

BOOST_AUTO_TEST_CASE(what_is_done_within_the_drain_limit_ends_by_itself) {
  stages_of s(5s, 5s);
  BOOST_TEST(s(stage_limits(20s, 10s)) == "draining 10 cancelling 15");
  BOOST_TEST(!s.cancelled);
  BOOST_TEST(s.r.said() == "0");
  BOOST_TEST(s.r.counts() == "1 completed, 0 failed, 0 cancelled");
  BOOST_TEST(s.r.report.drained == 5s);
  BOOST_TEST(s.r.report.cancelling == 0s);
  BOOST_TEST(s.r.report.total == 5s);
  BOOST_TEST(s.r.report.clean());
  BOOST_TEST(s.r.is_clean());
}

BOOST_AUTO_TEST_CASE(what_is_not_is_cancelled_at_its_instant) {
  stages_of s(1h, 5s);
  BOOST_TEST(s(stage_limits(20s, 10s)) == "draining 10 cancelling 30");
  BOOST_TEST(s.cancelled);
  BOOST_TEST(s.r.said() == "0");
  BOOST_TEST(s.r.counts() == "0 completed, 0 failed, 1 cancelled");
  BOOST_TEST(s.r.lasted == 35s);
  BOOST_TEST(s.r.report.drained == 20s);
  BOOST_TEST(s.r.report.cancelling == 5s);
  BOOST_TEST(s.r.report.total == 25s);
  BOOST_TEST((s.r.report.stage == stage::cancelling));
}

BOOST_AUTO_TEST_CASE(what_has_not_ended_by_the_cancel_limit_is_left_behind) {
  stages_of s(1h, 1h);
  BOOST_TEST(s(stage_limits(20s, 10s)) == "draining 10 cancelling 30 forced 40");
  BOOST_TEST(s.r.said() == "1");
  BOOST_TEST(s.r.report.exit_code == 1);
  BOOST_TEST(s.r.lasted == 40s);
  BOOST_TEST(s.r.refused() == "main");
  BOOST_TEST(s.r.counts() == "0 completed, 0 failed, 0 cancelled");
  BOOST_TEST((s.r.report.stage == stage::forced));
  BOOST_TEST(s.r.report.cancelling == 10s);
  BOOST_TEST(s.r.report.total == 30s);
  BOOST_TEST(!s.r.report.clean());
}

BOOST_AUTO_TEST_CASE(what_ends_in_the_very_instant_of_a_limit_has_made_it) {
  {
    stages_of s(20s, 5s);
    BOOST_TEST(s(stage_limits(20s, 10s)) == "draining 10 cancelling 30");
    BOOST_TEST(s.r.said() == "0");
  }
  {
    stages_of s(1h, 10s);
    s(stage_limits(20s, 10s));
    BOOST_TEST(s.r.lasted == 40s);
    BOOST_TEST(s.r.said() == (s.r.report.clean() ? "0" : "1"));
  }
}

BOOST_AUTO_TEST_CASE(the_defaults_are_twenty_and_five_seconds) {
  run_options const options;
  BOOST_TEST(options.drain_delay() == 0s);
  BOOST_TEST(options.drain_limit() == 20s);
  BOOST_TEST(options.cancel_limit() == 5s);
  BOOST_TEST((options.total_limit() == curfew::clock::duration::max()));
  BOOST_TEST(options.threads() == 1U);
  BOOST_TEST(options.signals() == (std::vector<int>{SIGINT, SIGTERM}),
             boost::test_tools::per_element());
#ifdef SIGUSR1
  BOOST_TEST(options.dump_signal() == SIGUSR1);
#else
  BOOST_TEST(options.dump_signal() == 0);
#endif
  stages_of s(1h, 1h);
  BOOST_TEST(s({}) == "draining 10 cancelling 30 forced 35");
}

// ---- the delay

BOOST_AUTO_TEST_CASE(the_delay_comes_before_the_draining_and_is_seen_as_a_request) {
  stages_of s(5s, 5s);
  bool requested = false, draining = true;
  s.r.at(12s, [&] {
    requested = s.r.control->requested();
    draining = s.r.control->draining().cancelled();
    BOOST_TEST((s.r.control->current() == stage::running));
  });
  BOOST_TEST(s(stage_limits(20s, 10s).drain_delay(3s)) == "draining 13 cancelling 18");
  BOOST_TEST(requested);
  BOOST_TEST(!draining);
  BOOST_TEST(s.r.report.delay == 3s);
  BOOST_TEST(s.r.report.drained == 5s);
  BOOST_TEST(s.r.report.total == 8s);
  BOOST_TEST(to_string(s.r.report).find("8.0 s in all, delay 3.0 s, drained 5.0 s") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_second_request_does_not_wait_for_the_delay) {
  stages_of s(1h, 5s);
  BOOST_TEST(s(stage_limits(20s, 10s).drain_delay(3s), 1s) == "draining 11 cancelling 11");
  BOOST_TEST(s.r.report.delay == 1s);
  BOOST_TEST(s.r.report.reason.text() == "first");
}

BOOST_AUTO_TEST_CASE(a_main_coroutine_that_ends_during_the_delay_ends_the_run) {
  runner r;
  r.request_at(1s);
  r.run([] { return busy(2s); }, stage_limits(20s, 10s).drain_delay(1h));
  BOOST_TEST(r.stages->text == "draining 2 cancelling 2");
  BOOST_TEST(r.said() == "0");
  BOOST_TEST(r.report.delay == 1s);
  BOOST_TEST(r.report.reason.text() == "enough");
}

// ---- the second and the third request, in each stage

BOOST_AUTO_TEST_CASE(a_second_request_cancels_what_is_being_drained) {
  stages_of s(1h, 5s);
  BOOST_TEST(s(stage_limits(20s, 10s), 7s) == "draining 10 cancelling 17");
  BOOST_TEST(s.r.lasted == 22s);
}

BOOST_AUTO_TEST_CASE(a_third_request_leaves_what_is_being_cancelled) {
  stages_of s(1h, 1h);
  BOOST_TEST(s(stage_limits(20s, 10s), 7s, 9s) == "draining 10 cancelling 17 forced 19");
  BOOST_TEST(s.r.lasted == 19s);
  BOOST_TEST(s.r.said() == "1");
  BOOST_TEST(s.r.refused() == "main");
}

BOOST_AUTO_TEST_CASE(three_at_once_go_through_all_stages) {
  stages_of s(1h, 1h);
  BOOST_TEST(s(stage_limits(20s, 10s), 0s, 0s) == "draining 10 cancelling 10 forced 10");
  BOOST_TEST(s.r.lasted == 10s);
}

BOOST_AUTO_TEST_CASE(a_second_request_after_the_drain_limit_changes_nothing_and_the_third_forces) {
  stages_of s(1h, 1h);
  BOOST_TEST(s(stage_limits(5s, 1h), 7s, 9s) == "draining 10 cancelling 15 forced 19");
}

BOOST_AUTO_TEST_CASE(requests_after_the_end_do_nothing) {
  stages_of s(1s, 1s);
  BOOST_TEST(s(stage_limits(5s, 5s), 7s, 9s) == "draining 10 cancelling 11");
  s.r.time.run();
  BOOST_TEST(s.r.stages->text == "draining 10 cancelling 11");
}

BOOST_AUTO_TEST_CASE(any_number_of_requests_leaves_the_stages_in_order) {
  runner r;
  r.at(1s, [&] {
    for (int i = 0; i < 1000; ++i) r.control->request();
  });
  r.run([] { return stubborn(1h); }, stage_limits(1h, 1h));
  BOOST_TEST(r.stages->text == "draining 1 cancelling 1 forced 1");
}

// ---- limits that are none, or not there

BOOST_AUTO_TEST_CASE(limits_of_zero_pass_through_their_stages) {
  for (auto const zero : {curfew::clock::duration(0), curfew::clock::duration(-5s)}) {
    stages_of s(1h, 1h);
    BOOST_TEST(s(stage_limits(zero, zero)) == "draining 10 cancelling 10 forced 10");
    BOOST_TEST(s.r.said() == "0");  // it was asked in time to end in that instant
    BOOST_TEST(s.r.lasted == 10s);
    runner r;
    r.request_at(10s);
    r.run([] { return stubborn(1h); }, stage_limits(zero, zero));
    BOOST_TEST(r.stages->text == "draining 10 cancelling 10 forced 10");
    BOOST_TEST(r.said() == "1");
    BOOST_TEST(r.lasted == 10s);
  }
}

BOOST_AUTO_TEST_CASE(a_drain_limit_of_zero_cancels_at_once) {
  stages_of s(1h, 5s);
  BOOST_TEST(s(stage_limits(0s, 10s)) == "draining 10 cancelling 10");
  BOOST_TEST(s.r.said() == "0");
}

BOOST_AUTO_TEST_CASE(without_limits_it_waits_for_as_long_as_it_takes) {
  stages_of s(1000h, 1s);
  BOOST_TEST(s(run_options().drain_limit(never).cancel_limit(never)) ==
             "draining 10 cancelling 3.60001e+06");
  BOOST_TEST(!s.cancelled);
  stages_of t(1000h, 1000h);
  BOOST_TEST(t(run_options().drain_limit(1s).cancel_limit(never)) == "draining 10 cancelling 11");
  BOOST_TEST(t.r.said() == "0");
}

// ---- the total

BOOST_AUTO_TEST_CASE(the_total_cuts_the_cancelling_short) {
  stages_of s(1h, 1h);
  BOOST_TEST(s(stage_limits(20s, 1h).total_limit(25s)) == "draining 10 cancelling 30 forced 35");
  BOOST_TEST(s.r.report.total == 25s);
}

BOOST_AUTO_TEST_CASE(the_total_counts_the_delay) {
  stages_of s(1h, 1h);
  BOOST_TEST(s(stage_limits(4s, 1h).drain_delay(4s).total_limit(10s)) ==
             "draining 14 cancelling 18 forced 20");
}

BOOST_AUTO_TEST_CASE(a_total_that_is_not_needed_changes_nothing) {
  stages_of s(5s, 5s);
  BOOST_TEST(s(stage_limits(20s, 10s).total_limit(1h)) == "draining 10 cancelling 15");
}

BOOST_AUTO_TEST_CASE(the_whole_takes_no_longer_than_its_limits_whatever_refuses) {
  for (auto const busy : {0s, 5s, 100s})
    for (auto const cleanup : {0s, 5s, 100s})
      for (auto const delay : {0s, 2s}) {
        stages_of s(busy, cleanup);
        s(stage_limits(7s, 6s).drain_delay(delay).total_limit(12s));
        BOOST_TEST(s.r.report.total <= 12s);
        BOOST_TEST(
            (s.r.report.delay + s.r.report.drained + s.r.report.cancelling == s.r.report.total));
        BOOST_TEST(s.r.report.clean() == (s.r.said() == "0"));
      }
}

BOOST_AUTO_TEST_CASE(the_total_counts_from_the_first_request_also_where_main_had_ended) {
  runner r;
  r.request_at(5s);
  auto const main = [&]() -> awaitable<> {
    (void)curfew::spawn(r.context, {"slow"}, [] { return slow_to_stop(100s); });
    co_await curfew::sleep_for(1s);
  };
  r.run(main, stage_limits(1s, 1h).total_limit(10s));
  BOOST_TEST(r.stages->text == "draining 1 cancelling 1 forced 15");
}

BOOST_AUTO_TEST_SUITE_END()
