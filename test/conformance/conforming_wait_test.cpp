#include <algorithm>

#include "../structure/beside.hpp"
#include "same_tick.hpp"

// Waiting for some of several tasks, which are left alone.

BOOST_AUTO_TEST_SUITE(conforming_wait)

namespace {

using curfew::return_when;

/// Tasks that give a number after as many seconds.
std::vector<curfew::task<int>> tasks_of(asio::any_io_executor const& where,
                                        std::vector<int> const& seconds) {
  std::vector<curfew::task<int>> all;
  for (int const s : seconds) all.push_back(curfew::spawn(where, give(s, std::chrono::seconds(s))));
  return all;
}

/// Whether those that have ended are done, and the others pending.
bool is_right(curfew::wait_result<int> const& r) {
  auto const ended = [](auto const& t) { return t.done(); };
  return std::all_of(r.done.begin(), r.done.end(), ended) &&
         std::none_of(r.pending.begin(), r.pending.end(), ended);
}

/// A vector that can be made where something is awaited.
template <class T, class... Others>
std::vector<T> some(T const& first, Others const&... others) {
  return {first, others...};
}

}  // namespace

CONFORMS("WA-01", waiting_for_all_gives_all_and_the_second_time_at_once) {
  fixture f;
  auto const tasks = tasks_of(f.context.get_executor(), {3, 1, 2});
  f.run([&]() -> awaitable<> {
    for (int i = 0; i < 2; ++i) {
      auto const r = co_await curfew::wait(tasks);
      BOOST_TEST((r.done == tasks));
      BOOST_TEST(r.pending.empty());
      BOOST_TEST((f.elapsed() == 3s));
    }
  });
}

CONFORMS("WA-02", the_first_to_end_ends_the_waiting_and_the_others_still_run) {
  fixture f;
  auto const tasks = tasks_of(f.context.get_executor(), {3, 1, 2});
  f.run([&]() -> awaitable<> {
    auto const r = co_await curfew::wait(tasks, return_when::first_completed);
    BOOST_TEST((f.elapsed() == 1s));
    BOOST_TEST((r.done == some(tasks[1])));
    BOOST_TEST((r.pending == some(tasks[0], tasks[2])));
  });
  BOOST_TEST(tasks[0].result().value() == 3);
  BOOST_TEST(tasks[2].result().value() == 2);
}

CONFORMS("WA-03", two_that_end_before_the_waiter_goes_on_are_both_done) {
  std::size_t most = 0;
  in_each_order([&]() -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    auto const tasks = tasks_of(here, {1, 1, 5});
    auto const r = co_await curfew::wait(tasks, return_when::first_completed);
    BOOST_TEST(is_right(r));
    BOOST_TEST(r.done.size() >= 1U);
    BOOST_TEST(r.done.size() + r.pending.size() == 3U);
    most = std::max(most, r.done.size());
    co_await curfew::wait(tasks);
  });
  BOOST_TEST(most == 2U);
}

CONFORMS("WA-04", a_failure_ends_the_waiting_for_one_and_a_cancellation_does_not) {
  fixture f;
  auto const stopped = curfew::spawn(f.context, sleepy(1h));
  auto const broken = curfew::spawn(f.context, fail("broken", 2s));
  std::vector const tasks{curfew::spawn(f.context, sleepy(5s)), stopped, broken};
  f.start([&]() -> awaitable<> {
    for (int i = 0; i < 2; ++i) {  // later, and already
      auto const r = co_await curfew::wait(tasks, return_when::first_failure);
      BOOST_TEST((r.done == some(stopped, broken)));
      BOOST_TEST((f.elapsed() == 2s));
    }
    std::vector const unbroken{tasks[0], stopped};
    auto const r = co_await curfew::wait(unbroken, return_when::first_failure);
    BOOST_TEST(r.pending.empty());
  });
  f.time.settle();
  stopped.cancel();
  f.time.run();
  BOOST_TEST((f.ended == end::value));
  BOOST_TEST(words_of(broken.result().error()) == "broken");
  BOOST_TEST((f.elapsed() == 5s));
}

