#include "../operations/manual_op.hpp"
#include "owners.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <future>

// How others wait for a task, and what they are told.

BOOST_AUTO_TEST_SUITE(task_join)

EACH_OWNER(joining_gives_the_value_to_each_who_joins) {
  auto const t = curfew::spawn(context, give(7, 1s));
  auto const body = [&]() -> awaitable<> {
    BOOST_TEST(co_await t.join() == 7);
    BOOST_TEST((elapsed() == 1s));
    BOOST_TEST(co_await t.join() == 7);
    co_await t.wait();
  };
  run(body);
}

EACH_OWNER(results_of_any_kind_are_handed_over) {
  auto const only_moves = []() -> awaitable<move_only> {
    co_await curfew::sleep_for(1s);
    co_return std::make_unique<int>(7);
  };
  auto const has_no_default = []() -> awaitable<no_default> { co_return no_default(8); };
  struct neither {
    explicit neither(int v) : value(v) {}
    neither(neither&&) = default;
    int value;
  };
  auto const has_neither = []() -> awaitable<neither> { co_return neither(9); };
  auto a = curfew::spawn(context, only_moves);
  auto b = curfew::spawn(context, has_no_default);
  auto c = curfew::spawn(context, has_neither);
  auto d = curfew::spawn(context, sleepy(1s));
  auto const body = [&]() -> awaitable<> {
    co_await a.wait();
    BOOST_TEST(*a.result().value() == 7);  // looking takes nothing
    auto const taken = co_await std::move(a).join();
    BOOST_TEST(*taken == 7);
    auto const copied = co_await b.join();
    BOOST_TEST(copied.value == 8);
    auto const moved = co_await std::move(c).join();
    BOOST_TEST(moved.value == 9);
    co_await d.join();
    co_await std::move(d).join();
  };
  run(body);
}

EACH_OWNER(a_failure_is_rethrown_as_it_is_to_each_who_joins) {
  auto t = curfew::spawn(context, fail("broken", 1s));
  auto const no_exception = []() -> awaitable<> {
    throw 42;
    co_return;
  };
  auto odd = curfew::spawn(context, no_exception);
  auto const body = [&]() -> awaitable<> {
    SAYS("broken", t.join());
    SAYS("broken", std::move(t).join());
    int caught = 0;
    try {
      co_await odd.join();
    } catch (int i) {
      caught = i;
    }
    BOOST_TEST(caught == 42);
  };
  run(body);
}

EACH_OWNER(the_tasks_cancellation_is_told_apart_from_the_joiners) {  // TC-29
  auto t = curfew::spawn(context, {"name"}, sleepy, 1h);
  auto const body = [&]() -> awaitable<> {
    std::string what;
    try {
      co_await t.join();
    } catch (system_error const& e) {
      BOOST_TEST((e.code() == curfew::errc::task_cancelled));
      BOOST_TEST(!curfew::is_cancellation(e.code()));
      what = e.what();
    }
    BOOST_TEST(what.find("\"name\"") != std::string::npos);
    BOOST_TEST(what.find("no longer wanted") != std::string::npos);
    co_await t.wait();  // throws nothing, and the joiner itself was not cancelled
    co_await curfew::checkpoint();
  };
  start(body);
  settle();
  t.cancel({"no longer wanted"});
  finish();
}

EACH_OWNER(a_joiner_that_is_cancelled_leaves_at_once_and_the_task_goes_on) {  // TC-30, TC-07
  auto t = curfew::spawn(context, give(7, 1h));
  int second = 0;
  auto const other = [&]() -> awaitable<> { second = co_await t.join(); };
  auto const waiting = curfew::spawn(context, other);
  start([&]() -> awaitable<> { co_await t.join(); });
  time.advance(1s);
  ask_and_settle();
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST((elapsed() == 1s));
  BOOST_TEST(!t.done());
  time.run();
  BOOST_TEST(second == 7);
  BOOST_TEST(t.result().value() == 7);
}

EACH_OWNER(a_joiner_that_is_cancelled_as_the_task_ends_gets_the_value_or_leaves) {
  manual_op<> ready;
  int got = 0;
  auto const work = [&]() -> awaitable<int> {
    co_await ready();
    co_return 7;
  };
  auto const t = curfew::spawn(context, work);
  start([&]() -> awaitable<> { got = co_await t.join(); });
  settle();
  ready.complete();  // the news that it ended is on its way
  BOOST_TEST(t.done());
  ask();
  finish();
  BOOST_TEST(got == 7);
}

