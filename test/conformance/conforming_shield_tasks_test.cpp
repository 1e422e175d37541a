#include "asking.hpp"

// The other shield: who joins a task may leave, and the task goes on. And what tasks and shields do
// to each other.

BOOST_FIXTURE_TEST_SUITE(conforming_shield_tasks, asking)

namespace {

using curfew::shield;

error_code const aborted = asio::error::operation_aborted;

}  // namespace

CONFORMS("SH-03", who_joins_a_task_leaves_at_once_when_cancelled_and_the_task_goes_on) {
  auto const t = curfew::spawn(context, give(7, 3s));
  start([&]() -> awaitable<> { co_await t.join(); });
  ask_after(1s);
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(!t.done());
  time.run();
  BOOST_TEST(t.result().value() == 7);
  BOOST_TEST(elapsed() == 3s);
}

CONFORMS("SH-04", what_is_complete_already_gives_its_value_in_no_time) {
  auto const t = curfew::spawn(context, give(7, 0s));
  auto const failed = curfew::spawn(context, fail("broken", 0s));
  auto const at_once = []() -> awaitable<int> { co_return 8; };
  time.run();
  auto const looks = [&](bool shielded) -> awaitable<> {
    bool other = false;
    asio::post(context, [&] { other = true; });
    for (int i = 0; i < 3; ++i) BOOST_TEST(co_await t.join() == 7);
    SAYS("broken", failed.join());
    if (shielded) BOOST_TEST(co_await shield(t.join()) == 7);
    if (shielded) BOOST_TEST(co_await shield(at_once()) == 8);
    BOOST_TEST(!other);  // nothing else had a turn
    BOOST_TEST(time.pending() == 0U);
    co_await curfew::sleep_for(0s);
  };
  run([&] { return looks(false); });
  // A shield needs a coroutine of its own in one that plain Asio started, and none in a task.
  run([&]() -> awaitable<> { co_await curfew::spawn(context, looks(true)).join(); });
  run([&]() -> awaitable<> { BOOST_TEST(co_await shield(t.join()) == 7); });
  BOOST_TEST(elapsed() == 0s);
}

CONFORMS("SH-06", a_cancelled_gather_of_joins_leaves_the_tasks_alone) {
  auto const a = curfew::spawn(context, give(7, 2s));
  auto const b = curfew::spawn(context, give(8, 3s));
  start([&]() -> awaitable<> { (void)co_await curfew::gather(a.join(), b.join()); });
  ask_after(1s);
  BOOST_TEST((ended == end::aborted));
  time.run();
  BOOST_TEST(a.result().value() == 7);
  BOOST_TEST(b.result().value() == 8);
}

CONFORMS("SH-07", a_failure_after_everybody_left_is_reported_exactly_once) {
  captured_cerr written;
  start([&]() -> awaitable<> {
    auto const t = curfew::spawn(context, fail("too late", 3s));
    co_await t.join();
  });
  ask_after(1s);
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(written.count("too late") == 0);
  time.run();
  BOOST_TEST(written.count("too late") == 1);
  int reported = 0, seen = 0;
  curfew::testing::permute_same_tick([&](auto&) -> awaitable<> {
    auto const executor = co_await asio::this_coro::executor;
    int const before = written.count("same tick") + seen;
    std::optional<curfew::timeout_scope> kept;
    auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      auto const t = curfew::spawn(executor, fail("same tick", 1s));
      curfew::sleep_for(executor, 1s)([&](error_code) { kept->cancel(); });
      auto const how = co_await curfew::settle(t.join());
      if (!how.cancelled()) ++seen;
    };
    ENDS(end::value, curfew::timeout(1h, body));
    co_await curfew::sleep_for(1s);
    BOOST_TEST(written.count("same tick") + seen == before + 1);
    reported = written.count("same tick");
  });
  BOOST_TEST(reported > 0);
  BOOST_TEST(seen > 0);
}

CONFORMS("SH-08", a_resource_returned_after_everybody_left_is_released) {
  std::weak_ptr<std::string> resource;
  auto const acquire = [&]() -> awaitable<held> {
    co_await curfew::sleep_for(3s);
    auto got = make_held();
    resource = got;
    co_return got;
  };
  start([&]() -> awaitable<> {
    auto const t = curfew::spawn(context, acquire());
    BOOST_TEST(!co_await t.join());
  });
  ask_after(1s);
  BOOST_TEST((ended == end::aborted));
  time.run();
  BOOST_TEST(elapsed() == 3s);
  BOOST_TEST(resource.expired());
}

