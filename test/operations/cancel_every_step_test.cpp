#include "disturbed.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

// Scopes and limits, disturbed after each of their steps.

BOOST_AUTO_TEST_SUITE(cancel_every_step)

namespace {

awaitable<> single_limits() {
  local const here;
  BOOST_TEST(!co_await in_time(curfew::wait_for(curfew::sleep_for(3s), 1s)));
  BOOST_TEST(!co_await in_time(curfew::wait_for(asleep(3s, local()), 1s)));
  BOOST_TEST(co_await in_time(curfew::wait_for(curfew::sleep_for(1s), 3s)));
  BOOST_TEST(co_await in_time(curfew::wait_for(asleep(1s, local()), 3s)));
  BOOST_TEST(!co_await in_time(curfew::wait_for(asleep(1s, local()), 0s)));
  BOOST_TEST(!co_await in_time(curfew::wait_for(curfew::sleep_for(1s), 0s)));
  co_await curfew::checkpoint();
  co_await curfew::sleep_for(1s);
}

awaitable<> nested_scopes() {
  local const here;
  auto const innermost = [](local) -> awaitable<int> {
    local const there;
    co_await curfew::sleep_for(1s);
    co_await asio::post(asio::deferred);
    co_await curfew::wait_for(asleep(1s, local()), 5s);
    co_return 7;
  };
  auto const middle = [&](curfew::timeout_scope& scope, local) -> awaitable<int> {
    local const there;
    auto const kept = scope;
    co_await curfew::move_on_after(1s, asleep, 4s, local());
    auto const got = co_await curfew::move_on_after(10s, innermost, local());
    BOOST_TEST((got == 7));
    co_await curfew::sleep_for(1h);
    co_return 0;
  };
  BOOST_TEST(!co_await in_time(curfew::timeout(10s, middle, local())));
  BOOST_TEST(!(co_await curfew::move_on_after(2s, middle, local())).has_value());
  co_await curfew::sleep_for(1s);
}

awaitable<> moved_and_cancelled_scopes() {
  local const here;
  auto const body = [](curfew::timeout_scope& scope, bool by_name) -> awaitable<> {
    local const there;
    co_await curfew::sleep_for(1s);
    if (!scope.reschedule_after(2s)) co_await curfew::sleep_for(1s);
    co_await curfew::sleep_for(1s);
    if (by_name) scope.cancel("enough");
    co_await curfew::sleep_for(1h);
  };
  BOOST_TEST(!co_await curfew::move_on_after(5s, body, true));
  BOOST_TEST(!co_await in_time(curfew::timeout(5s, body, false)));
  co_await curfew::sleep_for(1s);
}

awaitable<> both_sides_of_operators() {
  using namespace asio::experimental::awaitable_operators;
  local const here;
  auto const both = []() -> awaitable<> {
    co_await (asleep(1s, local()) && curfew::wait_for(asleep(2s, local()), 3s));
    co_await (asleep(1s, local()) || asleep(1h, local()));
    co_await (asleep(1h, local()) && asleep(2h, local()));
  };
  BOOST_TEST(!co_await in_time(curfew::timeout(5s, both)));
  co_await curfew::sleep_for(1s);
}

awaitable<> equal_deadlines() {
  local const here;
  auto const inner = []() -> awaitable<> {
    local const there;
    co_await curfew::timeout(2s, asleep, 2s, local());
    co_await curfew::wait_for(asleep(1h, local()), 0s);
  };
  auto const outer = [&]() -> awaitable<> { co_await curfew::timeout(2s, inner); };
  co_await in_time(curfew::timeout(2s, outer));
  co_await curfew::sleep_for(1s);
}

}  // namespace

DISTURBED(single_limits)
DISTURBED(nested_scopes)
DISTURBED(moved_and_cancelled_scopes)
DISTURBED(both_sides_of_operators)
DISTURBED(equal_deadlines)

BOOST_AUTO_TEST_SUITE_END()
