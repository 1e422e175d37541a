#include <algorithm>
#include <array>

#include "both_ways.hpp"
#include "manual_op.hpp"
#ifdef CURFEW_TEST_STACKFUL  // where Boost.Context is linked
#include <boost/asio/spawn.hpp>
#endif

BOOST_AUTO_TEST_SUITE(wait_for_tokens)

namespace {

error_code const aborted = asio::error::operation_aborted;
error_code const timed_out = curfew::errc::timed_out;

}  // namespace

BOTH_WAYS(use_awaitable_throws_the_timeout) {
  run([]() -> awaitable<> {
    auto op = curfew::wait_for(curfew::sleep_for(1h), 1s)(asio::use_awaitable);
    ENDS(end::timed_out, std::move(op));
  });
  BOOST_TEST(elapsed() == 1s);
}

BOTH_WAYS(deferred_gives_the_same_operation) {
  run([]() -> awaitable<> {
    auto op = curfew::wait_for(curfew::sleep_for(1h), 1s)(asio::deferred);
    static_assert(curfew::deferred_operation<decltype(op)>);
    ENDS(end::timed_out, std::move(op));
  });
}

BOTH_WAYS(as_tuple_gives_the_timeout_as_a_value) {
  run([]() -> awaitable<> {
    auto const first =
        co_await curfew::wait_for(curfew::sleep_for(1h), 1s)(asio::as_tuple(asio::deferred));
    BOOST_TEST(std::get<0>(first) == timed_out);
    auto const second =
        co_await curfew::wait_for(curfew::sleep_for(1h), 1s)(asio::as_tuple(asio::use_awaitable));
    BOOST_TEST(std::get<0>(second) == timed_out);
    auto const inside =
        co_await curfew::wait_for(curfew::sleep_for(1h)(asio::as_tuple(asio::deferred)), 1s);
    BOOST_TEST(std::get<0>(inside) == timed_out);
    auto const refused =
        co_await curfew::wait_for(curfew::sleep_for(1h)(asio::as_tuple(asio::use_awaitable)), 0s);
    BOOST_TEST(std::get<0>(refused) == timed_out);
  });
  BOOST_TEST(elapsed() == 3s);
}

BOTH_WAYS(redirect_error_outside_keeps_the_timeout) {
  run([]() -> awaitable<> {
    error_code error;
    co_await curfew::wait_for(curfew::sleep_for(1h),
                              1s)(asio::redirect_error(asio::use_awaitable, error));
    BOOST_TEST(error == timed_out);
    co_await curfew::wait_for(curfew::sleep_for(1ms),
                              1s)(asio::redirect_error(asio::use_awaitable, error));
    BOOST_TEST(error == error_code());
  });
}

BOTH_WAYS(a_pending_request_throws_also_with_as_tuple) {
  start([]() -> awaitable<> {
    auto const first =
        co_await curfew::wait_for(curfew::sleep_for(1h), 1h)(asio::as_tuple(asio::deferred));
    BOOST_TEST(std::get<0>(first) == aborted);
    ENDS(end::aborted, curfew::wait_for(curfew::sleep_for(1h), 1h)(asio::as_tuple(asio::deferred)));
  });
  ask();
  time.run();
  BOOST_TEST((ended == end::value));
}

BOOST_FIXTURE_TEST_CASE(use_future_throws_the_timeout_from_get, fixture) {
  auto late = curfew::wait_for(context, curfew::sleep_for(1h), 1s)(asio::use_future);
  auto const later = time.now() + 1h;
  auto early = curfew::wait_until(context, curfew::sleep_for(1s), later)(asio::use_future);
  auto const executor = context.get_executor();
  auto refused = curfew::wait_for(executor, curfew::sleep_for(1s), 0s)(asio::use_future);
  time.run();
  BOOST_CHECK_EXCEPTION(late.get(), system_error,
                        [](system_error const& e) { return e.code() == timed_out; });
  BOOST_CHECK_EXCEPTION(refused.get(), system_error,
                        [](system_error const& e) { return e.code() == timed_out; });
  early.get();
}

BOOST_FIXTURE_TEST_CASE(detached_waits_all_the_same, fixture) {
  manual_op<error_code> op;
  op.on_cancel = [&] { op.post(aborted); };
  curfew::wait_for(context, op(), 1s)(asio::detached);
  time.run();
  BOOST_TEST(op.requests.size() == 1U);
  BOOST_TEST(elapsed() == 1s);
}

