#include "../support.hpp"
#include "token_counts.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <functional>
#include <memory>
#include <vector>

BOOST_AUTO_TEST_SUITE(token_wait)

namespace {

using curfew::cancellation_source;
using curfew::cancellation_token;

/// What starts a wait of its own for each test, and what it left behind.
struct waiting : fixture {
  ~waiting() { BOOST_TEST(count_listeners(source.token()) == 0U); }

  void cancel_after(curfew::clock::duration limit) {
    curfew::sleep_for(context, limit)([this](error_code) { source.cancel(); });
  }
  awaitable<> wait() { co_await source.token().wait(); }

  cancellation_source source;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_wait_ends_at_the_instant_of_the_cancellation, waiting) {
  cancel_after(1h);
  run([&]() -> awaitable<> { co_await source.token().wait(); });
  BOOST_TEST(elapsed() == 1h);
}

BOOST_FIXTURE_TEST_CASE(a_late_wait_ends_at_once_each_time_but_not_inside_its_start, waiting) {
  source.cancel();
  int others = 0;
  run([&]() -> awaitable<> {
    for (int i = 1; i < 4; ++i) {  // a level
      asio::post(context, [&] { ++others; });
      co_await source.token().wait();
      BOOST_TEST(others == i);
    }
  });
  BOOST_TEST(elapsed() == 0s);
}

BOOST_FIXTURE_TEST_CASE(an_operation_that_was_made_before_the_cancellation_may_start_after,
                        waiting) {
  auto op = source.token().wait();
  source.cancel();
  run([&]() -> awaitable<> { co_await std::move(op); });
}

BOOST_FIXTURE_TEST_CASE(all_who_wait_wake_in_the_order_in_which_they_came, waiting) {  // TT-01
  std::vector<int> woken;
  auto const waiter = [&](int id) -> awaitable<> {
    co_await source.token().wait();
    woken.push_back(id);
    co_await source.token().wait();
  };
  for (int i = 0; i < 100; ++i) asio::co_spawn(context, waiter(i), asio::detached);
  time.run();
  BOOST_TEST(count_listeners(source.token()) == 100U);
  source.cancel();
  BOOST_TEST(woken.empty());  // on their own executor
  time.run();
  BOOST_TEST(woken.size() == 100U);
  BOOST_TEST(std::is_sorted(woken.begin(), woken.end()));
}

BOOST_FIXTURE_TEST_CASE(another_coroutine_on_the_same_executor_may_cancel, waiting) {
  bool woken = false;
  auto const waiter = [&]() -> awaitable<> {
    co_await source.token().wait();
    woken = true;
    BOOST_TEST(!source.cancel());
  };
  asio::co_spawn(context, waiter(), asio::detached);
  run([&]() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    BOOST_TEST(!woken);
    BOOST_TEST(source.cancel());
    co_await asio::post(context, asio::deferred);
    BOOST_TEST(woken);
  });
}

BOOST_FIXTURE_TEST_CASE(waiters_may_cancel_what_the_next_one_waits_for, waiting) {
  constexpr std::size_t length = 20'000;
  std::vector<cancellation_source> sources(length);
  std::size_t woken = 0;
  auto const waiter = [&](std::size_t at) -> awaitable<> {
    co_await sources[at].token().wait();
    ++woken;
    if (at + 1 < length) sources[at + 1].cancel();
  };
  for (std::size_t i = 0; i < length; ++i) asio::co_spawn(context, waiter(i), asio::detached);
  time.run();
  sources[0].cancel();
  time.run();
  BOOST_TEST(woken == length);
}

BOOST_FIXTURE_TEST_CASE(callbacks_run_inside_the_request_and_waits_go_on_after_it, waiting) {
  std::string told;
  curfew::cancellation_callback first, second;
  auto const wait = [&] { source.token().wait(context)([&](error_code) { told += "wait "; }); };
  first = source.token().on_cancel([&] { told += "one "; });
  wait();
  second = source.token().on_cancel([&] { told += "two "; });
  asio::post(context, [&] { source.cancel(); });
  time.run();
  BOOST_TEST(told == "one two wait ");
}

// ---- cancelled itself

BOOST_FIXTURE_TEST_CASE(a_wait_that_is_cancelled_ends_at_once_and_leaves_nothing, waiting) {
  auto const main = [&]() -> awaitable<> { ENDS(end::aborted, source.token().wait()); };
  start(main);
  time.run();
  BOOST_TEST(time.pending() == 1U);
  cancel();
  BOOST_TEST(!ended);
  time.run();
  BOOST_TEST((ended == end::value));
  BOOST_TEST(count_listeners(source.token()) == 0U);
  BOOST_TEST(time.pending() == 0U);
  source.cancel();
  time.run();
}

