#include "../operations/manual_op.hpp"
#include "../structure/owners.hpp"
#include "conformance.hpp"

// How a task is asked to stop, and what becomes of the request.

BOOST_AUTO_TEST_SUITE(conforming_tasks)

CONFORMS("TC-01", the_first_request_to_a_sleeping_task_is_accepted_and_no_later_one) {
  fixture f;
  auto const t = curfew::spawn(f.context, sleepy(1h));
  f.time.settle();
  BOOST_TEST(t.cancel());
  BOOST_TEST(!t.done());  // it is asked, and not waited for
  f.time.run();
  BOOST_TEST(t.cancelled());
  BOOST_TEST(!t.cancel());
  BOOST_TEST((f.elapsed() == 0s));
}

CONFORMS("TC-03", a_request_to_a_finished_task_changes_nothing) {
  fixture f;
  auto const t = curfew::spawn(f.context, give(7, 1s));
  f.time.run();
  BOOST_TEST(!t.cancel({"late"}));
  f.time.run();
  BOOST_TEST(!t.cancelled());
  BOOST_TEST(t.result().value() == 7);
  BOOST_TEST(!t.reason());
}

CONFORMS("TC-04", two_requests_before_the_delivery_are_one) {
  fixture f;
  manual_op<error_code> op;
  op.on_cancel = [&op] { op.post(asio::error::operation_aborted); };
  auto const body = [&]() -> awaitable<int> {
    ENDS(end::aborted, op());
    co_return 7;
  };
  auto const t = curfew::spawn(f.context, body);
  f.time.settle();
  BOOST_TEST(t.cancel());
  BOOST_TEST(!t.cancel());
  f.time.run();
  BOOST_TEST(op.requests.size() == 1U);
  BOOST_TEST(t.result().value() == 7);
}

CONFORMS("TC-05", a_task_that_cancels_itself_is_stopped_where_it_next_waits) {
  fixture f;
  curfew::task<void> me;
  std::string got_to;
  auto const body = [&]() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    BOOST_TEST(me.cancel());
    got_to = "the wait";
    co_await curfew::sleep_for(1s);
    got_to = "the end";
  };
  me = curfew::spawn(f.context, body);
  f.time.run();
  BOOST_TEST(got_to == "the wait");
  BOOST_TEST(me.cancelled());
  BOOST_TEST((f.elapsed() == 1s));
}

CONFORMS("TC-06", a_task_that_cancels_itself_and_returns_keeps_its_value) {
  fixture f;
  curfew::task<int> me;
  auto const body = [&]() -> awaitable<int> {
    co_await curfew::sleep_for(1s);
    BOOST_TEST(me.cancel());
    co_return 7;
  };
  me = curfew::spawn(f.context, body);
  f.run([&]() -> awaitable<> { BOOST_TEST(co_await me.join() == 7); });
  BOOST_TEST(!me.cancelled());
}

CONFORMS("TC-07", a_task_with_a_pending_request_does_not_begin_to_await_another) {
  fixture f;
  auto const other = curfew::spawn(f.context, give(7, 1h));
  curfew::task<void> me;
  auto const body = [&]() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    me.cancel();
    co_await other.join();
  };
  me = curfew::spawn(f.context, body);
  f.time.advance(1s);
  BOOST_TEST(me.cancelled());
  BOOST_TEST(!other.done());
  f.time.run();
  BOOST_TEST(other.result().value() == 7);  // joining is no owning
}

CONFORMS("TC-08", an_abort_by_a_third_party_is_a_failure_and_no_request) {
  fixture f;
  manual_op<error_code> op;
  auto const cut = [&]() -> awaitable<> { co_await op(); };
  curfew::task<void> child;
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    child = group.spawn(cut);
    co_await until_asked(asked);
  };
  f.start([&]() -> awaitable<> { SAYS("aborted", curfew::with_task_group(body)); });
  f.time.settle();
  op.post(asio::error::operation_aborted);
  f.time.run();
  BOOST_TEST(asked == 1);  // the group failed by it
  BOOST_TEST(!child.reason());
  BOOST_TEST((f.ended == end::value));
}

CONFORMS("TC-09", a_task_that_absorbs_the_request_and_returns_is_not_cancelled) {
  fixture f;
  auto const body = []() -> awaitable<int> {
    ENDS(end::aborted, curfew::sleep_forever());
    co_return 7;
  };
  auto const t = curfew::spawn(f.context, body);
  f.time.settle();
  t.cancel();
  f.run([&]() -> awaitable<> { BOOST_TEST(co_await t.join() == 7); });
  BOOST_TEST(!t.cancelled());
}

