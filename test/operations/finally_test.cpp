#include "both_ways.hpp"
#include "manual_op.hpp"

#include <thread>

BOOST_AUTO_TEST_SUITE(finally)

namespace {

using curfew::cancellation_source;
using curfew::timeout;
namespace this_coro = asio::this_coro;

error_code const aborted = asio::error::operation_aborted;

awaitable<int> value_after(curfew::clock::duration limit, int value) {
  co_await curfew::sleep_for(limit);
  co_return value;
}
awaitable<int> error_after(curfew::clock::duration limit) {
  co_await curfew::sleep_for(limit);
  throw system_error(asio::error::eof);
}

/// A cleanup that takes a second and counts itself.
auto counting(int& cleanups) {
  return [&cleanups]() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    ++cleanups;
  };
}

/// The code that an exception carries.
error_code code_of(std::exception_ptr const& error) {
  try {
    if (error) std::rethrow_exception(error);
  } catch (system_error const& e) {
    return e.code();
  }
  return {};
}

}  // namespace

BOTH_WAYS(the_cleanup_runs_once_after_a_value_an_error_and_a_timeout) {
  int cleanups = 0;
  run([&]() -> awaitable<> {
    auto const cleanup = counting(cleanups);
    BOOST_TEST(co_await curfew::finally(value_after(1s, 7), cleanup) == 7);
    BOOST_TEST(cleanups == 1);
    ENDS(end::other, curfew::finally(error_after(1s), cleanup));
    BOOST_TEST(cleanups == 2);
    ENDS(end::timed_out, curfew::finally(curfew::wait_for(sleepy(1h), 1s), cleanup));
    BOOST_TEST(cleanups == 3);
    ENDS(end::timed_out, timeout(1s, [&] { return curfew::finally(sleepy(1h), cleanup); }));
    BOOST_TEST(cleanups == 4);
    ENDS(end::value, curfew::finally(curfew::sleep_for(1s), cleanup));
    BOOST_TEST(cleanups == 5);
  });
  BOOST_TEST(elapsed() == 10s);
}

BOTH_WAYS(a_cancelled_body_is_cleaned_up_after_and_the_cancellation_goes_on) {
  int cleanups = 0;
  start([&]() -> awaitable<> {
    auto const cleanup = counting(cleanups);
    ENDS(end::aborted, curfew::finally(sleepy(1h), cleanup));
    BOOST_TEST(cleanups == 1);
    ENDS(end::aborted, curfew::sleep_for(1h));
    ENDS(end::aborted, curfew::finally(sleepy(1h), cleanup));  // refused
  });
  ask();
  time.run();
  BOOST_TEST(cleanups == 1);
  BOOST_TEST((ended == end::value));
  BOOST_TEST(elapsed() == 1s);
}

