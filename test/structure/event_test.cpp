#include <curfew/event.hpp>
#include <future>
#include <string>
#include <vector>

#include "waits.hpp"

BOOST_AUTO_TEST_SUITE(event)

namespace {

using wait = wait_of<>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(all_who_wait_go_on_in_order_when_it_is_set, fixture) {
  curfew::event gate;
  std::string order;
  auto const waiter = [&](char name) -> awaitable<> {
    co_await gate.wait();
    order += name;
  };
  for (char const name : {'a', 'b', 'c'}) asio::co_spawn(context, waiter(name), asio::detached);
  time.run();
  BOOST_TEST(order.empty());
  BOOST_TEST(!gate.is_set());
  gate.set();
  BOOST_TEST(gate.is_set());
  BOOST_TEST(order.empty());  // each on its own executor
  time.run();
  BOOST_TEST(order == "abc");
}

BOOST_FIXTURE_TEST_CASE(a_waiter_that_was_woken_goes_on_though_a_reset_follows, fixture) {
  curfew::event gate;
  wait woken(gate.wait(context));
  gate.set();
  gate.reset();
  wait late(gate.wait(context));
  time.run();
  BOOST_TEST(woken.how() == end::value);
  BOOST_TEST(!late.ended());
  late.cancel();
  time.run();
  BOOST_TEST(late.how() == end::aborted);
}

BOOST_FIXTURE_TEST_CASE(waits_for_what_is_set_complete_at_once_without_end, fixture) {
  curfew::event gate;
  gate.set();
  int turns = 0;
  bool done = false;
  auto const others = [&]() -> awaitable<> {
    while (!done) {
      ++turns;
      co_await asio::post(asio::deferred);
    }
  };
  run([&]() -> awaitable<> {
    asio::co_spawn(context, others(), asio::detached);
    for (int i = 0; i < 100'000; ++i) co_await gate.wait();
    done = true;
  });
  BOOST_TEST(turns > 100'000 / 70);  // others have their turns
  BOOST_TEST(turns < 100'000 / 32);
}

BOOST_FIXTURE_TEST_CASE(a_handler_that_is_started_elsewhere_is_not_called_inside_the_start,
                        fixture) {
  curfew::event gate;
  gate.set();
  wait plain(gate.wait(context));
  bool bound = false;
  gate.wait()(asio::bind_executor(context, [&](error_code) { bound = true; }));
  BOOST_TEST(!plain.ended());
  BOOST_TEST(!bound);
  auto future = gate.wait(context)(asio::use_future);
  time.run();
  BOOST_TEST(plain.how() == end::value);
  BOOST_TEST(bound);
  future.get();
}

BOOST_FIXTURE_TEST_CASE(the_first_the_middle_and_the_last_can_be_cancelled, fixture) {
  for (int which = 0; which < 3; ++which) {
    curfew::event gate;
    wait a(gate.wait(context)), b(gate.wait(context)), c(gate.wait(context));
    wait* const all[] = {&a, &b, &c};
    all[which]->cancel();
    BOOST_TEST(!all[which]->ended());  // not inside the request
    gate.set();
    time.settle();
    for (int i = 0; i < 3; ++i)
      BOOST_TEST(all[i]->how() == (i == which ? end::aborted : end::value));
  }
}

BOOST_FIXTURE_TEST_CASE(the_first_of_a_set_and_a_cancellation_wins, fixture) {  // SY-03
  for (bool const set_first : {true, false}) {
    curfew::event gate;
    wait one(gate.wait(context));
    if (set_first) gate.set();
    one.cancel();
    if (!set_first) gate.set();
    time.settle();
    BOOST_TEST(one.how() == (set_first ? end::value : end::aborted));
  }
}

BOOST_FIXTURE_TEST_CASE(a_request_that_came_after_the_choice_is_seen_at_the_next_wait, fixture) {
  curfew::event gate;
  bool woken = false;
  auto const main = [&]() -> awaitable<> {
    co_await gate.wait();
    woken = true;
    ENDS(end::aborted, gate.wait());
  };
  start(main);
  time.run();
  asio::post(context, [&] {
    gate.set();
    cancel();
  });
  time.run();
  BOOST_TEST(woken);
  BOOST_TEST((ended == end::value));
}

BOOST_FIXTURE_TEST_CASE(a_wait_is_refused_in_a_scope_that_was_asked_to_stop, fixture) {
  curfew::event gate;
  gate.set();
  run([&]() -> awaitable<> {
    auto body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      scope.cancel("enough");
      ENDS(end::aborted, gate.wait());
    };
    co_await curfew::move_on_after(1h, body);
    ENDS(end::timed_out, curfew::wait_for(gate.wait(), 0s));
    ENDS(end::value, curfew::wait_for(gate.wait(), 1ns));
  });
}

BOOST_FIXTURE_TEST_CASE(a_limit_ends_a_wait_and_leaves_nothing, fixture) {
  curfew::event gate;
  run([&]() -> awaitable<> { ENDS(end::timed_out, curfew::wait_for(gate.wait(), 1h)); });
  BOOST_TEST(elapsed() == 1h);
  BOOST_TEST(time.pending() == 0U);
}

BOOST_FIXTURE_TEST_CASE(it_may_be_destroyed_when_all_were_woken_but_did_not_run_yet, fixture) {
  std::optional<curfew::event> gate(std::in_place);
  wait one(gate->wait(context));
  gate->set();
  gate.reset();
  time.run();
  BOOST_TEST(one.how() == end::value);
}

BOOST_AUTO_TEST_CASE(a_context_may_die_before_and_after_the_choice) {
  for (bool const chosen : {false, true}) {
    curfew::event gate;
    auto const kept = std::make_shared<int>();
    int woken = 0;
    {
      asio::io_context context;
      auto const waiter = [&](std::shared_ptr<int>) -> awaitable<> {
        co_await gate.wait();
        ++woken;
      };
      asio::co_spawn(context, waiter(kept), asio::detached);
      asio::co_spawn(asio::make_strand(context), waiter(kept), asio::detached);
      gate.wait(context)([&, kept](error_code) { ++woken; });
      context.poll();
      BOOST_TEST(!context.stopped());
      if (chosen) gate.set();
    }
    gate.set();
    BOOST_TEST(woken == 0);
    BOOST_TEST(kept.use_count() == 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()
