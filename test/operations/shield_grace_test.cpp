#include "both_ways.hpp"
#include "manual_op.hpp"

#include <limits>
#include <memory>

// Shields that hold requests back for a while only.

BOOST_AUTO_TEST_SUITE(shield_grace)

namespace {

using curfew::cancellation_source;
using curfew::grace;
using curfew::timeout;

error_code const aborted = asio::error::operation_aborted;

awaitable<> run_op(manual_op<error_code>& op) { co_await op(); }

/// The operation under a shield with a grace, in either form.
awaitable<> graced(bool deferred, manual_op<error_code>& op, grace how_long) {
  if (deferred)
    co_await curfew::shield(op(), how_long);
  else
    co_await curfew::shield(run_op(op), how_long);
}

}  // namespace

BOTH_WAYS(the_work_is_asked_when_the_grace_ends_and_waited_for) {  // SH-21
  for (bool const deferred : {false, true}) {
    manual_op<error_code> op;
    curfew::clock::duration asked{}, done{};
    op.on_cancel = [&] {
      asked = elapsed();
      curfew::sleep_for(context, 5s)([&](error_code) { op.complete(aborted); });
    };
    auto const begin = elapsed();
    start([&]() -> awaitable<> {
      ENDS(end::aborted, graced(deferred, op, grace{2s}));
      done = elapsed();
      ENDS(end::aborted, curfew::sleep_for(1h));
    });
    time.advance(1s);
    ask();
    BOOST_TEST(op.requests.empty());
    time.run();
    BOOST_TEST(asked - begin == 3s);
    BOOST_TEST(done - begin == 8s);
    BOOST_TEST(op.requests.size() == 1U);
    BOOST_TEST((ended == end::value));
  }
}

BOTH_WAYS(without_a_request_it_never_ends) {
  for (bool const deferred : {false, true}) {
    manual_op<error_code> op;
    start([&]() -> awaitable<> {
      ENDS(end::value, graced(deferred, op, grace{1ms}));
      ENDS(end::value, curfew::sleep_for(1s));
    });
    time.advance(24h);
    BOOST_TEST(op.requests.empty());
    asio::post(context, [&] { op.complete({}); });
    time.run();
    BOOST_TEST((ended == end::value));
  }
}

BOTH_WAYS(it_counts_from_the_first_request_and_later_ones_change_nothing) {
  for (bool const deferred : {false, true}) {
    manual_op<error_code> op;
    op.on_cancel = [&] { op.post(aborted); };
    auto const begin = elapsed();
    start([&]() -> awaitable<> { ENDS(end::aborted, graced(deferred, op, grace{3s})); });
    time.advance(10s);
    for (int i = 0; i < 4; ++i) {
      ask();
      time.advance(i < 2 ? 1s : 0s);
    }
    BOOST_TEST(op.requests.empty());
    time.run();
    BOOST_TEST(elapsed() - begin == 13s);
  }
}

BOTH_WAYS(work_that_ends_within_the_grace_gives_its_value_and_the_request_surfaces) {
  for (bool const deferred : {false, true}) {
    manual_op<error_code> op;
    start([&]() -> awaitable<> {
      ENDS(end::value, graced(deferred, op, grace{3s}));
      ENDS(end::aborted, curfew::checkpoint());
    });
    ask();
    time.advance(2s);
    asio::post(context, [&] { op.complete({}); });
    time.run();
    BOOST_TEST(op.requests.empty());
    BOOST_TEST((ended == end::value));
  }
}

BOTH_WAYS(zero_and_less_let_every_request_through_at_once) {
  for (bool const deferred : {false, true})
    for (auto const none : {grace{0s}, grace{-1h}, grace{std::chrono::hours::min()},
                            grace{std::chrono::duration<double>(-1e300)}}) {
      manual_op<error_code> op;
      op.on_cancel = [&] { op.post(aborted); };
      start([&]() -> awaitable<> { ENDS(end::aborted, graced(deferred, op, none)); });
      time.settle();
      BOOST_TEST(op.running());
      ask();
      BOOST_TEST(op.requests.size() == 1U);
      time.run();
      BOOST_TEST((ended == end::value));
    }
  BOOST_TEST(elapsed() == 0s);
}

