#include "both_ways.hpp"
#include "manual_op.hpp"

// What a cancelled token makes of the results of each signature, and of each completion token.

BOOST_AUTO_TEST_SUITE(cancel_when_signatures)

namespace {

using curfew::cancel_when;
using curfew::cancellation_source;

error_code const aborted = asio::error::operation_aborted;

template <class... Args>
using given = std::optional<std::tuple<Args...>>;

template <class Op, class... Args>
void keep(Op op, given<Args...>& results) {
  std::move(op)([&results](Args... all) { results.emplace(std::move(all)...); });
}

/// Has a token cancel an operation that runs, and one before its start; gives both results.
template <class... Args>
struct both {
  given<Args...> cancelled, refused;
};
template <class... Args, class... Ends>
both<Args...> cancel_both(fixture& test, manual_op<Args...>& op, Ends... ends) {
  both<Args...> results;
  cancellation_source source;
  op.on_cancel = [&] { op.post(Ends(ends)...); };
  keep(cancel_when(test.context, op(), source.token()), results.cancelled);
  test.time.settle();
  BOOST_TEST(op.started == 1);
  source.cancel();
  test.time.run();
  keep(cancel_when(test.context, op(), source.token()), results.refused);
  BOOST_TEST(!results.refused.has_value());  // never from inside the call
  test.time.run();
  BOOST_REQUIRE(results.cancelled.has_value());
  BOOST_REQUIRE(results.refused.has_value());
  return results;
}

std::exception_ptr as_exception(error_code error) {
  return std::make_exception_ptr(system_error(error));
}

template <class Executor>
void cancel_on(Executor executor, fixture& test) {
  cancellation_source source;
  int done = 0;
  auto const sleep = []() -> asio::awaitable<void, Executor> { co_await curfew::sleep_for(1h); };
  auto const body = [&]() -> asio::awaitable<void, Executor> {
    ENDS(end::aborted, cancel_when(sleep(), source.token()));
    ENDS(end::aborted, cancel_when(sleep(), source.token()));
    ENDS(end::aborted, cancel_when(curfew::sleep_for(1h), source.token()));
    ENDS(end::value, curfew::sleep_for(1s));
    ++done;
  };
  asio::co_spawn(executor, body(), asio::detached);
  test.time.settle();
  source.cancel();
  test.time.run();
  BOOST_TEST(done == 1);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_error_code_says_aborted_beside_what_came_with_it, fixture) {
  manual_op<error_code, int, std::string> op;
  auto const results = cancel_both(*this, op, aborted, 1, std::string("half"));
  BOOST_TEST(std::get<0>(*results.cancelled) == aborted);
  BOOST_TEST(std::get<2>(*results.cancelled) == "half");
  BOOST_TEST(std::get<0>(*results.refused) == aborted);
  BOOST_TEST(std::get<2>(*results.refused).empty());
  BOOST_TEST(op.started == 1);
}

BOOST_FIXTURE_TEST_CASE(an_exception_becomes_the_abort, fixture) {
  manual_op<std::exception_ptr, int> op;
  auto const results = cancel_both(*this, op, as_exception(aborted), 3);
  BOOST_TEST(curfew::is_cancellation(std::get<0>(*results.cancelled)));
  BOOST_TEST(std::get<1>(*results.cancelled) == 3);
  BOOST_TEST(curfew::is_cancellation(std::get<0>(*results.refused)));
  BOOST_TEST(op.started == 1);
}

BOOST_FIXTURE_TEST_CASE(a_tuple_that_starts_with_an_error_says_aborted_in_itself, fixture) {
  using tuple = std::tuple<error_code, int>;
  manual_op<tuple> op;
  auto const results = cancel_both(*this, op, tuple(aborted, 4));
  BOOST_TEST(std::get<0>(std::get<0>(*results.cancelled)) == aborted);
  BOOST_TEST(std::get<0>(std::get<0>(*results.refused)) == aborted);
  BOOST_TEST(op.started == 1);
}

BOOST_FIXTURE_TEST_CASE(without_an_error_the_operation_is_started_and_asked_at_once, fixture) {
  manual_op<std::string> op;
  auto const results = cancel_both(*this, op, std::string("what there is"));
  BOOST_TEST(std::get<0>(*results.cancelled) == "what there is");
  BOOST_TEST(std::get<0>(*results.refused) == "what there is");
  BOOST_TEST(op.started == 2);
  BOOST_TEST(op.requests.size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_result_without_default_value_is_made_by_the_operation, fixture) {
  manual_op<error_code, no_default> op;
  auto const results = cancel_both(*this, op, aborted, no_default(5));
  BOOST_TEST(std::get<0>(*results.cancelled) == aborted);
  BOOST_TEST(std::get<0>(*results.refused) == aborted);
  BOOST_TEST(std::get<1>(*results.refused).value == 5);
  BOOST_TEST(op.started == 2);
}

BOOST_FIXTURE_TEST_CASE(a_value_that_comes_with_the_request_is_kept, fixture) {
  manual_op<error_code, move_only> op;
  cancellation_source source;
  given<error_code, move_only> result;
  op.on_cancel = [&] { op.post({}, std::make_unique<int>(9)); };
  keep(cancel_when(context, op(), source.token()), result);
  source.cancel();
  time.run();
  BOOST_REQUIRE(result.has_value());
  BOOST_TEST(std::get<0>(*result) == error_code());
  BOOST_TEST(*std::get<1>(*result) == 9);
}

BOTH_WAYS(a_coroutine_whose_result_says_errors_says_aborted_in_it) {
  cancellation_source source;
  manual_op<error_code, int> op;
  op.on_cancel = [&] { op.post(aborted, 6); };
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<std::tuple<error_code, int>> {
      co_return co_await op()(asio::as_tuple(asio::deferred));
    };
    curfew::sleep_for(context, 1s)([&](error_code) { source.cancel(); });
    auto const meanwhile = co_await cancel_when(body(), source.token());
    BOOST_TEST(std::get<0>(meanwhile) == aborted);
    BOOST_TEST(std::get<1>(meanwhile) == 6);
    auto const before = co_await cancel_when(body(), source.token());
    BOOST_TEST(std::get<0>(before) == aborted);
    BOOST_TEST(std::get<1>(before) == 0);
  });
  BOOST_TEST(op.started == 1);
}

