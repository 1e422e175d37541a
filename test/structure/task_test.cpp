#include "../operations/manual_op.hpp"
#include "owners.hpp"

// A task by itself: how it is asked to stop, and how it ends.

BOOST_AUTO_TEST_SUITE(task)

BOOST_FIXTURE_TEST_CASE(the_first_request_is_accepted_and_ends_it_as_cancelled, fixture) {
  auto const t = curfew::spawn(context, {"sleeper"}, sleepy, 1h);  // TC-01, TC-18
  auto same = t;
  time.settle();
  BOOST_TEST(!t.done());
  BOOST_TEST(same.cancel({"enough"}));
  BOOST_TEST(!same.cancel({"again"}));
  time.run();
  BOOST_TEST(t.done());
  BOOST_TEST(t.cancelled());
  BOOST_TEST(!same.cancel());
  BOOST_TEST(end_of(t.result().error()) == end::aborted);
  BOOST_TEST(t.reason().text() == "enough");  // TC-04, TC-15, TC-16
  BOOST_TEST((elapsed() == 0s));
}

BOOST_FIXTURE_TEST_CASE(asked_before_its_first_instruction_it_never_runs, fixture) {  // TC-02
  auto const argument = make_held();
  int ran = 0;
  auto const body = [&ran](held) -> awaitable<> {
    ++ran;
    co_return;
  };
  auto t = curfew::spawn(context, {"early"}, body, argument);
  auto lazy = curfew::spawn(context, give(1, 0s, argument));
  BOOST_TEST(argument.use_count() == 3);
  BOOST_TEST(t.cancel({"bye"}));
  BOOST_TEST(lazy.cancel());
  BOOST_TEST(!t.done());
  run([&]() -> awaitable<> {
    SAYS("task_cancelled", t.join());
    SAYS("task_cancelled", lazy.join());
    BOOST_TEST(argument.use_count() == 1);
  });
  BOOST_TEST(ran == 0);
  BOOST_TEST(t.cancelled());
  BOOST_TEST(t.reason().text() == "bye");
}

BOOST_FIXTURE_TEST_CASE(a_request_after_the_end_does_nothing, fixture) {  // TC-03
  auto t = curfew::spawn(context, give(7, 1s));
  time.run();
  BOOST_TEST(!t.cancel({"late"}));
  BOOST_TEST(t.result().value() == 7);
  BOOST_TEST(!t.cancelled());
  BOOST_TEST(!t.reason());
}

BOOST_FIXTURE_TEST_CASE(one_that_cancels_itself_is_stopped_where_it_next_waits, fixture) {  // TC-05
  bool went_on = false;
  curfew::task<void> me;
  auto const body = [&]() -> awaitable<> {
    co_await asio::post(asio::deferred);
    BOOST_TEST(me.cancel({"by myself"}));
    BOOST_TEST(!me.cancel());
    co_await curfew::sleep_for(0s);
    went_on = true;
  };
  me = curfew::spawn(context, body);
  time.run();
  BOOST_TEST(!went_on);
  BOOST_TEST(me.cancelled());
}

BOOST_FIXTURE_TEST_CASE(a_value_beats_the_request, fixture) {  // TC-06, TC-09
  curfew::task<int> me;
  auto const body = [&]() -> awaitable<int> {
    co_await asio::post(asio::deferred);
    me.cancel({"by myself"});
    co_return 7;
  };
  me = curfew::spawn(context, body);
  auto const swallows = []() -> awaitable<int> {
    ENDS(end::aborted, curfew::sleep_forever());
    co_return 8;
  };
  auto other = curfew::spawn(context, swallows);
  time.settle();
  other.cancel({"why"});
  time.run();
  BOOST_TEST(me.result().value() == 7);
  BOOST_TEST(other.result().value() == 8);
  BOOST_TEST(!other.cancelled());
  BOOST_TEST(other.reason().text() == "why");
}

BOOST_FIXTURE_TEST_CASE(an_error_of_its_own_beats_the_request, fixture) {  // TC-17
  auto const body = []() -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_forever());
    throw failure("broken");
  };
  auto t = curfew::spawn(context, body);
  time.settle();
  t.cancel();
  time.run();
  BOOST_TEST(!t.cancelled());
  BOOST_TEST(words_of(t.result().error()) == "broken");
}

BOOST_FIXTURE_TEST_CASE(who_swallows_the_request_meets_it_again, fixture) {  // TC-10
  auto const body = []() -> awaitable<int> {
    ENDS(end::aborted, curfew::sleep_for(1h));
    ENDS(end::aborted, curfew::sleep_for(1h));
    ENDS(end::aborted, asio::post(asio::deferred));
    ENDS(end::aborted, give(1, 0s));
    co_return 7;
  };
  auto t = curfew::spawn(context, body);
  time.settle();
  t.cancel();
  time.run();
  BOOST_TEST(t.result().value() == 7);
  BOOST_TEST((elapsed() == 0s));
}

BOOST_FIXTURE_TEST_CASE(one_that_only_yields_is_stopped_at_a_yield, fixture) {  // TC-13
  auto const body = []() -> awaitable<> {
    for (;;) co_await asio::post(asio::deferred);
  };
  auto t = curfew::spawn(context, body);
  for (int i = 0; i < 20; ++i) context.poll_one();
  BOOST_TEST(!t.done());
  t.cancel();
  time.run();
  BOOST_TEST(t.cancelled());
}

