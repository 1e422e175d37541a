#include "../operations/manual_op.hpp"
#include "beside.hpp"

// The first of several to end, or to succeed, and what became of the others.

BOOST_AUTO_TEST_SUITE(race)

namespace {

template <class Executor>
asio::awaitable<std::size_t, Executor> winner_on() {
  auto const mixed = co_await curfew::race(curfew::sleep_for(2s), give_on<Executor>(1, 1s));
  auto const named = co_await curfew::first_success.on<Executor>(curfew::sleep_for(1s));
  co_return mixed.index * 10 + named.index;
}

}  // namespace

EACH_OWNER(the_first_to_end_wins_and_the_losers_are_cancelled_and_waited_for) {
  auto const argument = make_held();
  int asked = 0;
  run([&]() -> awaitable<> {
    auto const r = co_await curfew::race(until_asked(asked, argument), give(7, 1s, argument),
                                         curfew::sleep_for(1h));
    BOOST_TEST(r.index == 1U);
    BOOST_TEST(std::get<0>(r.results).cancelled());
    BOOST_TEST(std::get<1>(r.results).value() == 7);
    BOOST_TEST(std::get<2>(r.results).cancelled());
    co_await curfew::checkpoint();
  });
  BOOST_TEST(asked == 1);
  BOOST_TEST(argument.use_count() == 1);
  BOOST_TEST((elapsed() == 1s));
}

EACH_OWNER(a_losers_value_or_error_is_not_lost) {  // GA-15
  captured_cerr const log;
  run([&]() -> awaitable<> {
    auto const r =
        co_await curfew::race(stubborn(1, 3s), give(2, 1s), fail_when_asked("late"), give(4, 1s));
    BOOST_TEST(r.index == 1U);
    BOOST_TEST(std::get<0>(r.results).value() == 1);
    BOOST_TEST(std::get<1>(r.results).value() == 2);
    BOOST_TEST(words_of(std::get<2>(r.results).error()) == "late");
    auto const& tie = std::get<3>(r.results);
    BOOST_TEST((tie.cancelled() || tie.value() == 4));
  });
  BOOST_TEST((elapsed() == 3s));
  BOOST_TEST(log.text() == "");
}

EACH_OWNER(of_two_that_end_in_one_tick_both_values_are_given) {  // GA-15
  for (bool const swapped : {false, true}) {
    manual_op<std::exception_ptr> first, second;
    int ends = 0;
    auto const side = [&](manual_op<std::exception_ptr>& op, int value) -> awaitable<int> {
      co_await op();
      ++ends;
      co_return value;
    };
    start([&]() -> awaitable<> {
      auto const r = co_await curfew::race(side(first, 1), side(second, 2));
      BOOST_TEST(r.index == (swapped ? 1U : 0U));
      BOOST_TEST(std::get<0>(r.results).value() + std::get<1>(r.results).value() == 3);
    });
    settle();
    (swapped ? second : first).post(nullptr);
    (swapped ? first : second).post(nullptr);
    finish();
    BOOST_TEST(ends == 2);
  }
}

EACH_OWNER(a_failure_wins_a_race_and_is_passed_over_by_first_success) {  // GA-16
  int asked = 0;
  run([&]() -> awaitable<> {
    auto const r = co_await curfew::race(fail("broken", 1s), until_asked(asked));
    BOOST_TEST(r.index == 0U);
    BOOST_TEST(words_of(std::get<0>(r.results).error()) == "broken");
    auto const s =
        co_await curfew::first_success(fail("broken", 1s), give(2, 2s), until_asked(asked));
    BOOST_TEST(s.index == 1U);
    BOOST_TEST(words_of(std::get<0>(s.results).error()) == "broken");
    BOOST_TEST(std::get<1>(s.results).value() == 2);
    BOOST_TEST(std::get<2>(s.results).cancelled());
  });
  BOOST_TEST(asked == 2);
  BOOST_TEST((elapsed() == 3s));
}

EACH_OWNER(when_none_succeeds_all_failures_are_raised_in_order) {
  run([&]() -> awaitable<> {
    SAYS("alone", curfew::first_success(fail("alone", 1s)));
    SAYS("[a b c]", curfew::first_success(fail("a", 3s), fail("b", 1s), fail("c", 2s)));
    std::vector<awaitable<>> ops;
    ops.push_back(fail("d", 2s));
    ops.push_back(fail_now("e"));
    SAYS("[d e]", curfew::first_success(std::move(ops)));
    SAYS("[timed_out f]", curfew::first_success(curfew::wait_for(sleepy(1h), 1s), fail("f", 2s)));
  });
}

