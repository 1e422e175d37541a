#include "../structure/beside.hpp"
#include "conformance.hpp"

// What a group makes of the failures of its children and its body.

BOOST_AUTO_TEST_SUITE(conforming_groups_failures)

CONFORMS("TG-03", a_childs_failure_stops_the_siblings_and_the_body_and_is_raised_after_all) {
  fixture f;
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    group.spawn(fail("broken", 1s));
    group.spawn(stubborn(7, 3s));
    co_await until_asked(asked);
  };
  f.run([&]() -> awaitable<> { SAYS("broken", curfew::with_task_group(body)); });
  BOOST_TEST(asked == 2);
  BOOST_TEST((f.elapsed() == 3s));
}

CONFORMS("TG-06", what_the_body_throws_stops_the_children_and_is_raised_after_them) {
  fixture f;
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    group.spawn(stubborn(7, 3s));
    co_await curfew::sleep_for(1s);
    throw failure("body");
  };
  f.run([&]() -> awaitable<> { SAYS("body", curfew::with_task_group(body)); });
  BOOST_TEST(asked == 1);
  BOOST_TEST((f.elapsed() == 3s));
}

CONFORMS("TG-07", a_body_that_throws_as_it_is_stopped_by_a_failure_is_raised_beside_it) {
  fixture f;
  auto const body = [](curfew::task_group& group) -> awaitable<> {
    group.spawn(fail("child", 1s));
    co_await fail_when_asked("body");
  };
  f.run([&]() -> awaitable<> { SAYS("[child body]", curfew::with_task_group(body)); });
  BOOST_TEST((f.elapsed() == 1s));
}

CONFORMS("TG-10", an_inner_groups_failures_stop_the_outer_siblings_and_stay_grouped) {
  fixture f;
  int asked = 0;
  auto const inner = [](curfew::task_group& group) -> awaitable<> {
    group.spawn(fail("a", 1s));
    co_await fail_when_asked("b");
  };
  auto const outer = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    group.spawn(fail_when_asked("c"));
    co_await curfew::with_task_group(inner);
  };
  f.run([&]() -> awaitable<> { SAYS("[[a b] c]", curfew::with_task_group(outer)); });
  BOOST_TEST(asked == 1);
}

CONFORMS("TG-13", a_failure_in_the_outer_group_stops_the_inner_one_and_is_the_only_one_raised) {
  fixture f;
  int asked = 0;
  auto const inner = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    group.spawn(until_asked(asked));
    co_await until_asked(asked);
  };
  auto const outer = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(fail("outer", 1s));
    co_await curfew::with_task_group(inner);
  };
  f.run([&]() -> awaitable<> { SAYS("outer", curfew::with_task_group(outer)); });
  BOOST_TEST(asked == 3);
}

CONFORMS("TG-14", an_inner_groups_failures_reach_the_outer_one_unless_they_are_handled_between) {
  fixture f;
  auto const inner = [](curfew::task_group& group) -> awaitable<> {
    group.spawn(fail("a", 1s));
    group.spawn(fail("b", 1s));
    co_return;
  };
  auto const child = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn([&] { return curfew::with_task_group(inner); });
    group.spawn(fail("c", 1s));
    co_return;
  };
  auto const handles = [&](curfew::task_group& group) -> awaitable<int> {
    auto const sibling = group.spawn(give(7, 3s));
    SAYS("[a b]", curfew::with_task_group(inner));
    co_return co_await sibling.join();
  };
  f.run([&]() -> awaitable<> {
    SAYS("[c [a b]]", curfew::with_task_group(child));
    BOOST_TEST(co_await curfew::with_task_group(handles) == 7);
  });
}

CONFORMS("TG-16", who_handles_a_groups_failure_goes_on_uncancelled) {
  fixture f;
  auto const body = [](curfew::task_group& group) -> awaitable<> {
    group.spawn(fail("broken", 1s));
    co_await curfew::sleep_forever();
  };
  f.run([&]() -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    SAYS("broken", curfew::with_task_group(body));
    BOOST_TEST(!self.cancelled());
    co_await curfew::checkpoint();
    co_await curfew::sleep_for(1s);
  });
  BOOST_TEST((f.elapsed() == 2s));
}