CONFORMS("WA-05", waiting_for_all_never_throws_what_they_failed_with) {
  fixture f;
  std::vector const tasks{curfew::spawn(f.context, fail("a", 1s)),
                          curfew::spawn(f.context, fail("b", 2s))};
  f.run([&]() -> awaitable<> {
    auto const r = co_await curfew::wait(tasks);
    BOOST_TEST((r.done == tasks));
    BOOST_TEST((f.elapsed() == 2s));
  });
  BOOST_TEST(words_of(tasks[0].result().error()) == "a");
  BOOST_TEST(words_of(tasks[1].result().error()) == "b");
}

CONFORMS("WA-06", a_limit_that_passes_gives_the_pending_ones_and_neither_throws_nor_cancels) {
  fixture f;
  auto const tasks = tasks_of(f.context.get_executor(), {1, 5});
  f.run([&]() -> awaitable<> {
    auto const r = co_await curfew::wait(tasks, 2s);
    BOOST_TEST((f.elapsed() == 2s));
    BOOST_TEST((r.done == some(tasks[0])));
    BOOST_TEST((r.pending == some(tasks[1])));
    BOOST_TEST(!tasks[1].reason());
  });
  BOOST_TEST(tasks[1].result().value() == 5);
}

CONFORMS("WA-07", one_that_ends_in_the_instant_of_the_limit_is_done) {
  fixture f;
  auto const tasks = tasks_of(f.context.get_executor(), {1, 5});
  f.run([&]() -> awaitable<> {
    auto const r = co_await curfew::wait(tasks, 1s);
    BOOST_TEST((r.done == some(tasks[0])));
    BOOST_TEST((r.pending == some(tasks[1])));
  });
  in_each_order([]() -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    auto const each = tasks_of(here, {1, 1, 5});
    auto const r = co_await curfew::wait(each, 1s);
    BOOST_TEST(is_right(r));
    BOOST_TEST(r.done.size() + r.pending.size() == 3U);
    BOOST_TEST(!r.pending.empty());
    co_await curfew::wait(each);
  });
}

CONFORMS("WA-08", waiting_for_the_first_with_a_limit_gives_none_when_none_ends) {
  fixture f;
  auto const tasks = tasks_of(f.context.get_executor(), {4, 5});
  f.run([&]() -> awaitable<> {
    auto const r = co_await curfew::wait(tasks, return_when::first_completed, 2s);
    BOOST_TEST(r.done.empty());
    BOOST_TEST((r.pending == tasks));
    BOOST_TEST((f.elapsed() == 2s));
  });
}

CONFORMS("WA-09", waiting_for_no_tasks_is_refused_by_the_call) {
  std::vector<curfew::task<int>> const none;
  BOOST_TEST(thrown_by([&] { (void)curfew::wait(none); }) == "invalid_state");
  BOOST_TEST(thrown_by([&] { (void)curfew::wait(none, 1s); }) == "invalid_state");
  std::vector<curfew::task<int>> const invalid(1);
  BOOST_TEST(thrown_by([&] { (void)curfew::wait(invalid); }) == "invalid_state");
  // A mode that is none does not compile.
  static_assert(!std::is_invocable_v<curfew::wait_fn const&, decltype(none), int>);
}

CONFORMS("WA-10", a_task_that_is_given_twice_counts_once) {
  fixture f;
  auto const tasks = tasks_of(f.context.get_executor(), {2, 1});
  std::vector const twice{tasks[0], tasks[1], tasks[0], tasks[1]};
  f.run([&]() -> awaitable<> {
    auto const first = co_await curfew::wait(twice, return_when::first_completed);
    BOOST_TEST((first.pending == some(tasks[0])));
    auto const all = co_await curfew::wait(twice);
    BOOST_TEST((all.done == tasks));
  });
}

