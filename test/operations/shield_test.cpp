#include "both_ways.hpp"
#include "manual_op.hpp"

#include <thread>

BOOST_AUTO_TEST_SUITE(shield)

namespace {

using curfew::cancellation_source;
using curfew::timeout;
namespace this_coro = asio::this_coro;

error_code const aborted = asio::error::operation_aborted;

awaitable<int> value_after(curfew::clock::duration limit, int value) {
  co_await curfew::sleep_for(limit);
  co_return value;
}

awaitable<> run_op(manual_op<error_code>& op) { co_await op(); }

/// Awaits a sleep of a second under a shield, as a deferred operation or as a coroutine.
awaitable<> shielded_second(bool deferred) {
  if (deferred)
    co_await curfew::shield(curfew::sleep_for(1s));
  else
    co_await curfew::shield(sleepy(1s));
}

}  // namespace

BOTH_WAYS(a_value_and_an_error_come_through) {  // SH-01 SH-04
  run([&]() -> awaitable<> {
    manual_op<error_code, int> op;
    op.on_start = [&] { op.post({}, 7); };
    BOOST_TEST(co_await curfew::shield(op()) == 7);
    BOOST_TEST(co_await curfew::shield(value_after(1s, 8)) == 8);
    op.on_start = [&] { op.post(asio::error::eof, 0); };
    ENDS(end::other, curfew::shield(op()));
    auto const body = [&]() -> awaitable<> { co_await op(); };
    ENDS(end::other, curfew::shield(body()));
    auto const at_once = []() -> awaitable<int> { co_return 9; };
    BOOST_TEST(co_await curfew::shield(at_once()) == 9);
  });
}

BOTH_WAYS(an_abort_that_is_nobodys_passes_unchanged) {  // SH-02
  manual_op<error_code> op;
  op.on_start = [&] { op.post(aborted); };
  run([&]() -> awaitable<> {
    ENDS(end::aborted, curfew::shield(op()));
    ENDS(end::aborted, curfew::shield(run_op(op)));
    ENDS(end::aborted, curfew::shield(run_op(op), curfew::grace{1s}));
    ENDS(end::value, curfew::sleep_for(1s));
  });
}

BOTH_WAYS(a_request_is_held_back_and_surfaces_at_the_next_await) {  // SH-11 SH-17
  for (bool const deferred : {false, true}) {
    bool next = false;
    start([&]() -> awaitable<> {
      int got = 0;
      if (deferred) {
        ENDS(end::value, curfew::shield(curfew::sleep_for(2s)));
        got = 7;
      } else {
        got = co_await curfew::shield(value_after(2s, 7));
      }
      BOOST_TEST(got == 7);
      next = true;  // neither early
      ENDS(end::aborted, curfew::sleep_for(1h));
    });
    time.advance(1s);
    ask();
    BOOST_TEST(!next);
    time.run();
    BOOST_TEST(next);
    BOOST_TEST((ended == end::value));
  }
  BOOST_TEST(elapsed() == 4s);
}

BOTH_WAYS(what_waits_inside_hears_nothing) {
  for (bool const deferred : {false, true}) {
    manual_op<error_code> op;
    start([&]() -> awaitable<> {
      if (deferred)
        ENDS(end::value, curfew::shield(op()));
      else
        ENDS(end::value, curfew::shield(run_op(op)));
      ENDS(end::aborted, curfew::checkpoint());
    });
    time.settle();
    ask();
    ask();
    BOOST_TEST(op.running());
    BOOST_TEST(op.requests.empty());
    asio::post(context, [&] { op.complete({}); });
    time.run();
    BOOST_TEST((ended == end::value));
  }
}

