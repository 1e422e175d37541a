#include "../operations/manual_op.hpp"
#include "owners.hpp"

// What becomes of failures: of children, of bodies, of several at once.

BOOST_AUTO_TEST_SUITE(task_group_failures)

namespace {

using curfew::on_failure;

/// A body that spawns nothing but waits, for a case that needs no more.
awaitable<> wait_in(curfew::task_group&) { co_await curfew::sleep_forever(); }

}  // namespace

EACH_OWNER(a_childs_failure_stops_all_others_and_is_raised_as_it_is) {  // TG-03, TG-34
  int asked = 0;
  auto const argument = make_held();
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked, argument));
    group.spawn(fail("broken", 1s));
    group.spawn(until_asked(asked, argument));
    co_await until_asked(asked, argument);
  };
  run([&]() -> awaitable<> {
    SAYS("broken", curfew::with_task_group(body));
    BOOST_TEST(asked == 3);
    BOOST_TEST(argument.use_count() == 1);
    BOOST_TEST((elapsed() == 1s));
    co_await curfew::sleep_for(1s);  // TG-16: nothing of it is left
    co_await curfew::checkpoint();
  });
}

EACH_OWNER(failures_in_one_tick_are_all_raised_in_their_order) {  // TG-04
  auto const body = [](curfew::task_group& group) -> awaitable<> {
    group.spawn(fail("a", 1s));
    group.spawn(give(1, 1s));
    group.spawn(fail("b", 1s));
    group.spawn(fail("c", 1s));
    co_return;
  };
  run([&]() -> awaitable<> { SAYS("[a b c]", curfew::with_task_group(body)); });
}

EACH_OWNER(what_the_body_throws_stops_the_children) {  // TG-06
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    group.spawn(until_asked(asked));
    co_await curfew::sleep_for(1s);
    throw failure("body");
  };
  run([&]() -> awaitable<> { SAYS("body", curfew::with_task_group(body)); });
  BOOST_TEST(asked == 1);
}

EACH_OWNER(what_others_throw_when_they_are_stopped_is_raised_too) {  // TG-07
  auto const spoils = [](std::string what) -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_forever());
    throw failure(what);
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({}, spoils, "sibling");
    group.spawn(fail("first", 1s));
    co_await spoils("body");
  };
  run([&]() -> awaitable<> { SAYS("[first sibling body]", curfew::with_task_group(body)); });
}

EACH_OWNER(a_body_that_throws_while_children_are_being_stopped_is_raised_too) {
  auto const slow_cleanup = []() -> awaitable<> {
    co_await curfew::finally(curfew::sleep_forever(),
                             [](auto const&) -> awaitable<> { co_await curfew::sleep_for(5s); });
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(slow_cleanup);
    group.spawn(fail("child", 1s));
    co_await curfew::shield(curfew::sleep_for(3s));
    throw failure("body");
  };
  run([&]() -> awaitable<> {
    SAYS("[child body]", curfew::with_task_group(body));
    BOOST_TEST((elapsed() == 6s));
  });
}

EACH_OWNER(nested_groups_raise_their_own_failures_outwards) {  // TG-10, TG-14
  int asked = 0;
  auto const inner = [](curfew::task_group& group) -> awaitable<> {
    group.spawn(fail("a", 1s));
    group.spawn(fail("b", 1s));
    co_return;
  };
  auto const outer = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    co_await curfew::with_task_group(inner);
  };
  auto const handles = [&](curfew::task_group& group) -> awaitable<int> {
    auto const sibling = group.spawn(give(7, 3s));
    SAYS("[a b]", curfew::with_task_group(inner));
    co_return co_await sibling.join();
  };
  auto const both = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn([&] { return curfew::with_task_group(inner); });
    group.spawn(fail("c", 1s));
    co_return;
  };
  run([&]() -> awaitable<> {
    SAYS("[a b]", curfew::with_task_group(outer));
    BOOST_TEST(asked == 1);
    BOOST_TEST(co_await curfew::with_task_group(handles) == 7);
    SAYS("[c [a b]]", curfew::with_task_group(both));
  });
}

EACH_OWNER(a_failure_further_out_stops_the_groups_inside_and_is_the_only_one) {  // TG-13
  int asked = 0;
  auto const inner = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    co_await until_asked(asked);
  };
  auto const outer = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn([&] { return curfew::with_task_group(inner); });
    group.spawn(fail("outer", 1s));
    co_await curfew::with_task_group(inner);
  };
  run([&]() -> awaitable<> { SAYS("outer", curfew::with_task_group(outer)); });
  BOOST_TEST(asked == 4);
}

EACH_OWNER(a_child_that_is_cancelled_by_its_handle_is_no_failure) {  // TG-02
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    auto stopped = group.spawn(sleepy(1h));
    auto const other = group.spawn(give(7, 1s));
    co_await curfew::sleep_for(500ms);
    stopped.cancel();
    co_return co_await other.join();
  };
  run([&]() -> awaitable<> { BOOST_TEST(co_await curfew::with_task_group(body) == 7); });
  BOOST_TEST((elapsed() == 1s));
}