CONFORMS("WA-11", a_cancelled_waiter_leaves_at_once_and_the_tasks_hear_nothing) {
  fixture f;
  auto const tasks = tasks_of(f.context.get_executor(), {5, 6});
  auto const waiter =
      curfew::spawn(f.context, [&]() -> awaitable<> { co_await curfew::wait(tasks, 1h); });
  f.time.advance(1s);
  waiter.cancel();
  f.time.settle();
  BOOST_TEST(waiter.cancelled());
  for (auto const& each : tasks) BOOST_TEST(!each.reason());
  f.time.run();
  BOOST_TEST(tasks[0].result().value() + tasks[1].result().value() == 11);
}

CONFORMS("WA-12", a_long_task_that_is_waited_for_many_times_keeps_nothing_of_it) {
  fixture f;
  auto const tasks = tasks_of(f.context.get_executor(), {10});
  std::size_t most = 0;
  f.run([&]() -> awaitable<> {
    for (int i = 0; i < 9'000; ++i) {
      auto const r = co_await curfew::wait(tasks, 1ms);
      most = std::max({most, r.done.size(), f.time.pending()});
    }
  });
  BOOST_TEST(most == 1U);  // its own sleep
  BOOST_TEST(tasks[0].result().value() == 10);
}

CONFORMS("WA-13", a_limit_of_zero_gives_what_is_done_and_does_not_wait) {
  fixture f;
  auto const tasks = tasks_of(f.context.get_executor(), {1, 5});
  f.run([&]() -> awaitable<> {
    co_await curfew::sleep_for(2s);
    auto const r = co_await curfew::wait(tasks, 0s);
    BOOST_TEST((r.done == some(tasks[0])));
    BOOST_TEST((r.pending == some(tasks[1])));
    BOOST_TEST((f.elapsed() == 2s));
  });
}

CONFORMS("WA-14", the_waiter_goes_on_on_its_own_executor_wherever_the_tasks_run) {
  fixture f;
  auto const theirs = asio::make_strand(f.context), mine = asio::make_strand(f.context);
  auto const tasks = tasks_of(theirs, {1, 2});
  auto const waiter = curfew::spawn(mine, [&]() -> awaitable<> {
    for (auto const when : {return_when::first_completed, return_when::all_completed}) {
      co_await curfew::wait(tasks, when);
      BOOST_TEST(mine.running_in_this_thread());
      BOOST_TEST(!theirs.running_in_this_thread());
    }
  });
  f.time.run();
  BOOST_TEST(waiter.result().has_value());
}

ALSO_CONFORMS("WA-06", several_limits_of_one_instant_neither_throw_nor_cancel) {
  in_each_order([]() -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    auto const tasks = tasks_of(here, {1, 3});
    auto const waits = [&]() -> awaitable<std::size_t> {
      auto const r = co_await curfew::wait(tasks, 2s);
      co_return r.done.size() * 10 + r.pending.size();
    };
    auto const both = co_await curfew::gather(waits(), waits());
    BOOST_TEST(std::get<0>(both) + std::get<1>(both) == 22U);
    BOOST_TEST(!tasks[1].reason());
    BOOST_TEST(co_await tasks[1].join() == 3);
  });
}

ALSO_CONFORMS("WA-11", a_waiter_that_is_cancelled_as_a_task_ends_has_it_or_leaves_and_harms_none) {
  int left = 0, had = 0;
  in_each_order([&]() -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    auto const tasks = tasks_of(here, {1, 2});
    auto const waits = [&]() -> awaitable<> {
      auto const r = co_await curfew::wait(tasks, curfew::return_when::first_completed);
      BOOST_TEST((r.done == some(tasks[0])));
    };
    auto const waiter = curfew::spawn(here, waits);
    co_await at_one_instant([&] { waiter.cancel(); });
    co_await waiter.wait();
    ++(waiter.cancelled() ? left : had);
    for (auto const& each : tasks) {
      co_await each.wait();
      BOOST_TEST(!each.reason());
      BOOST_TEST(each.result().has_value());
    }
  });
  BOOST_TEST(left > 0);
  BOOST_TEST(had > 0);
}

BOOST_AUTO_TEST_SUITE_END()