BOTH_WAYS(never_and_what_overflows_let_none_through) {
  for (bool const deferred : {false, true})
    for (auto const endless :
         {grace{curfew::never}, grace{std::chrono::hours::max()},
          grace{std::chrono::nanoseconds::max() - 1h},
          grace{std::chrono::duration<double>(std::numeric_limits<double>::infinity())}}) {
      manual_op<error_code> op;
      start([&]() -> awaitable<> {
        ENDS(end::value, graced(deferred, op, endless));
        ENDS(end::aborted, curfew::checkpoint());
      });
      ask();
      ask();
      time.advance(24h);
      BOOST_TEST(time.pending() == 0U);
      BOOST_TEST(op.requests.empty());
      asio::post(context, [&] { op.complete({}); });
      time.run();
      BOOST_TEST((ended == end::value));
    }
}

BOTH_WAYS(the_grace_and_the_works_end_in_one_tick_give_the_value) {
  for (bool const deferred : {false, true})
    for (bool const end_first : {false, true}) {
      manual_op<error_code> op;
      start([&]() -> awaitable<> {
        ENDS(end::value, graced(deferred, op, grace{1s}));
        ENDS(end::aborted, curfew::checkpoint());
      });
      time.settle();
      auto const end_soon = [&] {
        curfew::sleep_for(context, 1s)([&](error_code) { op.complete({}); });
      };
      if (end_first) end_soon();
      ask();
      if (!end_first) end_soon();
      time.run();
      BOOST_TEST(op.requests.size() == (end_first ? 0U : 1U));
      BOOST_TEST((ended == end::value));
    }
}

BOTH_WAYS(once_the_shield_is_down_the_block_is_cancelled_for_good) {
  start([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<int> {
      ENDS(end::aborted, curfew::sleep_for(1h));
      ENDS(end::aborted, curfew::sleep_for(1h));
      ENDS(end::aborted, timeout(1h, sleepy, 1s));
      ENDS(end::aborted, curfew::shield(sleepy(1s)));
      co_return 7;
    };
    BOOST_TEST(co_await curfew::shield(body(), grace{1s}) == 7);
    ENDS(end::aborted, curfew::checkpoint());
  });
  ask();
  time.run();
  BOOST_TEST(elapsed() == 1s);
}

BOTH_WAYS(a_limit_outside_that_was_let_through_is_a_timeout) {
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(curfew::shield(sleepy(1h), grace{2s}), 1s));
    ENDS(end::timed_out, curfew::wait_for(curfew::shield(curfew::sleep_for(1h), grace{2s}), 1s));
    auto const block = [&]() -> awaitable<> { co_await curfew::shield(sleepy(1h), grace{2s}); };
    ENDS(end::timed_out, timeout(1s, block));
    BOOST_TEST(!co_await curfew::move_on_after(1s, block));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(elapsed() == 13s);
}

