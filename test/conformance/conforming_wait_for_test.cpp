#include "asking.hpp"

BOOST_FIXTURE_TEST_SUITE(conforming_wait_for, asking)

namespace {

using curfew::wait_for;
using void_op = manual_op<error_code>;

error_code const aborted = asio::error::operation_aborted;

}  // namespace

CONFORMS("WF-01", an_operation_that_ends_in_time_gives_its_value_and_leaves_no_timer) {
  run([&]() -> awaitable<> {
    BOOST_TEST(co_await wait_for(give(7, 1ms), 1h) == 7);
    BOOST_TEST(time.pending() == 0U);
  });
  BOOST_TEST(elapsed() == 1ms);
}

CONFORMS("WF-02", without_a_limit_no_timer_is_armed) {
  void_op op;
  op.on_start = [&] {
    BOOST_TEST(time.pending() == 0U);
    op.post({});
  };
  run([&]() -> awaitable<> { ENDS(end::value, wait_for(op(), curfew::never)); });
  BOOST_TEST(op.started == 1);
}

CONFORMS("WF-03", what_timed_out_has_been_destroyed_when_the_caller_goes_on) {
  int destroyed = 0;
  run([&]() -> awaitable<> {
    auto const body = [](witness) -> awaitable<> { co_await curfew::sleep_forever(); };
    ENDS(end::timed_out, wait_for(body(witness(destroyed)), 5ms));
    BOOST_TEST(destroyed == 1);
  });
  BOOST_TEST(elapsed() == 5ms);
}

CONFORMS("WF-04", a_timeout_waits_for_asynchronous_cleanup) {
  int cleaned = 0;
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, wait_for(slow_to_clean(3s, cleaned), 1s));
    BOOST_TEST(cleaned == 1);
  });
  BOOST_TEST(elapsed() == 4s);
}

CONFORMS("WF-05", a_limit_of_zero_on_a_running_child_is_a_timeout_after_the_childs_cleanup) {
  int cleaned = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    auto const t = group.spawn(slow_to_clean(3s, cleaned));
    co_await wait_for(t.join(), 0s);
  };
  run([&]() -> awaitable<> { ENDS(end::timed_out, curfew::with_task_group(body)); });
  BOOST_TEST(cleaned == 1);
  BOOST_TEST(elapsed() == 3s);
}

CONFORMS("WF-06", a_task_that_is_done_gives_its_value_although_the_limit_has_passed) {
  auto const t = curfew::spawn(context, give(7, 1s));
  auto const failed = curfew::spawn(context, fail("broken", 1s));
  time.run();
  BOOST_TEST_REQUIRE(t.done());
  run([&]() -> awaitable<> {
    auto const began = time.now();
    auto const body = [&]() -> awaitable<int> { return t.join(); };
    auto const fails = [&]() -> awaitable<> { return failed.join(); };
    for (auto const limit : {0s, -1s, std::chrono::seconds::min()}) {
      BOOST_TEST(co_await curfew::timeout(limit, body) == 7);
      BOOST_TEST((co_await curfew::move_on_after(limit, body)).value() == 7);
      SAYS("broken", curfew::timeout(limit, fails));
      BOOST_TEST(co_await wait_for(t.join(), limit) == 7);
      BOOST_TEST((co_await curfew::move_on_after(t.join(), limit)).value() == 7);
      SAYS("broken", wait_for(failed.join(), limit));
      ENDS(end::value, wait_for(t.wait(), limit));
      BOOST_TEST(co_await curfew::move_on_after(t.wait(), limit));
      auto const going = curfew::spawn(context, give(7, 1s));
      ENDS(end::timed_out, wait_for(going.join(), limit));
      ENDS(end::timed_out, wait_for(going.wait(), limit));
      BOOST_TEST(!co_await curfew::move_on_after(going.wait(), limit));
      ENDS(end::value, curfew::checkpoint());
    }
    BOOST_TEST(co_await curfew::timeout_at(began - 1s, body) == 7);
    BOOST_TEST((time.now() == began));
  });
  BOOST_TEST(t.result().value() == 7);
}

CONFORMS("WF-07", a_coroutine_whose_limit_has_passed_never_starts_and_is_destroyed_once) {
  int started = 0, destroyed = 0;
  auto const body = [&](witness) -> awaitable<> {
    ++started;
    co_return;
  };
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, wait_for(body(witness(destroyed)), 0s));
    BOOST_TEST(destroyed == 1);
    ENDS(end::timed_out, wait_for(body(witness(destroyed)), -1s));
  });
  BOOST_TEST(started == 0);
  BOOST_TEST(destroyed == 2);
}

