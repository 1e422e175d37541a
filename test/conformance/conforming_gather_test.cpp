#include <set>

#include "../operations/manual_op.hpp"
#include "../structure/beside.hpp"
#include "same_tick.hpp"

// Operations beside each other: all of them, the first to end, the first to succeed.

BOOST_AUTO_TEST_SUITE(conforming_gather)

CONFORMS("GA-01", results_come_in_the_order_of_the_arguments_in_whichever_order_they_end) {
  fixture f;
  f.run([&]() -> awaitable<> {
    auto const all = co_await curfew::gather(give(1, 3s), give(2, 1s), give(3, 2s));
    BOOST_TEST((all == std::tuple(1, 2, 3)));
    BOOST_TEST((f.elapsed() == 3s));
    std::vector<awaitable<int>> ops;
    for (int i = 0; i < 3; ++i) ops.push_back(give(i, std::chrono::seconds(3 - i)));
    auto const ranged = co_await curfew::gather(std::move(ops));
    BOOST_TEST((ranged == std::vector{0, 1, 2}));
  });
}

CONFORMS("GA-02", gathering_nothing_gives_nothing_at_once) {
  fixture f;
  f.run([&]() -> awaitable<> {
    auto const none = co_await curfew::gather();
    static_assert(std::is_same_v<decltype(none), std::tuple<> const>);
    BOOST_TEST((co_await curfew::gather(std::vector<awaitable<int>>())).empty());
    BOOST_TEST((co_await curfew::gather_settled(std::vector<awaitable<int>>())).empty());
  });
  BOOST_TEST((f.elapsed() == 0s));
}

CONFORMS("GA-03", a_task_that_is_given_twice_runs_once_and_gives_its_value_in_both_places) {
  fixture f;
  int runs = 0;
  auto const t = curfew::spawn(f.context, [&]() -> awaitable<int> {
    co_await curfew::sleep_for(1s);
    co_return ++runs;
  });
  f.run([&]() -> awaitable<> {
    BOOST_TEST((co_await curfew::gather(t, t) == std::tuple(1, 1)));
    std::vector const twice{t, t};
    auto const ranged = co_await curfew::gather(twice);
    BOOST_TEST((ranged == std::vector{1, 1}));
  });
}

CONFORMS("GA-04", the_first_failure_cancels_the_others_joins_them_and_is_raised) {
  fixture f;
  auto const argument = make_held();
  int asked = 0;
  f.run([&]() -> awaitable<> {
    SAYS("broken", curfew::gather(until_asked(asked, argument), fail("broken", 1s),
                                  stubborn(7, 3s, argument)));
    BOOST_TEST(asked == 1);
    BOOST_TEST(argument.use_count() == 1);
    BOOST_TEST((f.elapsed() == 3s));
    co_await curfew::checkpoint();
  });
}

CONFORMS("GA-05", further_errors_are_not_reported_as_lost_and_can_be_had_from_gather_settled) {
  captured_cerr const log;
  fixture f;
  f.run([&]() -> awaitable<> {
    SAYS("a", curfew::gather(fail("a", 1s), fail_when_asked("b"), fail("c", 1s)));
    auto const all = co_await curfew::gather_settled(fail("a", 1s), fail("b", 2s));
    BOOST_TEST(words_of(std::get<0>(all).error()) == "a");
    BOOST_TEST(words_of(std::get<1>(all).error()) == "b");
  });
  BOOST_TEST(log.text() == "");
}

CONFORMS("GA-06", collecting_errors_waits_for_all_and_gives_a_value_or_an_error_each) {
  fixture f;
  f.run([&]() -> awaitable<> {
    auto const all = co_await curfew::gather_settled(fail("broken", 1s), give(7, 3s),
                                                     curfew::wait_for(sleepy(1h), 2s));
    BOOST_TEST((f.elapsed() == 3s));
    BOOST_TEST(words_of(std::get<0>(all).error()) == "broken");
    BOOST_TEST(std::get<1>(all).value() == 7);
    BOOST_TEST(std::get<2>(all).timed_out());
  });
}