BOOST_FIXTURE_TEST_CASE(every_cancellation_type_ends_a_wait, waiting) {
  for (auto const type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                          asio::cancellation_type::total, asio::cancellation_type::all}) {
    for (auto const& token : {source.token(), cancellation_token()}) {
      asio::cancellation_signal stop;
      std::optional<error_code> result;
      token.wait(context)(
          asio::bind_cancellation_slot(stop.slot(), [&](error_code error) { result = error; }));
      stop.emit(type);
      BOOST_TEST(!result);
      stop.emit(type);
      time.settle();
      BOOST_TEST((result == error_code(asio::error::operation_aborted)));
      BOOST_TEST(!stop.slot().has_handler());
    }
  }
}

// Whichever came first decides, also where both are asked for in one handler.
BOOST_FIXTURE_TEST_CASE(the_first_of_the_tokens_and_the_waiters_cancellation_wins, waiting) {
  for (bool const token_first : {true, false})
    for (bool const in_context : {true, false}) {
      cancellation_source each;
      asio::cancellation_signal stop;
      std::optional<error_code> result;
      each.token().wait(context)(
          asio::bind_cancellation_slot(stop.slot(), [&](error_code error) { result = error; }));
      auto const both = [&] {
        if (token_first) each.cancel();
        stop.emit(asio::cancellation_type::terminal);
        if (!token_first) each.cancel();
      };
      if (in_context)
        asio::post(context, both);
      else
        both();
      time.run();
      BOOST_REQUIRE(result.has_value());
      BOOST_TEST(*result == (token_first ? error_code() : asio::error::operation_aborted));
      BOOST_TEST(!stop.slot().has_handler());
      BOOST_TEST(count_listeners(each.token()) == 0U);
    }
}

BOOST_FIXTURE_TEST_CASE(a_request_that_came_after_the_tokens_is_seen_at_the_next_wait, waiting) {
  bool woken = false;
  auto const main = [&]() -> awaitable<> {
    co_await source.token().wait();
    woken = true;
    ENDS(end::aborted, cancellation_token().wait());
  };
  start(main);
  time.run();
  source.cancel();
  cancel();
  time.run();
  BOOST_TEST(woken);
  BOOST_TEST((ended == end::value));
}

BOOST_FIXTURE_TEST_CASE(a_waiter_that_was_woken_is_not_cancelled_by_another, waiting) {
  asio::cancellation_signal stop;
  std::string ends;
  source.token().wait(context)([&](error_code) { stop.emit(asio::cancellation_type::all); });
  source.token().wait(context)(asio::bind_cancellation_slot(
      stop.slot(), [&](error_code error) { ends += error ? "aborted" : "woken"; }));
  asio::post(context, [&] { source.cancel(); });
  time.run();
  BOOST_TEST(ends == "woken");
}

// ---- limits

BOOST_FIXTURE_TEST_CASE(an_empty_token_is_waited_for_until_the_limit, waiting) {
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(cancellation_token().wait(), 1h));
    ENDS(end::timed_out, curfew::wait_for(source.token().wait(), 1h));
    bool const in_time = co_await curfew::move_on_after(1h, &waiting::wait, this);
    BOOST_TEST(!in_time);
    BOOST_TEST(time.pending() == 0U);
    BOOST_TEST(count_listeners(source.token()) == 0U);
  });
  BOOST_TEST(elapsed() == 3h);
}

BOOST_FIXTURE_TEST_CASE(of_a_limit_and_a_token_of_one_instant_the_first_to_be_set_wins, waiting) {
  cancel_after(1h);
  run([&]() -> awaitable<> { co_await curfew::wait_for(source.token().wait(), 1h); });
  run([&]() -> awaitable<> {
    cancellation_source late;
    auto op = curfew::wait_for(late.token().wait(), 1h);
    auto const cancel_late = [&](error_code) { late.cancel(); };
    asio::post(context, [&] { curfew::sleep_for(context, 1h)(cancel_late); });
    ENDS(end::timed_out, std::move(op));
    co_await late.token().wait();
  });
  BOOST_TEST(elapsed() == 2h);
}

BOOST_FIXTURE_TEST_CASE(a_wait_for_a_cancelled_token_under_a_limit_of_zero_never_starts, waiting) {
  source.cancel();
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(source.token().wait(), 0s));
    co_await curfew::wait_for(source.token().wait(), 1ns);
  });
}

BOOST_FIXTURE_TEST_CASE(a_wait_loses_against_its_siblings_like_any_operation, waiting) {
  using namespace asio::experimental::awaitable_operators;
  cancel_after(1s);
  run([&]() -> awaitable<> {
    auto const one = co_await (wait() || sleepy(1h));
    BOOST_TEST(one.index() == 0U);
    auto const other = co_await (cancellation_token().wait()(asio::use_awaitable) || sleepy(1h));
    BOOST_TEST(other.index() == 1U);
  });
  BOOST_TEST(elapsed() == 1s + 1h);
}

BOOST_AUTO_TEST_SUITE_END()