CONFORMS("TC-10", a_task_that_absorbs_the_request_meets_it_at_each_further_wait) {
  fixture f;
  int waits = 0;
  auto const body = [&]() -> awaitable<int> {
    for (; waits < 3; ++waits) ENDS(end::aborted, curfew::sleep_for(1s));
    co_await asio::this_coro::reset_cancellation_state();
    ENDS(end::value, curfew::sleep_for(1s));  // absorbed by a call that says so
    co_return 7;
  };
  auto const t = curfew::spawn(f.context, body);
  f.time.settle();
  t.cancel();
  f.time.run();
  BOOST_TEST(waits == 3);
  BOOST_TEST(t.result().value() == 7);
  BOOST_TEST((f.elapsed() == 1s));
}

CONFORMS("TC-11", a_request_to_a_scope_ends_with_it_and_the_next_scope_can_be_asked_again) {
  fixture f;
  std::optional<curfew::timeout_scope> left;
  auto const asks_itself = [&](curfew::timeout_scope& scope) -> awaitable<> {
    left = scope;
    scope.cancel();
    co_await curfew::sleep_for(1h);
  };
  f.run([&]() -> awaitable<> {
    for (int i = 1; i <= 2; ++i) {
      ENDS(end::aborted, curfew::timeout(1h, asks_itself));
      BOOST_TEST(left->cancelled());
      co_await curfew::sleep_for(1s);  // nothing of the request is left
    }
    left->cancel();
    co_await curfew::sleep_for(1s);
  });
  BOOST_TEST((f.elapsed() == 3s));
}

CONFORMS("TC-13", a_task_that_does_nothing_but_yield_is_stopped_at_a_yield) {
  fixture f;
  auto const spin = []() -> awaitable<> {
    for (;;) co_await asio::post(asio::deferred);
  };
  auto const t = curfew::spawn(f.context, spin);
  for (int i = 0; i < 10; ++i) f.context.poll_one();
  BOOST_TEST(!t.done());
  t.cancel();
  f.time.run();
  BOOST_TEST(t.cancelled());
}

CONFORMS("TC-14", the_leaf_cleans_up_first_and_the_frame_that_catches_decides) {
  fixture f;
  std::string order;
  auto const leaf = [&]() -> awaitable<> {
    std::shared_ptr<void> const local(nullptr, [&](auto) { order += "leaf "; });
    co_await curfew::sleep_forever();
  };
  auto const middle = [&]() -> awaitable<> { co_await leaf(); };
  auto const outer = [&]() -> awaitable<int> {
    ENDS(end::aborted, middle());
    order += "decides";
    co_return 7;
  };
  auto const t = curfew::spawn(f.context, outer);
  f.time.settle();
  t.cancel();
  f.time.run();
  BOOST_TEST(order == "leaf decides");
  BOOST_TEST(t.result().value() == 7);
}

CONFORMS("TC-15", what_a_request_says_can_be_read_by_the_task_and_by_who_awaits_it) {
  fixture f;
  std::string inside, joined;
  auto const body = [&]() -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    ENDS(end::aborted, curfew::sleep_forever());
    inside = self.reason().text();
    co_await curfew::checkpoint();
  };
  auto const t = curfew::spawn(f.context, body);
  f.time.settle();
  t.cancel({"superseded"});
  f.run([&]() -> awaitable<> {
    auto const got = co_await curfew::settle(t.join());
    try {
      got.value();
    } catch (std::exception const& e) {
      joined = e.what();
    }
  });
  BOOST_TEST(inside == "superseded");
  BOOST_TEST(joined.find("superseded") != std::string::npos);
  BOOST_TEST(t.reason().text() == "superseded");
  BOOST_TEST((t.reason().cause() == curfew::cancellation_cause::requested));
}

CONFORMS("TC-16", of_two_requests_with_different_messages_the_first_sticks) {
  fixture f;
  auto const t = curfew::spawn(f.context, sleepy(1h));
  f.time.settle();
  BOOST_TEST(t.cancel({"first"}));
  BOOST_TEST(!t.cancel({"second"}));
  BOOST_TEST(t.reason().text() == "first");
  f.time.run();
  BOOST_TEST(!t.cancel({"third"}));
  BOOST_TEST(t.reason().text() == "first");
}

CONFORMS("TC-17", an_error_instead_of_the_cancellation_is_what_the_task_ends_with) {
  fixture f;
  auto const t = curfew::spawn(f.context, []() -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_forever());
    throw failure("disk full");
  });
  f.time.settle();
  t.cancel();
  f.run([&]() -> awaitable<> { SAYS("disk full", t.join()); });
  BOOST_TEST(!t.cancelled());
}

CONFORMS("TC-18", a_cancelled_sleep_leaves_no_timer_and_time_does_not_go_to_it) {
  fixture f;
  auto const t = curfew::spawn(f.context, sleepy(1h));
  f.time.settle();
  BOOST_TEST(f.time.pending() == 1U);
  t.cancel();
  f.time.settle();
  BOOST_TEST(t.cancelled());
  BOOST_TEST(f.time.pending() == 0U);
  f.time.run();
  BOOST_TEST((f.elapsed() == 0s));
}

BOOST_AUTO_TEST_SUITE_END()