BOTH_WAYS(inside_more_operations_can_be_awaited_after_the_request) {
  int steps = 0;
  start([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      auto const self = co_await curfew::this_task::self();
      for (; steps < 5; ++steps) {
        co_await curfew::sleep_for(1s);
        co_await asio::post(asio::deferred);
        co_await curfew::checkpoint();
        co_await curfew::timeout(1h, sleepy, 1s);
        BOOST_TEST(!self.cancelled());  // SH-24
        BOOST_TEST(!self.reason());
        BOOST_TEST((self.effective_deadline() == curfew::clock::time_point::max()));
      }
    };
    ENDS(end::value, curfew::shield(body()));
    ENDS(end::aborted, curfew::sleep_for(1h));
  });
  time.advance(1500ms);
  ask();
  time.run();
  BOOST_TEST(steps == 5);
  BOOST_TEST(elapsed() == 10s);
}

BOTH_WAYS(with_a_request_pending_it_does_not_start) {
  manual_op<error_code> op;
  int destroyed = 0;
  start([&]() -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_for(1h));
    auto const body = [&](witness) -> awaitable<> { co_await op(); };
    auto deferred = curfew::shield(op(witness(destroyed)));
    ENDS(end::aborted, std::move(deferred));
    auto with_grace = curfew::shield(op(witness(destroyed)), curfew::grace{1s});
    ENDS(end::aborted, std::move(with_grace));
    ENDS(end::aborted, curfew::shield(body(witness(destroyed))));
    ENDS(end::aborted, curfew::shield(body(witness(destroyed)), curfew::grace{1s}));
  });
  ask();
  time.run();
  BOOST_TEST(op.started == 0);
  BOOST_TEST(destroyed == 4);
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(in_an_expired_block_that_refuses_nothing_it_does_not_start_either) {
  manual_op<error_code> op;
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      co_await this_coro::throw_if_cancelled(false);
      ENDS(end::aborted, curfew::sleep_for(1h));
      ENDS(end::aborted, curfew::shield(op()));
      ENDS(end::aborted, curfew::shield(op(), curfew::grace{1s}));
      ENDS(end::aborted, curfew::shield(run_op(op)));
      ENDS(end::aborted, curfew::shield(run_op(op), curfew::grace{1s}));
    };
    ENDS(end::value, timeout(1s, body));
    ENDS(end::value, curfew::shield(curfew::sleep_for(1s)));
  });
  BOOST_TEST(op.started == 0);
}

