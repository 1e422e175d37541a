#include "both_ways.hpp"
#include "manual_op.hpp"

BOOST_AUTO_TEST_SUITE(wait_for)

namespace {

using void_op = manual_op<error_code>;

error_code const aborted = asio::error::operation_aborted;

/// Ends an operation as most do when they are asked to.
void obey(void_op& op) {
  op.on_cancel = [&op] { op.post(aborted); };
}

}  // namespace

BOTH_WAYS(a_deferred_operation_that_exceeds_its_limit_times_out) {
  run([]() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(1h), 5ms));
    ENDS(end::value, curfew::sleep_for(1ms));
  });
  BOOST_TEST(elapsed() == 6ms);
}

BOTH_WAYS(an_awaitable_that_exceeds_its_limit_times_out) {
  run([]() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(sleepy(1h), 5ms));
    ENDS(end::value, curfew::sleep_for(1ms));
  });
  BOOST_TEST(elapsed() == 6ms);
}

BOTH_WAYS(an_operation_that_ends_in_time_leaves_nothing_behind) {  // WF-01
  run([&]() -> awaitable<> {
    ENDS(end::value, curfew::wait_for(curfew::sleep_for(1ms), 1h));
    BOOST_TEST(time.pending() == 0U);
    ENDS(end::value, curfew::wait_for(sleepy(1ms), 1h));
    BOOST_TEST(time.pending() == 0U);
  });
  BOOST_TEST(elapsed() == 2ms);
}

BOTH_WAYS(without_a_limit_no_deadline_is_armed) {  // WF-02
  void_op op;
  run([&]() -> awaitable<> {
    op.on_start = [&] {
      BOOST_TEST(time.pending() == 0U);
      op.post({});
    };
    auto const in_a_coroutine = [&]() -> awaitable<> { co_await op(); };
    ENDS(end::value, curfew::wait_for(op(), curfew::never));
    ENDS(end::value, curfew::wait_for(in_a_coroutine(), curfew::never));
    ENDS(end::value, curfew::wait_for(op(), curfew::clock::duration::max()));
    ENDS(end::value, curfew::wait_until(op(), curfew::never));
    ENDS(end::value, curfew::wait_until(op(), curfew::clock::time_point::max()));
  });
  BOOST_TEST(op.started == 5);
}

BOTH_WAYS(what_timed_out_has_cleaned_up_when_the_caller_goes_on) {  // WF-03
  int destroyed = 0;
  run([&]() -> awaitable<> {
    auto const body = [&](witness) -> awaitable<> { co_await curfew::sleep_for(1h); };
    ENDS(end::timed_out, curfew::wait_for(body(witness(destroyed)), 5ms));
    BOOST_TEST(destroyed == 1);
  });
}

BOTH_WAYS(a_timeout_waits_for_the_cleanup_of_what_it_cancelled) {  // WF-04
  void_op op;
  run([&]() -> awaitable<> {
    op.on_cancel = [&] {
      curfew::sleep_for(context, 3s)([&](error_code) { op.complete(aborted); });
    };
    ENDS(end::timed_out, curfew::wait_for(op(), 1s));
  });
  BOOST_TEST(elapsed() == 4s);
}

