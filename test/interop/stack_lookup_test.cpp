#include "keys.hpp"

namespace this_coro = asio::this_coro;

BOOST_AUTO_TEST_SUITE(stack_lookup)

BOOST_FIXTURE_TEST_CASE(a_stack_is_found_in_a_scope_and_not_outside, fixture) {
  run([&]() -> awaitable<> {
    BOOST_TEST((co_await own_stack()) == nullptr);
    BOOST_TEST((co_await handlers_stack()) == nullptr);
    region_stack* first = nullptr;
    auto inner = [&]() -> awaitable<> {
      BOOST_TEST((co_await own_stack()) == first);
      co_await sleepy(1s);
      BOOST_TEST((co_await own_stack()) == first);
    };
    auto outer = [&]() -> awaitable<> {
      first = co_await own_stack();
      BOOST_TEST(first != nullptr);
      co_await curfew::timeout(1h, inner);
      ENDS(end::timed_out, curfew::timeout(500ms, inner));
      BOOST_TEST((co_await own_stack()) == first);
    };
    co_await curfew::timeout(curfew::never, outer);
    BOOST_TEST((co_await own_stack()) == nullptr);
  });
}

BOOST_FIXTURE_TEST_CASE(an_operation_finds_the_stack_through_every_adapter, fixture) {
  run([&]() -> awaitable<> {
    auto body = [&]() -> awaitable<> {
      auto* const mine = co_await own_stack();
      BOOST_REQUIRE(mine != nullptr);
      BOOST_TEST((co_await handlers_stack()) == mine);
      BOOST_TEST((co_await handlers_stack()(asio::use_awaitable)) == mine);
      BOOST_TEST(std::get<1>(co_await handlers_stack()(asio::as_tuple(asio::deferred))) == mine);
      error_code error;
      auto const redirected =
          co_await handlers_stack()(asio::redirect_error(asio::use_awaitable, error));
      BOOST_TEST(redirected == mine);
      auto const appended = co_await handlers_stack()(asio::append(asio::use_awaitable, 42));
      BOOST_TEST(std::get<0>(appended) == mine);
      // A limit has a slot of its own and hands on everything else.
      BOOST_TEST((co_await curfew::wait_for(handlers_stack(), 1s)) == mine);
      BOOST_TEST((co_await curfew::wait_for(curfew::wait_for(handlers_stack(), 1s), 2s)) == mine);
      BOOST_TEST((co_await curfew::wait_for(handlers_key(), 1s)) != (co_await key()));
    };
    co_await curfew::timeout(1h, body);
  });
}

BOOST_FIXTURE_TEST_CASE(who_replaces_the_state_is_found_no_more_and_works_all_the_same, fixture) {
  run([&]() -> awaitable<> {
    auto body = [&]() -> awaitable<> {
      co_await this_coro::reset_cancellation_state(asio::enable_total_cancellation());
      BOOST_TEST((co_await own_stack()) == nullptr);
      ENDS(end::timed_out, curfew::timeout(1s, sleepy, 1h));
      ENDS(end::timed_out, curfew::wait_for(sleepy(1h), 1s));
    };
    co_await curfew::timeout(1h, body);
  });
  BOOST_TEST(elapsed() == 2s);
}

BOOST_AUTO_TEST_SUITE_END()