BOTH_WAYS(nested_graces_are_counted_one_after_the_other) {
  start([&]() -> awaitable<> {
    auto const inner = [&]() -> awaitable<> {
      co_await curfew::shield(sleepy(1h), grace{2s});  // counts from the end of the outer grace
    };
    ENDS(end::aborted, curfew::shield(inner(), grace{3s}));
    BOOST_TEST(elapsed() == 6s);
    ENDS(end::aborted, curfew::checkpoint());
  });
  time.advance(1s);
  ask();
  time.run();
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(a_shield_without_end_inside_one_with_an_end_holds_on) {
  start([&]() -> awaitable<> {
    auto const inner = [&]() -> awaitable<> {
      ENDS(end::value, curfew::shield(sleepy(5s)));
      ENDS(end::aborted, curfew::sleep_for(1h));
    };
    ENDS(end::value, curfew::shield(inner(), grace{1s}));
  });
  ask();
  time.run();
  BOOST_TEST(elapsed() == 5s);
}

BOTH_WAYS(a_zero_grace_around_another_leaves_the_other_whole) {
  start([&]() -> awaitable<> {
    auto const inner = [&]() -> awaitable<> { co_await curfew::shield(sleepy(1h), grace{2s}); };
    ENDS(end::aborted, curfew::shield(inner(), grace{0s}));
  });
  ask();
  time.run();
  BOOST_TEST(elapsed() == 2s);
}

BOTH_WAYS(a_request_through_a_token_starts_the_grace_when_it_was_seen_before_it_arrived) {
  cancellation_source source;
  manual_op<error_code> op;
  start([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      ENDS(end::aborted, curfew::wait_for(run_op(op), 1h));  // sees the token on its way
      ENDS(end::aborted, curfew::sleep_for(1h));
      BOOST_TEST(elapsed() == 1s);
    };
    ENDS(end::value, curfew::cancel_when(curfew::shield(body(), grace{1s}), source.token()));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  time.settle();
  asio::post(context, [&] { op.complete(aborted); });
  source.cancel();
  time.run();
  BOOST_TEST((ended == end::value));
}

BOOST_FIXTURE_TEST_CASE(callbacks_and_futures_have_their_grace_too, fixture) {
  asio::steady_timer timer(context, asio::steady_timer::time_point::max());
  asio::cancellation_signal stop;
  std::vector<error_code> results;
  auto const note = [&](error_code error) { results.push_back(error); };
  curfew::shield(timer.async_wait(asio::deferred),
                 grace{2s})(asio::bind_cancellation_slot(stop.slot(), note));
  time.advance(1s);
  stop.emit(asio::cancellation_type::terminal);
  time.advance(1s);
  BOOST_TEST(results.empty());
  time.run();
  BOOST_TEST((results == std::vector<error_code>{aborted}));
  BOOST_TEST(elapsed() == 3s);
  timer.expires_at(asio::steady_timer::time_point::min());
  auto done = curfew::shield(timer.async_wait(asio::deferred), grace{2s})(asio::use_future);
  curfew::shield(curfew::sleep_for(context, 1s))(asio::bind_cancellation_slot(stop.slot(), note));
  stop.emit(asio::cancellation_type::all);
  context.restart();
  context.run_one();
  time.run();
  done.get();
  BOOST_TEST((results == std::vector<error_code>{aborted, error_code()}));
}

BOOST_FIXTURE_TEST_CASE(where_no_executor_can_be_found_the_error_says_so, fixture) {
  std::vector<error_code> results;
  auto const note = [&](error_code error) { results.push_back(error); };
  auto const start = [](auto handler) {  // works on no object that would offer one
    auto const kept = std::make_shared<decltype(handler)>(std::move(handler));
    asio::get_associated_cancellation_slot(*kept).assign([kept](asio::cancellation_type) {
      auto const mine = kept;  // what holds this goes with the operation
      std::move (*mine)(error_code(aborted));
    });
  };
  auto const op = [&] {
    return asio::async_initiate<asio::deferred_t const, void(error_code)>(start, asio::deferred);
  };
  curfew::wait_for(op(), 1h)(note);
  curfew::shield(op(), grace{1h})(note);
  curfew::cancel_when(op(), cancellation_source().token())(note);
  time.run();
  BOOST_TEST((results == std::vector<error_code>(3, curfew::errc::invalid_state)));
}

BOOST_FIXTURE_TEST_CASE(a_request_that_comes_while_the_work_starts_is_held_back_too, fixture) {
  for (auto const how_long : {grace{0s}, grace{1s}}) {
    asio::steady_timer timer(context, asio::steady_timer::time_point::max());
    asio::cancellation_signal stop;
    auto const start_work = [&](auto handler) {
      (void)asio::get_associated_executor(handler, context.get_executor());
      stop.emit(asio::cancellation_type::terminal);
      timer.async_wait(std::move(handler));
    };
    auto work =
        asio::async_initiate<asio::deferred_t const, void(error_code)>(start_work, asio::deferred);
    std::optional<error_code> result;
    auto const note = [&](error_code error) { result = error; };
    curfew::shield(std::move(work), how_long)(asio::bind_cancellation_slot(stop.slot(), note));
    time.run();
    BOOST_TEST((result == aborted));
  }
  BOOST_TEST(elapsed() == 1s);
}

BOOST_AUTO_TEST_SUITE_END()