BOTH_WAYS(
    an_operation_that_ignores_requests_is_waited_for_and_its_value_delivered) {  // WF-11 WF-37
  void_op op;
  start([&]() -> awaitable<> {
    ENDS(end::value, curfew::wait_for(op(), 1s));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  time.advance(2s);
  BOOST_TEST(op.requests.size() == 1U);
  BOOST_TEST(op.running());
  asio::post(context, [&] { op.complete({}); });
  time.run();
  BOOST_TEST((ended == end::value));
  BOOST_TEST(elapsed() == 3s);
}

BOTH_WAYS(a_stubborn_operation_also_holds_up_a_caller_that_is_cancelled) {  // WF-12
  void_op op;
  start([&]() -> awaitable<> { co_await curfew::wait_for(op(), 1h); });
  time.settle();
  ask();
  time.settle();
  BOOST_TEST(op.requests.size() == 1U);
  BOOST_TEST(!ended);
  asio::post(context, [&] { op.complete(aborted); });
  time.run();
  BOOST_TEST((ended == end::aborted));
}

BOTH_WAYS(an_unstarted_coroutine_does_not_start_when_its_limit_has_passed) {  // WF-07 WF-08
  int started = 0, destroyed = 0;
  run([&]() -> awaitable<> {
    auto const body = [&](witness) -> awaitable<> {
      ++started;
      co_return;
    };
    ENDS(end::timed_out, curfew::wait_for(body(witness(destroyed)), 0s));
    ENDS(end::timed_out, curfew::wait_for(body(witness(destroyed)), -1ns));
    ENDS(end::timed_out, curfew::wait_for(body(witness(destroyed)), std::chrono::hours(-1)));
    ENDS(end::timed_out, curfew::wait_for(body(witness(destroyed)), std::chrono::hours::min()));
    ENDS(end::timed_out, curfew::wait_for(body(witness(destroyed)),
                                          std::chrono::duration<double, std::milli>(-0.5)));
    ENDS(end::timed_out, curfew::wait_until(body(witness(destroyed)), time.now()));
    ENDS(end::timed_out,
         curfew::wait_until(body(witness(destroyed)), curfew::clock::time_point::min()));
  });
  BOOST_TEST(started == 0);
  BOOST_TEST(destroyed == 7);
  BOOST_TEST(elapsed() == 0s);
}

BOTH_WAYS(a_deferred_operation_does_not_start_when_its_limit_has_passed) {  // WF-07 WF-08
  void_op op;
  int destroyed = 0;
  run([&]() -> awaitable<> {
    auto zero = curfew::wait_for(op(witness(destroyed)), 0s);
    ENDS(end::timed_out, std::move(zero));
    auto negative = curfew::wait_for(op(witness(destroyed)), -5ms);
    ENDS(end::timed_out, std::move(negative));
    auto passed = curfew::wait_until(op(witness(destroyed)), time.now() - 1ns);
    ENDS(end::timed_out, std::move(passed));
    BOOST_TEST(destroyed == 3);
  });
  BOOST_TEST(op.started == 0);
  BOOST_TEST(elapsed() == 0s);
}

BOTH_WAYS(an_error_of_the_operations_own_passes_before_the_limit) {  // WF-15
  void_op op;
  start([&]() -> awaitable<> { co_await curfew::wait_for(op(), 1h); });
  time.settle();
  asio::post(context, [&] { op.complete(asio::error::eof); });
  time.run();
  BOOST_TEST((ended == end::other));
  BOOST_TEST(elapsed() == 0s);
}

BOTH_WAYS(the_limit_counts_from_the_await) {  // WF-24
  run([]() -> awaitable<> {
    auto deferred = curfew::wait_for(curfew::sleep_for(1h), 5s);
    auto in_a_coroutine = curfew::wait_for(sleepy(1h), 5s);
    co_await curfew::sleep_for(3s);
    ENDS(end::timed_out, std::move(deferred));
    ENDS(end::timed_out, std::move(in_a_coroutine));
  });
  BOOST_TEST(elapsed() == 13s);
}

BOTH_WAYS(what_is_never_awaited_never_starts_and_is_destroyed_once) {  // WF-25
  void_op op;
  int destroyed = 0;
  run([&]() -> awaitable<> {
    auto const body = [&](witness) -> awaitable<> { co_await op(); };
    auto const deferred = curfew::wait_for(op(witness(destroyed)), 1s);
    auto const in_a_coroutine = curfew::wait_for(body(witness(destroyed)), 1s);
    BOOST_TEST(time.pending() == 0U);
    co_return;
  });
  BOOST_TEST(destroyed == 2);
  BOOST_TEST(op.started == 0);
}

BOTH_WAYS(a_limit_ends_work_that_never_idles) {  // WF-26
  start([]() -> awaitable<> {
    auto const busy = []() -> awaitable<> {
      for (;;) co_await asio::post(asio::deferred);
    };
    ENDS(end::timed_out, curfew::wait_for(busy(), 5ms));
  });
  for (int i = 0; i < 100; ++i) context.poll_one();
  BOOST_TEST(!ended);
  // A context that always has something ready never becomes idle, so its time is set from outside.
  auto& deadlines = curfew::detail::deadline_service::of(context);
  deadlines.advance_to(time.now() + 5ms);
  for (int i = 0; i < 100; ++i) context.poll_one();
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(the_enormous_durations_never_pass_and_never_overflow) {  // WF-19
  using std::chrono::duration;
  run([]() -> awaitable<> {
    auto const year = std::chrono::hours(24 * 365);
    ENDS(end::value, curfew::wait_for(curfew::sleep_for(year), std::chrono::hours::max()));
    ENDS(end::value, curfew::wait_for(sleepy(year), std::chrono::hours::max()));
    ENDS(end::value, curfew::wait_for(sleepy(year), std::chrono::nanoseconds::max() - 1ns));
    ENDS(end::value, curfew::wait_for(sleepy(year), duration<double>(1e300)));
    ENDS(end::value,
         curfew::wait_for(sleepy(year), duration<float>(std::numeric_limits<float>::infinity())));
    ENDS(end::value,
         curfew::wait_for(sleepy(year), duration<std::uint64_t, std::nano>(~std::uint64_t{0})));
  });
  BOOST_TEST(elapsed() == std::chrono::hours(24 * 365 * 6));
}

BOTH_WAYS(fractions_of_a_nanosecond_are_rounded_up) {
  run([]() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(sleepy(1h), std::chrono::duration<double>(0.0000000015)));
    using picoseconds = std::chrono::duration<long long, std::pico>;
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(1h), picoseconds(1)));
  });
  BOOST_TEST(elapsed() == 3ns);
}

