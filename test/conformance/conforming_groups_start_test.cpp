#include "../structure/beside.hpp"
#include "conformance.hpp"

// Children that say when they are ready.

BOOST_AUTO_TEST_SUITE(conforming_groups_start)

namespace {

using curfew::task_started;

/// Is ready after a second, says so, and goes on for two more.
awaitable<> serve(task_started<int> const& started) {
  co_await curfew::sleep_for(1s);
  started(80);
  co_await curfew::sleep_for(2s);
}

}  // namespace

CONFORMS("TG-35", start_gives_what_the_ready_child_reports_and_the_child_goes_on_in_the_group) {
  fixture f;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    BOOST_TEST(co_await group.start(serve) == 80);
    BOOST_TEST((f.elapsed() == 1s));
    BOOST_TEST(group.size() == 1U);
  };
  f.run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST((f.elapsed() == 3s));
}

CONFORMS("TG-36", a_child_that_ends_before_it_is_ready_is_an_error_of_the_start_alone) {
  fixture f;
  auto const fails = [](task_started<int> const&) { return fail("no port", 1s); };
  auto const leaves = [](task_started<int> const&) { return sleepy(1s); };
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    auto const sibling = group.spawn(give(7, 5s));
    SAYS("no port", group.start(fails));
    SAYS("invalid_state", group.start(leaves));
    BOOST_TEST((f.elapsed() == 2s));
    co_return co_await sibling.join();
  };
  f.run([&]() -> awaitable<> { BOOST_TEST(co_await curfew::with_task_group(body) == 7); });
}

CONFORMS("TG-37", a_child_that_fails_after_it_was_ready_fails_the_group_and_not_the_start) {
  fixture f;
  int port = 0, asked = 0;
  auto const fails = [](task_started<int> const& started) -> awaitable<> {
    started(80);
    co_await fail("later", 1s);
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    port = co_await group.start(fails);
    co_await until_asked(asked);
  };
  f.run([&]() -> awaitable<> { SAYS("later", curfew::with_task_group(body)); });
  BOOST_TEST(port == 80);
  BOOST_TEST(asked == 1);
}

CONFORMS("TG-38", a_start_that_is_cancelled_takes_its_child_along_and_the_group_goes_on) {
  fixture f;
  int asked = 0;
  auto const never_ready = [&](task_started<int> const&) { return until_asked(asked); };
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    auto const sibling = group.spawn(give(7, 5s));
    SAYS("timed_out", curfew::wait_for(group.start(never_ready), 1s));
    BOOST_TEST(asked == 1);
    BOOST_TEST(group.size() == 1U);
    co_return co_await sibling.join();
  };
  f.run([&]() -> awaitable<> { BOOST_TEST(co_await curfew::with_task_group(body) == 7); });
  BOOST_TEST((f.elapsed() == 5s));
}

CONFORMS("TG-39", a_child_that_reports_while_its_start_is_being_cancelled_is_not_heard) {
  fixture f;
  std::optional<bool> heard;
  auto const argument = make_held();
  auto const late = [&](task_started<held> const& started, held mine) -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_forever());
    heard = started(std::move(mine));
    ENDS(end::aborted, curfew::sleep_for(1h));  // it stays with its start
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    SAYS("timed_out", curfew::wait_for(group.start(late, argument), 1s));
    BOOST_TEST(argument.use_count() == 1);
    BOOST_TEST(group.size() == 0U);
  };
  f.run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST((heard == false));
  curfew::task<int> me;
  auto const at_once = [&](task_started<int> const& started) -> awaitable<> {
    me.cancel();
    started(80);
    co_return;
  };
  auto const starts = [&](curfew::task_group& group) -> awaitable<int> {
    co_return co_await group.start(at_once);
  };
  me = curfew::spawn(f.context, [&] { return curfew::with_task_group(starts); });
  f.time.run();
  BOOST_TEST(words_of(me.result().error()) == "value");  // the request came too late
  BOOST_TEST((f.elapsed() == 1s));
}

CONFORMS("TG-40", a_pending_start_keeps_its_group_open) {
  fixture f;
  std::optional<curfew::task_group> kept;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    kept = group;
    co_await curfew::sleep_for(500ms);
  };
  f.start([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  f.time.settle();
  auto const starter =
      curfew::spawn(f.context, [&]() -> awaitable<int> { co_return co_await kept->start(serve); });
  f.time.advance(2s);
  BOOST_TEST(starter.result().value() == 80);
  BOOST_TEST(!f.ended);
  f.time.run();
  BOOST_TEST((f.ended == end::value));
  BOOST_TEST((f.elapsed() == 3s));
}

BOOST_AUTO_TEST_SUITE_END()
