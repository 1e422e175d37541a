#include "both_ways.hpp"
#include "manual_op.hpp"

BOOST_AUTO_TEST_SUITE(move_on_after)

namespace {

using curfew::timeout_scope;

error_code const aborted = asio::error::operation_aborted;

template <class T>
awaitable<T> after(curfew::clock::duration limit, T value) {
  co_await curfew::sleep_for(limit);
  co_return value;
}

}  // namespace

BOTH_WAYS(expiry_of_a_block_is_an_empty_result) {  // TS-28
  run([]() -> awaitable<> {
    BOOST_TEST(!co_await curfew::move_on_after(1ms, sleepy, 1h));
    BOOST_TEST(!(co_await curfew::move_on_after(1ms, after<int>, 1h, 7)).has_value());
    BOOST_TEST(!co_await curfew::move_on_after(0ms, sleepy, 1h));
    ENDS(end::value, curfew::sleep_for(1ms));
  });
  BOOST_TEST(elapsed() == 3ms);
}

BOTH_WAYS(a_block_that_ends_in_time_gives_its_value) {  // TS-28
  run([&]() -> awaitable<> {
    BOOST_TEST(co_await curfew::move_on_after(1s, sleepy, 1ms));
    BOOST_TEST((co_await curfew::move_on_after(1s, after<int>, 1ms, 7) == 7));
    auto const owned = [](int v) -> awaitable<move_only> { co_return std::make_unique<int>(v); };
    auto const pointer = co_await curfew::move_on_after(1s, owned, 8);
    BOOST_TEST(**pointer == 8);
    auto const bare = co_await curfew::move_on_after(1s, after<no_default>, 1ms, no_default(9));
    BOOST_TEST(bare->value == 9);
    BOOST_TEST(time.pending() == 0U);
  });
}

BOTH_WAYS(one_operation_of_each_kind_can_be_given_up) {
  run([]() -> awaitable<> {
    BOOST_TEST(!co_await curfew::move_on_after(curfew::sleep_for(1h), 1ms));
    BOOST_TEST(co_await curfew::move_on_after(curfew::sleep_for(1ms), 1h));
    BOOST_TEST(!co_await curfew::move_on_after(sleepy(1h), 1ms));
    BOOST_TEST(co_await curfew::move_on_after(sleepy(1ms), 1h));
    BOOST_TEST(!(co_await curfew::move_on_after(after(1h, 7), 1ms)).has_value());
    BOOST_TEST((co_await curfew::move_on_after(after(1ms, 7), 1h) == 7));
  });
  BOOST_TEST(elapsed() == 6ms);
}

BOTH_WAYS(operations_of_each_signature_give_what_they_have) {
  manual_op<error_code, std::size_t> one;
  manual_op<error_code, int, move_only> two;
  manual_op<move_only> value;
  manual_op<std::exception_ptr> thrown;
  manual_op<> nothing;
  manual_op<error_code, no_default> bare;
  one.on_start = [&] { one.post({}, 1); };
  two.on_start = [&] { two.post({}, 2, std::make_unique<int>(3)); };
  value.on_start = [&] { value.post(std::make_unique<int>(4)); };
  thrown.on_start = [&] { thrown.post(nullptr); };
  nothing.on_start = [&] { nothing.post(); };
  bare.on_start = [&] { bare.post({}, no_default(5)); };
  run([&]() -> awaitable<> {
    BOOST_TEST((co_await curfew::move_on_after(one(), 1s) == 1U));
    auto const pair = co_await curfew::move_on_after(two(), 1s);
    BOOST_REQUIRE(pair.has_value());
    BOOST_TEST(*std::get<1>(*pair) == 3);
    auto const owned = co_await curfew::move_on_after(value(), 1s);
    BOOST_TEST(**owned == 4);
    BOOST_TEST(co_await curfew::move_on_after(thrown(), 1s));
    BOOST_TEST(co_await curfew::move_on_after(nothing(), 1s));
    BOOST_TEST((co_await curfew::move_on_after(bare(), 1s))->value == 5);
  });
}

