#include <algorithm>
#include <curfew/abandon_after.hpp>

#include "../operations/manual_op.hpp"
#include "../structure/beside.hpp"
#include "conformance.hpp"

// What a group owns, for how long, and whom it takes in.

BOOST_AUTO_TEST_SUITE(conforming_groups)

CONFORMS("TG-01", a_group_waits_for_all_children_those_that_were_added_later_included) {
  fixture f;
  std::vector<curfew::task<int>> children;
  auto const adds_one = [&](curfew::task_group group) -> awaitable<> {
    co_await curfew::sleep_for(2s);
    children.push_back(group.spawn(give(3, 2s)));
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    children.push_back(group.spawn(give(1, 1s)));
    group.spawn({}, adds_one, group);
    co_await curfew::sleep_for(1s);
    children.push_back(group.spawn(give(2, 1s)));
  };
  f.run([&]() -> awaitable<> {
    co_await curfew::with_task_group(body);
    BOOST_TEST((f.elapsed() == 4s));
    BOOST_REQUIRE(children.size() == 3U);
    for (int i = 0; i < 3; ++i) BOOST_TEST(children[std::size_t(i)].result().value() == i + 1);
  });
}

CONFORMS("TG-18", a_child_may_add_children_while_the_group_waits_for_its_end) {
  fixture f;
  int ended = 0;
  std::function<awaitable<>(curfew::task_group, int)> const branch = [&](curfew::task_group group,
                                                                         int depth) -> awaitable<> {
    co_await curfew::sleep_for(1s);
    for (int i = 0; i < 2 && depth > 0; ++i) group.spawn({}, branch, group, depth - 1);
    ++ended;
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({}, branch, group, 2);
    co_return;
  };
  f.run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST(ended == 7);
  BOOST_TEST((f.elapsed() == 3s));
}

CONFORMS("TG-20", a_group_whose_abort_has_begun_refuses_children_and_destroys_what_it_was_given) {
  fixture f;
  auto const argument = make_held();
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(fail_now("broken"));
    BOOST_TEST(thrown_by([&] { group.spawn(give(1, 0s, argument)); }) == "group_closed");
    BOOST_TEST(thrown_by([&] { group.spawn({}, give, 1, 0s, argument); }) == "group_closed");
    BOOST_TEST(argument.use_count() == 1);
    BOOST_TEST(group.size() == 0U);
    co_return;
  };
  f.run([&]() -> awaitable<> { SAYS("broken", curfew::with_task_group(body)); });
}

CONFORMS("TG-21", a_group_that_is_over_refuses_children_and_none_is_there_before_it_began) {
  static_assert(!std::is_default_constructible_v<curfew::task_group>);
  fixture f;
  auto const argument = make_held();
  std::optional<curfew::task_group> kept;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    kept = group;
    co_return;
  };
  f.run([&]() -> awaitable<> {
    co_await curfew::with_task_group(body);
    BOOST_TEST(thrown_by([&] { kept->spawn(give(1, 0s, argument)); }) == "group_closed");
    SAYS("group_closed", kept->start([](curfew::task_started<int> const&) { return sleepy(0s); }));
  });
  BOOST_TEST(argument.use_count() == 1);
}

CONFORMS("TG-22", a_group_can_be_entered_once) {
  fixture f;
  int entered = 0;
  auto const body = [&](curfew::task_group&) -> awaitable<> {
    ++entered;
    co_return;
  };
  f.run([&]() -> awaitable<> {
    auto group = curfew::with_task_group(body);
    co_await curfew::settle(std::move(group));
    BOOST_TEST(thrown_by([&] { (void)curfew::settle(std::move(group)); }) == "invalid_state");
  });
  BOOST_TEST(entered == 1);
}

CONFORMS("TG-23", a_hundred_thousand_short_children_leave_nothing_behind_in_a_long_group) {
  fixture f;
  auto const argument = make_held();
  long most = 0;
  auto const brief = [](held) -> awaitable<> { co_await asio::post(asio::deferred); };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    for (int i = 0; i < 100'000; ++i) {
      group.spawn({}, brief, argument);
      most = std::max(most, argument.use_count());
      if (group.size() >= 8) co_await asio::post(asio::deferred);
    }
  };
  f.run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST(most < 100);
  BOOST_TEST(argument.use_count() == 1);
}

CONFORMS("TG-31", leaving_an_empty_group_is_no_cancellation_point) {
  fixture f;
  curfew::task<int> me;
  int left = 0;
  auto const body = [&](curfew::task_group&) -> awaitable<int> {
    me.cancel();
    co_return 7;
  };
  me = curfew::spawn(f.context, [&]() -> awaitable<int> {
    co_await curfew::sleep_for(1s);
    left = co_await curfew::with_task_group(body);
    co_return (co_await curfew::with_task_group(body));  // entering is one
  });
  f.time.run();
  BOOST_TEST(left == 7);
  BOOST_TEST(me.cancelled());
}