EACH_OWNER(waiting_never_throws_the_tasks_error) {
  auto broken = curfew::spawn(context, fail("broken", 1s));
  auto stopped = curfew::spawn(context, sleepy(1h));
  auto const body = [&]() -> awaitable<> {
    co_await broken.wait();
    BOOST_TEST(words_of(broken.result().error()) == "broken");
    stopped.cancel();
    co_await stopped.wait();
    BOOST_TEST(stopped.cancelled());
    error_code error;
    co_await broken.wait()(asio::redirect_error(asio::use_awaitable, error));
    BOOST_TEST(!error);
  };
  run(body);
}

BOOST_FIXTURE_TEST_CASE(waiting_works_for_handlers_of_any_kind, fixture) {
  auto t = curfew::spawn(context, give(7, 1s));
  auto future = t.wait(context)(asio::use_future);
  auto by_executor = t.wait(context.get_executor())(asio::use_future);
  int called = 0;
  t.wait(context)([&](error_code error) { called += !error; });
  t.wait()(asio::bind_executor(context, [&](error_code error) { called += !error; }));
  time.run();
  t.wait(context)([&](error_code error) { called += !error; });  // after the end too
  time.run();
  future.get();
  by_executor.get();
  BOOST_TEST(called == 3);
}

EACH_OWNER(a_limit_around_joining_ends_the_joining_only) {
  auto t = curfew::spawn(context, give(7, 1h));
  auto const body = [&]() -> awaitable<> {
    SAYS("timed_out", curfew::wait_for(t.join(), 1s));
    SAYS("timed_out", curfew::wait_for(t.wait(), 1s));
    SAYS("timed_out", curfew::wait_for(t.join(), 0s));
    BOOST_TEST(!(co_await curfew::move_on_after(t.join(), 1s)).has_value());
    BOOST_TEST((elapsed() == 3s));
    BOOST_TEST(!t.done());
    BOOST_TEST(co_await curfew::wait_for(t.join(), 2h) == 7);
    BOOST_TEST(co_await curfew::wait_for(t.join(), 2h) == 7);
  };
  run(body);
}

EACH_OWNER(no_limit_keeps_from_the_end_of_a_task_that_is_done) {
  auto const t = curfew::spawn(context, give(7, 1s));
  auto const failed = curfew::spawn(context, fail("broken", 1s));
  auto const body = [&]() -> awaitable<> {
    auto const kept = curfew::wait_for(t.wait(), 0s);  // a limit counts from the await
    SAYS("timed_out", kept(asio::deferred));
    co_await curfew::sleep_for(1s);
    co_await kept(asio::deferred);
    BOOST_TEST(co_await curfew::wait_until(t.join(), time.now() - 1s) == 7);
    SAYS("broken", curfew::wait_for(failed.join(), -1s));
    SAYS("broken", curfew::move_on_after(failed.join(), -1s));
    // What is asked from outside beats it as ever.
    curfew::cancellation_source source;
    auto const late = [&]() -> awaitable<int> {
      source.cancel();
      return curfew::wait_for(t.join(), 0s);
    };
    SAYS("aborted", curfew::cancel_when(curfew::timeout(curfew::never, late), source.token()));
  };
  run(body);
}

BOOST_FIXTURE_TEST_CASE(to_join_is_an_awaitable_for_whatever_takes_one, fixture) {
  namespace operators = asio::experimental::awaitable_operators;
  auto const t = curfew::spawn(context, give(7, 1s));
  auto by_function = asio::co_spawn(context, [t] { return t.join(); }, asio::use_future);
  auto by_itself = asio::co_spawn(context, t.join(), asio::use_future);
  auto const spawned = curfew::spawn(context, [t] { return t.join(); });
  run([&]() -> awaitable<> {
    using operators::operator&&;
    auto const [a, b] = co_await (t.join() && t.join());
    BOOST_TEST(a + b == 14);
    std::vector<awaitable<int>> several;
    several.push_back(t.join());
    BOOST_TEST((co_await curfew::gather(std::move(several))).front() == 7);
    awaitable<int> plain = t.join();
    BOOST_TEST(co_await std::move(plain) == 7);
    BOOST_TEST(co_await curfew::timeout(0s, [t] { return t.join(); }) == 7);
    co_await (t.wait() | asio::deferred([](error_code e) { return asio::deferred.values(e); }));
    auto const nothing = curfew::spawn(context, sleepy(1ms));
    co_await curfew::finally(sleepy(1ms), [&] { return nothing.join(); });
    BOOST_TEST(co_await curfew::retry(curfew::retry_policy(), [&] { return t.join(); }) == 7);
    BOOST_TEST(co_await curfew::with_task_group([&](curfew::task_group&) { return t.join(); }) ==
               7);
  });
  BOOST_TEST(by_function.get() == 7);
  BOOST_TEST(by_itself.get() == 7);
  BOOST_TEST(spawned.result().value() == 7);
}