BOTH_WAYS(operations_of_each_signature_can_be_given_up) {
  manual_op<error_code, std::size_t> one;
  manual_op<error_code, int, move_only> two;
  manual_op<std::exception_ptr> thrown;
  manual_op<error_code, no_default> bare;
  manual_op<std::tuple<error_code, int>> tuple;
  one.on_cancel = [&] { one.post(aborted, 0); };
  two.on_cancel = [&] { two.post(aborted, 0, nullptr); };
  thrown.on_cancel = [&] { thrown.post(std::make_exception_ptr(system_error(aborted))); };
  bare.on_cancel = [&] { bare.post(aborted, no_default(5)); };
  tuple.on_cancel = [&] { tuple.post({aborted, 1}); };
  run([&]() -> awaitable<> {
    for (auto limit : {1s, 0s}) {
      BOOST_TEST(!(co_await curfew::move_on_after(one(), limit)).has_value());
      BOOST_TEST(!(co_await curfew::move_on_after(two(), limit)).has_value());
      BOOST_TEST(!co_await curfew::move_on_after(thrown(), limit));
      BOOST_TEST(!(co_await curfew::move_on_after(bare(), limit)).has_value());
      BOOST_TEST(!(co_await curfew::move_on_after(tuple(), limit)).has_value());
    }
  });
  BOOST_TEST(one.started + two.started + thrown.started + bare.started + tuple.started == 5);
  BOOST_TEST(elapsed() == 5s);
}

BOTH_WAYS(an_operation_whose_limit_has_passed_does_not_start) {
  manual_op<error_code> op;
  int destroyed = 0;
  run([&]() -> awaitable<> {
    auto const body = [&](witness) -> awaitable<> { co_await op(); };
    auto deferred = curfew::move_on_after(op(witness(destroyed)), 0s);
    BOOST_TEST(!co_await std::move(deferred));
    BOOST_TEST(!co_await curfew::move_on_after(body(witness(destroyed)), -1s));
    BOOST_TEST(!co_await curfew::move_on_at(body(witness(destroyed)), time.now()));
    auto passed = curfew::move_on_at(op(witness(destroyed)), time.now() - 1s);
    BOOST_TEST(!co_await std::move(passed));
  });
  BOOST_TEST(op.started == 0);
  BOOST_TEST(destroyed == 4);
}

BOTH_WAYS(instants_will_do) {
  run([&]() -> awaitable<> {
    BOOST_TEST(!co_await curfew::move_on_at(time.now() + 1s, sleepy, 1h));
    BOOST_TEST(!co_await curfew::move_on_at(curfew::sleep_for(1h), time.now() + 1s));
    BOOST_TEST(!co_await curfew::move_on_at(sleepy(1h), time.now() + 1s));
    BOOST_TEST(co_await curfew::move_on_at(curfew::never, sleepy, 1h));
  });
  BOOST_TEST(elapsed() == 1h + 3s);
}

BOTH_WAYS(errors_of_others_pass) {
  manual_op<error_code> op;
  op.on_start = [&] { op.post(asio::error::eof); };
  run([&]() -> awaitable<> {
    ENDS(end::other, curfew::move_on_after(op(), 1s));
    auto const fails = [&]() -> awaitable<> { co_await op(); };
    ENDS(end::other, curfew::move_on_after(1s, fails));
    ENDS(end::other, curfew::move_on_after(fails(), 1s));
    auto const throws = []() -> awaitable<int> { throw 42; };
    ENDS(end::other, curfew::move_on_after(1s, throws));
  });
}

