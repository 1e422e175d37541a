#include "../operations/manual_op.hpp"
#include "beside.hpp"

// Waiting for some of several tasks, which are left alone.

BOOST_AUTO_TEST_SUITE(wait)

namespace {

using curfew::return_when;

/// Tasks that sleep for so many seconds each.
std::vector<curfew::task<int>> sleepers(asio::io_context& context, std::vector<int> seconds) {
  std::vector<curfew::task<int>> all;
  for (int const s : seconds)
    all.push_back(curfew::spawn(context, give(s, std::chrono::seconds(s))));
  return all;
}

}  // namespace

EACH_OWNER(all_are_waited_for_and_the_second_time_there_is_no_wait) {  // WA-01
  auto const tasks = sleepers(context, {3, 1, 2});
  run([&]() -> awaitable<> {
    auto const r = co_await curfew::wait(tasks);
    BOOST_TEST((elapsed() == 3s));
    BOOST_TEST((r.done == tasks));  // in the order given
    BOOST_TEST(r.pending.empty());
    auto const again = co_await curfew::wait(tasks);
    BOOST_TEST((again.done == tasks));
    BOOST_TEST((elapsed() == 3s));
  });
}

EACH_OWNER(the_first_to_end_is_enough_and_the_others_go_on) {  // WA-02
  auto const tasks = sleepers(context, {3, 1, 2});
  run([&]() -> awaitable<> {
    auto const r = co_await curfew::wait(tasks, return_when::first_completed);
    BOOST_TEST((elapsed() == 1s));
    BOOST_TEST((r.done == std::vector{tasks[1]}));
    BOOST_TEST((r.pending == std::vector{tasks[0], tasks[2]}));
    auto const rest = co_await curfew::wait(r.pending, return_when::first_completed);
    BOOST_TEST((rest.done == std::vector{tasks[2]}));
    co_await curfew::wait(rest.pending);
  });
  BOOST_TEST(tasks[0].result().value() == 3);
}

EACH_OWNER(all_that_have_ended_when_the_caller_goes_on_are_done) {  // WA-03
  manual_op<> first, second;
  auto const on = [](manual_op<>& op) -> awaitable<> { co_await op(); };
  std::vector<curfew::task<void>> tasks;
  tasks.push_back(curfew::spawn(context, {}, on, std::ref(first)));
  tasks.push_back(curfew::spawn(context, {}, on, std::ref(second)));
  tasks.push_back(curfew::spawn(context, sleepy(1s)));
  start([&]() -> awaitable<> {
    auto const r = co_await curfew::wait(tasks, return_when::first_completed);
    BOOST_TEST(r.done.size() == 2U);
    BOOST_TEST(r.pending.size() == 1U);
  });
  settle();
  second.complete();
  first.complete();
  finish();
}

EACH_OWNER(a_failure_is_enough_but_no_cancellation_is) {  // WA-04
  captured_cerr const log;
  auto stopped = curfew::spawn(context, sleepy(1h));
  std::vector const tasks{curfew::spawn(context, sleepy(5s)), stopped,
                          curfew::spawn(context, fail("broken", 2s))};
  start([&]() -> awaitable<> {
    auto const r = co_await curfew::wait(tasks, return_when::first_failure);
    BOOST_TEST((elapsed() == 2s));
    BOOST_TEST((r.done == std::vector{tasks[1], tasks[2]}));
    auto const now = co_await curfew::wait(tasks, return_when::first_failure);  // already
    BOOST_TEST(now.done.size() == 2U);
    std::vector const good{tasks[0], tasks[1]};
    auto const all = co_await curfew::wait(good, return_when::first_failure);
    BOOST_TEST(all.done.size() == 2U);
    BOOST_TEST((elapsed() == 5s));
    BOOST_TEST(words_of(tasks[2].result().error()) == "broken");
  });
  settle();
  stopped.cancel();
  finish();
  BOOST_TEST(log.text() == "");
}

EACH_OWNER(errors_of_tasks_are_never_thrown_and_stay_unlooked_at) {  // WA-05
  captured_cerr const log;
  run([&]() -> awaitable<> {
    std::vector tasks{curfew::spawn(context, fail("broken", 1s)),
                      curfew::spawn(context, fail_now("at once"))};
    auto const r = co_await curfew::wait(tasks);
    BOOST_TEST(r.done.size() == 2U);
  });
  BOOST_TEST(log.count("nobody looked at it") == 2);
}

EACH_OWNER(when_the_limit_passes_nothing_is_thrown_or_cancelled) {  // WA-06, WA-08
  auto const tasks = sleepers(context, {1, 5});
  run([&]() -> awaitable<> {
    auto const r = co_await curfew::wait(tasks, return_when::all_completed, 2s);
    BOOST_TEST((elapsed() == 2s));
    BOOST_TEST((r.done == std::vector{tasks[0]}));
    BOOST_TEST((r.pending == std::vector{tasks[1]}));
    auto const none = co_await curfew::wait(r.pending, return_when::first_completed, 1s);
    BOOST_TEST(none.done.empty());
    BOOST_TEST(none.pending.size() == 1U);
    co_await curfew::wait(tasks, return_when::all_completed, 1h);
    BOOST_TEST((elapsed() == 5s));
    BOOST_TEST(time.pending() == 0U);
  });
  BOOST_TEST(tasks[1].result().value() == 5);
}