BOTH_WAYS(a_token_cancels_the_body_and_not_the_cleanup) {
  int cleanups = 0;
  cancellation_source source;
  run([&]() -> awaitable<> {
    auto const cleanup = counting(cleanups);
    curfew::sleep_for(context, 1s)([&](error_code) { source.cancel(); });
    ENDS(end::aborted, curfew::cancel_when(curfew::finally(sleepy(1h), cleanup), source.token()));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(cleanups == 1);
  BOOST_TEST(elapsed() == 3s);
}

BOTH_WAYS(cancelled_again_during_the_cleanup_it_goes_on) {  // TC-31
  int cleanups = 0;
  start([&]() -> awaitable<> {
    auto const cleanup = counting(cleanups);
    ENDS(end::aborted, curfew::finally(sleepy(1h), cleanup));
    ENDS(end::aborted, curfew::checkpoint());
  });
  ask();
  time.advance(500ms);
  ask();
  ask();
  BOOST_TEST(cleanups == 0);
  time.run();
  BOOST_TEST(cleanups == 1);
  BOOST_TEST(elapsed() == 1s);
}

BOTH_WAYS(a_request_during_the_cleanup_leaves_the_value_and_surfaces_afterwards) {
  int cleanups = 0;
  start([&]() -> awaitable<> {
    auto const cleanup = counting(cleanups);
    BOOST_TEST(co_await curfew::finally(value_after(1s, 7), cleanup) == 7);
    ENDS(end::aborted, curfew::checkpoint());
  });
  time.advance(1500ms);
  ask();
  time.run();
  BOOST_TEST(cleanups == 1);
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(a_deadline_that_passes_during_the_cleanup_waits_for_it) {
  int cleanups = 0;
  run([&]() -> awaitable<> {
    auto const cleanup = counting(cleanups);
    auto const block = [&]() -> awaitable<int> {
      co_return co_await curfew::finally(value_after(1s, 7), cleanup);
    };
    BOOST_TEST(co_await timeout(1500ms, block) == 7);
    auto const goes_on = [&]() -> awaitable<> {
      ENDS(end::value, curfew::finally(value_after(1s, 7), cleanup));
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(1500ms, goes_on));
    BOOST_TEST((co_await curfew::move_on_after(1500ms, block)).value() == 7);
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(cleanups == 3);
  BOOST_TEST(elapsed() == 7s);
}

BOTH_WAYS(nested_ones_clean_up_from_the_inside_out) {
  std::vector<int> order;
  start([&]() -> awaitable<> {
    auto const note = [&](int which) -> awaitable<> {
      co_await curfew::sleep_for(1s);
      order.push_back(which);
    };
    auto const inner = [&] { return note(1); };
    auto const middle = [&] { return curfew::finally(note(2), [&] { order.push_back(3); }); };
    auto const outer = [&] { return note(4); };
    auto body = curfew::finally(curfew::finally(sleepy(1h), inner), middle);
    ENDS(end::aborted, curfew::finally(std::move(body), outer));
  });
  ask();
  time.advance(1500ms);
  ask();
  time.run();
  BOOST_TEST((order == std::vector<int>{1, 2, 3, 4}));
  BOOST_TEST(elapsed() == 3s);
}

BOTH_WAYS(the_bodys_frame_is_gone_when_the_cleanup_runs) {
  int destroyed = 0, seen = 0;
  run([&]() -> awaitable<> {
    auto const body = [&](witness, int how) -> awaitable<> {
      witness const local(destroyed);
      co_await curfew::sleep_for(1s);
      if (how == 1) throw system_error(asio::error::eof);
    };
    auto const cleanup = [&] { seen = destroyed; };
    ENDS(end::value, curfew::finally(body(witness(destroyed), 0), cleanup));
    BOOST_TEST(seen == 2);
    ENDS(end::other, curfew::finally(body(witness(destroyed), 1), cleanup));
    BOOST_TEST(seen == 4);
    manual_op<error_code> op;
    op.on_start = [&] { op.post({}); };
    auto deferred = curfew::finally(op(witness(destroyed)), cleanup);
    co_await std::move(deferred);
    BOOST_TEST(seen == 5);
  });
  BOOST_TEST(destroyed == 5);
}

BOTH_WAYS(refused_because_a_request_is_pending_neither_runs) {
  manual_op<error_code> op;
  int cleanups = 0, destroyed = 0;
  for (bool const refusing : {true, false}) {
    start([&]() -> awaitable<> {
      if (!refusing) co_await this_coro::throw_if_cancelled(false);
      ENDS(end::aborted, curfew::sleep_for(1h));
      auto const body = [&](witness) -> awaitable<> { co_await op(); };
      auto const cleanup = counting(cleanups);
      ENDS(end::aborted, curfew::finally(body(witness(destroyed)), cleanup));
      auto deferred = curfew::finally(op(witness(destroyed)), cleanup);
      ENDS(end::aborted, std::move(deferred));
    });
    ask();
    time.run();
    BOOST_TEST((ended == end::value));
  }
  BOOST_TEST(op.started == 0);
  BOOST_TEST(cleanups == 0);
  BOOST_TEST(destroyed == 4);
}

BOTH_WAYS(a_token_whose_request_is_on_its_way_refuses_it_too) {
  int cleanups = 0;
  cancellation_source source;
  run([&]() -> awaitable<> {
    auto const cleanup = counting(cleanups);
    auto const body = [&]() -> awaitable<> {
      std::thread([&] { source.cancel(); }).join();
      co_await curfew::finally(sleepy(1h), cleanup);
    };
    ENDS(end::aborted, curfew::cancel_when(body(), source.token()));
  });
  BOOST_TEST(cleanups == 0);
}

BOTH_WAYS(awaiting_it_but_never_started_runs_neither) {
  int cleanups = 0, destroyed = 0;
  run([&]() -> awaitable<> {
    auto const body = [&](witness) -> awaitable<> { co_return; };
    auto const cleanup = counting(cleanups);
    {
      auto const dropped = curfew::finally(body(witness(destroyed)), cleanup);
    }
    ENDS(end::timed_out, curfew::wait_for(curfew::finally(body(witness(destroyed)), cleanup), 0s));
    cancellation_source source;
    source.cancel();
    ENDS(end::aborted,
         curfew::cancel_when(curfew::finally(body(witness(destroyed)), cleanup), source.token()));
  });
  BOOST_TEST(cleanups == 0);
  BOOST_TEST(destroyed == 3);
}

BOTH_WAYS(a_body_that_does_not_refuse_is_cleaned_up_after_all_the_same) {
  int cleanups = 0;
  start([&]() -> awaitable<> {
    co_await this_coro::throw_if_cancelled(false);
    auto const cleanup = counting(cleanups);
    ENDS(end::aborted, curfew::finally(sleepy(1h), cleanup));
    ENDS(end::value, asio::post(asio::deferred));
    ENDS(end::aborted, curfew::finally(sleepy(1h), cleanup));
  });
  ask();
  time.run();
  BOOST_TEST(cleanups == 1);
  BOOST_TEST((ended == end::value));
  BOOST_TEST(elapsed() == 1s);
}

BOTH_WAYS(a_body_that_replaced_its_state_is_cleaned_up_after_in_peace) {
  int cleanups = 0;
  start([&]() -> awaitable<> {
    auto const body = []() -> awaitable<> {
      co_await this_coro::reset_cancellation_state(asio::enable_total_cancellation());
      co_await curfew::sleep_for(1h);
    };
    auto const cleanup = [&]() -> awaitable<> {
      co_await curfew::timeout(1h, sleepy, 1s);
      co_await curfew::wait_for(curfew::sleep_for(1s), 1h);
      ++cleanups;
    };
    ENDS(end::aborted, curfew::finally(body(), cleanup));
    ENDS(end::aborted, curfew::sleep_for(1h));
  });
  ask();
  time.advance(500ms);
  ask();
  time.run();
  BOOST_TEST(cleanups == 1);
  BOOST_TEST((ended == end::value));
  BOOST_TEST(elapsed() == 2s);
}

BOTH_WAYS(the_error_that_goes_on_is_the_bodys_own) {
  run([&]() -> awaitable<> {
    auto const body = []() -> awaitable<> {
      throw std::runtime_error("mine");
      co_return;
    };
    auto const cleanup = []() -> awaitable<> { co_await curfew::sleep_for(1s); };
    auto const done = co_await curfew::settle(curfew::finally(body(), cleanup));
    BOOST_CHECK_EXCEPTION(std::rethrow_exception(done.error()), std::runtime_error,
                          [](auto const& e) { return std::string(e.what()) == "mine"; });
    manual_op<error_code> op;
    op.on_start = [&] { op.post(asio::error::connection_reset); };
    auto const code = co_await curfew::settle(curfew::finally(op(), cleanup));
    BOOST_TEST(code_of(code.error()) == error_code(asio::error::connection_reset));
  });
}

BOTH_WAYS(an_abort_that_is_nobodys_is_cleaned_up_after_and_passes) {
  int cleanups = 0;
  manual_op<error_code> op;
  op.on_start = [&] { op.post(aborted); };
  run([&]() -> awaitable<> {
    auto const cleanup = counting(cleanups);
    ENDS(end::aborted, curfew::finally(op(), cleanup));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(cleanups == 1);
}

BOOST_AUTO_TEST_SUITE_END()