EACH_OWNER(joining_in_a_shield_is_not_left) {
  auto const t = curfew::spawn(context, give(7, 1h));
  int got = 0;
  start([&]() -> awaitable<> { got = co_await curfew::shield(t.join()); });
  ask_and_settle();
  BOOST_TEST(!ended);
  finish();
  BOOST_TEST(got == 7);
}

BOOST_FIXTURE_TEST_CASE(a_task_that_joins_itself_is_told, fixture) {  // TC-21
  curfew::task<void> me;
  bool told = false;
  auto const body = [&]() -> awaitable<> {
    co_await asio::post(asio::deferred);
    SAYS("deadlock", me.join());
    SAYS("deadlock", me.wait());
    SAYS("deadlock", curfew::wait_for(me.join(), 1h));
    SAYS("deadlock", curfew::timeout(1h, [&] { return me.join(); }));
    told = true;
  };
  me = curfew::spawn(context, body);
  time.run();
  BOOST_TEST(told);
  BOOST_TEST((elapsed() == 0s));
}

BOOST_FIXTURE_TEST_CASE(a_child_that_joins_who_waits_for_it_is_told, fixture) {
  curfew::task<void> outermost;
  int told = 0;
  auto const grandchild = [&]() -> awaitable<> {
    co_await asio::post(asio::deferred);
    SAYS("deadlock", outermost.join());
    ++told;
  };
  auto const inner = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(grandchild);
    co_return;
  };
  auto const child = [&]() -> awaitable<> {
    co_await curfew::with_task_group(inner);
    co_await asio::post(asio::deferred);
    SAYS("deadlock", outermost.wait());
    ++told;
  };
  auto const outer = [&](curfew::task_group& group) -> awaitable<> {
    auto sibling = group.spawn(give(7, 1s));
    group.spawn(child);
    BOOST_TEST(co_await sibling.join() == 7);  // the way down is free
  };
  auto const owner = [&]() -> awaitable<> { co_await curfew::with_task_group(outer); };
  outermost = curfew::spawn(context, owner);
  time.run();
  BOOST_TEST(told == 2);
  BOOST_TEST(outermost.result().has_value());
}

BOOST_FIXTURE_TEST_CASE(a_failure_that_nobody_looked_at_is_reported_once, fixture) {  // TC-19
  captured_cerr const cerr;
  auto seen = curfew::spawn(context, {"seen"}, fail, "1", 1s, held());
  auto joined = curfew::spawn(context, {"joined"}, fail, "2", 1s, held());
  auto waited = curfew::spawn(context, {"waited"}, fail, "3", 1s, held());
  auto kept = curfew::spawn(context, {"kept"}, fail, "4", 1s, held());
  curfew::spawn(context, {"dropped"}, fail, "5", 1s, held());
  auto stopped = curfew::spawn(context, {"stopped"}, sleepy, 1h);
  run([&]() -> awaitable<> {
    SAYS("2", joined.join());
    co_await waited.wait();  // says that it ended, not how
    stopped.cancel();
  });
  BOOST_TEST(words_of(seen.result().error()) == "1");
  BOOST_TEST(cerr.count("curfew: task #") == 1);
  BOOST_TEST(cerr.count("\"dropped\", spawned at ") == 1);
  BOOST_TEST(cerr.count("nobody looked at it: 5") == 1);
  auto copy = kept;
  seen = joined = waited = kept = stopped = curfew::task<void>();
  BOOST_TEST(cerr.count("\"waited\"") == 1);
  BOOST_TEST(cerr.count("\"kept\"") == 0);
  copy = {};
  BOOST_TEST(cerr.count("\"kept\"") == 1);
  BOOST_TEST(cerr.count("curfew: task #") == 3);
}

BOOST_AUTO_TEST_SUITE_END()
