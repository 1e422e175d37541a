#include "../operations/manual_op.hpp"
#include "beside.hpp"

// A race whose caller is asked to stop, before there is a winner and after.

BOOST_AUTO_TEST_SUITE(race_cancel)

EACH_OWNER(a_request_before_there_is_a_winner_reaches_all_and_is_raised) {
  auto const argument = make_held();
  int asked = 0;
  for (bool const by_end : {true, false}) {
    start([&asked, &argument, by_end]() -> awaitable<> {
      if (by_end)
        co_await curfew::race(until_asked(asked, argument), until_asked(asked, argument));
      else
        co_await curfew::first_success(until_asked(asked, argument), fail("early", 0s, argument),
                                       until_asked(asked, argument));
    });
    time.advance(1s);
    ask_and_settle();
    finish(end::aborted);
  }
  BOOST_TEST(asked == 4);
  BOOST_TEST(argument.use_count() == 1);
  BOOST_TEST((elapsed() == 2s));
}

EACH_OWNER(a_request_after_there_is_a_winner_loses_nothing) {
  for (bool const by_end : {true, false}) {
    std::size_t won = 9;
    int values = 0;
    start([&won, &values, by_end]() -> awaitable<> {
      if (by_end) {
        auto const r = co_await curfew::race(stubborn(1, 3s), give(2, 1s));
        won = r.index;
        values = std::get<0>(r.results).value() + std::get<1>(r.results).value();
      } else {
        auto const r = co_await curfew::first_success(stubborn(1, 3s), give(2, 1s));
        won = r.index;
        values = std::get<0>(r.results).value() + std::get<1>(r.results).value();
      }
      co_await curfew::sleep_for(1s);
    });
    time.advance(2s);
    ask_and_settle();
    finish(end::aborted);
    BOOST_TEST(won == 1U);
    BOOST_TEST(values == 3);
  }
  BOOST_TEST((elapsed() == 6s));
}

EACH_OWNER(a_request_in_the_tick_in_which_one_wins_loses_nothing) {
  manual_op<> ready;
  int asked = 0;
  std::size_t won = 9;
  start([&]() -> awaitable<> {
    auto const r = co_await curfew::race(until_asked(asked), ready());
    won = r.index;
  });
  settle();
  ready.complete();
  ask();
  finish();
  BOOST_TEST(won == 1U);
  BOOST_TEST(asked == 1);
}

EACH_OWNER(values_in_spite_of_a_request_win) {
  for (bool const by_end : {true, false}) {
    std::size_t won = 9;
    int values = 0;
    start([&won, &values, by_end]() -> awaitable<> {
      if (by_end) {
        auto const r = co_await curfew::race(stubborn(1, 3s), stubborn(2, 2s));
        won = r.index;
        values = std::get<0>(r.results).value() + std::get<1>(r.results).value();
      } else {
        auto const r = co_await curfew::first_success(stubborn(1, 3s), stubborn(2, 2s));
        won = r.index;
        values = std::get<0>(r.results).value() + std::get<1>(r.results).value();
      }
    });
    time.advance(1s);
    ask_and_settle();
    finish();
    BOOST_TEST(won == 1U);
    BOOST_TEST(values == 3);
  }
}

EACH_OWNER(a_request_in_the_very_start_finds_a_winner_or_is_raised) {
  int started = 0;
  std::size_t won = 9;
  auto const asks = [&](bool fails) -> awaitable<int> {
    ask();
    if (fails) co_await curfew::sleep_for(1s);
    co_return 1;
  };
  auto const wins = [&]() -> awaitable<> {
    auto const r = co_await curfew::race(asks(false), counting(started));
    won = r.index;
  };
  run(wins, end::value);
  BOOST_TEST(won == 0U);
  auto const none = [&]() -> awaitable<> {
    co_await curfew::first_success(asks(true), counting(started));
  };
  run(none, end::aborted);
  BOOST_TEST((elapsed() == 0s));
}

EACH_OWNER(a_request_before_it_starts_nothing) {
  int started = 0;
  auto const body = [&]() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    ask();
    co_await curfew::race(counting(started), counting(started));
  };
  run(body, end::aborted);
  BOOST_TEST(started == 0);
}

BOOST_AUTO_TEST_SUITE_END()
