#include "owners.hpp"

// Groups in which a failure cancels nobody.

BOOST_AUTO_TEST_SUITE(task_group_keep_going)

namespace {

using curfew::on_failure;

}  // namespace

EACH_OWNER(siblings_and_body_go_on_and_the_failure_is_raised_in_the_end) {  // TG-42
  curfew::task<int> sibling;
  int went_on = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(fail("broken", 1s));
    sibling = group.spawn(give(7, 3s));
    co_await curfew::sleep_for(2s);
    BOOST_TEST(!group.token().cancelled());
    group.spawn(give(8, 0s));
    ++went_on;
  };
  run([&]() -> awaitable<> {
    SAYS("broken", curfew::with_task_group(on_failure::keep_going, body));
  });
  BOOST_TEST(went_on == 1);
  BOOST_TEST(sibling.result().value() == 7);
  BOOST_TEST((elapsed() == 3s));
}

EACH_OWNER(a_failure_that_somebody_looked_at_is_not_raised) {
  captured_cerr const cerr;
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    auto const joined = group.spawn(fail("a", 1s));
    auto const seen = group.spawn(fail("b", 2s));
    SAYS("a", joined.join());
    co_await seen.wait();
    BOOST_TEST(words_of(seen.result().error()) == "b");
    co_return 7;
  };
  auto const waits_only = [&](curfew::task_group& group) -> awaitable<int> {
    co_await group.spawn(fail("c", 1s)).wait();
    group.spawn(fail("d", 1s));
    co_return 7;
  };
  run([&]() -> awaitable<> {
    BOOST_TEST(co_await curfew::with_task_group(on_failure::keep_going, body) == 7);
    SAYS("[c d]", curfew::with_task_group(on_failure::keep_going, waits_only));
  });
  BOOST_TEST(cerr.text().empty());
}

EACH_OWNER(a_body_that_throws_stops_the_children) {  // TG-43
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    group.spawn(fail("child", 1s));
    co_await curfew::sleep_for(2s);
    throw failure("body");
  };
  auto const alone = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    throw failure("body");
    co_return;
  };
  run([&]() -> awaitable<> {
    SAYS("[child body]", curfew::with_task_group(on_failure::keep_going, body));
    SAYS("body", curfew::with_task_group(on_failure::keep_going, alone));
  });
  BOOST_TEST(asked == 2);
}

EACH_OWNER(a_body_that_fails_by_joining_a_child_fails_as_that_did) {
  captured_cerr const cerr;
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    auto const broken = group.spawn(fail("broken", 1s));
    group.spawn(until_asked(asked));
    co_await broken.join();
  };
  run([&]() -> awaitable<> {
    SAYS("broken", curfew::with_task_group(on_failure::keep_going, body));
  });
  BOOST_TEST(asked == 1);
  BOOST_TEST(cerr.text().empty());
}

EACH_OWNER(a_child_that_fails_by_joining_a_sibling_fails_as_that_did) {
  captured_cerr const cerr;
  auto const joins = [](curfew::task<void> t) -> awaitable<> { co_await t.join(); };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    auto const broken = group.spawn(fail("broken", 1s));
    group.spawn({}, joins, broken);
    group.spawn({}, joins, broken);
    co_return;
  };
  auto const chained = [&](curfew::task_group& group) -> awaitable<> {
    auto const broken = group.spawn(fail("broken", 1s));
    auto const first = group.spawn({}, joins, broken);
    auto const second = group.spawn({}, joins, first);
    SAYS("broken", second.join());
  };
  run([&]() -> awaitable<> {
    SAYS("broken", curfew::with_task_group(on_failure::keep_going, body));
    co_await curfew::with_task_group(on_failure::keep_going, chained);  // all were looked at
  });
  BOOST_TEST(cerr.text().empty());
}

EACH_OWNER(a_request_from_outside_stops_all) {  // TG-43
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    co_await until_asked(asked);
  };
  start([&]() -> awaitable<> {
    SAYS("aborted", curfew::with_task_group(on_failure::keep_going, body));
  });
  ask_and_settle();
  BOOST_TEST(asked == 2);
  BOOST_TEST(ended.has_value());
}

EACH_OWNER(a_request_from_outside_does_not_hide_an_earlier_failure) {
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(fail("broken", 1s));
    co_await until_asked(asked);
  };
  start([&]() -> awaitable<> {
    SAYS("broken", curfew::with_task_group(on_failure::keep_going, body));
    ENDS(end::aborted, curfew::sleep_for(1s));  // the request is still there
  });
  time.advance(2s);
  ask_and_settle();
  BOOST_TEST(asked == 1);
  BOOST_TEST(ended.has_value());
}

EACH_OWNER(what_a_child_throws_while_it_is_stopped_is_raised) {  // TG-43
  auto const spoils = []() -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_forever());
    throw failure("cleanup");
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(spoils);
    co_await curfew::sleep_for(1s);
    group.cancel();
  };
  run([&]() -> awaitable<> {
    SAYS("cleanup", curfew::with_task_group(on_failure::keep_going, body));
  });
}

EACH_OWNER(a_group_that_reports_goes_on_and_raises_no_childs_failure) {
  captured_cerr const cerr;
  curfew::task<int> sibling;
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    group.spawn({"broken"}, [] { return fail("paper jam", 1s); });
    sibling = group.spawn(give(7, 3s));
    auto const joined = group.spawn(fail("seen", 1s));
    SAYS("seen", joined.join());
    co_await curfew::sleep_for(1s);
    // At once, and not when the group ends.
    BOOST_TEST(cerr.count("task #") == 1);
    BOOST_TEST(cerr.count("\"broken\", spawned at task_group_keep_going_test.cpp:") == 1);
    BOOST_TEST(cerr.count("paper jam") == 1);
    BOOST_TEST(!group.token().cancelled());
    co_return 8;
  };
  run([&]() -> awaitable<> {
    BOOST_TEST(co_await curfew::with_task_group(on_failure::report, body) == 8);
  });
  BOOST_TEST(sibling.result().value() == 7);
  BOOST_TEST(cerr.count("task #") == 1);
}

EACH_OWNER(the_body_of_a_group_that_reports_fails_as_any_other) {
  captured_cerr const cerr;
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    co_await group.spawn(fail("joined", 1s)).join();
  };
  run([&]() -> awaitable<> { SAYS("joined", curfew::with_task_group(on_failure::report, body)); });
  BOOST_TEST(asked == 1);
  BOOST_TEST(cerr.text().empty());
}

EACH_OWNER(a_supervised_group_isolates_the_groups_of_its_children) {
  curfew::task<int> sibling;
  auto const inner = [](curfew::task_group& group) -> awaitable<> {
    group.spawn(fail("inner", 1s));
    co_await curfew::sleep_forever();
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    auto const child = group.spawn([&] { return curfew::with_task_group(inner); });
    sibling = group.spawn(give(7, 2s));
    SAYS("inner", child.join());
  };
  run([&]() -> awaitable<> {
    co_await curfew::with_task_group(curfew::group_options(on_failure::keep_going).name("outer"),
                                     body);
  });
  BOOST_TEST(sibling.result().value() == 7);
}

BOOST_AUTO_TEST_SUITE_END()