CONFORMS("GA-07", a_task_that_was_cancelled_is_an_error_of_the_gather_and_cancels_no_other_task) {
  fixture f;
  auto const stopped = curfew::spawn(f.context, sleepy(1h));
  auto const sibling = curfew::spawn(f.context, give(7, 5s));
  f.start([&]() -> awaitable<> {
    SAYS("task_cancelled", curfew::gather(stopped, sibling));
    BOOST_TEST(!sibling.done());
    co_await curfew::checkpoint();  // the caller was not asked
    BOOST_TEST(co_await sibling.join() == 7);
  });
  f.time.advance(1s);
  stopped.cancel();
  f.time.run();
  BOOST_TEST((f.ended == end::value));
  BOOST_TEST((f.elapsed() == 5s));
}

CONFORMS("GA-08", a_task_that_was_cancelled_has_a_mark_of_its_own_among_collected_results) {
  fixture f;
  auto const stopped = curfew::spawn(f.context, sleepy(1h));
  f.start([&]() -> awaitable<> {
    auto const all = co_await curfew::gather_settled(stopped, give(7, 2s));
    BOOST_TEST(words_of(std::get<0>(all).error()) == "task_cancelled");
    BOOST_TEST(std::get<0>(all).cancelled());
    co_await curfew::checkpoint();  // nobody cancelled the gather
    BOOST_TEST(std::get<1>(all).value() == 7);
  });
  f.time.settle();
  stopped.cancel();
  f.time.run();
  BOOST_TEST((f.ended == end::value));
}

CONFORMS("GA-09", a_cancelled_caller_cancels_all_and_leaves_when_they_have_ended) {
  fixture f;
  auto const argument = make_held();
  int asked = 0;
  auto const caller = curfew::spawn(f.context, [&]() -> awaitable<> {
    co_await curfew::gather(until_asked(asked, argument), until_asked(asked, argument),
                            stubborn(7, 3s, argument));
  });
  f.time.advance(1s);
  caller.cancel();
  f.time.settle();
  BOOST_TEST(asked == 2);
  BOOST_TEST(!caller.done());
  f.time.run();
  BOOST_TEST(caller.cancelled());
  BOOST_TEST(argument.use_count() == 1);
  BOOST_TEST((f.elapsed() == 3s));
}

CONFORMS("GA-11", a_gather_whose_children_have_all_ended_gives_their_values_in_spite_of_a_request) {
  int before_it_went_on = 0;
  in_each_order([&]() -> awaitable<> {
    int sum = 0;
    auto const caller = curfew::spawn(co_await asio::this_coro::executor, [&]() -> awaitable<> {
      auto const all = co_await curfew::gather(give(3, 1s), give(4, 1s));
      sum = std::get<0>(all) + std::get<1>(all);
      co_await curfew::sleep_for(1h);  // here it is stopped
    });
    // By then the children's time has come.
    co_await at_one_instant([&] {
      before_it_went_on += sum == 0;
      caller.cancel();
    });
    co_await caller.wait();
    BOOST_TEST(sum == 7);
    BOOST_TEST(caller.cancelled());
  });
  BOOST_TEST(before_it_went_on > 0);
}

CONFORMS("GA-12", a_gather_that_has_failed_raises_that_failure_though_it_is_cancelled_afterwards) {
  fixture f;
  bool raised = false;
  auto const caller = curfew::spawn(f.context, [&]() -> awaitable<> {
    SAYS("broken", curfew::gather(fail("broken", 1s), stubborn(7, 3s)));
    raised = true;
    co_await curfew::sleep_for(1h);
  });
  f.time.advance(2s);
  BOOST_TEST(caller.cancel());
  f.time.run();
  BOOST_TEST(raised);
  BOOST_TEST(caller.cancelled());
  BOOST_TEST((f.elapsed() == 3s));
}