CONFORMS("WF-08", a_sleeping_child_with_no_time_left_is_cancelled_and_cleans_up) {
  auto const with_limit = [&](auto limit) {
    int cleaned = 0;
    curfew::task<void> t;
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      t = group.spawn(slow_to_clean(0s, cleaned));
      co_await wait_for(t.join(), limit);
    };
    run([&]() -> awaitable<> { ENDS(end::timed_out, curfew::with_task_group(body)); });
    BOOST_TEST(t.cancelled());
    BOOST_TEST(cleaned == 1);
  };
  with_limit(0s);
  with_limit(-1s);
  with_limit(-1ns);
  with_limit(std::chrono::hours(-1));
  BOOST_TEST(elapsed() == 0s);
}

CONFORMS("WF-10", an_error_thrown_while_being_cancelled_reaches_the_caller) {
  auto const mine = std::make_exception_ptr(failure("mine"));
  run([&]() -> awaitable<> { SAYS("mine", wait_for(answer_with(mine), 1s)); });
  BOOST_TEST(elapsed() == 1s);
}

CONFORMS("WF-11", an_operation_that_ignores_the_limit_is_waited_for_and_gives_its_value) {
  manual_op<error_code, int> op;
  run([&]() -> awaitable<> {
    curfew::sleep_for(context, 2s)([&](error_code) { op.complete({}, 7); });
    BOOST_TEST(co_await wait_for(op(), 1s) == 7);
  });
  BOOST_TEST(op.requests.size() == 1U);
  BOOST_TEST(elapsed() == 2s);
}

CONFORMS("WF-12", a_stubborn_operation_holds_up_a_waiter_that_is_cancelled) {
  void_op op;
  start([&]() -> awaitable<> { co_await wait_for(op(), 1h); });
  ask_after(1s);
  BOOST_TEST(op.requests.size() == 1U);
  BOOST_TEST(!ended);
  asio::post(context, [&] { op.complete(aborted); });
  time.settle();
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(elapsed() == 1s);
}

CONFORMS("WF-13", a_callers_cancellation_reaches_the_operation_and_is_no_timeout) {
  for (auto const limit : {curfew::clock::duration(1h), curfew::clock::duration::max()}) {
    void_op op;
    op.on_cancel = [&] { op.post(aborted); };
    ended.reset();
    start([&]() -> awaitable<> { co_await wait_for(op(), limit); });
    ask_after(1s);
    BOOST_TEST(op.requests.size() == 1U);
    BOOST_TEST((ended == end::aborted));
  }
  BOOST_TEST(elapsed() == 2s);
}

CONFORMS("WF-15", a_failure_before_the_limit_passes_at_once_and_unchanged) {
  run([]() -> awaitable<> { SAYS("mine", wait_for(fail("mine", 1ms), 1h)); });
  BOOST_TEST(elapsed() == 1ms);
}

CONFORMS("WF-17", a_timeout_error_of_the_operations_own_is_not_wrapped) {
  auto const mine =
      std::make_exception_ptr(system_error(make_error_code(curfew::errc::timed_out), "mine"));
  std::optional<curfew::timeout_scope> kept;
  auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
    kept.emplace(scope);
    co_await answer_with(mine);
  };
  run([&]() -> awaitable<> { co_await curfew::timeout(1s, body); }, end::timed_out);
  BOOST_CHECK_EXCEPTION(std::rethrow_exception(exception), system_error,
                        [](auto const& e) { return std::string(e.what()).rfind("mine", 0) == 0; });
  BOOST_TEST(kept->expired());
}

CONFORMS("WF-18", a_limit_on_a_join_leaves_the_task_running_and_its_value_is_got_later) {
  run([&]() -> awaitable<> {
    auto const t = curfew::spawn(context, give(7, 3s));
    ENDS(end::timed_out, wait_for(t.join(), 0s));
    ENDS(end::timed_out, wait_for(t.join(), 1s));
    BOOST_TEST(elapsed() == 1s);
    BOOST_TEST(co_await wait_for(t.join(), curfew::never) == 7);
  });
  BOOST_TEST(elapsed() == 3s);
}

CONFORMS("WF-22", an_error_at_the_instant_of_the_limit_is_the_one_reported) {
  auto const tried = curfew::testing::permute_same_tick([](auto&) -> awaitable<> {
    auto const executor = co_await asio::this_coro::executor;
    void_op op;
    curfew::sleep_for(executor, 1s)([&](error_code) { op.complete(asio::error::eof); });
    ENDS(end::other, wait_for(op(), 1s));
  });
  BOOST_TEST(tried.all);
  BOOST_TEST(tried.runs > 1U);
}

BOOST_AUTO_TEST_SUITE_END()
