#include "both_ways.hpp"
#include "manual_op.hpp"

#include <boost/asio/experimental/channel_error.hpp>
#include <thread>

BOOST_AUTO_TEST_SUITE(cancel_when)

namespace {

using curfew::cancellation_cause;
using curfew::cancellation_source;

error_code const aborted = asio::error::operation_aborted;

awaitable<int> value_after(curfew::clock::duration limit, int value) {
  co_await curfew::sleep_for(limit);
  co_return value;
}

awaitable<> run_op(manual_op<error_code>& op) { co_await op(); }

}  // namespace

BOTH_WAYS(a_value_and_an_error_of_its_own_come_through) {  // TT-06
  cancellation_source source;
  run([&]() -> awaitable<> {
    manual_op<error_code, int> op;
    op.on_start = [&] { op.post({}, 7); };
    BOOST_TEST(co_await curfew::cancel_when(op(), source.token()) == 7);
    BOOST_TEST(co_await curfew::cancel_when(value_after(1s, 8), source.token()) == 8);
    op.on_start = [&] { op.post(asio::error::eof, 0); };
    ENDS(end::other, curfew::cancel_when(op(), source.token()));
    auto const body = [&]() -> awaitable<> { co_await op(); };
    ENDS(end::other, curfew::cancel_when(body(), source.token()));
  });
  BOOST_TEST(elapsed() == 1s);
}

