#include "both_ways.hpp"
#include "manual_op.hpp"

namespace sleeping {

BOOST_AUTO_TEST_SUITE(sleep)

BOTH_WAYS(a_sleep_ends_exactly_when_its_time_has_passed) {
  run([&]() -> awaitable<> {
    auto const began = time.now();
    co_await curfew::sleep_for(1ns);
    BOOST_TEST((time.now() - began == 1ns));
    co_await curfew::sleep_for(std::chrono::duration<double>(0.5));
    co_await curfew::sleep_until(began + 1h);
    BOOST_TEST((time.now() - began == 1h));
    co_await curfew::sleep_until(std::chrono::time_point_cast<std::chrono::minutes>(began + 2h));
  });
  BOOST_TEST(elapsed() == 2h);
}

BOTH_WAYS(a_sleep_of_no_time_ends_at_once_but_not_inside_its_start) {
  bool other = false;
  run([&]() -> awaitable<> {
    asio::post(context, [&] { other = true; });
    co_await curfew::sleep_for(0s);
    BOOST_TEST(other);
    co_await curfew::sleep_for(-1h);
    co_await curfew::sleep_for(curfew::clock::duration::min());
    co_await curfew::sleep_until(time.now());
    co_await curfew::sleep_until(curfew::clock::time_point::min());
  });
  BOOST_TEST(elapsed() == 0s);
}

BOTH_WAYS(a_sleep_without_end_is_ended_by_a_request_only) {
  start([]() -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_forever());
    ENDS(end::aborted, curfew::sleep_forever());
  });
  time.run();
  BOOST_TEST(!ended);
  ask();
  time.run();
  BOOST_TEST((ended == end::value));
  BOOST_TEST(elapsed() == 0s);
}

BOTH_WAYS(every_spelling_of_never_sleeps_forever) {
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(curfew::never), 1h));
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_until(curfew::never), 1h));
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(std::chrono::hours::max()), 1h));
    auto const infinite = std::chrono::duration<double>(std::numeric_limits<double>::infinity());
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(infinite), 1h));
    BOOST_TEST(time.pending() == 0U);
  });
  BOOST_TEST(elapsed() == 4h);
}

BOOST_FIXTURE_TEST_CASE(every_cancellation_type_ends_a_sleep, fixture) {
  for (auto const type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                          asio::cancellation_type::total, asio::cancellation_type::all}) {
    for (auto const limit : {curfew::clock::duration(1h), curfew::clock::duration::max()}) {
      asio::cancellation_signal stop;
      std::optional<error_code> result;
      curfew::sleep_for(context, limit)(
          asio::bind_cancellation_slot(stop.slot(), [&](error_code error) { result = error; }));
      stop.emit(type);
      BOOST_TEST(!result);
      stop.emit(type);
      time.settle();
      BOOST_TEST((result == error_code(asio::error::operation_aborted)));
      BOOST_TEST(!stop.slot().has_handler());
      BOOST_TEST(time.pending() == 0U);
    }
  }
  BOOST_TEST(elapsed() == 0s);
}

BOOST_FIXTURE_TEST_CASE(a_request_after_the_time_has_passed_changes_nothing, fixture) {
  asio::cancellation_signal stop;
  std::optional<error_code> result;
  curfew::sleep_for(context, 1s)(
      asio::bind_cancellation_slot(stop.slot(), [&](error_code error) { result = error; }));
  curfew::detail::deadline_service::of(context).advance_to(time.now() + 1s);
  stop.emit(asio::cancellation_type::all);
  time.settle();
  BOOST_TEST((result == error_code()));
}

BOOST_FIXTURE_TEST_CASE(each_token_will_do, fixture) {  // AX-18
  auto future = curfew::sleep_for(context, 1s)(asio::use_future);
  auto until = curfew::sleep_until(context.get_executor(), time.now() + 1s)(asio::use_future);
  curfew::sleep_for(context, 1s)(asio::detached);
  auto const strand = asio::make_strand(context);
  bool on_strand = false;
  curfew::sleep_for(1s)(asio::bind_executor(
      strand, [&](error_code) { on_strand = strand.running_in_this_thread(); }));
  time.run();
  future.get();
  until.get();
  BOOST_TEST(on_strand);
}

BOOST_FIXTURE_TEST_CASE(sleeps_wake_in_the_order_of_their_time_and_then_of_their_start, fixture) {
  std::vector<int> woken;
  auto const sleep = [&](int id, curfew::clock::duration limit) {
    curfew::sleep_for(context, limit)([&woken, id](error_code) { woken.push_back(id); });
  };
  sleep(3, 1ms + 1ns);
  sleep(1, 1ms);
  sleep(2, 1ms);
  sleep(0, 1ms - 1ns);
  for (int i = 0; i < 100; ++i) sleep(4 + i, 2ms);
  time.run();
  BOOST_TEST(woken.size() == 104U);
  BOOST_TEST(std::is_sorted(woken.begin(), woken.end()));
}

BOOST_FIXTURE_TEST_CASE(a_context_may_die_while_something_sleeps, fixture) {
  int destroyed = 0, woken = 0;
  {
    asio::io_context dying;
    for (auto const limit : {curfew::clock::duration(1h), curfew::clock::duration::max()})
      curfew::sleep_for(dying, limit)([&woken, kept = witness(destroyed)](error_code) { ++woken; });
    auto const body = [&](witness) -> awaitable<> { co_await curfew::sleep_for(1h); };
    asio::co_spawn(dying, body(witness(destroyed)), asio::detached);
    asio::co_spawn(dying, curfew::timeout(1h, body, witness(destroyed)), asio::detached);
    dying.poll();
  }
  BOOST_TEST(destroyed == 4);
  BOOST_TEST(woken == 0);
}

BOOST_AUTO_TEST_CASE(a_context_goes_on_running_while_something_sleeps_forever) {
  asio::io_context context;
  asio::cancellation_signal stop;
  bool ended = false;
  curfew::sleep_forever(context)(
      asio::bind_cancellation_slot(stop.slot(), [&](error_code) { ended = true; }));
  context.poll();
  BOOST_TEST(!context.stopped());
  stop.emit(asio::cancellation_type::terminal);
  context.run();
  BOOST_TEST(ended);
}

BOTH_WAYS(a_sleep_in_a_coroutine_that_was_asked_to_stop_ends_at_once) {
  run([]() -> awaitable<> {
    auto const body = []() -> awaitable<> {
      co_await curfew::sleep_for(1h);
      BOOST_ERROR("slept under a limit that had passed");
    };
    ENDS(end::timed_out, curfew::timeout(0s, body));
  });
  BOOST_TEST(elapsed() == 0s);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sleeping