CONFORMS("GA-13", an_invalid_argument_among_valid_ones_leaves_nothing_half_started) {
  fixture f;
  auto const argument = make_held();
  int started = 0;
  f.run([&]() -> awaitable<> {
    SAYS("invalid_state", curfew::gather(awaitable<int>(), counting(started, argument)));
    SAYS("invalid_state", curfew::gather(curfew::task<int>(), counting(started, argument)));
    co_await curfew::sleep_for(1s);
  });
  BOOST_TEST(started == 0);
  BOOST_TEST(argument.use_count() == 1);
}

CONFORMS("GA-15", of_two_that_succeed_in_one_tick_no_value_is_lost) {
  int both = 0;
  in_each_order([&]() -> awaitable<> {
    int made = 0;
    auto const owns = [&]() -> awaitable<move_only> {
      co_await curfew::sleep_for(1s);
      ++made;
      co_return std::make_unique<int>(7);
    };
    auto const r = co_await curfew::race(owns(), owns());
    int const first = std::get<0>(r.results).has_value();
    int const second = std::get<1>(r.results).has_value();
    BOOST_TEST(first + second == made);
    BOOST_TEST((r.index == 0 ? first : second) == 1);
    both += made == 2;
  });
  BOOST_TEST(both > 0);
}

CONFORMS("GA-16", the_first_to_end_and_the_first_to_succeed_are_two_functions) {
  fixture f;
  f.run([&]() -> awaitable<> {
    auto const r = co_await curfew::race(fail("broken", 1s), give(7, 2s));
    BOOST_TEST(r.index == 0U);
    BOOST_TEST(words_of(std::get<0>(r.results).error()) == "broken");
    BOOST_TEST((f.elapsed() == 1s));
    auto const s = co_await curfew::first_success(fail("broken", 1s), give(7, 2s), sleepy(1h));
    BOOST_TEST(s.index == 1U);
    BOOST_TEST(std::get<1>(s.results).value() == 7);
    BOOST_TEST((f.elapsed() == 3s));
  });
}

CONFORMS("GA-17", children_that_end_where_they_start_need_no_turn_of_the_loop) {
  fixture f;
  int turns = 0;
  auto const t = curfew::spawn(f.context, [&]() -> awaitable<> {
    asio::post(f.context, [&] { ++turns; });
    auto const all = co_await curfew::gather(give_now(1), give_now(2));
    BOOST_TEST((all == std::tuple(1, 2)));
    BOOST_TEST(turns == 0);
  });
  f.time.run();
  BOOST_TEST(t.result().has_value());
  BOOST_TEST(turns == 1);
}

CONFORMS("GA-18", a_request_that_is_not_terminal_stops_all_when_one_honours_it) {
  fixture f;
  int asked = 0;
  f.start([&]() -> awaitable<> {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await curfew::gather(until_asked(asked), sleepy(1h), until_asked(asked));
  });
  f.time.advance(1s);
  f.cancel(asio::cancellation_type::total);
  f.time.run();
  BOOST_TEST(asked == 2);
  BOOST_TEST((f.ended == end::aborted));
  BOOST_TEST((f.elapsed() == 1s));
}

ALSO_CONFORMS("GA-04", of_failures_at_one_instant_the_first_is_raised_and_all_are_joined) {
  std::set<std::string> seen;
  in_each_order([&](curfew::testing::virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    auto const argument = make_held();
    std::string first;
    auto const fails = [&](std::string name, held) -> awaitable<> {
      co_await curfew::sleep_for(1s);
      if (first.empty()) first = name;
      throw failure(name);
    };
    int asked = 0;
    auto const got = co_await curfew::settle(
        curfew::gather(fails("a", argument), fails("b", argument), until_asked(asked, argument),
                       stubborn(7, 3s, argument)));
    BOOST_TEST(words_of(got.error()) == first);
    BOOST_TEST(asked == 1);
    BOOST_TEST(argument.use_count() == 1);
    BOOST_TEST((time.now() - began == 3s));
    co_await curfew::checkpoint();
    seen.insert(first);
  });
  BOOST_TEST(seen.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
