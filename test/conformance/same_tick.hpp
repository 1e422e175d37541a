#ifndef CURFEW_TEST_CONFORMANCE_SAME_TICK_HPP
#define CURFEW_TEST_CONFORMANCE_SAME_TICK_HPP

#include <curfew/testing/permute_same_tick.hpp>
#include <utility>

#include "../structure/owners.hpp"
#include "conformance.hpp"

/// Runs a scenario in every order of what happens at one instant, of which there must be several.
template <class F>
void in_each_order(F scenario) {
  auto const tried = curfew::testing::permute_same_tick(std::move(scenario));
  BOOST_TEST(tried.all);
  BOOST_TEST(tried.runs > 1U);
}

/// Calls each function in a task of its own, all a second from now, and waits for them.
template <class... Fs>
awaitable<> at_one_instant(Fs... events) {
  auto const call_later = [](auto event) -> awaitable<> {
    co_await curfew::sleep_for(1s);
    event();
  };
  co_await curfew::with_task_group([&](curfew::task_group& group) -> awaitable<> {
    (group.spawn({}, call_later, events), ...);
    co_return;
  });
}

#endif