namespace {

/// Runs the context, and says whether nobody wrote to where the stack was when it was called.
[[gnu::noinline]] bool run_without_a_trace(asio::io_context& context) {
  std::array<void* volatile, 2000> below{};
  context.run();
  return std::none_of(below.begin(), below.end(), [](void* word) { return word != nullptr; });
}

}  // namespace

// Each part of it asks for the handler's executor, when the call has long returned.
BOOST_AUTO_TEST_CASE(a_composed_operation_with_a_bare_callback_leaves_the_callers_stack_alone) {
  asio::io_context context;
  asio::steady_timer timer(context);
  int parts = 0;
  auto several = asio::async_compose<asio::deferred_t const&, void(error_code)>(
      [&](auto& self, error_code error = {}) {
        if (++parts == 5) return self.complete(error);
        timer.expires_after(0s);
        timer.async_wait(std::move(self));
      },
      asio::deferred, timer);
  std::optional<error_code> ended;
  curfew::wait_for(std::move(several), 1h)([&](error_code error) { ended = error; });
  BOOST_TEST(run_without_a_trace(context));
  BOOST_REQUIRE(ended.has_value());
  BOOST_TEST(!*ended);
}

BOOST_FIXTURE_TEST_CASE(a_callback_is_called_once_on_the_named_executor, fixture) {
  std::vector<error_code> calls;
  bool inside = false;
  curfew::wait_for(context, curfew::sleep_for(1h), 1s)([&](error_code error) {
    inside = context.get_executor().running_in_this_thread();
    calls.push_back(error);
  });
  BOOST_TEST(calls.empty());
  time.run();
  BOOST_REQUIRE(calls.size() == 1U);
  BOOST_TEST(calls[0] == timed_out);
  BOOST_TEST(inside);
}

BOOST_FIXTURE_TEST_CASE(a_refused_operation_does_not_call_back_from_inside_its_start, fixture) {
  bool called = false;
  curfew::wait_for(context, curfew::sleep_for(1h), 0s)([&](error_code) { called = true; });
  BOOST_TEST(!called);
  time.run();
  BOOST_TEST(called);
}

BOOST_FIXTURE_TEST_CASE(an_instant_that_has_passed_refuses_too, fixture) {  // WF-07
  manual_op<error_code> op;
  std::vector<error_code> calls;
  auto const note = [&](error_code error) { calls.push_back(error); };
  curfew::wait_until(context, op(), time.now())(note);
  curfew::wait_until(context, op(), time.now() - 1h)(note);
  curfew::wait_until(op(), time.now())(asio::bind_executor(context, note));
  BOOST_TEST(calls.empty());
  time.run();
  BOOST_TEST(op.started == 0);
  BOOST_TEST((calls == std::vector<error_code>(3, timed_out)));
}

BOOST_FIXTURE_TEST_CASE(without_any_executor_that_of_the_object_counts, fixture) {
  asio::steady_timer timer(context, asio::steady_timer::time_point::max());
  for (auto limit : {1s, 0s}) {
    std::optional<error_code> result;
    curfew::wait_for(timer.async_wait(asio::deferred),
                     limit)([&](error_code error) { result = error; });
    BOOST_TEST(!result);
    time.run();
    BOOST_TEST((result == timed_out));
  }
  BOOST_TEST(elapsed() == 1s);
}

BOOST_FIXTURE_TEST_CASE(without_any_executor_that_given_to_the_operation_counts, fixture) {
  curfew::event never_set;
  curfew::queue<int> empty;
  asio::steady_timer timer(context, 1h);
  curfew::cancellation_source source;
  std::vector<error_code> ends;
  auto const note = [&](error_code error, auto&&...) { ends.push_back(error); };
  curfew::wait_for(curfew::sleep_for(context, 1h), 1s)(note);
  curfew::wait_for(never_set.wait(context), 1s)(note);
  curfew::wait_for(empty.pop(context), 1s)(note);
  curfew::wait_for(curfew::shield(curfew::sleep_for(context, 1500ms)), 1s)(note);
  curfew::wait_for(curfew::cancel_when(curfew::sleep_for(context, 1h), source.token()), 1s)(note);
  curfew::wait_for(curfew::wait_for(context, curfew::sleep_for(context, 1h), 2h), 1s)(note);
  curfew::wait_for(curfew::wait_for(timer.async_wait(asio::deferred), 2h), 1s)(note);
  curfew::cancel_when(curfew::sleep_for(context, 1h), source.token())(note);
  time.advance(1s);
  BOOST_TEST((ends == std::vector<error_code>(6, timed_out)));
  ends.clear();
  time.advance(1s);
  BOOST_TEST((ends == std::vector<error_code>(1)));  // what was shielded
  ends.resize(3);
  source.cancel();
  curfew::shield(curfew::sleep_for(context, 1s), curfew::grace{1s})(note);
  time.run();
  BOOST_TEST_REQUIRE(ends.size() == 5U);
  BOOST_TEST((ends[3] == aborted));
  BOOST_TEST(!ends[4]);
}

