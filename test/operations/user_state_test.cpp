#include "both_ways.hpp"
#include "manual_op.hpp"

// Blocks that change the cancellation state of the coroutine they run in, as Asio allows them to.

BOOST_AUTO_TEST_SUITE(user_state)

namespace {

using curfew::timeout;
using curfew::timeout_scope;
namespace this_coro = asio::this_coro;

error_code const aborted = asio::error::operation_aborted;

}  // namespace

BOTH_WAYS(replacing_the_state_absorbs_the_expiry) {  // AX-02
  std::optional<timeout_scope> kept;
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<int> {
      kept.emplace(scope);
      ENDS(end::aborted, curfew::sleep_for(1h));
      co_await this_coro::reset_cancellation_state();
      ENDS(end::value, curfew::sleep_for(1s));
      co_return 7;
    };
    BOOST_TEST(co_await timeout(1s, body) == 7);
    BOOST_TEST(kept->expired());
    ENDS(end::value, curfew::sleep_for(1s));
    ENDS(end::timed_out, timeout(1s, sleepy, 1h));
    ENDS(end::timed_out, curfew::wait_for(sleepy(1h), 1s));
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(1h), 1s));
  });
  BOOST_TEST(elapsed() == 6s);
}

BOTH_WAYS(a_deadline_reaches_a_block_that_replaced_its_state_before) {
  run([]() -> awaitable<> {
    auto const body = []() -> awaitable<> {
      co_await this_coro::reset_cancellation_state();
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(1s, body));
    ENDS(end::value, curfew::sleep_for(1s));
    auto const nested = []() -> awaitable<> {
      co_await this_coro::reset_cancellation_state();
      co_await timeout(1h, sleepy, 2h);
    };
    ENDS(end::timed_out, timeout(1s, nested));
  });
  BOOST_TEST(elapsed() == 3s);
}

BOTH_WAYS(a_block_that_disabled_cancellation_is_waited_for) {
  run([]() -> awaitable<> {
    auto const body = []() -> awaitable<int> {
      co_await this_coro::reset_cancellation_state(asio::disable_cancellation());
      co_await curfew::sleep_for(5s);
      co_return 7;
    };
    BOOST_TEST(co_await timeout(1s, body) == 7);
  });
  BOOST_TEST(elapsed() == 5s);
}

BOTH_WAYS(an_enclosing_deadline_reaches_what_goes_on_after_an_absorbed_one) {
  run([]() -> awaitable<> {
    auto const inner = []() -> awaitable<> {
      ENDS(end::aborted, curfew::sleep_for(1h));
      co_await this_coro::reset_cancellation_state();
      co_await curfew::sleep_for(1h);
    };
    auto const outer = [&]() -> awaitable<> { co_await timeout(1s, inner); };
    ENDS(end::timed_out, timeout(2s, outer));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(elapsed() == 3s);
}

BOTH_WAYS(a_second_request_reaches_a_block_that_absorbed_the_first) {  // TS-20
  int requests = 0;
  start([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      ENDS(end::aborted, curfew::sleep_for(1h));
      ++requests;
      co_await this_coro::reset_cancellation_state();
      ENDS(end::aborted, curfew::sleep_for(1h));
      ++requests;
      throw system_error(aborted);
    };
    ENDS(end::aborted, timeout(10h, body));
  });
  time.settle();
  ask();
  BOOST_TEST(requests == 1);
  ask();
  BOOST_TEST(requests == 2);
  time.run();
  BOOST_TEST(elapsed() == 0s);
}

BOTH_WAYS(a_second_request_reaches_an_operation_started_after_the_first_one) {
  manual_op<error_code> op;
  op.on_cancel = [&] { op.post(aborted); };
  start([&]() -> awaitable<> {
    co_await this_coro::throw_if_cancelled(false);
    auto const body = [&]() -> awaitable<> {
      ENDS(end::aborted, op());
      co_await op();
    };
    ENDS(end::aborted, timeout(10h, body));
  });
  time.settle();
  ask();
  BOOST_TEST(op.started == 2);
  ask();
  BOOST_TEST(op.requests.size() == 2U);
  time.run();
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(an_enclosing_deadline_reaches_an_operation_started_after_the_first_expiry) {  // AX-04
  for (bool const before : {false, true}) {
    BOOST_TEST_CONTEXT((before ? "not refusing since before the scopes" : "since inside them")) {
      manual_op<error_code> op;
      op.on_cancel = [&] { op.post(aborted); };
      start([&]() -> awaitable<> {
        if (before) co_await this_coro::throw_if_cancelled(false);
        auto const inner = [&]() -> awaitable<> {
          co_await this_coro::throw_if_cancelled(false);
          ENDS(end::aborted, op());
          co_await op();
        };
        auto const outer = [&]() -> awaitable<> { co_await timeout(1s, inner); };
        ENDS(end::timed_out, timeout(2s, outer));
      });
      time.run();
      BOOST_TEST(op.requests.size() == 2U);
      BOOST_TEST((ended == end::value));
    }
  }
}

BOTH_WAYS(what_does_not_refuse_goes_on_in_an_expired_block_until_it_ends_by_itself) {  // AX-04
  run([&]() -> awaitable<> {
    auto const body = []() -> awaitable<int> {
      co_await this_coro::throw_if_cancelled(false);
      ENDS(end::aborted, curfew::sleep_for(1h));
      ENDS(end::value, asio::post(asio::deferred));
      // curfew's own look at the requests themselves.
      ENDS(end::aborted, curfew::sleep_for(1h));
      ENDS(end::aborted, curfew::checkpoint());
      co_return 7;
    };
    BOOST_TEST(co_await timeout(1s, body) == 7);
    co_await this_coro::throw_if_cancelled(true);
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(elapsed() == 2s);
}

BOTH_WAYS(a_request_that_is_pending_where_nothing_is_refused_beats_any_limit) {  // WF-31
  manual_op<error_code> op;
  op.on_cancel = [&] { op.post(aborted); };
  start([&]() -> awaitable<> {
    co_await this_coro::throw_if_cancelled(false);
    ENDS(end::aborted, curfew::sleep_for(1h));
    auto const body = [&]() -> awaitable<> { co_await op(); };
    ENDS(end::aborted, curfew::wait_for(body(), 0s));
    ENDS(end::aborted, timeout(0s, body));
    ENDS(end::aborted, curfew::wait_for(body(), 1s));
    ENDS(end::aborted, timeout(1s, body));
    ENDS(end::aborted, curfew::move_on_after(1s, body));
  });
  ask();
  time.run();
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(a_request_may_come_while_nobody_runs_the_context) {
  start([]() -> awaitable<> {
    ENDS(end::aborted, curfew::wait_for(sleepy(1h), 30min));
    ENDS(end::aborted, curfew::sleep_for(1h));
  });
  time.advance(1s);
  cancel();
  time.run();
  BOOST_TEST((ended == end::value));
  BOOST_TEST(elapsed() == 1s);
}

BOTH_WAYS(a_state_replaced_in_the_caller_changes_nothing_about_limits) {
  start([&]() -> awaitable<> {
    co_await this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    ENDS(end::timed_out, timeout(1s, sleepy, 1h));
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(1h), 1s));
    ENDS(end::value, timeout(1h, sleepy, 1s));
    ENDS(end::aborted, timeout(1h, sleepy, 2h));
  });
  time.advance(4s);
  ask();
  time.run();
  BOOST_TEST(elapsed() == 4s);
  BOOST_TEST((ended == end::value));
}

BOOST_AUTO_TEST_SUITE_END()