CONFORMS("TG-17", exceptions_of_any_type_are_failures_like_all_others) {
  fixture f;
  auto const odd = []() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    throw 42;
  };
  auto const several = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(odd);
    co_await fail_when_asked("body");
  };
  auto const single = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(odd);
    co_await curfew::sleep_forever();
  };
  f.run([&]() -> awaitable<> {
    SAYS("[? body]", curfew::with_task_group(several));
    auto const got = co_await curfew::settle(curfew::with_task_group(single));
    BOOST_CHECK_EXCEPTION(got.value(), int, [](int what) { return what == 42; });
  });
}

CONFORMS("TG-33", aborts_of_the_groups_own_vanish_from_what_is_raised_and_real_errors_stay_nested) {
  fixture f;
  int asked = 0;
  auto const mixed = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(fail_when_asked("a"));
    group.spawn(until_asked(asked));
    co_await fail_when_asked("b");
  };
  auto const silent = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    co_await until_asked(asked);
  };
  auto const outer = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn([&] { return curfew::with_task_group(mixed); });
    group.spawn([&] { return curfew::with_task_group(silent); });
    group.spawn(fail("outer", 1s));
    co_await until_asked(asked);
  };
  f.run([&]() -> awaitable<> {
    SAYS("[outer [a b]]", curfew::with_task_group(outer));
    BOOST_TEST(asked == 4);
    SAYS("[a b]", curfew::wait_for(curfew::with_task_group(mixed), 1s));
    SAYS("timed_out", curfew::wait_for(curfew::with_task_group(silent), 1s));
  });
}

CONFORMS("TG-34", a_single_failure_is_raised_with_its_own_type_and_several_as_a_group) {
  fixture f;
  auto const body = [](curfew::task_group& group, int failing) -> awaitable<> {
    for (int i = 0; i < failing; ++i) group.spawn(fail(std::to_string(i), 1s));
    co_await curfew::sleep_forever();
  };
  f.run([&]() -> awaitable<> {
    auto const one = co_await curfew::settle(curfew::with_task_group(body, 1));
    BOOST_CHECK_THROW(one.value(), failure);
    auto const two = co_await curfew::settle(curfew::with_task_group(body, 2));
    BOOST_CHECK_THROW(two.value(), curfew::exception_group);
    BOOST_TEST(words_of(two.error()) == "[0 1]");
  });
}

CONFORMS("TG-45", a_timeout_that_escapes_a_child_is_a_failure_and_no_cancellation) {
  fixture f;
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(curfew::wait_for(sleepy(1h), 1s));
    co_await until_asked(asked);
  };
  f.run([&]() -> awaitable<> {
    auto const got = co_await curfew::settle(curfew::with_task_group(body));
    BOOST_TEST(got.timed_out());
    BOOST_TEST(!got.cancelled());
  });
  BOOST_TEST(asked == 1);
  BOOST_TEST((f.elapsed() == 1s));
}

CONFORMS("TG-49", a_sibling_that_swallows_its_request_does_not_save_the_group) {
  fixture f;
  curfew::task<int> swallows;
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    swallows = group.spawn([]() -> awaitable<int> {
      ENDS(end::aborted, curfew::sleep_forever());
      co_return 7;
    });
    group.spawn(fail("broken", 1s));
    ENDS(end::aborted, curfew::sleep_forever());
    co_return 8;
  };
  f.run([&]() -> awaitable<> { SAYS("broken", curfew::with_task_group(body)); });
  BOOST_TEST(swallows.result().value() == 7);
}

CONFORMS("TG-55", who_is_stopped_by_a_failure_can_read_which_sibling_failed_and_how) {
  fixture f;
  curfew::cancellation_reason why = curfew::cancellation_cause::none;
  auto const looks = [&]() -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    ENDS(end::aborted, curfew::sleep_forever());
    why = self.reason();
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(looks);
    group.spawn({"reader"}, fail, "disk full", 1s, held());
    co_await curfew::sleep_forever();
  };
  f.run([&]() -> awaitable<> { SAYS("disk full", curfew::with_task_group(body)); });
  BOOST_TEST((why.cause() == curfew::cancellation_cause::sibling_failed));
  BOOST_TEST(why.text().find("reader") != std::string::npos);
  BOOST_TEST(why.text().find("disk full") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
