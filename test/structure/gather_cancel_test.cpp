#include "../operations/manual_op.hpp"
#include "beside.hpp"

// A gather whose caller is asked to stop, before, meanwhile and at its end.

BOOST_AUTO_TEST_SUITE(gather_cancel)

EACH_OWNER(a_request_to_the_caller_reaches_all_and_they_are_waited_for) {  // GA-09
  auto const argument = make_held();
  int asked = 0;
  start([&]() -> awaitable<> {
    co_await curfew::gather(until_asked(asked, argument), until_asked(asked, argument),
                            stubborn(1, 3s, argument), curfew::sleep_for(1h));
  });
  time.advance(1s);
  ask_and_settle();
  BOOST_TEST(asked == 2);
  BOOST_TEST(!ended.has_value());
  finish(end::aborted);
  BOOST_TEST((elapsed() == 3s));
  BOOST_TEST(argument.use_count() == 1);
}

EACH_OWNER(a_request_before_it_starts_nothing) {
  int started = 0;
  auto const body = [&]() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    ask();
    co_await curfew::gather(counting(started), counting(started));
  };
  run(body, end::aborted);
  BOOST_TEST(started == 0);
}

EACH_OWNER(a_request_in_the_very_start_keeps_the_rest_from_starting) {
  int started = 0;
  auto const asks = [&]() -> awaitable<int> {
    ask();
    co_return 1;
  };
  auto const body = [&]() -> awaitable<> {
    co_await curfew::gather(asks(), counting(started), counting(started));
  };
  run(body, end::aborted);
  BOOST_TEST((elapsed() == 0s));
}

EACH_OWNER(values_that_are_there_when_a_request_comes_are_given) {  // GA-11
  manual_op<> ready;
  int got = 0;
  start([&]() -> awaitable<> {
    auto const all = co_await curfew::gather(ready(), give_now(7));
    got = std::get<1>(all);
    co_await curfew::sleep_for(1s);
  });
  settle();
  ready.complete();
  ask();
  finish(end::aborted);
  BOOST_TEST(got == 7);
  BOOST_TEST((elapsed() == 0s));
}

EACH_OWNER(values_in_spite_of_a_request_are_given) {
  int got = 0;
  start([&]() -> awaitable<> {
    auto const all = co_await curfew::gather(stubborn(1, 2s), stubborn(2, 3s));
    got = std::get<0>(all) + std::get<1>(all);
  });
  time.advance(1s);
  ask_and_settle();
  finish();
  BOOST_TEST(got == 3);
}

BOOST_FIXTURE_TEST_CASE(a_request_that_is_not_terminal_reaches_all_of_them, fixture) {  // GA-18
  int asked = 0;
  auto const body = [&]() -> awaitable<> {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    co_await curfew::gather(until_asked(asked), until_asked(asked), curfew::sleep_for(1h));
  };
  start(body);
  time.advance(1s);
  asio::post(context, [&] { cancel(asio::cancellation_type::total); });
  time.run();
  BOOST_TEST(asked == 2);
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST((elapsed() == 1s));
}

// One that honours it ends all: those that do not are asked in terms that they honour.
BOOST_FIXTURE_TEST_CASE(where_one_honours_a_weak_request_the_others_hear_a_strong_one, fixture) {
  auto const is_terminal = [](manual_op<error_code> const& op) {
    auto const last = op.requests.back() & asio::cancellation_type::terminal;
    return last != asio::cancellation_type::none;
  };
  auto const together = [&](auto several, asio::cancellation_type weak) {
    manual_op<error_code> honours, ignores;
    ended.reset();
    start([&]() -> awaitable<> {
      co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
      co_await several(honours(), ignores());
    });
    time.settle();
    asio::post(context, [&] { cancel(weak); });
    time.settle();
    BOOST_TEST(ignores.requests.size() == 1U);
    BOOST_TEST(!is_terminal(ignores));
    asio::post(context, [&] { honours.complete(asio::error::operation_aborted); });
    time.settle();
    BOOST_TEST_REQUIRE(ignores.requests.size() == 2U);
    BOOST_TEST(is_terminal(ignores));
    BOOST_TEST(!ended);
    asio::post(context, [&] { ignores.complete(asio::error::operation_aborted); });
    time.run();
    BOOST_TEST((ended == end::aborted));
  };
  for (auto const weak : {asio::cancellation_type::total, asio::cancellation_type::partial}) {
    together(curfew::gather, weak);
    together(curfew::race, weak);
    together(curfew::first_success, weak);
  }
}

BOOST_AUTO_TEST_SUITE_END()
