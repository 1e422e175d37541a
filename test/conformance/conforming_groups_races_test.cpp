#include <algorithm>
#include <curfew/testing/cancel_at_every_step.hpp>

#include "same_tick.hpp"

// Groups in each order of what happens at one instant, and stopped after each step.

BOOST_AUTO_TEST_SUITE(conforming_groups_races)

CONFORMS("TG-04", of_several_children_that_fail_in_one_tick_no_error_is_lost) {
  std::size_t most = 0;
  in_each_order([&]() -> awaitable<> {
    std::string thrown;
    auto const fails = [&](char name) -> awaitable<> {
      co_await curfew::sleep_for(1s);
      thrown += (thrown.empty() ? "" : " ") + std::string(1, name);
      throw failure(std::string(1, name));
    };
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      for (char const name : {'a', 'b', 'c'}) group.spawn({}, fails, name);
      co_return;
    };
    auto const got = co_await curfew::settle(curfew::with_task_group(body));
    BOOST_TEST(words_of(got.error()) == (thrown.size() == 1 ? thrown : '[' + thrown + ']'));
    most = std::max(most, thrown.size());
  });
  BOOST_TEST(most == 5U);  // all three did
}

CONFORMS("TG-41", a_child_that_is_ready_as_its_group_is_cancelled_is_stopped_with_its_children) {
  int were_heard = 0, were_not = 0;
  in_each_order([&](curfew::testing::virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    bool heard = false;
    int begun = 0, asked = 0;
    auto const leaf = [&]() -> awaitable<> {
      ++begun;
      co_await until_asked(asked);
    };
    auto const inner = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(leaf);
      co_await leaf();
    };
    auto const child = [&](curfew::task_started<int> const& started) -> awaitable<> {
      co_await curfew::sleep_for(1s);
      heard = started(80);
      co_await curfew::with_task_group(inner);
    };
    std::optional<int> port;
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      curfew::spawn(co_await asio::this_coro::executor,
                    [&group] { return at_one_instant([&group] { group.cancel(); }); });
      port = co_await group.start(child);
      co_await curfew::sleep_forever();
    };
    co_await curfew::with_task_group(body);
    BOOST_TEST(port.has_value() == heard);
    BOOST_TEST(asked == begun);
    BOOST_TEST((time.now() - began == 1s));
    ++(heard ? were_heard : were_not);
  });
  BOOST_TEST(were_heard > 0);
  BOOST_TEST(were_not > 0);
}

CONFORMS("TG-51", a_child_that_fails_in_the_tick_in_which_the_body_ends_is_not_lost) {
  int after_the_body = 0, before_it = 0;
  in_each_order([&]() -> awaitable<> {
    bool body_ended = false;
    auto const fails = [&]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      ++(body_ended ? after_the_body : before_it);
      throw failure("broken");
    };
    auto const body = [&](curfew::task_group& group) -> awaitable<int> {
      group.spawn(fails);
      co_await curfew::sleep_for(1s);
      body_ended = true;
      co_return 7;
    };
    SAYS("broken", curfew::with_task_group(body));
  });
  BOOST_TEST(after_the_body > 0);
  BOOST_TEST(before_it > 0);
}

BOOST_AUTO_TEST_SUITE_END()
