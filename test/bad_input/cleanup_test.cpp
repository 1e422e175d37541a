#include "../support.hpp"

#include <functional>
#include <limits>

// Shields, cleanups and tokens that are given what they cannot use.

BOOST_AUTO_TEST_SUITE(cleanup)

namespace {

constexpr std::chrono::duration<double> not_a_number(std::numeric_limits<double>::quiet_NaN());

bool is_invalid_state(system_error const& e) { return e.code() == curfew::errc::invalid_state; }
bool is_invalid_limit(system_error const& e) { return e.code() == curfew::errc::invalid_limit; }

awaitable<int> answer() { co_return 42; }

}  // namespace

BOOST_AUTO_TEST_CASE(an_awaitable_that_was_moved_from_is_refused_by_the_call) {
  auto op = answer();
  auto const taken = std::move(op);
  auto& empty = op;
  int cleanups = 0;
  auto const clean_up = [&] { ++cleanups; };
  curfew::cancellation_source const source;
  auto const token = source.token();
  curfew::cancellation_token const none;
  asio::io_context context;
  BOOST_CHECK_EXCEPTION((void)curfew::shield(std::move(empty)), system_error, is_invalid_state);
  BOOST_CHECK_EXCEPTION((void)curfew::shield(std::move(empty), curfew::grace{1s}), system_error,
                        is_invalid_state);
  BOOST_CHECK_EXCEPTION((void)curfew::finally(std::move(empty), clean_up), system_error,
                        is_invalid_state);
  BOOST_CHECK_EXCEPTION((void)curfew::finally(std::move(empty), clean_up, 1s), system_error,
                        is_invalid_state);
  BOOST_CHECK_EXCEPTION((void)curfew::cancel_when(std::move(empty), token), system_error,
                        is_invalid_state);
  BOOST_CHECK_EXCEPTION((void)curfew::cancel_when(std::move(empty), none), system_error,
                        is_invalid_state);
  BOOST_CHECK_EXCEPTION((void)curfew::cancel_when(context, std::move(empty), token), system_error,
                        is_invalid_state);
  auto const shielded = curfew::shielded([&] { return std::move(empty); });
  BOOST_CHECK_EXCEPTION((void)shielded(), system_error, is_invalid_state);
  BOOST_TEST(cleanups == 0);
}

BOOST_FIXTURE_TEST_CASE(an_awaitable_that_was_awaited_is_refused_by_the_call, fixture) {
  run([]() -> awaitable<> {
    auto op = answer();
    BOOST_TEST((co_await std::move(op)) == 42);
    BOOST_CHECK_EXCEPTION((void)curfew::shield(std::move(op)), system_error, is_invalid_state);
    BOOST_CHECK_EXCEPTION((void)curfew::finally(std::move(op), [] {}), system_error,
                          is_invalid_state);
  });
}

BOOST_AUTO_TEST_CASE(a_limit_that_is_no_number_is_refused_by_the_call) {
  int cleanups = 0;
  auto const clean_up = [&] { ++cleanups; };
  BOOST_CHECK_EXCEPTION((void)curfew::grace{not_a_number}, system_error, is_invalid_limit);
  BOOST_CHECK_EXCEPTION((void)curfew::shield(answer(), curfew::grace{not_a_number}), system_error,
                        is_invalid_limit);
  BOOST_CHECK_EXCEPTION((void)curfew::finally(answer(), clean_up, not_a_number), system_error,
                        is_invalid_limit);
  BOOST_CHECK_EXCEPTION((void)curfew::finally(curfew::sleep_for(1s), clean_up, -not_a_number),
                        system_error, is_invalid_limit);
  BOOST_TEST(cleanups == 0);
}

BOOST_FIXTURE_TEST_CASE(a_refused_limit_leaves_the_operation_to_its_caller, fixture) {
  run([]() -> awaitable<> {
    auto op = answer();
    BOOST_CHECK_THROW((void)curfew::finally(std::move(op), [] {}, not_a_number), system_error);
    BOOST_TEST(op.valid());
    BOOST_TEST(co_await std::move(op) == 42);
  });
}

BOOST_FIXTURE_TEST_CASE(a_null_function_as_a_cleanup_fails_like_any_cleanup, fixture) {
  run([]() -> awaitable<> {
    std::function<void()> const null;
    std::function<awaitable<>(curfew::outcome<int> const&)> const null_coroutine;
    auto const first = co_await curfew::settle(curfew::finally(answer(), null));
    BOOST_REQUIRE(first.error());
    BOOST_CHECK_THROW(std::rethrow_exception(first.error()), std::bad_function_call);
    auto const second = co_await curfew::settle(curfew::finally(answer(), null_coroutine));
    BOOST_REQUIRE(second.error());
    BOOST_CHECK_THROW(std::rethrow_exception(second.error()), std::bad_function_call);
    ENDS(end::timed_out, curfew::finally(curfew::wait_for(sleepy(1h), 1s), null));
    ENDS(end::value, curfew::sleep_for(1s));
  });
}

BOOST_FIXTURE_TEST_CASE(a_cleanup_that_returns_an_empty_awaitable_is_in_an_invalid_state, fixture) {
  run([]() -> awaitable<> {
    auto const empty = []() -> awaitable<> {
      auto op = sleepy(1s);
      auto const taken = std::move(op);
      return op;
    };
    auto const done = co_await curfew::settle(curfew::finally(answer(), empty));
    BOOST_REQUIRE(done.error());
    BOOST_CHECK_EXCEPTION(std::rethrow_exception(done.error()), system_error, is_invalid_state);
    ENDS(end::timed_out, curfew::finally(curfew::wait_for(sleepy(1h), 1s), empty));
    ENDS(end::value, curfew::sleep_for(1s));
  });
}

BOOST_FIXTURE_TEST_CASE(a_cleanup_that_throws_what_is_no_exception_is_an_error_too, fixture) {
  run([]() -> awaitable<> {
    auto const done = co_await curfew::settle(curfew::finally(answer(), [] { throw 7; }));
    BOOST_REQUIRE(done.error());
    BOOST_CHECK_THROW(std::rethrow_exception(done.error()), int);
  });
}

BOOST_FIXTURE_TEST_CASE(a_cleanup_that_says_aborted_or_timed_out_is_not_taken_for_it, fixture) {
  run([]() -> awaitable<> {
    auto const aborting = [] { throw system_error(asio::error::operation_aborted); };
    auto const late = [] { throw system_error(make_error_code(curfew::errc::timed_out), "own"); };
    ENDS(end::aborted, curfew::finally(answer(), aborting, 1s));
    ENDS(end::timed_out, curfew::finally(answer(), late));
    ENDS(end::value, curfew::sleep_for(1s));
  });
}

BOOST_FIXTURE_TEST_CASE(an_empty_token_cancels_nothing_and_is_never_cancelled, fixture) {
  curfew::cancellation_token const none;
  run([&]() -> awaitable<> {
    BOOST_TEST(!none.cancelled());
    BOOST_TEST(!none);
    BOOST_TEST(!none.reason());
    BOOST_TEST(co_await curfew::cancel_when(answer(), none) == 42);
    ENDS(end::value, curfew::cancel_when(curfew::sleep_for(1s), none));
    ENDS(end::timed_out, curfew::wait_for(none.wait(), 1s));
  });
}

BOOST_AUTO_TEST_SUITE_END()