CONFORMS("SH-22", many_shielded_tasks_under_a_cancelled_scope_keep_the_loop_idle) {
  auto const inner = [](curfew::task_group& group) -> awaitable<> {
    for (int i = 0; i < 10; ++i) group.spawn(shield(sleepy(1h)));
    co_return;
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    for (int i = 0; i < 100; ++i) group.spawn(shield(sleepy(1h)));
    group.spawn(curfew::with_task_group(inner));
    group.spawn(sleepy(0s));  // one that is done stays so
    co_await curfew::sleep_forever();
  };
  start([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  ask_after(1s);
  for (int i = 0; i < 59; ++i) {
    context.restart();
    BOOST_TEST(context.poll() == 0U);
    time.advance(1min);
  }
  BOOST_TEST(time.pending() >= 110U);
  std::size_t handlers = 0;
  for (; time.step(); ++handlers) continue;
  BOOST_TEST(handlers < 400U);
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(elapsed() == 1h);
}

CONFORMS("SH-23", a_request_already_on_its_way_is_delivered_once_and_not_taken_back) {
  manual_op<error_code> op;
  std::optional<curfew::timeout_scope> outer, inner;
  int cleaned = 0;
  auto const clean_up = [&]() -> awaitable<> {  // the shield goes up while the request is answered
    co_await curfew::sleep_for(1s);
    ++cleaned;
  };
  auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
    inner.emplace(scope);
    co_await curfew::finally(op(), clean_up);
    BOOST_ERROR("went on");
  };
  auto const around = [&](curfew::timeout_scope& scope) -> awaitable<> {
    outer.emplace(scope);
    ENDS(end::aborted, curfew::timeout(1h, body));
    co_await curfew::checkpoint();
  };
  start([&]() -> awaitable<> { co_await curfew::timeout(1s, around); });
  time.advance(2s);
  asio::post(context, [&] { outer->cancel("again"); });
  time.advance(1s);
  BOOST_TEST(op.requests.size() == 1U);
  asio::post(context, [&] { inner->cancel("the other scope"); });
  asio::post(context, [&] { inner->cancel("again"); });
  time.settle();
  BOOST_TEST(op.requests.size() == 2U);  // one of each scope: it may have begun in spite of one
  asio::post(context, [&] { op.complete(aborted); });
  time.run();
  BOOST_TEST(cleaned == 1);
  BOOST_TEST((ended == end::timed_out));
  BOOST_TEST(elapsed() == 4s);
}

CONFORMS("SH-25", a_value_and_a_cancellation_at_one_instant_lose_neither) {
  int values = 0, aborts = 0;
  auto const tried = curfew::testing::permute_same_tick([&](auto&) -> awaitable<> {
    auto const executor = co_await asio::this_coro::executor;
    auto const t = curfew::spawn(executor, give(7, 1s));
    auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      curfew::sleep_for(executor, 1s)([&](error_code) { scope.cancel(); });
      auto const got = co_await curfew::settle(t.join());
      ++(got.has_value() ? values : aborts);
      if (!got.has_value()) co_await curfew::checkpoint();
      BOOST_TEST(got.value() == 7);
      co_await curfew::sleep_forever();
    };
    ENDS(end::aborted, curfew::timeout(1h, body));
    BOOST_TEST(co_await t.join() == 7);
  });
  BOOST_TEST(tried.all);
  BOOST_TEST(values > 0);
  BOOST_TEST(aborts > 0);
}

CONFORMS("SH-26", a_child_spawned_inside_a_shield_into_an_outer_group_is_not_protected) {
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    auto const shielded = [&]() -> awaitable<> {
      group.spawn(until_asked(asked));
      co_await curfew::sleep_for(3s);
      BOOST_TEST(asked == 1);
    };
    co_await shield(shielded());
  };
  start([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  ask_after(1s);
  BOOST_TEST(asked == 1);
  BOOST_TEST(!ended);
  time.run();
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(elapsed() == 3s);
}

BOOST_AUTO_TEST_SUITE_END()