BOOST_FIXTURE_TEST_CASE(what_was_called_cleans_up_before_the_caller_decides, fixture) {  // TC-14
  std::string order;
  struct writer {
    std::string& to;
    char what;
    ~writer() { to += what; }
  };
  auto const leaf = [&]() -> awaitable<> {
    writer const here{order, '1'};
    co_await curfew::sleep_forever();
  };
  auto const middle = [&]() -> awaitable<int> {
    writer const here{order, '3'};
    ENDS(end::aborted, leaf());
    order += '2';
    co_return 7;
  };
  auto t = curfew::spawn(context, middle);
  time.settle();
  t.cancel();
  time.run();
  BOOST_TEST(order == "123");
  BOOST_TEST(t.result().value() == 7);
}

BOOST_FIXTURE_TEST_CASE(on_its_executor_it_runs_inside_the_call_until_it_waits, fixture) {
  auto const caller = [&]() -> awaitable<> {  // TC-22, TC-23
    auto const executor = co_await asio::this_coro::executor;
    auto const at_once = []() -> awaitable<int> { co_return 7; };
    auto quick = curfew::spawn(executor, at_once);
    BOOST_TEST(quick.done());
    BOOST_TEST(!quick.cancel());
    BOOST_TEST(quick.result().value() == 7);
    auto slow = curfew::spawn(executor, give(8, 1h));
    BOOST_TEST(!slow.done());
    BOOST_TEST(slow.cancel({"message"}));
    SAYS("task_cancelled", slow.join());
    BOOST_TEST(slow.reason().text() == "message");
  };
  run(caller);
}

BOOST_FIXTURE_TEST_CASE(an_operation_that_cannot_be_cancelled_is_waited_for, fixture) {  // TC-27
  manual_op<error_code> op;
  bool went_on = false;
  auto const body = [&]() -> awaitable<> {
    co_await op();
    went_on = true;
    co_await curfew::sleep_for(1h);
  };
  auto t = curfew::spawn(context, body);
  time.settle();
  t.cancel();
  time.settle();
  BOOST_TEST(op.requests.size() == 1U);
  BOOST_TEST(!t.done());  // TC-28: resumed when the abort is done, never before
  op.post(error_code());
  time.run();
  BOOST_TEST(went_on);
  BOOST_TEST(t.cancelled());
  BOOST_TEST((elapsed() == 0s));
}

BOOST_FIXTURE_TEST_CASE(a_second_request_does_not_interrupt_the_cleanup, fixture) {  // TC-31
  int cleaned = 0;
  auto const cleanup = [&]() -> awaitable<> {
    co_await curfew::sleep_for(2s);
    ++cleaned;
  };
  auto const body = [&]() -> awaitable<> { co_await curfew::finally(sleepy(1h), cleanup); };
  auto t = curfew::spawn(context, body);
  time.settle();
  BOOST_TEST(t.cancel());
  time.advance(1s);
  BOOST_TEST(!t.cancel());
  time.run();
  BOOST_TEST(cleaned == 1);
  BOOST_TEST(t.cancelled());
  BOOST_TEST((elapsed() == 2s));
}

BOOST_FIXTURE_TEST_CASE(the_request_can_be_seen_without_waiting, fixture) {  // TC-33
  curfew::task<int> me;
  auto const body = [&]() -> awaitable<int> {
    auto const self = co_await curfew::this_task::self();
    co_await asio::post(asio::deferred);
    BOOST_TEST(!self.cancelled());
    me.cancel({"look"});
    BOOST_TEST(self.cancelled());
    BOOST_TEST(self.reason().text() == "look");
    co_return 7;
  };
  me = curfew::spawn(context, body);
  time.run();
  BOOST_TEST(me.result().value() == 7);
}

BOOST_FIXTURE_TEST_CASE(an_abort_that_nobody_asked_for_is_not_reported, fixture) {  // TC-08
  captured_cerr const cerr;
  asio::steady_timer timer(context, 24h);
  auto const body = [&]() -> awaitable<> { co_await timer.async_wait(asio::deferred); };
  {
    auto t = curfew::spawn(context, {"cut"}, body);
    time.settle();
    timer.cancel();
    time.run();
    BOOST_TEST(t.done());
    BOOST_TEST(!t.reason());
  }
  BOOST_TEST(cerr.count("\"cut\"") == 0);
}

BOOST_FIXTURE_TEST_CASE(exceptions_in_flight_are_not_mixed_between_tasks, fixture) {  // TC-35
  std::string order;
  auto const body = [&](std::string name) -> awaitable<> {
    for (int i = 0; i < 3; ++i) {
      std::exception_ptr mine;
      try {
        co_await fail(name, 1s);
      } catch (...) {
        mine = std::current_exception();
      }
      co_await asio::post(asio::deferred);
      BOOST_TEST(std::uncaught_exceptions() == 0);
      order += words_of(mine);
    }
  };
  curfew::spawn(context, {"a"}, body, "a");
  curfew::spawn(context, {"b"}, body, "b");
  time.run();
  BOOST_TEST(order == "ababab");
}

BOOST_AUTO_TEST_SUITE_END()
