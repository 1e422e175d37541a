#include <algorithm>
#include <curfew/finally.hpp>
#include <curfew/testing/cancel_at_every_step.hpp>
#include <curfew/testing/manual_operation.hpp>

#include "same_tick.hpp"

// Requests to tasks in each order of what happens at one instant, and after each step.

BOOST_AUTO_TEST_SUITE(conforming_tasks_races)

CONFORMS("TC-02", a_task_that_is_asked_before_its_first_instruction_never_runs_it) {
  int were_early = 0;
  in_each_order([&]() -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    auto const later = asio::require(here, asio::execution::blocking.never);
    auto const argument = make_held();
    int ran = 0;
    bool early = false;
    curfew::task<void> t;
    auto const body = [&](held) -> awaitable<> {
      ++ran;
      co_await curfew::sleep_forever();
    };
    auto const spawns = [&] { t = curfew::spawn(later, {}, body, argument); };
    auto const cancels = [&] { early = t.valid() && ran == 0 && t.cancel(); };
    co_await at_one_instant(spawns, cancels);
    early = early || ran == 0;
    t.cancel();
    co_await t.wait();
    BOOST_TEST(t.cancelled());
    BOOST_TEST(ran == !early);
    BOOST_TEST(argument.use_count() == 1);
    were_early += early;
  });
  BOOST_TEST(were_early > 0);
}

CONFORMS("TC-12", a_request_that_is_withdrawn_before_the_body_runs_is_never_seen) {
  int withdrawn = 0, delivered = 0;
  in_each_order([&](curfew::testing::virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    curfew::event gate;
    std::optional<curfew::timeout_scope> scope;
    bool extended = false;
    auto const body = [&](curfew::timeout_scope& mine) -> awaitable<> {
      scope = mine;
      co_await gate.wait();
      co_await curfew::sleep_for(1s);
    };
    auto const t = curfew::spawn(co_await asio::this_coro::executor,
                                 [&] { return curfew::timeout(1s, body); });
    // The limit passes in the same instant.
    co_await at_one_instant([&] {
      gate.set();
      extended = scope->reschedule_after(1h);
    });
    co_await t.wait();
    BOOST_TEST(t.result().has_value() == extended);
    BOOST_TEST(t.result().timed_out() == !extended);
    BOOST_TEST((time.now() - began == (extended ? 2s : 1s)));
    ++(extended ? withdrawn : delivered);
  });
  BOOST_TEST(withdrawn > 0);
  BOOST_TEST(delivered > 0);
}

CONFORMS("TC-30", an_awaiter_of_a_shared_task_that_is_cancelled_harms_neither_it_nor_the_other) {
  int left = 0;
  in_each_order([&]() -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    auto const shared = curfew::spawn(here, give(7, 1s));
    int got_first = 0, got_second = 0;
    auto const joins = [&](int& got) -> awaitable<> { got = co_await shared.join(); };
    auto const first = curfew::spawn(here, {}, joins, std::ref(got_first));
    auto const second = curfew::spawn(here, {}, joins, std::ref(got_second));
    co_await at_one_instant([&] { first.cancel(); });  // as the shared one ends
    co_await first.wait();
    co_await second.wait();
    BOOST_TEST(first.cancelled() == (got_first == 0));
    BOOST_TEST(got_second == 7);
    BOOST_TEST(shared.result().value() == 7);
    left += first.cancelled();
  });
  BOOST_TEST(left > 0);
}

CONFORMS("TC-34", cancelled_after_any_step_a_task_destroys_what_it_has_once_and_in_order) {
  std::string made, destroyed;
  bool elsewhere = false;
  auto const argument = make_held();
  auto const work = [&](asio::strand<asio::any_io_executor> mine, held) -> awaitable<> {
    auto const local = [&, mine](char name) {
      made += name;
      return std::shared_ptr<void>(nullptr, [&, mine, name](auto) {
        destroyed += name;
        elsewhere = elsewhere || !mine.running_in_this_thread();
      });
    };
    auto const a = local('a');
    co_await curfew::sleep_for(1s);
    auto const b = local('b');
    co_await give(7, 1s, argument);
    auto const c = local('c');
    co_await asio::post(asio::deferred);
  };
  auto const scenario = [&]() -> awaitable<> {
    auto const mine = asio::make_strand(co_await asio::this_coro::executor);
    co_await curfew::with_task_group([&](curfew::task_group& group) -> awaitable<> {
      group.spawn(mine, {}, work, mine, argument);
      co_return;
    });
  };
  auto const steps = curfew::testing::cancel_at_every_step(scenario, [&](auto const& run) {
    std::reverse(made.begin(), made.end());
    BOOST_TEST(destroyed == made);
    BOOST_TEST(!elsewhere);
    BOOST_TEST(argument.use_count() == 1);
    BOOST_TEST((run.took == 0s));
    made.clear();
    destroyed.clear();
  });
  BOOST_TEST(steps > 3U);
}