BOTH_WAYS(a_limit_that_is_not_a_number_is_refused_by_the_call) {  // WF-20
  void_op op;
  auto const nan = std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN());
  auto const is_refused = [](system_error const& e) {
    return e.code() == curfew::errc::invalid_limit;
  };
  BOOST_CHECK_EXCEPTION((void)curfew::wait_for(op(), nan), system_error, is_refused);
  BOOST_CHECK_EXCEPTION((void)curfew::wait_for(sleepy(1s), nan), system_error, is_refused);
  BOOST_TEST(op.started == 0);
}

BOTH_WAYS(an_empty_awaitable_is_refused_by_the_call) {
  auto op = sleepy(1s);
  auto const taken = std::move(op);
  BOOST_CHECK_EXCEPTION(
      (void)curfew::wait_for(std::move(op), 1s), system_error,
      [](system_error const& e) { return e.code() == curfew::errc::invalid_state; });
}

BOTH_WAYS(the_timeout_says_where_its_limit_stands) {  // WF-27
  run([]() -> awaitable<> {
    std::string what;
    unsigned const line = __LINE__ + 2;
    try {
      co_await curfew::wait_for(sleepy(1h), 5ms);
    } catch (system_error const& e) {
      what = e.what();
    }
    BOOST_TEST(what.find("wait_for_test.cpp:" + std::to_string(line)) != std::string::npos, what);
  });
}

BOTH_WAYS(the_body_starts_before_anything_else_that_is_queued) {  // WF-32
  bool started = false;
  run([&]() -> awaitable<> {
    asio::post(context, [&] { BOOST_TEST(started); });
    auto const body = [&]() -> awaitable<> {
      started = true;
      co_return;
    };
    co_await curfew::wait_for(body(), 1s);
  });
  BOOST_TEST(started);
}

BOTH_WAYS(an_operation_that_ends_while_it_starts_is_no_trouble) {
  void_op op;
  op.on_start = [&] { op.complete({}); };
  run([&]() -> awaitable<> {
    for (int i = 0; i < 1000; ++i) co_await curfew::wait_for(op(), 1h);
  });
  BOOST_TEST(op.started == 1000);
}

BOTH_WAYS(hundred_thousand_waits_in_a_row_need_no_more_stack) {  // WF-38
  int constexpr rounds = 100'000;
  run([&]() -> awaitable<> {
    auto const nothing = []() -> awaitable<> { co_return; };
    for (int i = 0; i < rounds; ++i) {
      co_await curfew::wait_for(nothing(), 1h);
      co_await curfew::wait_for(curfew::checkpoint(), 1h);
    }
    BOOST_TEST(time.pending() == 0U);
  });
}

BOTH_WAYS(the_operation_hears_of_the_limit_with_every_cancellation_type) {
  void_op op;
  obey(op);
  run([&]() -> awaitable<> { ENDS(end::timed_out, curfew::wait_for(op(), 1s)); });
  BOOST_REQUIRE(op.requests.size() == 1U);
  BOOST_TEST((op.requests[0] == asio::cancellation_type::all));
}

BOOST_AUTO_TEST_SUITE_END()
