#include "running.hpp"

#include <boost/asio/thread_pool.hpp>
#include <curfew/cancel_when.hpp>
#include <curfew/cancellation_source.hpp>
#include <curfew/idle.hpp>
#include <curfew/queue.hpp>
#include <curfew/testing/cancel_at_every_step.hpp>
#include <stdexcept>

BOOST_AUTO_TEST_SUITE(idle)

namespace {

awaitable<int> answer() {
  co_await curfew::sleep_for(1s);
  co_return 42;
}

awaitable<> failing() {
  co_await curfew::sleep_for(1s);
  throw std::runtime_error("no");
}

/// What a worker does between two jobs, and whether the last end of it was quiet.
struct worker {
  curfew::queue<int> jobs;
  std::vector<int> done;
  bool quiet = false;

  awaitable<> work() {
    while (auto const job = co_await curfew::idle(jobs.pop())) done.push_back(*job);
    quiet = true;
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(outside_of_a_run_nothing_drains_it) {
  fixture f;
  f.run([]() -> awaitable<> {
    BOOST_TEST((co_await curfew::idle(answer()) == 42));
    bool const slept = co_await curfew::idle(curfew::sleep_for(1h));
    BOOST_TEST(slept);
  });
  BOOST_TEST(f.elapsed() == 1h + 1s);
}

BOOST_AUTO_TEST_CASE(a_drain_ends_it_without_a_result) {
  runner r;
  std::string ends;
  r.request_at(10s);
  r.run([&]() -> awaitable<> {
    if (!co_await curfew::idle(curfew::sleep_forever())) ends += "void ";
    if (!co_await curfew::idle(answer())) ends += "awaitable ";  // does not start any more
    co_await curfew::sleep_for(1s);                              // it is busy, and goes on
    ends += "busy";
  });
  BOOST_TEST(ends == "void awaitable busy");
  BOOST_TEST(r.lasted == 11s);
  BOOST_TEST(r.said() == "0");
}

BOOST_AUTO_TEST_CASE(what_has_come_before_the_drain_is_delivered) {
  runner r;
  worker one;
  r.at(10s, [&] {
    one.jobs.try_push(1);
    r.control->request();
  });
  r.run([&] { return one.work(); });
  BOOST_TEST(one.done == std::vector<int>{1}, boost::test_tools::per_element());
  BOOST_TEST(one.quiet);
}

BOOST_AUTO_TEST_CASE(what_comes_after_the_drain_is_not_lost) {
  runner r;
  worker one;
  r.at(10s, [&] {
    r.control->request();
    one.jobs.try_push(1);
  });
  r.run([&] { return one.work(); });
  BOOST_TEST(one.quiet);
  BOOST_TEST(one.done.size() + one.jobs.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_error_of_its_own_is_raised) {
  fixture f;
  f.run([]() -> awaitable<> { ENDS(end::other, curfew::idle(failing())); });
}

BOOST_AUTO_TEST_CASE(a_request_of_others_is_raised_whether_it_came_before_the_drain_or_after) {
  for (bool const drain_first : {true, false}) {
    fixture f;
    curfew::cancellation_source draining, stop;
    f.run([&]() -> awaitable<> {
      auto const wait = [&]() -> awaitable<> {
        (void)co_await curfew::idle(curfew::sleep_forever(), draining.token());
        BOOST_ERROR("it ended quietly");
      };
      curfew::spawn(co_await asio::this_coro::executor, [&]() -> awaitable<> {
        co_await curfew::sleep_for(1s);
        (drain_first ? draining : stop).cancel();
        (drain_first ? stop : draining).cancel();
      });
      ENDS(end::aborted, curfew::cancel_when(wait(), stop.token()));
    });
  }
}

BOOST_AUTO_TEST_CASE(it_goes_by_the_token_that_it_is_given) {
  fixture f;
  curfew::cancellation_source draining;
  f.run([&]() -> awaitable<> {
    draining.cancel();
    BOOST_TEST(!co_await curfew::idle(curfew::sleep_for(1s), draining.token()));
    BOOST_TEST(f.elapsed() == 0s);
    bool const slept = co_await curfew::idle(curfew::sleep_for(1s), curfew::cancellation_token());
    BOOST_TEST(slept);
  });
}

BOOST_AUTO_TEST_CASE(one_that_may_not_start_is_not_started_and_a_request_outside_wins_there_too) {
  fixture f;
  curfew::cancellation_source draining;
  draining.cancel();
  f.run([&]() -> awaitable<> {
    auto const in_an_expired_block = [&]() -> awaitable<> {
      (void)co_await curfew::idle(curfew::sleep_for(1s), draining.token());
      BOOST_ERROR("it ended quietly");
    };
    ENDS(end::timed_out, curfew::timeout(0s, in_an_expired_block));
  });
}

BOOST_AUTO_TEST_CASE(an_abort_that_nobody_here_asked_for_passes_through) {
  fixture f;
  f.run([&]() -> awaitable<> {
    asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
    asio::post(f.context, [&] { timer.cancel(); });
    ENDS(end::aborted, curfew::idle(timer.async_wait(asio::deferred)));
  });
}

BOOST_AUTO_TEST_CASE(it_is_ended_in_the_tasks_groups_and_scopes_of_the_run) {
  runner r;
  int ended = 0;
  auto const wait = [&]() -> awaitable<> {
    auto const in_scope = [&]() -> awaitable<> {
      ended += !co_await curfew::idle(curfew::sleep_forever());
    };
    co_await curfew::shield(curfew::timeout(1h, in_scope));
  };
  r.request_at(10s);
  r.run([&]() -> awaitable<> {
    curfew::spawn(r.context, wait);
    co_await curfew::with_task_group([&](curfew::task_group& group) -> awaitable<> {
      group.spawn(wait);
      co_await wait();
    });
  });
  BOOST_TEST(ended == 3);
  BOOST_TEST(r.lasted == 10s);
}

BOOST_AUTO_TEST_CASE(it_is_ended_in_plain_coroutines_of_the_context) {
  runner r;
  bool quiet = false;
  r.request_at(10s);
  r.run([&]() -> awaitable<> {
    auto const plain = [&]() -> awaitable<> {
      quiet = !co_await curfew::idle(curfew::sleep_forever());
    };
    co_await asio::co_spawn(r.context, plain, asio::deferred);
  });
  BOOST_TEST(quiet);
}

BOOST_AUTO_TEST_CASE(it_is_ended_in_tasks_that_run_in_other_contexts) {
  asio::thread_pool pool(2);
  std::atomic<int> ended{0};
  auto const wait = [&]() -> awaitable<> {
    ended += !co_await curfew::idle(curfew::sleep_forever());
  };
  int const code = curfew::run([&](curfew::shutdown_control& control) -> awaitable<> {
    co_await curfew::with_task_group([&](curfew::task_group& group) -> awaitable<> {
      for (int i = 0; i < 10; ++i) group.spawn(pool, wait);
      control.request();
      co_return;
    });
  });
  pool.join();
  BOOST_TEST(code == 0);
  BOOST_TEST(ended == 10);
}

BOOST_AUTO_TEST_CASE(it_waits_for_what_does_not_stop) {
  runner r;
  bool finished = false;
  auto const commit = [&]() -> awaitable<> {
    co_await curfew::shield(curfew::sleep_for(30s));
    finished = true;
  };
  r.request_at(10s);
  r.run([&]() -> awaitable<> { BOOST_TEST((co_await curfew::idle(commit()))); },
        stage_limits(1min, 1min));
  BOOST_TEST(finished);
  BOOST_TEST(r.lasted == 30s);
}

BOOST_AUTO_TEST_CASE(a_request_at_any_step_beats_the_drain_and_ends_at_once_what_is_idle_or_busy) {
  int quiet = 0, done = 0, begun = 0, finished = 0;
  auto const scenario = [&]() -> awaitable<> {
    curfew::cancellation_source draining;
    auto const drains = [&]() -> awaitable<> {
      co_await curfew::sleep_for(3500ms);
      draining.cancel();
    };
    auto const commit = [&]() -> awaitable<> {
      ++begun;
      co_await curfew::shield(curfew::sleep_for(1s));
      ++finished;
    };
    auto const waits = [&]() -> awaitable<> {
      for (bool more = true; more;) {
        more = co_await curfew::idle(curfew::sleep_for(1s), draining.token());
        ++(more ? done : quiet);
        if (more) co_await commit();
      }
      // Quietly, so that nothing is pending: what comes after it works.
      co_await curfew::sleep_for(1s);
      BOOST_TEST(!co_await curfew::idle(curfew::sleep_for(1h), draining.token()));
    };
    co_await curfew::gather(waits(), curfew::timeout(1h, waits), drains());
  };
  auto const steps = curfew::testing::cancel_at_every_step(scenario, [&](auto const& run) {
    if (run.after == 0) BOOST_TEST((quiet == 2 && done == 4));  // of the run nobody disturbs
    BOOST_TEST(begun == finished);
    BOOST_TEST(run.took <= 1s);
    BOOST_TEST((run.ended.has_value() || run.ended.cancelled()));
    quiet = done = 0;
  });
  BOOST_TEST(steps > 10U);
}

BOOST_AUTO_TEST_SUITE_END()
