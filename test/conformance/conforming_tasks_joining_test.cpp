#include <curfew/tasks.hpp>

#include "../operations/manual_op.hpp"
#include "../structure/owners.hpp"
#include "conformance.hpp"

// Handles of tasks: those who hold, drop and join them.

BOOST_AUTO_TEST_SUITE(conforming_tasks_joining)

CONFORMS("TC-19", a_failure_that_nobody_read_is_reported_once_and_reading_silences_it) {
  captured_cerr const log;
  {
    fixture f;
    auto const read = curfew::spawn(f.context, {"read"}, fail, "a", 1s, held());
    auto const joined = curfew::spawn(f.context, {"joined"}, fail, "b", 1s, held());
    auto const unread = curfew::spawn(f.context, {"unread"}, fail, "c", 1s, held());
    auto const copy = unread;
    auto const unwanted = curfew::spawn(f.context, {"unwanted"}, fail, "d", 1s, held());
    f.run([&]() -> awaitable<> { SAYS("b", joined.join()); });
    BOOST_TEST(words_of(read.result().error()) == "a");
    BOOST_TEST(!unwanted.cancel());  // it has ended
    BOOST_TEST(log.text() == "");
  }
  BOOST_TEST(log.count("nobody looked at it") == 1);
  BOOST_TEST(log.count("\"unread\"") == 1);
}

CONFORMS("TC-20", dropping_the_handle_of_a_pending_task_neither_cancels_nor_loses_it) {
  fixture f;
  int got = 0;
  auto const work = [&]() -> awaitable<> { got = co_await give(7, 1s); };
  {
    auto const dropped = curfew::spawn(f.context, work);
  }
  BOOST_TEST(curfew::tasks(f.context).size() == 1U);
  auto const body = [](curfew::task_group& group) -> awaitable<> {
    group.spawn(sleepy(2s));
    co_return;
  };
  f.run([&]() -> awaitable<> {
    co_await curfew::with_task_group(body);
    BOOST_TEST((f.elapsed() == 2s));  // the group joins what nobody holds
  });
  BOOST_TEST(got == 7);
  BOOST_TEST(curfew::tasks(f.context).empty());
}

CONFORMS("TC-21", a_task_that_awaits_itself_is_told_so_and_does_not_hang) {
  fixture f;
  curfew::task<void> me;
  auto const body = [&]() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    SAYS("deadlock", me.join());
    co_await me.wait();
  };
  me = curfew::spawn(f.context, body);
  f.time.run();
  BOOST_REQUIRE(me.done());
  BOOST_TEST(words_of(me.result().error()) == "deadlock");
}

CONFORMS("TC-22", a_task_that_ends_in_its_first_step_is_not_listed_and_not_cancelled) {
  fixture f;
  f.run([&]() -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    auto const t = curfew::spawn(here, []() -> awaitable<int> { co_return 7; });
    BOOST_TEST(t.done());
    BOOST_TEST(curfew::tasks(f.context).empty());
    BOOST_TEST(!t.cancel());
    BOOST_TEST(t.result().value() == 7);
  });
}

CONFORMS("TC-23", a_task_that_waits_after_an_eager_first_step_is_cancelled_with_the_message) {
  fixture f;
  f.run([&]() -> awaitable<> {
    int steps = 0;
    auto const body = [&]() -> awaitable<> {
      ++steps;
      co_await curfew::sleep_for(1h);
      ++steps;
    };
    auto const t = curfew::spawn(co_await asio::this_coro::executor, body);
    BOOST_TEST(steps == 1);
    BOOST_TEST(t.cancel({"enough"}));
    SAYS("task_cancelled", t.join());
    BOOST_TEST(steps == 1);
    BOOST_TEST(t.reason().text() == "enough");
  });
}

CONFORMS("TC-24", of_the_requests_to_a_parent_the_groups_own_ends_with_it_and_the_others_stay) {
  for (bool const asked_from_outside : {false, true}) {
    fixture f;
    curfew::task<void> parent;
    int asked = 0;
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(until_asked(asked));
      co_await curfew::sleep_for(1s);
      group.cancel();
      if (asked_from_outside) parent.cancel({"from outside"});
    };
    auto const work = [&]() -> awaitable<> {
      (void)co_await curfew::settle(curfew::with_task_group(body));
      co_await curfew::sleep_for(1s);
    };
    parent = curfew::spawn(f.context, work);
    f.time.run();
    BOOST_TEST(asked == 1);
    BOOST_TEST(parent.cancelled() == asked_from_outside);
    BOOST_TEST((f.elapsed() == (asked_from_outside ? 1s : 2s)));
  }
}

CONFORMS("TC-26", a_cleanup_that_fails_is_contained_in_the_tasks_outcome) {
  fixture f;
  auto const shielded = curfew::spawn(f.context, [] {
    return curfew::finally(sleepy(1h), [](auto const&) { return fail("cleanup", 1s); });
  });
  auto const by_hand = curfew::spawn(f.context, []() -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_forever());
    throw failure("cleanup");
  });
  f.time.settle();
  shielded.cancel();
  by_hand.cancel();
  BOOST_CHECK_NO_THROW(f.time.run());
  BOOST_TEST(shielded.cancelled());  // the body's end beats the cleanup's
  BOOST_TEST(words_of(by_hand.result().error()) == "cleanup");
  BOOST_TEST((f.elapsed() == 1s));
}

CONFORMS("TC-29", a_joined_tasks_cancellation_and_failure_are_told_apart_from_the_joiners_own) {
  fixture f;
  auto const stopped = curfew::spawn(f.context, sleepy(1h));
  auto const broken = curfew::spawn(f.context, fail("broken", 1s));
  f.time.settle();
  stopped.cancel();
  auto const joiner = curfew::spawn(f.context, [&]() -> awaitable<> {
    SAYS("task_cancelled", stopped.join());
    SAYS("broken", broken.join());
    co_await stopped.wait();
    co_await broken.wait();
    SAYS("aborted", curfew::spawn(f.context, sleepy(5s)).join());
  });
  f.time.advance(2s);
  BOOST_TEST(!joiner.done());
  joiner.cancel();
  f.time.run();
  BOOST_TEST(joiner.result().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
