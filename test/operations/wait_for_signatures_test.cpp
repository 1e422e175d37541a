#include "both_ways.hpp"
#include "manual_op.hpp"

BOOST_AUTO_TEST_SUITE(wait_for_signatures)

namespace {

error_code const aborted = asio::error::operation_aborted;
error_code const timed_out = curfew::errc::timed_out;

std::exception_ptr as_exception(error_code error) {
  return std::make_exception_ptr(system_error(error));
}

/// What a callback was given, as a tuple.
template <class... Args>
using given = std::optional<std::tuple<Args...>>;

/// Starts an operation whose handler keeps what it is given.
template <class Op, class... Args>
void keep(Op op, given<Args...>& results) {
  std::move(op)([&results](Args... all) { results.emplace(std::move(all)...); });
}

/// Lets an operation exceed its limit, and an unstarted one be refused; gives both results.
template <class... Args>
struct both {
  given<Args...> expired, refused;
};
template <class... Args, class... Ends>
both<Args...> exceed_limit(fixture& test, manual_op<Args...>& op, Ends... ends) {
  both<Args...> results;
  op.on_cancel = [&] { op.post(Ends(ends)...); };
  keep(curfew::wait_for(test.context, op(), 1s), results.expired);
  test.time.run();
  BOOST_TEST(op.started == 1);
  keep(curfew::wait_for(test.context, op(), 0s), results.refused);
  test.time.run();
  BOOST_REQUIRE(results.expired.has_value());
  BOOST_REQUIRE(results.refused.has_value());
  BOOST_TEST(test.elapsed() == 1s);
  return results;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_error_code_alone_says_timed_out, fixture) {
  manual_op<error_code> op;
  auto const results = exceed_limit(*this, op, aborted);
  BOOST_TEST(std::get<0>(*results.expired) == timed_out);
  BOOST_TEST(std::get<0>(*results.refused) == timed_out);
  BOOST_TEST(op.started == 1);
}

BOOST_FIXTURE_TEST_CASE(an_error_code_with_a_value_says_timed_out_beside_the_value, fixture) {
  manual_op<error_code, std::size_t> op;
  auto const results = exceed_limit(*this, op, aborted, std::size_t{7});
  BOOST_TEST(std::get<0>(*results.expired) == timed_out);
  BOOST_TEST(std::get<1>(*results.expired) == 7U);  // AX-06
  BOOST_TEST(std::get<0>(*results.refused) == timed_out);
  BOOST_TEST(std::get<1>(*results.refused) == 0U);
  BOOST_TEST(op.started == 1);
}

BOOST_FIXTURE_TEST_CASE(an_error_code_with_two_values_says_timed_out, fixture) {
  manual_op<error_code, int, std::string> op;
  auto const results = exceed_limit(*this, op, aborted, 1, std::string("half"));
  BOOST_TEST(std::get<0>(*results.expired) == timed_out);
  BOOST_TEST(std::get<2>(*results.expired) == "half");
  BOOST_TEST(std::get<0>(*results.refused) == timed_out);
  BOOST_TEST(std::get<2>(*results.refused).empty());
}

BOOST_FIXTURE_TEST_CASE(an_exception_alone_becomes_the_timeout, fixture) {
  manual_op<std::exception_ptr> op;
  auto const results = exceed_limit(*this, op, as_exception(aborted));
  BOOST_TEST(curfew::is_timeout(std::get<0>(*results.expired)));
  BOOST_TEST(curfew::is_timeout(std::get<0>(*results.refused)));
  BOOST_TEST(op.started == 1);
}

BOOST_FIXTURE_TEST_CASE(an_exception_with_a_value_becomes_the_timeout, fixture) {
  manual_op<std::exception_ptr, int> op;
  auto const results = exceed_limit(*this, op, as_exception(aborted), 3);
  BOOST_TEST(curfew::is_timeout(std::get<0>(*results.expired)));
  BOOST_TEST(std::get<1>(*results.expired) == 3);
  BOOST_TEST(curfew::is_timeout(std::get<0>(*results.refused)));
}

BOOST_FIXTURE_TEST_CASE(a_tuple_that_starts_with_an_error_says_timed_out_in_itself, fixture) {
  using tuple = std::tuple<error_code, int>;
  manual_op<tuple> op;
  auto const results = exceed_limit(*this, op, tuple(aborted, 4));
  BOOST_TEST(std::get<0>(std::get<0>(*results.expired)) == timed_out);
  BOOST_TEST(std::get<1>(std::get<0>(*results.expired)) == 4);
  BOOST_TEST(std::get<0>(std::get<0>(*results.refused)) == timed_out);
  BOOST_TEST(op.started == 1);
}

BOOST_FIXTURE_TEST_CASE(without_an_error_the_operation_is_started_and_asked_at_once, fixture) {
  manual_op<> op;
  auto const results = exceed_limit(*this, op);
  BOOST_TEST(op.started == 2);
  BOOST_TEST(op.requests.size() == 2U);
  BOOST_TEST(results.refused.has_value());
}

BOOST_FIXTURE_TEST_CASE(a_value_without_an_error_is_delivered_whatever_fired, fixture) {
  manual_op<std::string> op;
  auto const results = exceed_limit(*this, op, std::string("what there is"));
  BOOST_TEST(std::get<0>(*results.expired) == "what there is");
  BOOST_TEST(std::get<0>(*results.refused) == "what there is");
  BOOST_TEST(op.started == 2);
}

BOOST_FIXTURE_TEST_CASE(a_move_only_result_comes_through, fixture) {  // WF-33
  manual_op<error_code, move_only> op;
  given<error_code, move_only> result;
  keep(curfew::wait_for(context, op(), 1s), result);
  BOOST_TEST(op.complete({}, std::make_unique<int>(9)));
  BOOST_REQUIRE(result.has_value());
  BOOST_TEST(*std::get<1>(*result) == 9);
}

BOOST_FIXTURE_TEST_CASE(a_value_that_comes_with_the_expiry_is_kept, fixture) {
  manual_op<error_code, move_only> op;
  given<error_code, move_only> result;
  op.on_cancel = [&] { op.post({}, std::make_unique<int>(9)); };
  keep(curfew::wait_for(context, op(), 1s), result);
  time.run();
  BOOST_REQUIRE(result.has_value());
  BOOST_TEST(std::get<0>(*result) == error_code());
  BOOST_TEST(*std::get<1>(*result) == 9);
}

BOOST_FIXTURE_TEST_CASE(a_result_without_default_value_is_made_by_the_operation, fixture) {
  manual_op<error_code, no_default> op;
  given<error_code, no_default> expired, refused;
  op.on_cancel = [&] { op.post(aborted, no_default(5)); };
  keep(curfew::wait_for(context, op(), 1s), expired);
  time.run();
  keep(curfew::wait_for(context, op(), 0s), refused);
  time.run();
  BOOST_TEST(op.started == 2);
  BOOST_REQUIRE(expired.has_value());
  BOOST_REQUIRE(refused.has_value());
  BOOST_TEST(std::get<0>(*expired) == timed_out);
  BOOST_TEST(std::get<1>(*expired).value == 5);
  BOOST_TEST(std::get<0>(*refused) == timed_out);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_refused_may_end_while_it_starts, fixture) {
  manual_op<no_default> op;
  given<no_default> result;
  op.on_start = [&] { op.complete(no_default(6)); };
  keep(curfew::wait_for(context, op(), 0s), result);
  time.run();
  BOOST_REQUIRE(result.has_value());
  BOOST_TEST(std::get<0>(*result).value == 6);
  BOOST_TEST(op.requests.empty());
}

BOOST_FIXTURE_TEST_CASE(errors_of_their_own_come_through_in_each_place, fixture) {  // WF-10 WF-22
  error_code const eof = asio::error::eof;
  manual_op<error_code> code;
  BOOST_TEST(std::get<0>(*exceed_limit(*this, code, eof).expired) == eof);

  fixture second;
  manual_op<std::exception_ptr> thrown;
  auto const own = std::make_exception_ptr(42);
  BOOST_TEST((std::get<0>(*exceed_limit(second, thrown, own).expired) == own));

  fixture third;
  manual_op<std::tuple<error_code, int>> tuple;
  auto const results = exceed_limit(third, tuple, std::tuple(eof, 1));
  BOOST_TEST(std::get<0>(std::get<0>(*results.expired)) == eof);
}

BOTH_WAYS(each_signature_can_be_awaited) {
  manual_op<error_code> code;
  manual_op<error_code, int> one;
  manual_op<error_code, int, move_only> two;
  manual_op<error_code, no_default> bare;
  manual_op<std::exception_ptr> thrown;
  manual_op<> nothing;
  manual_op<move_only> value;
  manual_op<std::tuple<error_code, int>> tuple;
  code.on_start = [&] { code.post({}); };
  one.on_start = [&] { one.post({}, 1); };
  two.on_start = [&] { two.post({}, 1, std::make_unique<int>(2)); };
  bare.on_start = [&] { bare.post({}, no_default(3)); };
  thrown.on_start = [&] { thrown.post(nullptr); };
  nothing.on_start = [&] { nothing.post(); };
  value.on_start = [&] { value.post(std::make_unique<int>(4)); };
  tuple.on_start = [&] { tuple.post({error_code(), 5}); };
  run([&]() -> awaitable<> {
    co_await curfew::wait_for(code(), 1s);
    BOOST_TEST(co_await curfew::wait_for(one(), 1s) == 1);
    auto const both = co_await curfew::wait_for(two(), 1s);
    BOOST_TEST(*std::get<1>(both) == 2);
    BOOST_TEST((co_await curfew::wait_for(bare(), 1s)).value == 3);
    co_await curfew::wait_for(thrown(), 1s);
    co_await curfew::wait_for(nothing(), 1s);
    BOOST_TEST(*co_await curfew::wait_for(value(), 1s) == 4);
    auto const result = co_await curfew::wait_for(tuple(), 1s);
    BOOST_TEST(std::get<1>(result) == 5);
  });
}

BOTH_WAYS(an_io_object_whose_default_token_is_as_tuple_says_timed_out_in_the_tuple) {
  using plain_timer = asio::as_tuple_t<asio::deferred_t>::as_default_on_t<asio::steady_timer>;
  using awaited_timer =
      asio::as_tuple_t<asio::use_awaitable_t<>>::as_default_on_t<asio::steady_timer>;
  plain_timer plain(context, asio::steady_timer::time_point::max());
  awaited_timer awaited(context, asio::steady_timer::time_point::max());
  run([&]() -> awaitable<> {
    auto const first = co_await curfew::wait_for(plain.async_wait(), 1s);
    BOOST_TEST(std::get<0>(first) == timed_out);
    auto const second = co_await curfew::wait_for(awaited.async_wait(), 1s);
    BOOST_TEST(std::get<0>(second) == timed_out);
    auto const third = co_await curfew::wait_for(plain.async_wait(), 0s);
    BOOST_TEST(std::get<0>(third) == timed_out);
    auto const fourth = co_await curfew::wait_for(awaited.async_wait(), 0s);
    BOOST_TEST(std::get<0>(fourth) == timed_out);
  });
  BOOST_TEST(elapsed() == 2s);
}

BOOST_AUTO_TEST_SUITE_END()