BOTH_WAYS(a_coroutine_without_default_value_throws_where_it_does_not_start) {
  cancellation_source source;
  source.cancel();
  run([&]() -> awaitable<> {
    auto const body = []() -> awaitable<no_default> { co_return no_default(1); };
    ENDS(end::aborted, cancel_when(body(), source.token()));
    BOOST_TEST((co_await cancel_when(body(), cancellation_source().token())).value == 1);
  });
}

BOTH_WAYS(as_tuple_and_redirect_error_outside_say_aborted) {
  cancellation_source source;
  run([&]() -> awaitable<> {
    curfew::sleep_for(context, 1s)([&](error_code) { source.cancel(); });
    auto const first =
        co_await cancel_when(curfew::sleep_for(1h), source.token())(asio::as_tuple(asio::deferred));
    BOOST_TEST(std::get<0>(first) == aborted);
    error_code error;
    co_await cancel_when(curfew::sleep_for(1h),
                         source.token())(asio::redirect_error(asio::use_awaitable, error));
    BOOST_TEST(error == aborted);
    ENDS(end::aborted, cancel_when(curfew::sleep_for(1h), source.token())(asio::use_awaitable));
    ENDS(end::value, curfew::sleep_for(1s));
  });
}

BOOST_FIXTURE_TEST_CASE(use_future_takes_an_executor_first_or_that_of_the_object, fixture) {
  cancellation_source source;
  asio::steady_timer timer(context, asio::steady_timer::time_point::max());
  auto with = cancel_when(context, curfew::sleep_for(1h), source.token())(asio::use_future);
  auto without = cancel_when(timer.async_wait(asio::deferred), source.token())(asio::use_future);
  auto coroutine =
      cancel_when(context.get_executor(), sleepy(1h), source.token())(asio::use_future);
  time.settle();
  source.cancel();
  auto refused = cancel_when(context, curfew::sleep_for(1h), source.token())(asio::use_future);
  auto refused_without =
      cancel_when(timer.async_wait(asio::deferred), source.token())(asio::use_future);
  time.run();
  auto const is_aborted = [](system_error const& e) { return e.code() == aborted; };
  BOOST_CHECK_EXCEPTION(with.get(), system_error, is_aborted);
  BOOST_CHECK_EXCEPTION(without.get(), system_error, is_aborted);
  BOOST_CHECK_EXCEPTION(coroutine.get(), system_error, is_aborted);
  BOOST_CHECK_EXCEPTION(refused.get(), system_error, is_aborted);
  BOOST_CHECK_EXCEPTION(refused_without.get(), system_error, is_aborted);
}

BOOST_FIXTURE_TEST_CASE(an_empty_token_serves_callbacks_too, fixture) {
  asio::steady_timer timer(context, asio::steady_timer::time_point::min());
  int called = 0;
  auto const count = [&](error_code error) { called += !error; };
  cancel_when(timer.async_wait(asio::deferred), curfew::cancellation_token())(count);
  cancel_when(context, curfew::sleep_for(1s), curfew::cancellation_token())(count);
  context.run_one();
  time.run();
  BOOST_TEST(called == 2);
}

BOOST_FIXTURE_TEST_CASE(a_bound_strand_is_where_it_is_asked_and_completed, fixture) {
  auto const strand = asio::make_strand(context);
  cancellation_source source;
  manual_op<error_code> op;
  bool asked_inside = false, ended_inside = false;
  op.on_cancel = [&] {
    asked_inside = strand.running_in_this_thread();
    op.post(aborted);
  };
  cancel_when(op(), source.token())(asio::bind_executor(strand, [&](error_code error) {
    ended_inside = strand.running_in_this_thread() && error == aborted;
  }));
  asio::post(context, [&] { source.cancel(); });
  time.run();
  BOOST_TEST(asked_inside);
  BOOST_TEST(ended_inside);
}

