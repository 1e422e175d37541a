#include "../structure/beside.hpp"
#include "same_tick.hpp"

// Tasks one after the other, in the order in which they end, and attempts that start so.

BOOST_AUTO_TEST_SUITE(conforming_as_completed)

namespace {

/// Tasks that give a digit after as many seconds.
std::vector<curfew::task<int>> digits(asio::any_io_executor const& where,
                                      std::vector<int> const& seconds) {
  std::vector<curfew::task<int>> all;
  for (int const s : seconds) all.push_back(curfew::spawn(where, give(s, std::chrono::seconds(s))));
  return all;
}

/// What those that are left give, each as a digit.
awaitable<std::string> rest_of(curfew::completed_tasks<int>& all) {
  std::string got;
  while (auto const t = co_await all.next()) got += std::to_string(t->result().value());
  co_return got;
}

}  // namespace

CONFORMS("AC-01", tasks_come_in_the_order_in_which_they_end) {
  fixture f;
  auto const tasks = digits(f.context.get_executor(), {3, 1, 2});
  f.run([&]() -> awaitable<> {
    auto all = curfew::as_completed(tasks);
    for (auto const second : {1s, 2s, 3s}) {
      auto const t = co_await all.next();
      BOOST_REQUIRE(t.has_value());
      BOOST_TEST((f.elapsed() == second));
      BOOST_TEST(t->result().value() == second.count());
    }
    BOOST_TEST(!(co_await all.next()).has_value());
  });
}

CONFORMS("AC-02", from_when_the_limit_has_passed_each_step_times_out_and_the_tasks_keep_running) {
  fixture f;
  auto const tasks = digits(f.context.get_executor(), {1, 5, 6});
  f.run([&]() -> awaitable<> {
    auto all = curfew::as_completed(tasks, 2s);
    BOOST_TEST((*co_await all.next() == tasks[0]));
    for (int i = 0; i < 2; ++i) {
      SAYS("timed_out", all.next());
      BOOST_TEST((f.elapsed() == 2s));
    }
  });
  BOOST_TEST(tasks[1].result().value() == 5);
  BOOST_TEST(tasks[2].result().value() == 6);
}

CONFORMS("AC-03", a_limit_that_was_not_needed_leaves_no_timer) {
  fixture f;
  auto const tasks = digits(f.context.get_executor(), {2, 1});
  f.run([&]() -> awaitable<> {
    auto all = curfew::as_completed(tasks, 1h);
    BOOST_TEST(co_await rest_of(all) == "12");
    BOOST_TEST(f.time.pending() == 0U);
  });
  BOOST_TEST((f.elapsed() == 2s));
}

CONFORMS("AC-04", who_stops_asking_and_goes_on_later_loses_and_repeats_nothing) {
  fixture f;
  auto const tasks = digits(f.context.get_executor(), {4, 1, 3, 2});
  auto all = curfew::as_completed(tasks);
  f.run([&]() -> awaitable<> { BOOST_TEST((*co_await all.next() == tasks[1])); });
  BOOST_TEST((f.elapsed() == 4s));  // the others have ended meanwhile
  f.run([&]() -> awaitable<> { BOOST_TEST(co_await rest_of(all) == "234"); });
}

CONFORMS("AC-05", what_comes_are_the_handles_that_went_in) {
  fixture f;
  auto const tasks = digits(f.context.get_executor(), {2, 1});
  f.run([&]() -> awaitable<> {
    auto all = curfew::as_completed(tasks);
    auto const first = co_await all.next();
    auto const second = co_await all.next();
    BOOST_TEST((*first == tasks[1]));
    BOOST_TEST((*second == tasks[0]));
    BOOST_TEST(second->id() == tasks[0].id());
  });
}

CONFORMS("AC-06", a_task_that_is_given_twice_comes_once) {
  fixture f;
  auto const tasks = digits(f.context.get_executor(), {2, 1});
  std::vector const twice{tasks[0], tasks[1], tasks[1], tasks[0]};
  f.run([&]() -> awaitable<> {
    auto all = curfew::as_completed(twice);
    BOOST_TEST(all.remaining() == 2U);
    BOOST_TEST(co_await rest_of(all) == "12");
  });
}

CONFORMS("AC-07", of_several_who_ask_at_a_time_each_gets_another_task) {
  fixture f;
  auto const tasks = digits(f.context.get_executor(), {3, 1, 2});
  f.run([&]() -> awaitable<> {
    auto all = curfew::as_completed(tasks);
    auto const got = co_await curfew::gather(all.next(), all.next(), all.next(), all.next());
    BOOST_TEST((*std::get<0>(got) == tasks[1]));
    BOOST_TEST((*std::get<1>(got) == tasks[2]));
    BOOST_TEST((*std::get<2>(got) == tasks[0]));
    BOOST_TEST(!std::get<3>(got).has_value());
  });
}