EACH_OWNER(an_abort_that_nobody_asked_for_is_a_failure) {
  asio::steady_timer timer(context, 24h);
  int asked = 0;
  auto const cut = [&]() -> awaitable<> { co_await timer.async_wait(asio::deferred); };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(cut);
    group.spawn(until_asked(asked));
    co_await curfew::sleep_for(1s);
    timer.cancel();
    co_await until_asked(asked);
  };
  run([&]() -> awaitable<> { SAYS("aborted", curfew::with_task_group(body)); });
  BOOST_TEST(asked == 2);
}

EACH_OWNER(a_timeout_that_escapes_a_child_is_a_failure) {  // TG-45
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(curfew::wait_for(sleepy(1h), 1s));
    co_await until_asked(asked);
  };
  run([&]() -> awaitable<> { SAYS("timed_out", curfew::with_task_group(body)); });
  BOOST_TEST(asked == 1);
}

EACH_OWNER(a_sibling_that_swallows_its_cancellation_does_not_save_the_group) {  // TG-49
  curfew::task<int> stubborn;
  auto const swallows = []() -> awaitable<int> {
    ENDS(end::aborted, curfew::sleep_forever());
    co_return 7;
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    stubborn = group.spawn(swallows);
    group.spawn(fail("broken", 1s));
    ENDS(end::aborted, curfew::sleep_forever());
    co_return 8;
  };
  run([&]() -> awaitable<> { SAYS("broken", curfew::with_task_group(body)); });
  BOOST_TEST(stubborn.result().value() == 7);
}

EACH_OWNER(a_child_that_fails_inside_the_call_that_spawns_it) {
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    auto const child = group.spawn(fail_now("at once"));
    BOOST_TEST(child.done());
    BOOST_TEST(asked == 0);  // it is told, but runs later
    BOOST_TEST(thrown_by([&] { group.spawn(sleepy(1s)); }) == "group_closed");
    co_await curfew::sleep_forever();
  };
  run([&]() -> awaitable<> { SAYS("at once", curfew::with_task_group(body)); });
  BOOST_TEST(asked == 1);
}

EACH_OWNER(a_failure_that_several_met_by_joining_counts_once) {
  auto const joins = [](curfew::task<void> t) -> awaitable<> { co_await t.join(); };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    auto const broken = group.spawn(fail("broken", 1s));
    group.spawn({}, joins, broken);
    group.spawn({}, joins, broken);
    co_await broken.join();
  };
  auto const supervised = [&](curfew::task_group& group) -> awaitable<> {
    auto const broken = curfew::spawn(context, fail("else", 1s));
    group.spawn({}, joins, broken);
    group.spawn({}, joins, broken);
    co_return;
  };
  run([&]() -> awaitable<> {
    SAYS("broken", curfew::with_task_group(body));
    SAYS("else", curfew::with_task_group(supervised));
    SAYS("else", curfew::with_task_group(on_failure::keep_going, supervised));
  });
}

EACH_OWNER(what_only_follows_from_a_failure_is_not_raised) {
  auto const joins = [](curfew::task<void> t) -> awaitable<> { co_await t.join(); };
  auto const spawns_late = [](curfew::task_group group) -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_forever());
    group.spawn(sleepy(1s));  // refused: group_closed escapes
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    auto const sleeper = group.spawn(sleepy(1h));
    group.spawn({}, joins, sleeper);
    group.spawn({}, spawns_late, group);
    group.spawn(fail("broken", 1s));
    co_await sleeper.join();
  };
  run([&]() -> awaitable<> { SAYS("broken", curfew::with_task_group(body)); });
}

EACH_OWNER(a_joined_cancelled_child_is_a_failure_of_who_joins_it_unasked) {
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    auto child = group.spawn(sleepy(1h));
    child.cancel();
    co_await child.join();
  };
  run([&]() -> awaitable<> { SAYS("task_cancelled", curfew::with_task_group(body)); });
}

EACH_OWNER(who_is_stopped_can_ask_which_sibling_failed) {  // TG-55
  curfew::cancellation_reason of_sibling, of_body, of_token;
  auto const looks = [](curfew::cancellation_reason& to) -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    ENDS(end::aborted, curfew::sleep_forever());
    to = self.reason();
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({}, looks, std::ref(of_sibling));
    group.spawn({"reader"}, fail, "broken", 1s, held());
    co_await looks(of_body);
    of_token = group.token().reason();
  };
  run([&]() -> awaitable<> { SAYS("broken", curfew::with_task_group(body)); });
  for (auto const* each : {&of_sibling, &of_body, &of_token}) {
    BOOST_TEST((each->cause() == curfew::cancellation_cause::sibling_failed));
    BOOST_TEST(each->text().find("reader") != std::string::npos);
    BOOST_TEST(each->text().find("broken") != std::string::npos);
  }
}

EACH_OWNER(exceptions_of_any_type_are_failures) {  // TG-17
  auto const odd = [](int what) -> awaitable<> {
    co_await curfew::sleep_for(1s);
    throw what;
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({}, odd, 42);
    return wait_in(group);
  };
  run([&]() -> awaitable<> {
    int caught = 0;
    try {
      co_await curfew::with_task_group(body);
    } catch (int i) {
      caught = i;
    }
    BOOST_TEST(caught == 42);
  });
}

BOOST_AUTO_TEST_SUITE_END()
