#include "../structure/beside.hpp"
#include "conformance.hpp"

// Groups in which a child's failure cancels nobody.

BOOST_AUTO_TEST_SUITE(conforming_groups_supervised)

CONFORMS("TG-42", in_a_supervised_group_a_failure_stops_nobody_and_goes_to_who_looks_at_it) {
  fixture f;
  std::string handled;
  auto const handler = [&](curfew::task<void> child) -> awaitable<> {
    co_await child.wait();
    handled = words_of(child.result().error());
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    auto const broken = group.spawn(fail("broken", 1s));
    group.spawn({}, handler, broken);
    auto const sibling = group.spawn(give(7, 3s));
    co_await curfew::sleep_for(2s);
    BOOST_TEST(handled == "broken");
    BOOST_TEST(!group.token().cancelled());
    co_return co_await sibling.join();
  };
  auto const unhandled = [](curfew::task_group& group) -> awaitable<> {
    group.spawn(fail("lost?", 1s));
    co_await curfew::sleep_for(2s);
  };
  f.run([&]() -> awaitable<> {
    auto const rule = curfew::on_failure::keep_going;
    BOOST_TEST(co_await curfew::with_task_group(rule, body) == 7);
    SAYS("lost?", curfew::with_task_group(rule, unhandled));
  });
  BOOST_TEST((f.elapsed() == 5s));
}

CONFORMS("TG-43", a_supervised_group_stops_its_children_when_its_body_throws_or_it_is_asked_to) {
  fixture f;
  auto const rule = curfew::on_failure::keep_going;
  int asked = 0;
  auto const throws = [&](curfew::task_group& group, bool cleanup_fails) -> awaitable<> {
    group.spawn(until_asked(asked));
    if (cleanup_fails) group.spawn(fail_when_asked("cleanup"));
    throw failure("body");
    co_return;
  };
  auto const waits = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    co_await until_asked(asked);
  };
  f.start([&]() -> awaitable<> {
    SAYS("body", curfew::with_task_group(rule, throws, false));
    SAYS("[body cleanup]", curfew::with_task_group(rule, throws, true));
    BOOST_TEST(asked == 2);
    SAYS("aborted", curfew::with_task_group(rule, waits));
  });
  f.time.settle();
  BOOST_TEST(!f.ended);
  f.cancel();
  f.time.run();
  BOOST_TEST(asked == 4);
  BOOST_TEST((f.ended == end::value));
}

BOOST_AUTO_TEST_SUITE_END()