EACH_OWNER(what_ends_at_once_wins_and_keeps_the_rest_from_starting) {
  auto const argument = make_held();
  int started = 0, asked = 0;
  run([&]() -> awaitable<> {
    auto const r = co_await curfew::race(until_asked(asked, argument), give_now(1, argument),
                                         counting(started, argument));
    BOOST_TEST(r.index == 1U);
    BOOST_TEST(std::get<0>(r.results).cancelled());
    BOOST_TEST(std::get<2>(r.results).cancelled());
    auto const s = co_await curfew::first_success(fail_now("x"), give_now(2), counting(started));
    BOOST_TEST(s.index == 1U);
    BOOST_TEST(std::get<2>(s.results).cancelled());
  });
  BOOST_TEST(started == 0);
  BOOST_TEST(asked == 1);
  BOOST_TEST(argument.use_count() == 1);
  BOOST_TEST((elapsed() == 0s));
}

EACH_OWNER(ranges_give_vectors_and_only_an_empty_one_is_refused) {
  auto const t = curfew::spawn(context, give(9, 10s));
  run([&]() -> awaitable<> {
    std::vector<awaitable<move_only>> ops;
    auto const own = [](int value, curfew::clock::duration after) -> awaitable<move_only> {
      co_await curfew::sleep_for(after);
      co_return std::make_unique<int>(value);
    };
    for (int i = 0; i < 4; ++i) ops.push_back(own(i, std::chrono::seconds(4 - i)));
    auto r = co_await curfew::race(std::move(ops));
    BOOST_TEST(r.index == 3U);
    BOOST_TEST(r.results.size() == 4U);
    auto const won = std::move(r.results[r.index]).value();
    BOOST_TEST(*won == 3);
    std::vector const tasks{t, t};
    auto const joined = co_await curfew::first_success(tasks);
    BOOST_TEST(joined.results[joined.index].value() == 9);
  });
  BOOST_TEST(thrown_by([] { (void)curfew::race(std::vector<awaitable<>>()); }) == "invalid_state");
  BOOST_TEST(thrown_by([] { (void)curfew::first_success(std::vector<awaitable<>>()); }) ==
             "invalid_state");
}

EACH_OWNER(an_empty_awaitable_is_refused) {
  int asked = 0;
  run([&]() -> awaitable<> {
    awaitable<int> empty;
    SAYS("invalid_state", curfew::race(until_asked(asked), std::move(empty)));
    SAYS("invalid_state", curfew::first_success(curfew::task<int>(), counting(asked)));
  });
  BOOST_TEST((elapsed() == 0s));
}

EACH_OWNER(losing_tasks_go_on) {
  auto const t = curfew::spawn(context, give(7, 5s));
  run([&]() -> awaitable<> {
    auto const r = co_await curfew::race(t, give(1, 1s));
    BOOST_TEST(r.index == 1U);
    BOOST_TEST((elapsed() == 1s));
    BOOST_TEST(co_await t.join() == 7);
  });
}

EACH_OWNER(the_limit_of_a_scope_around_is_the_scopes) {
  int asked = 0;
  auto const body = [&]() -> awaitable<> {
    co_await curfew::race(until_asked(asked), until_asked(asked));
  };
  auto const other = [&]() -> awaitable<> {
    co_await curfew::first_success(until_asked(asked), fail("broken", 0s));
  };
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::timeout(1s, body));
    ENDS(end::timed_out, curfew::timeout(1s, other));
    BOOST_TEST(!co_await curfew::move_on_after(1s, body));
  });
  BOOST_TEST(asked == 5);
  BOOST_TEST((elapsed() == 3s));
}

BOOST_FIXTURE_TEST_CASE(it_works_on_executors_of_any_type, fixture) {
  auto const any = curfew::spawn(context, winner_on<asio::any_io_executor>());
  auto const own = curfew::spawn(context, winner_on<io_executor>());
  time.run();
  BOOST_TEST(any.result().value() == 10U);
  BOOST_TEST(own.result().value() == 10U);
}

BOOST_AUTO_TEST_SUITE_END()
