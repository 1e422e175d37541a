#include "both_ways.hpp"
#include "manual_op.hpp"

BOOST_AUTO_TEST_SUITE(settle)

namespace {

error_code const aborted = asio::error::operation_aborted;

template <class T>
awaitable<T> after(curfew::clock::duration limit, T value) {
  co_await curfew::sleep_for(limit);
  co_return value;
}

template <class E>
awaitable<int> throws(E error) {
  co_await curfew::sleep_for(1ms);
  throw error;
}

}  // namespace

BOTH_WAYS(a_value_of_each_kind_is_an_outcome_with_that_value) {
  run([]() -> awaitable<> {
    auto const nothing = co_await curfew::settle(sleepy(1ms));
    BOOST_TEST(nothing.has_value());
    auto const number = co_await curfew::settle(after(1ms, 7));
    BOOST_TEST(number.value() == 7);
    auto pointer = co_await curfew::settle(after(1ms, std::make_unique<int>(8)));
    BOOST_TEST(*std::move(pointer).value() == 8);
    auto const bare = co_await curfew::settle(after(1ms, no_default(9)));
    BOOST_TEST(bare.value().value == 9);
    BOOST_TEST((bare.error() == nullptr));
  });
}

BOTH_WAYS(an_error_of_each_kind_is_an_outcome_with_that_error) {
  run([]() -> awaitable<> {
    auto const own = co_await curfew::settle(throws(system_error(asio::error::eof)));
    BOOST_TEST(!own.has_value());
    BOOST_TEST(!own.cancelled());
    BOOST_TEST(!own.timed_out());
    auto const strange = co_await curfew::settle(throws(42));
    BOOST_TEST(!strange);
    BOOST_CHECK_THROW(std::rethrow_exception(strange.error()), int);
    auto const late = co_await curfew::settle(curfew::wait_for(sleepy(1h), 1s));
    BOOST_TEST(late.timed_out());
    BOOST_TEST(!late.cancelled());
    auto const late_op = co_await curfew::settle(curfew::wait_for(curfew::sleep_for(1h), 1s));
    BOOST_TEST(late_op.timed_out());
  });
}

BOTH_WAYS(operations_of_each_signature_are_settled) {
  manual_op<error_code, int> one;
  manual_op<error_code, int, move_only> two;
  manual_op<std::exception_ptr> thrown;
  manual_op<> nothing;
  manual_op<no_default> bare;
  run([&]() -> awaitable<> {
    one.on_start = [&] { one.post({}, 1); };
    BOOST_TEST((co_await curfew::settle(one())).value() == 1);
    one.on_start = [&] { one.post(asio::error::eof, 1); };
    BOOST_TEST(end_of((co_await curfew::settle(one())).error()) == end::other);
    two.on_start = [&] { two.post({}, 2, std::make_unique<int>(3)); };
    auto const both = co_await curfew::settle(two());
    BOOST_TEST(*std::get<1>(both.value()) == 3);
    thrown.on_start = [&] { thrown.post(std::make_exception_ptr(42)); };
    BOOST_TEST(end_of((co_await curfew::settle(thrown())).error()) == end::other);
    thrown.on_start = [&] { thrown.post(nullptr); };
    BOOST_TEST((co_await curfew::settle(thrown())).has_value());
    nothing.on_start = [&] { nothing.post(); };
    BOOST_TEST((co_await curfew::settle(nothing())).has_value());
    bare.on_start = [&] { bare.post(no_default(4)); };
    BOOST_TEST((co_await curfew::settle(bare())).value().value == 4);
  });
}

BOTH_WAYS(a_request_reaches_the_operation_and_is_its_outcome) {
  manual_op<error_code> op;
  op.on_cancel = [&] { op.post(aborted); };
  start([&]() -> awaitable<> {
    auto const first = co_await curfew::settle(op());
    BOOST_TEST(first.cancelled());
    ENDS(end::aborted, curfew::settle(op()));
    ENDS(end::aborted, curfew::settle(sleepy(1s)));
  });
  time.settle();
  ask();
  time.run();
  BOOST_TEST((ended == end::value));
  BOOST_TEST(op.started == 1);
}

BOTH_WAYS(the_expiry_of_the_scope_around_is_a_cancellation_of_what_is_settled) {
  run([]() -> awaitable<> {
    auto const body = []() -> awaitable<> {
      auto const first = co_await curfew::settle(sleepy(1h));
      BOOST_TEST(first.cancelled());
      BOOST_TEST(!first.timed_out());
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, curfew::timeout(1s, body));
  });
}

BOTH_WAYS(an_empty_awaitable_is_refused_by_the_call) {
  auto op = sleepy(1s);
  auto const taken = std::move(op);
  BOOST_CHECK_EXCEPTION(
      (void)curfew::settle(std::move(op)), system_error,
      [](system_error const& e) { return e.code() == curfew::errc::invalid_state; });
}

BOTH_WAYS(the_outcome_of_an_operation_that_says_errors_as_values_is_that_value) {
  manual_op<std::tuple<error_code, int>> op;
  op.on_start = [&] { op.post({asio::error::eof, 3}); };
  run([&]() -> awaitable<> {
    auto const result = co_await curfew::settle(op());
    BOOST_REQUIRE(result.has_value());
    BOOST_TEST(std::get<0>(result.value()) == error_code(asio::error::eof));
  });
}

BOOST_AUTO_TEST_SUITE_END()