BOOST_FIXTURE_TEST_CASE(a_bound_executor_needs_no_other, fixture) {  // WF-36 AX-12
  auto const strand = asio::make_strand(context);
  bool on_strand = false, asked_on_strand = false;
  manual_op<error_code> op;
  op.on_cancel = [&] {
    asked_on_strand = strand.running_in_this_thread();
    op.post(aborted);
  };
  std::optional<error_code> result;
  curfew::wait_for(op(), 1s)(asio::bind_executor(strand, [&](error_code error) {
    on_strand = strand.running_in_this_thread();
    result = error;
  }));
  time.run();
  BOOST_TEST((result == timed_out));
  BOOST_TEST(on_strand);
  BOOST_TEST(asked_on_strand);
}

BOOST_FIXTURE_TEST_CASE(a_bound_slot_cancels_with_the_type_that_was_sent, fixture) {
  for (auto const type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                          asio::cancellation_type::total}) {
    manual_op<error_code> op;
    op.on_cancel = [&] { op.post(aborted); };
    asio::cancellation_signal stop;
    std::optional<error_code> result;
    curfew::wait_for(context, op(), 1h)(
        asio::bind_cancellation_slot(stop.slot(), [&](error_code error) { result = error; }));
    stop.emit(type);
    time.run();
    BOOST_TEST((result == aborted));
    BOOST_REQUIRE(op.requests.size() == 1U);
    BOOST_TEST((op.requests[0] == type));
    BOOST_TEST(!stop.slot().has_handler());
  }
}

BOOST_FIXTURE_TEST_CASE(a_second_and_stronger_request_reaches_the_operation, fixture) {
  manual_op<error_code> op;
  asio::cancellation_signal stop;
  std::optional<error_code> result;
  curfew::wait_for(context, op(), 1h)(
      asio::bind_cancellation_slot(stop.slot(), [&](error_code error) { result = error; }));
  stop.emit(asio::cancellation_type::total);
  op.on_cancel = [&] { op.post(aborted); };
  stop.emit(asio::cancellation_type::terminal);
  time.run();
  BOOST_TEST(op.requests.size() == 2U);
  BOOST_TEST((result == aborted));
}

BOOST_FIXTURE_TEST_CASE(a_slot_that_is_used_afterwards_hits_nothing, fixture) {  // AX-23
  asio::cancellation_signal stop;
  std::optional<error_code> result;
  curfew::wait_for(context, curfew::sleep_for(1s),
                   1h)(asio::bind_cancellation_slot(stop.slot(), [&](error_code error) {
    BOOST_TEST(!stop.slot().has_handler());
    result = error;
  }));
  time.run();
  stop.emit(asio::cancellation_type::all);
  time.run();
  BOOST_TEST((result == error_code()));
}

BOOST_FIXTURE_TEST_CASE(a_move_only_handler_will_do, fixture) {
  bool called = false;
  curfew::wait_for(context, curfew::sleep_for(1h), 1s)(
      [&called, owned = std::make_unique<int>(1)](error_code) { called = *owned == 1; });
  time.run();
  BOOST_TEST(called);
}

BOTH_WAYS(an_operation_with_its_own_slot_is_waited_for) {  // AX-07
  asio::cancellation_signal own;
  manual_op<error_code> op;
  op.on_start = [&] { curfew::sleep_for(context, 3s)([&](error_code) { op.complete({}); }); };
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      co_await op()(asio::bind_cancellation_slot(own.slot(), asio::use_awaitable));
    };
    ENDS(end::value, curfew::wait_for(body(), 1s));
  });
  BOOST_TEST(op.requests.empty());
  BOOST_TEST(elapsed() == 3s);
}

#ifdef CURFEW_TEST_STACKFUL
BOOST_FIXTURE_TEST_CASE(a_stackful_coroutine_is_told_of_the_timeout, fixture) {
  error_code error;
  asio::spawn(
      context,
      [&](asio::yield_context yield) {
        curfew::wait_for(curfew::sleep_for(1h), 1s)(yield[error]);
        curfew::wait_for(curfew::sleep_for(1s), 1h)(yield);
      },
      asio::detached);
  time.run();
  BOOST_TEST(error == timed_out);
  BOOST_TEST(elapsed() == 2s);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
