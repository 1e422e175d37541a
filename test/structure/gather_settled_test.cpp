#include "../operations/manual_op.hpp"
#include "beside.hpp"

// How each of several operations ended, with a limit for all of them.

BOOST_AUTO_TEST_SUITE(gather_settled)

EACH_OWNER(each_kind_of_end_is_an_outcome) {  // GA-06, GA-08
  captured_cerr const log;
  auto t = curfew::spawn(context, sleepy(1h));
  start([&]() -> awaitable<> {
    auto const all = co_await curfew::gather_settled(give(1, 2s), fail("broken", 1s), t,
                                                     curfew::wait_for(sleepy(1h), 3s), sleepy(4s));
    BOOST_TEST(std::get<0>(all).value() == 1);
    BOOST_TEST(words_of(std::get<1>(all).error()) == "broken");
    BOOST_TEST(words_of(std::get<2>(all).error()) == "task_cancelled");
    BOOST_TEST(std::get<2>(all).cancelled());
    BOOST_TEST(std::get<3>(all).timed_out());
    BOOST_TEST(std::get<4>(all).has_value());
    BOOST_TEST((elapsed() == 4s));  // nobody stopped the others
    co_await curfew::checkpoint();
  });
  settle();
  t.cancel();
  finish();
  BOOST_TEST(log.text() == "");
}

EACH_OWNER(a_range_gives_a_vector_of_outcomes_in_its_order) {
  run([&]() -> awaitable<> {
    std::vector<awaitable<>> ops;
    ops.push_back(sleepy(2s));
    ops.push_back(fail("broken", 1s));
    ops.push_back(sleepy(1h));
    auto const all = co_await curfew::gather_settled(5s, std::move(ops));
    BOOST_TEST(all.size() == 3U);
    BOOST_TEST(all[0].has_value());
    BOOST_TEST(words_of(all[1].error()) == "broken");
    BOOST_TEST(all[2].timed_out());
    auto const none = co_await curfew::gather_settled(std::vector<awaitable<>>());
    BOOST_TEST(none.empty());
    auto const nothing = co_await curfew::gather_settled();
    static_assert(std::tuple_size_v<std::remove_const_t<decltype(nothing)>> == 0);
  });
  BOOST_TEST((elapsed() == 5s));
}

EACH_OWNER(the_limit_leaves_values_and_says_timed_out_of_the_others) {
  int asked = 0;
  auto const argument = make_held();
  run([&]() -> awaitable<> {
    auto const all =
        co_await curfew::gather_settled(2s, give(1, 1s, argument), until_asked(asked, argument),
                                        fail("broken", 1s), curfew::sleep_for(1h));
    BOOST_TEST(std::get<0>(all).value() == 1);
    BOOST_TEST(std::get<1>(all).timed_out());
    BOOST_TEST(words_of(std::get<2>(all).error()) == "broken");
    BOOST_TEST(std::get<3>(all).timed_out());
    co_await curfew::checkpoint();
  });
  BOOST_TEST((elapsed() == 2s));
  BOOST_TEST(asked == 1);
  BOOST_TEST(argument.use_count() == 1);
}

EACH_OWNER(what_ends_by_itself_in_spite_of_the_limit_keeps_its_end) {
  run([&]() -> awaitable<> {
    auto const all =
        co_await curfew::gather_settled(1s, stubborn(1, 3s), fail_when_asked("second"), sleepy(1h));
    BOOST_TEST(std::get<0>(all).value() == 1);
    BOOST_TEST(words_of(std::get<1>(all).error()) == "second");
    BOOST_TEST(std::get<2>(all).timed_out());
  });
  BOOST_TEST((elapsed() == 3s));  // it was waited for
}

EACH_OWNER(a_limit_that_has_passed_starts_nothing) {
  int started = 0;
  auto const argument = make_held();
  run([&]() -> awaitable<> {
    for (auto const limit : {0s, -1s}) {
      auto const all = co_await curfew::gather_settled(limit, counting(started, argument),
                                                       counting(started, argument));
      BOOST_TEST(std::get<0>(all).timed_out());
      BOOST_TEST(std::get<1>(all).timed_out());
      std::vector<awaitable<int>> ops;
      ops.push_back(counting(started, argument));
      auto const ranged = co_await curfew::gather_settled(limit, std::move(ops));
      BOOST_REQUIRE(ranged.size() == 1U);
      BOOST_TEST(ranged[0].timed_out());
    }
  });
  BOOST_TEST(started == 0);
  BOOST_TEST(argument.use_count() == 1);
}

EACH_OWNER(the_limit_does_not_stop_tasks) {
  auto const t = curfew::spawn(context, give(7, 5s));
  run([&]() -> awaitable<> {
    auto const all = co_await curfew::gather_settled(1s, t);
    BOOST_TEST(std::get<0>(all).timed_out());
    BOOST_TEST(!t.done());
    BOOST_TEST(co_await t.join() == 7);
  });
}

EACH_OWNER(a_request_to_the_caller_is_raised_and_not_an_outcome) {
  int asked = 0;
  for (auto const limit : {curfew::clock::duration(5s), curfew::clock::duration::max()}) {
    start([&asked, limit]() -> awaitable<> {
      co_await curfew::gather_settled(limit, until_asked(asked), stubborn(1, 2s));
    });
    time.advance(1s);
    ask_and_settle();
    finish(end::aborted);
  }
  BOOST_TEST(asked == 2);
  BOOST_TEST((elapsed() == 4s));
}

EACH_OWNER(a_request_in_the_very_start_is_raised) {
  int started = 0;
  auto const asks = [&]() -> awaitable<int> {
    ask();
    co_return 1;
  };
  auto const body = [&]() -> awaitable<> {
    co_await curfew::gather_settled(asks(), counting(started));
  };
  run(body, end::aborted);
  auto const limited = [&]() -> awaitable<> {
    co_await curfew::gather_settled(1s, asks(), counting(started));
  };
  run(limited, end::aborted);
  BOOST_TEST((elapsed() == 0s));
}

EACH_OWNER(the_limit_of_a_scope_around_is_raised_by_the_scope) {
  int asked = 0, after = 0;
  auto const body = [&]() -> awaitable<> {
    co_await curfew::gather_settled(5s, until_asked(asked), sleepy(1h));
    ++after;
  };
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::timeout(1s, body));
    BOOST_TEST(!co_await curfew::move_on_after(1s, body));
    auto const outer = co_await curfew::gather_settled(1s, body());
    BOOST_TEST(std::get<0>(outer).timed_out());
  });
  BOOST_TEST(asked == 3);
  BOOST_TEST(after == 0);
  BOOST_TEST((elapsed() == 3s));
}

EACH_OWNER(what_has_ended_when_the_limit_passes_keeps_its_value) {
  run([&]() -> awaitable<> {
    auto const all = co_await curfew::gather_settled(1s, give(1, 1s), give(2, 1s), sleepy(2s));
    // Of what ends in the very tick either is fine, but an outcome is one of the two.
    for (auto const* each : {&std::get<0>(all), &std::get<1>(all)})
      BOOST_TEST((each->has_value() || each->timed_out()));
    BOOST_TEST(std::get<2>(all).timed_out());
  });
  BOOST_TEST((elapsed() == 1s));
}

BOOST_AUTO_TEST_SUITE_END()
