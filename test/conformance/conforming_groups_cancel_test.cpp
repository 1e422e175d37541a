#include "../structure/beside.hpp"
#include "conformance.hpp"

// Groups that are asked to stop: by themselves, by their children, by what encloses them.

BOOST_AUTO_TEST_SUITE(conforming_groups_cancel)

CONFORMS("TG-02", a_child_that_is_cancelled_by_its_handle_is_no_failure_of_the_group) {
  fixture f;
  auto const body = [](curfew::task_group& group) -> awaitable<int> {
    auto const stopped = group.spawn(sleepy(1h));
    auto const other = group.spawn(give(7, 1s));
    stopped.cancel();
    co_return co_await other.join();
  };
  f.run([&]() -> awaitable<> { BOOST_TEST(co_await curfew::with_task_group(body) == 7); });
  BOOST_TEST((f.elapsed() == 1s));
}

CONFORMS("TG-05", a_parent_that_is_cancelled_in_the_body_or_in_the_join_ends_plainly_cancelled) {
  for (bool const in_the_body : {true, false}) {
    fixture f;
    int asked = 0;
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(until_asked(asked));
      group.spawn(until_asked(asked));
      group.spawn(stubborn(7, 3s));
      if (in_the_body) co_await until_asked(asked);
    };
    auto const parent = curfew::spawn(f.context, [&]() -> awaitable<> {
      SAYS("aborted", curfew::with_task_group(body));
      co_await curfew::checkpoint();
    });
    f.time.advance(1s);
    parent.cancel();
    f.time.run();
    BOOST_TEST(asked == 2 + in_the_body);
    BOOST_TEST(parent.cancelled());
    BOOST_TEST((f.elapsed() == 3s));
  }
}

CONFORMS("TG-11", an_error_of_the_body_beats_the_parents_cancellation_which_stays) {
  fixture f;
  auto const body = [](curfew::task_group& group) -> awaitable<> {
    group.spawn(sleepy(1h));
    co_await fail_when_asked("body");
  };
  bool raised = false;
  auto const parent = curfew::spawn(f.context, [&]() -> awaitable<> {
    SAYS("body", curfew::with_task_group(body));
    raised = true;
    co_await curfew::sleep_for(1s);
  });
  f.time.settle();
  parent.cancel();
  f.time.run();
  BOOST_TEST(raised);
  BOOST_TEST(parent.cancelled());
  BOOST_TEST((f.elapsed() == 0s));
}

CONFORMS("TG-12", a_child_that_fails_during_the_bodys_cleanup_is_raised_when_the_cleanup_is_over) {
  fixture f;
  int cleaned = 0;
  auto const cleanup = [&]() -> awaitable<> {
    co_await curfew::sleep_for(3s);
    ++cleaned;
  };
  auto const fails = [](auto const&) { return fail("child", 1s); };
  auto const stops = []() -> awaitable<> { ENDS(end::aborted, curfew::sleep_forever()); };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn([&] { return curfew::finally(stops(), fails); });
    co_await curfew::finally(sleepy(1h), cleanup);
  };
  auto const parent = curfew::spawn(f.context, [&]() -> awaitable<> {
    SAYS("child", curfew::with_task_group(body));
    BOOST_TEST(cleaned == 1);
    co_await curfew::sleep_for(1s);
  });
  f.time.settle();
  parent.cancel();
  f.time.run();
  BOOST_TEST(parent.cancelled());
  BOOST_TEST((f.elapsed() == 3s));
}

CONFORMS("TG-19", children_that_multiply_without_bound_are_stopped_by_a_siblings_failure) {
  fixture f;
  int born = 0, refused = 0;
  std::function<awaitable<>(curfew::task_group)> const hydra =
      [&](curfew::task_group group) -> awaitable<> {
    ++born;
    auto const slept = co_await curfew::settle(curfew::sleep_for(1s));
    for (int i = 0; i < 2; ++i)
      refused += thrown_by([&] { group.spawn({}, hydra, group); }) == "group_closed";
    slept.value();
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({}, hydra, group);
    group.spawn(fail("sibling", 4500ms));
    co_return;
  };
  f.run([&]() -> awaitable<> { SAYS("sibling", curfew::with_task_group(body)); });
  BOOST_TEST(born == 31);
  BOOST_TEST(refused == 32);
  BOOST_TEST((f.elapsed() == 4500ms));
}