BOTH_WAYS(with_a_token_that_was_cancelled_nothing_starts) {  // TT-06
  manual_op<error_code> op;
  int destroyed = 0;
  cancellation_source source;
  source.cancel();
  run([&]() -> awaitable<> {
    auto const body = [&](witness) -> awaitable<> { co_await op(); };
    auto deferred = curfew::cancel_when(op(witness(destroyed)), source.token());
    ENDS(end::aborted, std::move(deferred));
    ENDS(end::aborted, curfew::cancel_when(body(witness(destroyed)), source.token()));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(op.started == 0);
  BOOST_TEST(destroyed == 2);
}

BOTH_WAYS(a_token_that_is_cancelled_meanwhile_ends_what_waits) {  // TT-06
  cancellation_source source;
  run([&]() -> awaitable<> {
    curfew::sleep_for(context, 1s)([&](error_code) { source.cancel(); });
    ENDS(end::aborted, curfew::cancel_when(curfew::sleep_for(1h), source.token()));
    BOOST_TEST(elapsed() == 1s);
    cancellation_source second;
    curfew::sleep_for(context, 1s)([&](error_code) { second.cancel(); });
    ENDS(end::aborted, curfew::cancel_when(sleepy(1h), second.token()));
    ENDS(end::value, curfew::sleep_for(1s));
    ENDS(end::value, curfew::cancel_when(curfew::sleep_for(1s), curfew::cancellation_token()));
  });
  BOOST_TEST(elapsed() == 4s);
}

BOTH_WAYS(every_type_of_request_is_sent) {
  manual_op<error_code> op;
  op.on_cancel = [&] { op.post(aborted); };
  cancellation_source source;
  start([&]() -> awaitable<> { ENDS(end::aborted, curfew::cancel_when(op(), source.token())); });
  time.settle();
  source.cancel();
  time.run();
  BOOST_REQUIRE(op.requests.size() == 1U);
  BOOST_TEST((op.requests[0] == asio::cancellation_type::all));
}

BOTH_WAYS(a_value_in_the_tick_of_the_request_is_delivered_and_nothing_leaks) {  // TT-06
  for (bool const value_first : {false, true})
    for (bool const deferred : {false, true}) {
      BOOST_TEST_CONTEXT("value first " << value_first << ", deferred " << deferred) {
        cancellation_source source;
        manual_op<error_code> op;
        start([&]() -> awaitable<> {
          if (deferred)
            ENDS(end::value, curfew::cancel_when(op(), source.token()));
          else
            ENDS(end::value, curfew::cancel_when(run_op(op), source.token()));
          BOOST_TEST(source.cancelled());
          ENDS(end::value, curfew::sleep_for(1s));
          ENDS(end::value, asio::post(asio::deferred));
        });
        time.settle();
        if (value_first) {
          asio::post(context, [&] { op.complete({}); });
          source.cancel();
        } else {
          source.cancel();
          asio::post(context, [&] { op.complete({}); });
        }
        time.run();
        BOOST_TEST(op.requests.size() == (value_first ? 0U : 1U));
        BOOST_TEST((ended == end::value));
      }
    }
}

BOTH_WAYS(an_abort_of_any_code_becomes_asios_once_the_token_was_cancelled_delivered_or_not) {
  error_code const own = asio::experimental::error::channel_cancelled;
  for (bool const delivered : {false, true})
    for (bool const deferred : {false, true}) {
      BOOST_TEST_CONTEXT("delivered " << delivered << ", deferred " << deferred) {
        cancellation_source source;
        manual_op<error_code> op;
        std::exception_ptr error;
        start([&]() -> awaitable<> {
          try {
            if (deferred)
              co_await curfew::cancel_when(op(), source.token());
            else
              co_await curfew::cancel_when(run_op(op), source.token());
          } catch (...) {
            error = std::current_exception();
          }
        });
        time.settle();
        if (delivered) source.cancel();
        asio::post(context, [&] { op.complete(own); });
        if (!delivered) source.cancel();
        time.run();
        BOOST_CHECK_EXCEPTION(std::rethrow_exception(error), system_error,
                              [](system_error const& e) { return e.code() == aborted; });
      }
    }
}

BOTH_WAYS(an_abort_that_nobody_asked_for_passes_unchanged) {
  error_code const own = asio::experimental::error::channel_cancelled;
  cancellation_source source;
  manual_op<error_code> op;
  op.on_start = [&] { op.post(own); };
  run([&]() -> awaitable<> {
    error_code error;
    co_await curfew::cancel_when(op(),
                                 source.token())(asio::redirect_error(asio::use_awaitable, error));
    BOOST_TEST(error == own);
    auto const done = co_await curfew::settle(curfew::cancel_when(run_op(op), source.token()));
    BOOST_CHECK_EXCEPTION(std::rethrow_exception(done.error()), system_error,
                          [&](system_error const& e) { return e.code() == own; });
  });
}

BOTH_WAYS(a_cancelled_block_is_a_level_until_it_is_left) {
  cancellation_source source;
  int refused = 0;
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<int> {
      source.cancel();
      for (int i = 0; i < 3; ++i) {
        ENDS(end::aborted, curfew::sleep_for(1s));
        ENDS(end::aborted, asio::post(asio::deferred));
        ENDS(end::aborted, curfew::checkpoint());
        ENDS(end::aborted, curfew::wait_for(sleepy(1s), 0s));
        ENDS(end::aborted, curfew::cancel_when(sleepy(1s), cancellation_source().token()));
        ++refused;
      }
      co_return 7;
    };
    BOOST_TEST(co_await curfew::cancel_when(body(), source.token()) == 7);
    ENDS(end::value, asio::post(asio::deferred));
    ENDS(end::value, curfew::sleep_for(1s));
    ENDS(end::timed_out, curfew::wait_for(sleepy(1h), 1s));
  });
  BOOST_TEST(refused == 3);
  BOOST_TEST(elapsed() == 2s);
}

BOTH_WAYS(a_body_that_never_waits_is_never_interrupted) {
  cancellation_source source;
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<int> {
      source.cancel();
      co_return 7;
    };
    BOOST_TEST(co_await curfew::cancel_when(body(), source.token()) == 7);
    ENDS(end::value, curfew::sleep_for(1s));
  });
}