ALSO_CONFORMS("TC-06", a_task_that_cancels_itself_as_others_do_keeps_its_value) {
  int others_first = 0, itself_first = 0;
  in_each_order([&]() -> awaitable<> {
    curfew::task<int> me;
    bool early = false, ran = false;
    auto const body = [&]() -> awaitable<int> {
      co_await curfew::sleep_for(1s);  // is over by then, whoever asks first
      ran = true;
      BOOST_TEST(me.cancel() == !early);
      BOOST_TEST(!me.cancel());
      co_return 7;
    };
    me = curfew::spawn(co_await asio::this_coro::executor, body);
    co_await at_one_instant([&] {
      early = me.cancel();
      BOOST_TEST(early == !ran);
    });
    co_await me.wait();
    BOOST_TEST(!me.cancelled());
    BOOST_TEST(me.result().value() == 7);
    ++(early ? others_first : itself_first);
  });
  BOOST_TEST(others_first > 0);
  BOOST_TEST(itself_first > 0);
}

ALSO_CONFORMS("TC-24", a_request_from_outside_stays_in_whichever_order_the_groups_own_comes) {
  in_each_order([]() -> awaitable<> {
    curfew::task<void> parent;
    std::optional<curfew::task_group> kept;
    bool outside = false, went_on = false;
    int asked = 0;
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      kept = group;
      group.spawn(until_asked(asked));
      co_await curfew::sleep_forever();
    };
    auto const work = [&]() -> awaitable<> {
      (void)co_await curfew::settle(curfew::with_task_group(body));
      co_await curfew::sleep_for(1s);
      went_on = true;
    };
    parent = curfew::spawn(co_await asio::this_coro::executor, work);
    co_await at_one_instant([&] { kept->cancel(); }, [&] { outside = parent.cancel(); });
    co_await parent.wait();
    BOOST_TEST(asked == 1);
    BOOST_TEST(outside);
    BOOST_TEST(parent.cancelled());
    BOOST_TEST(!went_on);
  });
}

ALSO_CONFORMS("TC-27", a_value_that_comes_as_the_request_does_is_given_and_the_next_wait_fails) {
  int requests = 0;
  in_each_order([&](curfew::testing::virtual_time& time) -> awaitable<> {
    curfew::testing::manual_operation<int> op(time);
    op.refuse_cancellation();
    int got = 0;
    auto const body = [&]() -> awaitable<> {
      got = co_await op();
      co_await curfew::sleep_for(1h);
    };
    auto const t = curfew::spawn(co_await asio::this_coro::executor, body);
    co_await at_one_instant([&] { op.complete(7); }, [&] { BOOST_TEST(t.cancel()); });
    co_await t.wait();
    BOOST_TEST(got == 7);
    BOOST_TEST(t.cancelled());
    requests += static_cast<int>(op.requests().size());
  });
  BOOST_TEST(requests > 0);
}

ALSO_CONFORMS("TC-29", a_joined_tasks_cancellation_is_told_from_the_joiners_own_in_any_order) {
  int own = 0, theirs = 0;
  in_each_order([&]() -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    auto const joined = curfew::spawn(here, sleepy(1h));
    std::string said;
    auto const joins = [&]() -> awaitable<> {
      auto const got = co_await curfew::settle(joined.join());
      said = words_of(got.error());
    };
    auto const joiner = curfew::spawn(here, joins);
    co_await at_one_instant([&] { joined.cancel(); }, [&] { joiner.cancel(); });
    co_await joined.wait();
    co_await joiner.wait();
    BOOST_TEST((said == "task_cancelled" || said == "aborted"));
    BOOST_TEST(joiner.result().has_value());
    ++(said == "aborted" ? own : theirs);
  });
  BOOST_TEST(own > 0);
  BOOST_TEST(theirs > 0);
}

ALSO_CONFORMS("TC-31", a_second_request_as_the_cleanup_begins_or_ends_changes_nothing) {
  in_each_order([](curfew::testing::virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    int cleaned = 0;
    auto const cleanup = [&]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      ++cleaned;
    };
    auto const body = [&]() -> awaitable<> {
      ENDS(end::aborted, curfew::finally(sleepy(1h), cleanup));
      co_await curfew::sleep_for(1h);
    };
    auto const t = curfew::spawn(co_await asio::this_coro::executor, body);
    int first = 0;
    auto const asks = [&] { first += t.cancel(); };
    co_await at_one_instant(asks, asks);  // as it begins
    co_await at_one_instant(asks);        // as it ends
    co_await t.wait();
    BOOST_TEST(first == 1);
    BOOST_TEST(cleaned == 1);
    BOOST_TEST(t.cancelled());
    BOOST_TEST((time.now() - began == 2s));
  });
}

BOOST_AUTO_TEST_SUITE_END()