CONFORMS("TG-24", a_group_that_cancels_itself_stops_its_body_and_children_and_ends_quietly) {
  fixture f;
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    group.spawn([&group]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      BOOST_TEST(group.cancel({"enough"}));
    });
    co_await until_asked(asked);
  };
  f.run([&]() -> awaitable<> {
    co_await curfew::with_task_group(body);
    BOOST_TEST(asked == 2);
    co_await curfew::sleep_for(1s);
  });
  BOOST_TEST((f.elapsed() == 2s));
}

CONFORMS("TG-26", a_group_can_be_cancelled_before_it_has_children_again_and_after_its_end) {
  fixture f;
  std::optional<curfew::task_group> kept;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    kept = group;
    BOOST_TEST(group.cancel({"first"}));
    BOOST_TEST(!group.cancel({"second"}));
    BOOST_TEST(thrown_by([&] { group.spawn(sleepy(1h)); }) == "group_closed");
    co_await curfew::sleep_for(1h);
  };
  f.run([&]() -> awaitable<> {
    co_await curfew::with_task_group(body);
    BOOST_TEST(!kept->cancel({"third"}));
    BOOST_TEST(kept->token().reason().text() == "first");
    co_await curfew::checkpoint();
  });
  BOOST_TEST((f.elapsed() == 0s));
}

CONFORMS("TG-30", a_group_that_is_asked_again_and_again_while_it_joins_abandons_nobody) {
  fixture f;
  int cleaned = 0;
  auto const cleanup = [&]() -> awaitable<> {
    co_await curfew::sleep_for(5s);
    ++cleaned;
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    for (int i = 0; i < 3; ++i) group.spawn(curfew::finally(sleepy(1h), cleanup));
    co_return;
  };
  f.start([&]() -> awaitable<> {
    SAYS("aborted", curfew::with_task_group(body));
    BOOST_TEST(cleaned == 3);
    co_await curfew::sleep_for(1s);  // the request is still there
  });
  for (int i = 0; i < 3; ++i) {
    f.time.advance(1s);
    f.cancel();
  }
  f.time.run();
  BOOST_TEST((f.ended == end::aborted));
  BOOST_TEST((f.elapsed() == 6s));
}

CONFORMS("TG-32", a_request_at_the_top_of_a_tree_of_groups_reaches_all_leaves_in_one_pass) {
  fixture f;
  int asked = 0;
  std::function<awaitable<>(curfew::task_group&, int)> const tree = [&](curfew::task_group& group,
                                                                        int depth) -> awaitable<> {
    for (int i = 0; i < 2; ++i) {
      if (depth == 1)
        group.spawn(until_asked(asked));
      else
        group.spawn([&, depth] { return curfew::with_task_group(tree, depth - 1); });
    }
    co_await until_asked(asked);
  };
  auto const top = curfew::spawn(f.context, [&] { return curfew::with_task_group(tree, 3); });
  f.time.settle();
  top.cancel();
  f.time.settle();
  BOOST_TEST(asked == 8 + 7);
  BOOST_TEST(top.cancelled());
}

CONFORMS("TG-44", a_body_that_cancels_its_group_and_then_fails_raises_the_failure) {
  for (auto const rule : {curfew::on_failure::cancel_siblings, curfew::on_failure::keep_going}) {
    fixture f;
    int asked = 0;
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(until_asked(asked));
      group.cancel();
      throw failure("body");
      co_return;
    };
    f.run([&]() -> awaitable<> { SAYS("body", curfew::with_task_group(rule, body)); });
    BOOST_TEST(asked == 1);
  }
}

CONFORMS("TG-54", who_waits_for_a_place_in_a_bounded_group_is_released_when_it_is_cancelled) {
  fixture f;
  int began = 0;
  bool waited = false;
  std::vector<curfew::task<int>> children;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    for (int i = 0; i < 4; ++i) children.push_back(group.spawn(counting(began)));
    curfew::spawn(
        f.context, {},
        [](curfew::task_group all) -> awaitable<> {
          co_await curfew::sleep_for(1s);
          all.cancel();
        },
        group);
    ENDS(end::aborted, group.room());
    waited = true;
  };
  auto const options = curfew::group_options().max_concurrency(2);
  f.run([&]() -> awaitable<> { co_await curfew::with_task_group(options, body); });
  BOOST_TEST(began == 2);
  for (auto const& each : children) BOOST_TEST(each.cancelled());
  BOOST_TEST(waited);
  BOOST_TEST((f.elapsed() == 1s));
}

BOOST_AUTO_TEST_SUITE_END()