BOTH_WAYS(a_source_that_dies_first_asks_nobody) {
  std::optional<cancellation_source> source(std::in_place);
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<int> {
      source.reset();
      co_await curfew::sleep_for(1s);
      co_return 7;
    };
    BOOST_TEST(co_await curfew::cancel_when(body(), source->token()) == 7);
    source.emplace();
    curfew::sleep_for(context, 1s)([&](error_code) { source.reset(); });
    ENDS(end::value, curfew::cancel_when(curfew::sleep_for(2s), source->token()));
  });
  BOOST_TEST(elapsed() == 3s);
}

BOTH_WAYS(a_request_of_another_thread_is_delivered_on_the_executor) {  // TT-21
  cancellation_source source;
  manual_op<error_code> op;
  bool inside = false;
  op.on_cancel = [&] {
    inside = context.get_executor().running_in_this_thread();
    op.complete(aborted);
  };
  start([&]() -> awaitable<> {
    ENDS(end::aborted, curfew::cancel_when(op(), source.token()));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  time.settle();
  std::thread([&] { source.cancel(); }).join();
  BOOST_TEST(op.requests.empty());
  time.run();
  BOOST_TEST(inside);
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(a_limit_set_inside_what_the_token_ends_is_told_from_it) {
  cancellation_source source;
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      ENDS(end::timed_out, curfew::wait_for(sleepy(1h), 1s));
      ENDS(end::timed_out, curfew::timeout(1s, sleepy, 1h));
      BOOST_TEST(!co_await curfew::move_on_after(1s, sleepy, 1h));
      curfew::sleep_for(context, 1s)([&](error_code) { source.cancel(); });
      BOOST_TEST(co_await curfew::move_on_after(1h, sleepy, 2h));
      BOOST_ERROR("went on");
    };
    ENDS(end::aborted, curfew::cancel_when(body(), source.token()));
  });
  BOOST_TEST(elapsed() == 4s);
}

BOTH_WAYS(settle_says_cancelled_inside_and_outside) {
  cancellation_source source;
  run([&]() -> awaitable<> {
    curfew::sleep_for(context, 1s)([&](error_code) { source.cancel(); });
    auto const outside = co_await curfew::settle(curfew::cancel_when(sleepy(1h), source.token()));
    BOOST_TEST(outside.cancelled());
    cancellation_source second;
    curfew::sleep_for(context, 1s)([&](error_code) { second.cancel(); });
    auto const inside = co_await curfew::cancel_when(curfew::settle(sleepy(1h)), second.token());
    BOOST_TEST(inside.cancelled());
    BOOST_TEST(!inside.timed_out());
    ENDS(end::value, curfew::sleep_for(1s));
  });
}

BOTH_WAYS(of_two_tokens_either_ends_it_and_neither_leaks) {
  for (bool const inner : {false, true})
    for (bool const deferred : {false, true}) {
      cancellation_source first, second;
      start([&]() -> awaitable<> {
        if (deferred) {
          auto op = curfew::cancel_when(curfew::sleep_for(1h), first.token());
          ENDS(end::aborted, curfew::cancel_when(std::move(op), second.token()));
        } else {
          ENDS(end::aborted,
               curfew::cancel_when(curfew::cancel_when(sleepy(1h), first.token()), second.token()));
        }
        ENDS(end::value, curfew::sleep_for(1s));
      });
      time.settle();
      (inner ? first : second).cancel();
      time.run();
      BOOST_TEST((ended == end::value));
    }
  BOOST_TEST(elapsed() == 4s);
}

BOTH_WAYS(in_a_coroutine_that_refuses_nothing_it_still_ends) {
  cancellation_source source;
  run([&]() -> awaitable<> {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto const body = [&]() -> awaitable<> {
      ENDS(end::value, curfew::sleep_for(1s));
      source.cancel();
      ENDS(end::value, asio::post(asio::deferred));
      ENDS(end::aborted, curfew::checkpoint());
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::aborted, curfew::cancel_when(body(), source.token()));
    ENDS(end::value, curfew::sleep_for(1s));
    ENDS(end::aborted, curfew::cancel_when(body(), source.token()));
  });
  BOOST_TEST(elapsed() == 2s);
}

BOOST_AUTO_TEST_SUITE_END()