CONFORMS("AC-08", a_failure_is_met_at_its_own_step_and_the_others_still_come) {
  fixture f;
  auto const tasks = std::vector{curfew::spawn(f.context, sleepy(3s)),
                                 curfew::spawn(f.context, fail("broken", 2s)),
                                 curfew::spawn(f.context, sleepy(1s))};
  f.run([&]() -> awaitable<> {
    auto all = curfew::as_completed(tasks);
    for (char const* const each : {"value", "broken", "value"}) {
      auto const t = co_await all.next();  // does not throw
      SAYS(each, t->join());
    }
    BOOST_TEST(all.remaining() == 0U);
  });
  BOOST_TEST((f.elapsed() == 3s));
}

CONFORMS("AC-09", a_task_that_ends_as_the_consumer_is_cancelled_is_still_to_be_had) {
  int given = 0, left = 0;
  in_each_order([&]() -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    auto const tasks = digits(here, std::vector<int>(2, 1));
    auto all = curfew::as_completed(tasks);
    std::size_t first = 0;
    auto const consumer =
        curfew::spawn(here, [&]() -> awaitable<> { first = (co_await all.next()).has_value(); });
    co_await at_one_instant([&] { consumer.cancel(); });
    co_await consumer.wait();
    BOOST_TEST(consumer.cancelled() == (first == 0));
    auto const rest = co_await rest_of(all);
    BOOST_TEST(rest.size() + first == 2U);
    ++(first == 0 ? left : given);
  });
  BOOST_TEST(given > 0);
  BOOST_TEST(left > 0);
}

CONFORMS("AC-10", a_consumer_that_leaves_early_leaves_the_rest_to_the_group_that_owns_them) {
  fixture f;
  std::vector<curfew::task<int>> tasks;
  auto const body = [&](curfew::task_group& group, bool cancels) -> awaitable<> {
    tasks.clear();
    for (auto const after : {1s, 3s}) tasks.push_back(group.spawn(give(7, after)));
    auto all = curfew::as_completed(tasks);
    co_await all.next();
    if (cancels) group.cancel();
  };
  f.run([&]() -> awaitable<> {
    co_await curfew::with_task_group(body, false);
    BOOST_TEST(tasks[1].result().value() == 7);
    BOOST_TEST((f.elapsed() == 3s));
    co_await curfew::with_task_group(body, true);
    BOOST_TEST(tasks[1].cancelled());
    BOOST_TEST((f.elapsed() == 4s));
  });
}

CONFORMS("AC-11", no_tasks_and_what_is_no_set_of_tasks_are_refused) {
  std::vector<curfew::task<int>> const none, invalid(1);
  BOOST_TEST(thrown_by([&] { (void)curfew::as_completed(none); }) == "invalid_state");
  BOOST_TEST(thrown_by([&] { (void)curfew::as_completed(invalid); }) == "invalid_state");
  // A single awaitable or task does not compile.
  using function = curfew::as_completed_fn const&;
  static_assert(!std::is_invocable_v<function, awaitable<int>>);
  static_assert(!std::is_invocable_v<function, curfew::task<int>>);
  static_assert(std::is_invocable_v<function, decltype(none)>);
}

CONFORMS("AC-12", attempts_start_one_after_the_other_and_sooner_after_a_failure) {
  fixture f;
  std::vector<curfew::clock::duration> starts;
  auto const attempt = [&](auto how) {
    return [&f, &starts, how]() -> awaitable<int> {
      starts.push_back(f.elapsed());
      return how();
    };
  };
  auto const fails = []() -> awaitable<int> {
    co_await fail("refused", 100ms);
    co_return 0;
  };
  std::vector<std::function<awaitable<int>()>> const attempts{
      attempt(fails), attempt([] { return give(1, 1h); }), attempt([] { return give(2, 1s); })};
  std::vector<std::function<awaitable<int>()>> const hopeless{attempt(fails), attempt(fails)};
  f.run([&]() -> awaitable<> {
    auto const r = co_await curfew::staggered_race(250ms, attempts);
    BOOST_TEST(r.index == 2U);
    BOOST_TEST(words_of(r.results[0].error()) == "refused");
    BOOST_TEST(r.results[1].cancelled());
    BOOST_TEST(r.results[2].value() == 2);
    BOOST_TEST((f.elapsed() == 1350ms));
    SAYS("[refused refused]", curfew::staggered_race(250ms, hopeless));
  });
  BOOST_TEST((starts == std::vector<curfew::clock::duration>{0ms, 100ms, 350ms, 1350ms, 1450ms}));
}

BOOST_AUTO_TEST_SUITE_END()