CONFORMS("TG-46", a_dynamic_set_gives_its_tasks_as_they_end_and_aborts_one_or_all) {
  fixture f;
  std::vector<curfew::task<int>> set;
  std::string order;
  auto const fails = []() -> awaitable<int> {
    co_await curfew::sleep_for(3s);
    throw failure("broken");
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    int started = 0;
    for (auto const seconds : {2s, 1s}) set.push_back(group.spawn(give(7, seconds)));
    set.push_back(group.spawn(fails));
    for (int i = 0; i < 2; ++i) set.push_back(group.spawn(counting(started)));
    set[3].cancel();
    auto all = curfew::as_completed(set);
    for (int i = 0; i < 4; ++i) {
      auto const next = co_await all.next();
      order += std::to_string(std::find(set.begin(), set.end(), *next) - set.begin());
    }
    BOOST_TEST(words_of(set[2].result().error()) == "broken");
    group.cancel();
  };
  f.run([&]() -> awaitable<> {
    co_await curfew::with_task_group(curfew::on_failure::keep_going, body);
    BOOST_TEST(order == "3102");
    BOOST_TEST(set[3].cancelled());
    BOOST_TEST(set[4].cancelled());
  });
}

CONFORMS("TG-47", a_group_is_over_when_its_body_has_ended_and_nobody_is_left) {
  fixture f;
  std::optional<curfew::task_group> kept;
  auto const respawns = [&]() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    kept->spawn(sleepy(1s));  // as the last one ends
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    kept = group;
    co_await group.spawn(sleepy(1s)).wait();
    BOOST_TEST(group.size() == 0U);  // empty, but open
    co_await curfew::sleep_for(1s);
    group.spawn(respawns);
  };
  f.start([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  f.time.advance(3s);
  BOOST_TEST(!f.ended);
  kept->spawn(sleepy(2s));  // after its body has ended
  f.time.run();
  BOOST_TEST((f.ended == end::value));
  BOOST_TEST((f.elapsed() == 5s));
}

CONFORMS("TG-48", a_context_that_is_destroyed_destroys_a_group_and_its_children_once) {
  auto const argument = make_held();
  std::optional<curfew::task_group> kept;
  int asked = 0;
  {
    asio::io_context context;
    auto const body = [&](curfew::task_group& group, held) -> awaitable<> {
      kept = group;
      for (int i = 0; i < 3; ++i) group.spawn(until_asked(asked, argument));
      co_await until_asked(asked, argument);
    };
    curfew::spawn(context, [&] { return curfew::with_task_group(body, argument); });
    context.poll();
    BOOST_TEST(argument.use_count() > 5);
  }
  BOOST_TEST(argument.use_count() == 1);
  BOOST_TEST(asked == 0);  // nothing ran any more
  kept->cancel();
  BOOST_TEST(kept->size() == 0U);
}

CONFORMS("TG-52", a_group_that_was_left_behind_can_be_cancelled_and_does_not_spin) {
  fixture f;
  std::optional<curfew::task_group> left;
  auto const stuck = [&](curfew::task_group& group) -> awaitable<> {
    left = group;
    group.spawn(stubborn(1, 5s));
    co_await curfew::shield(curfew::sleep_for(5s));
  };
  auto const body = [&](curfew::task_group& owner) -> awaitable<> {
    SAYS("timed_out", curfew::abandon_after(curfew::with_task_group(stuck), 1s, owner));
    BOOST_TEST((f.elapsed() == 1s));
    BOOST_TEST(!left->cancel());  // it was asked
    co_await curfew::sleep_for(1s);
    BOOST_TEST(f.context.poll() == 0U);
    BOOST_TEST(left->size() == 1U);
  };
  f.run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST((f.elapsed() == 5s));  // the owner waited for it
}

CONFORMS("TG-53", children_on_other_strands_fail_and_cancel_and_the_group_ends_on_its_own) {
  using strand = asio::strand<asio::thread_pool::executor_type>;
  for (int round = 0; round < 40; ++round) {
    asio::thread_pool pool(3);
    int asked[4] = {};
    auto const ends_it = [&](curfew::task_group group) -> awaitable<> {
      for (int i = 0; i < round % 5; ++i) co_await asio::post(asio::deferred);
      if (round % 2) throw failure("broken");
      group.cancel();
    };
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      for (int i = 0; i < 3; ++i) group.spawn(pool, until_asked(asked[i]));
      group.spawn(pool, {}, ends_it, group);
      co_await until_asked(asked[3]);
    };
    auto const t = curfew::spawn(pool, [&]() -> awaitable<std::string> {
      auto const mine = co_await asio::this_coro::executor;
      auto const got = co_await curfew::settle(curfew::with_task_group(body));
      bool const here = mine.target<strand>()->running_in_this_thread();
      co_return words_of(got.error()) + (here ? "" : " elsewhere");
    });
    pool.wait();
    BOOST_TEST(t.result().value() == (round % 2 ? "broken" : "value"));
    // Who was told before the first instruction did not begin.
    for (int const each : asked) BOOST_TEST(each <= 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()