BOTH_WAYS(the_timeout_of_another_limit_passes) {
  run([]() -> awaitable<> {
    auto const inner = []() -> awaitable<> { co_await curfew::wait_for(sleepy(1h), 1s); };
    ENDS(end::timed_out, curfew::move_on_after(5s, inner));
    ENDS(end::timed_out, curfew::move_on_after(curfew::wait_for(curfew::sleep_for(1h), 1s), 5s));
    auto const outer = []() -> awaitable<> {
      co_await curfew::move_on_after(5s, sleepy, 1h);
      BOOST_ERROR("what the outer limit ended was taken for an expiry of the inner one");
    };
    ENDS(end::timed_out, curfew::timeout(1s, outer));
  });
  BOOST_TEST(elapsed() == 3s);
}

BOTH_WAYS(a_scope_that_was_cancelled_by_name_ends_quietly) {
  run([]() -> awaitable<> {
    auto const body = [](timeout_scope& scope) -> awaitable<int> {
      scope.cancel("superseded");
      co_await curfew::sleep_for(1h);
      co_return 1;
    };
    BOOST_TEST(!(co_await curfew::move_on_after(1h, body)).has_value());
    ENDS(end::value, curfew::sleep_for(1ms));
  });
  BOOST_TEST(elapsed() == 1ms);
}

BOTH_WAYS(what_swallows_the_expiry_keeps_its_value) {
  run([]() -> awaitable<> {
    auto const body = []() -> awaitable<int> {
      auto const waited = co_await curfew::settle(curfew::sleep_for(1h));
      co_return waited.cancelled() ? 7 : 0;
    };
    BOOST_TEST((co_await curfew::move_on_after(1s, body) == 7));
    BOOST_TEST((co_await curfew::move_on_after(body(), 1s) == 7));
  });
}

BOTH_WAYS(a_result_that_says_it_was_aborted_by_the_limit_is_empty) {
  using tuple = std::tuple<error_code, int>;
  manual_op<tuple> op;
  op.on_cancel = [&] { op.post({aborted, 3}); };
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<tuple> { co_return co_await op(); };
    BOOST_TEST(!(co_await curfew::move_on_after(1s, body)).has_value());
    op.on_start = [&] { op.post({asio::error::eof, 3}); };
    auto const own = co_await curfew::move_on_after(1s, body);
    BOOST_REQUIRE(own.has_value());
    BOOST_TEST(std::get<0>(*own) == error_code(asio::error::eof));
  });
}

BOOST_FIXTURE_TEST_CASE(coroutines_of_another_executor_type_name_it, fixture) {
  using executor = asio::io_context::executor_type;
  bool ran = false;
  auto const body = [&]() -> asio::awaitable<void, executor> {
    BOOST_TEST(!co_await curfew::move_on_after.on<executor>(curfew::sleep_for(1h), 1s));
    auto const deadline = time.now() + 1s;
    BOOST_TEST(!co_await curfew::move_on_at.on<executor>(curfew::sleep_for(1h), deadline));
    auto const settled = co_await curfew::settle.on<executor>(curfew::sleep_for(1s));
    BOOST_TEST(settled.has_value());
    ran = true;
  };
  asio::co_spawn(context.get_executor(), body(), asio::detached);
  time.run();
  BOOST_TEST(ran);
  BOOST_TEST(elapsed() == 3s);
}

// Its caller looks at what is in the result, and would take an abort there for the block's own.
BOOST_FIXTURE_TEST_CASE(an_outside_request_is_raised_although_the_block_says_errors_as_values,
                        fixture) {
  run([]() -> awaitable<> {
    auto const reports = []() -> awaitable<error_code> {
      error_code error;
      co_await curfew::sleep_for(1h)(asio::redirect_error(asio::use_awaitable, error));
      co_return error;
    };
    auto const outer = [&]() -> awaitable<> {
      ENDS(end::aborted, curfew::move_on_after(1h, reports));
      co_await curfew::sleep_for(1h);
    };
    BOOST_TEST(!co_await curfew::move_on_after(1s, outer));
  });
  BOOST_TEST(elapsed() == 1s);
}

BOOST_AUTO_TEST_SUITE_END()