EACH_OWNER(what_ends_in_the_instant_of_the_limit_is_done) {  // WA-07
  auto const tasks = sleepers(context, {2, 5});
  run([&]() -> awaitable<> {
    auto const r = co_await curfew::wait(tasks, return_when::all_completed, 2s);
    BOOST_TEST((r.done == std::vector{tasks[0]}));
    BOOST_TEST((r.pending == std::vector{tasks[1]}));
  });
}

EACH_OWNER(one_that_is_given_twice_counts_once) {  // WA-10
  auto const tasks = sleepers(context, {2, 1});
  std::vector const twice{tasks[0], tasks[1], tasks[0], tasks[1]};
  run([&]() -> awaitable<> {
    auto const r = co_await curfew::wait(twice);
    BOOST_TEST((r.done == tasks));
  });
}

EACH_OWNER(a_request_ends_the_waiting_and_leaves_the_tasks_alone) {  // WA-11
  auto const tasks = sleepers(context, {5, 6});
  for (auto const limit : {curfew::clock::duration(1h), curfew::clock::duration::max()}) {
    start([&tasks, limit]() -> awaitable<> {
      co_await curfew::wait(tasks, return_when::all_completed, limit);
    });
    time.advance(1s);
    ask_and_settle();
    BOOST_TEST((ended == end::aborted));
  }
  BOOST_TEST((elapsed() == 2s));
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> { co_await curfew::wait(tasks); };
    ENDS(end::timed_out, curfew::timeout(1s, body));
    co_await curfew::wait(tasks);
  });
  BOOST_TEST(tasks[0].result().value() + tasks[1].result().value() == 11);
}

EACH_OWNER(one_that_ended_when_a_request_comes_is_given) {
  manual_op<> ready;
  auto const work = [&]() -> awaitable<> { co_await ready(); };
  std::vector const tasks{curfew::spawn(context, work)};
  std::size_t done = 0;
  start([&]() -> awaitable<> {
    auto const r = co_await curfew::wait(tasks);
    done = r.done.size();
  });
  settle();
  ready.complete();
  ask();
  finish();
  BOOST_TEST(done == 1U);
}

EACH_OWNER(many_short_waits_for_a_long_task_leave_nothing_behind) {  // WA-12
  auto const argument = make_held();
  auto const tasks = std::vector{curfew::spawn(context, give(7, 20s, argument))};
  run([&]() -> awaitable<> {
    for (int i = 0; i < 10'000; ++i) {
      auto const r = co_await curfew::wait(tasks, return_when::all_completed, 1ms);
      if (r.done.size() != 0 || time.pending() > 3) BOOST_FAIL("something was left");
    }
  });
  BOOST_TEST(argument.use_count() == 1);
}

EACH_OWNER(a_limit_that_has_passed_looks_and_does_not_wait) {  // WA-13
  auto const tasks = sleepers(context, {1, 5});
  run([&]() -> awaitable<> {
    co_await curfew::sleep_for(2s);
    for (auto const limit : {0s, -1s}) {
      auto const r = co_await curfew::wait(tasks, return_when::all_completed, limit);
      BOOST_TEST((r.done == std::vector{tasks[0]}));
      BOOST_TEST((r.pending == std::vector{tasks[1]}));
    }
    BOOST_TEST((elapsed() == 2s));
  });
}

EACH_OWNER(the_caller_goes_on_where_it_runs_wherever_the_tasks_are) {  // WA-14
  auto const strand = asio::make_strand(context);
  std::vector const tasks{curfew::spawn(strand, give(1, 1s)), curfew::spawn(strand, give(2, 2s))};
  run([&]() -> awaitable<> {
    co_await curfew::wait(tasks, return_when::first_completed);
    BOOST_TEST(!strand.running_in_this_thread());
    co_await curfew::wait(tasks);
    BOOST_TEST(!strand.running_in_this_thread());
  });
}

EACH_OWNER(several_may_wait_for_the_same_tasks) {
  auto const tasks = sleepers(context, {1, 2});
  int left = 0;
  auto const waits = [&]() -> awaitable<> {
    co_await curfew::wait(tasks);
    ++left;
  };
  run([&]() -> awaitable<> { co_await curfew::gather(waits(), waits(), waits()); });
  BOOST_TEST(left == 3);
}

BOOST_FIXTURE_TEST_CASE(it_works_on_executors_of_any_type, fixture) {
  std::vector const tasks{curfew::spawn(context, sleepy(1s))};
  auto const body = [&]() -> asio::awaitable<std::size_t, io_executor> {
    auto const r = co_await curfew::wait.on<io_executor>(tasks);
    co_return r.done.size();
  };
  auto const t = curfew::spawn(context, body);
  time.run();
  BOOST_TEST(t.result().value() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