BOTH_WAYS(with_a_token_whose_request_is_on_its_way_it_does_not_start) {
  manual_op<error_code> op;
  run([&]() -> awaitable<> {
    for (bool const deferred : {false, true}) {
      cancellation_source source;
      auto const body = [&]() -> awaitable<> {
        std::thread([&] { source.cancel(); }).join();
        if (deferred)
          ENDS(end::aborted, curfew::shield(op()));
        else
          ENDS(end::aborted, curfew::shield(run_op(op)));
      };
      ENDS(end::value, curfew::cancel_when(body(), source.token()));
    }
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(op.started == 0);
}

BOTH_WAYS(two_in_a_row_both_run_where_nothing_waits_between_their_halves) {  // SH-11
  for (bool const deferred : {false, true}) {
    bool second = false;
    start([&]() -> awaitable<> {
      auto const body = [&]() -> awaitable<> {
        co_await shielded_second(deferred);
        co_await shielded_second(deferred);
        second = true;
      };
      ENDS(end::value, curfew::shield(body()));
      ENDS(end::aborted, curfew::checkpoint());
    });
    ask();
    time.run();
    BOOST_TEST(second);
    BOOST_TEST((ended == end::value));
  }
  BOOST_TEST(elapsed() == 4s);
}

BOTH_WAYS(of_two_in_a_row_the_second_does_not_start_after_a_request) {  // SH-11
  manual_op<error_code> op;
  start([&]() -> awaitable<> {
    ENDS(end::value, curfew::shield(sleepy(1s)));
    ENDS(end::aborted, curfew::shield(run_op(op)));
    ENDS(end::aborted, curfew::shield(op()));
  });
  ask();
  time.run();
  BOOST_TEST(op.started == 0);
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(nested_ones_hold_until_the_outermost_has_ended) {
  start([&]() -> awaitable<> {
    auto const inner = [&]() -> awaitable<> {
      ENDS(end::value, curfew::shield(sleepy(1s)));
      ENDS(end::value, curfew::sleep_for(1s));
      ENDS(end::value, curfew::shield(curfew::sleep_for(1s)));
    };
    auto const outer = [&]() -> awaitable<> {
      ENDS(end::value, curfew::shield(inner()));
      ENDS(end::value, curfew::sleep_for(1s));
    };
    ENDS(end::value, curfew::shield(outer()));
    ENDS(end::aborted, curfew::sleep_for(1h));
  });
  time.advance(500ms);
  ask();
  time.run();
  BOOST_TEST(elapsed() == 4s);
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(a_scope_around_that_is_cancelled_from_inside_is_held_back_too) {
  run([&]() -> awaitable<> {
    auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      auto const shielded = [&]() -> awaitable<> {
        scope.cancel("from inside");
        BOOST_TEST(scope.cancelled());
        ENDS(end::value, curfew::sleep_for(1s));
      };
      ENDS(end::value, curfew::shield(shielded()));
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::aborted, timeout(1h, body));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(elapsed() == 2s);
}

BOTH_WAYS(a_result_that_says_errors_says_aborted_where_it_does_not_start) {
  manual_op<error_code, int> op;
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      co_await this_coro::throw_if_cancelled(false);
      ENDS(end::aborted, curfew::sleep_for(1h));
      auto const deferred = co_await curfew::shield(op()(asio::as_tuple(asio::deferred)));
      BOOST_TEST(std::get<0>(deferred) == aborted);
      auto const inner = co_await curfew::shield(op()(asio::as_tuple(asio::use_awaitable)));
      BOOST_TEST(std::get<0>(inner) == aborted);
      auto const outer = co_await curfew::shield(op())(asio::as_tuple(asio::deferred));
      BOOST_TEST(std::get<0>(outer) == aborted);
    };
    ENDS(end::value, timeout(1s, body));
  });
  BOOST_TEST(op.started == 0);
}

BOOST_FIXTURE_TEST_CASE(an_executor_may_come_first_as_everywhere, fixture) {
  int done = 0, failed = 0;
  auto const count = [&](auto error) { ++(error ? failed : done); };
  auto const executor = context.get_executor();
  curfew::shield(context, curfew::sleep_for(context, 1s))(count);
  curfew::shield(executor, curfew::sleep_for(context, 1s), curfew::grace{1s})(count);
  curfew::shield(context, sleepy(1s))(count);
  curfew::shield(executor, sleepy(1s), curfew::grace{1s})(count);
  asio::steady_timer now(context, curfew::clock::now());
  curfew::shield(context, now.async_wait(asio::deferred))(count);
  context.run_for(1ms);
  time.run();
  BOOST_TEST(done == 5);
  BOOST_TEST(failed == 0);
}

BOTH_WAYS(a_shielded_function_shields_each_call) {
  auto const save = curfew::shielded(value_after);
  auto const sleep =
      curfew::shielded([](curfew::clock::duration d) { return curfew::sleep_for(d); });
  auto counting = curfew::shielded([calls = 0]() mutable { return value_after(1s, ++calls); });
  start([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      BOOST_TEST(co_await save(1s, 7) == 7);
      ENDS(end::aborted, sleep(1s));
    };
    ENDS(end::value, timeout(500ms, body));
    BOOST_TEST(co_await counting() == 1);
    ENDS(end::aborted, counting());
  });
  time.advance(1500ms);
  ask();
  time.run();
  BOOST_TEST(elapsed() == 2s);
}

BOTH_WAYS(nothing_spins_while_a_request_is_held_back) {  // SH-22
  start([&]() -> awaitable<> {
    ENDS(end::value, curfew::shield(sleepy(1h)));
    ENDS(end::aborted, curfew::checkpoint());
  });
  time.settle();
  cancel();
  time.settle();
  if (context.stopped()) context.restart();
  BOOST_TEST(context.poll() == 0U);
  BOOST_TEST(time.pending() == 1U);
  time.run();
  BOOST_TEST((ended == end::value));
}

BOOST_AUTO_TEST_SUITE_END()