BOOST_FIXTURE_TEST_CASE(a_bound_slot_works_beside_the_token, fixture) {
  cancellation_source source;
  manual_op<error_code> op;
  op.on_cancel = [&] { op.post(aborted); };
  asio::cancellation_signal stop;
  std::optional<error_code> result;
  cancel_when(context, op(), source.token())(
      asio::bind_cancellation_slot(stop.slot(), [&](error_code error) { result = error; }));
  stop.emit(asio::cancellation_type::partial);
  time.run();
  BOOST_TEST((result == aborted));
  BOOST_REQUIRE(op.requests.size() == 1U);
  BOOST_TEST((op.requests[0] == asio::cancellation_type::partial));
  BOOST_TEST(!stop.slot().has_handler());
  source.cancel();
  time.run();
  BOOST_TEST(op.requests.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_token_may_be_cancelled_while_the_operation_starts, fixture) {
  asio::steady_timer timer(context, asio::steady_timer::time_point::max());
  for (bool const bound : {false, true})
    for (bool const inside : {false, true}) {
      cancellation_source source;
      auto const begin = [&](auto handler) {
        (void)asio::get_associated_executor(handler, context.get_executor());
        timer.async_wait(std::move(handler));
        source.cancel();
      };
      std::optional<error_code> result;
      auto const note = [&](error_code error) { result = error; };
      auto const go = [&] {
        auto op =
            asio::async_initiate<asio::deferred_t const, void(error_code)>(begin, asio::deferred);
        if (bound)
          cancel_when(context, std::move(op), source.token())(note);
        else
          cancel_when(std::move(op), source.token())(note);
        BOOST_TEST(!result);
      };
      if (inside)
        asio::post(context, go);
      else
        go();
      time.run();
      BOOST_TEST((result == aborted));
    }
}

BOTH_WAYS(a_coroutine_may_cancel_its_token_while_its_operation_starts) {
  cancellation_source source;
  manual_op<error_code> op;
  op.on_start = [&] { source.cancel(); };
  op.on_cancel = [&] { op.complete(aborted); };
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> { co_await op(); };
    ENDS(end::aborted, cancel_when(op(), source.token()));
    source = cancellation_source();
    ENDS(end::aborted, cancel_when(body(), source.token()));
    source = cancellation_source();
    op.on_cancel = [&] { op.complete({}); };
    ENDS(end::value, cancel_when(op(), source.token()));
    source = cancellation_source();
    ENDS(end::value, cancel_when(body(), source.token()));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(op.requests.size() == 4U);
}

BOOST_AUTO_TEST_CASE(one_token_serves_many_operations_on_many_executors) {
  fixture first, second;
  cancellation_source source;
  int ended = 0;
  auto const strand = asio::make_strand(first.context);
  for (int i = 0; i < 100; ++i) {
    cancel_when(first.context, curfew::sleep_for(1h),
                source.token())([&](error_code error) { ended += error == aborted; });
    cancel_when(strand, curfew::sleep_for(1h), source.token())(
        [&](error_code error) { ended += error == aborted && strand.running_in_this_thread(); });
    cancel_when(second.context, sleepy(1h), source.token())(
        [&](std::exception_ptr error) { ended += end_of(error) == end::aborted; });
  }
  first.time.settle();
  second.time.settle();
  source.cancel();
  BOOST_TEST(ended == 0);
  first.time.run();
  BOOST_TEST(ended == 200);
  second.time.run();
  BOOST_TEST(ended == 300);
  BOOST_TEST(first.elapsed() == 0s);
}

BOOST_AUTO_TEST_CASE(each_executor_type_will_do) {  // AX-12
  {
    fixture test;
    cancel_on(test.context.get_executor(), test);
  }
  {
    fixture test;
    cancel_on(asio::make_strand(test.context.get_executor()), test);
  }
  {
    fixture test;
    cancel_on(asio::any_io_executor(asio::make_strand(test.context)), test);
  }
}

BOOST_AUTO_TEST_CASE(what_dies_with_its_context_leaves_the_token) {
  auto const stacks = curfew::detail::count_stacks();
  for (bool const cancelled : {false, true}) {
    cancellation_source source;
    int destroyed = 0, called = 0;
    {
      asio::io_context context;
      curfew::testing::virtual_time time(context);
      auto const wait = [&](witness) -> awaitable<> { co_await curfew::sleep_for(1h); };
      auto const body = [&]() -> awaitable<> {
        co_await cancel_when(wait(witness(destroyed)), source.token());
        ++called;
      };
      asio::co_spawn(context, body, asio::detached);
      asio::steady_timer timer(context, asio::steady_timer::time_point::max());
      cancel_when(timer.async_wait(asio::deferred), source.token())([&](error_code) { ++called; });
      cancel_when(context, sleepy(1h), source.token())([&](std::exception_ptr) { ++called; });
      time.settle();
      if (cancelled) source.cancel();  // on its way to a context that does not run any more
    }
    BOOST_TEST(destroyed == 1);
    BOOST_TEST(called == 0);
    BOOST_TEST(curfew::detail::count_stacks() == stacks);
    source.cancel();
  }
}

BOOST_AUTO_TEST_SUITE_END()
