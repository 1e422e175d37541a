#include "../operations/manual_op.hpp"
#include "owners.hpp"

// Groups that are asked to stop: by themselves, by their members, by what encloses them.

BOOST_AUTO_TEST_SUITE(task_group_cancel)

EACH_OWNER(a_group_that_cancels_itself_ends_quietly) {  // TG-24
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    group.spawn([&group]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      BOOST_TEST(group.cancel({"enough"}));
      BOOST_TEST(!group.cancel({"again"}));
      BOOST_TEST(group.token().reason().text() == "enough");
    });
    co_await until_asked(asked);
  };
  run([&]() -> awaitable<> {
    co_await curfew::with_task_group(body);
    BOOST_TEST(asked == 2);
    BOOST_TEST((elapsed() == 1s));
    co_await curfew::sleep_for(1s);
  });
}

EACH_OWNER(a_block_with_a_result_gives_it_or_ends_as_cancelled) {
  auto const returns = [](curfew::task_group& group) -> awaitable<int> {
    group.spawn(sleepy(1h));
    group.cancel();
    co_return 7;
  };
  auto const swallows = [](curfew::task_group& group) -> awaitable<int> {
    group.cancel();
    ENDS(end::aborted, curfew::sleep_for(1s));
    co_return 8;
  };
  auto const is_stopped = [](curfew::task_group& group) -> awaitable<int> {
    group.cancel();
    co_await curfew::sleep_for(1s);
    co_return 9;
  };
  run([&]() -> awaitable<> {
    BOOST_TEST(co_await curfew::with_task_group(returns) == 7);
    BOOST_TEST(co_await curfew::with_task_group(swallows) == 8);
    SAYS("aborted", curfew::with_task_group(is_stopped));
    co_await curfew::checkpoint();  // it was the group's own affair
  });
  BOOST_TEST((elapsed() == 0s));
}

EACH_OWNER(a_child_that_cancels_the_group_inside_the_call_that_spawns_it) {
  int asked = 0;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(until_asked(asked));
    group.spawn([&group]() -> awaitable<> {
      BOOST_TEST(group.cancel());
      BOOST_TEST(thrown_by([&] { group.spawn(sleepy(1s)); }) == "group_closed");
      co_return;
    });
    BOOST_TEST(thrown_by([&] { group.spawn(sleepy(1s)); }) == "group_closed");
    co_await until_asked(asked);
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST(asked == 1);  // the body was refused at its await
}

EACH_OWNER(children_that_end_while_the_group_tells_its_children) {  // TG-19
  for (std::size_t ender = 0; ender < 4; ++ender) {
    std::vector<manual_op<error_code>> ops(4);
    // Whoever is told ends all others, itself among them, before they are told.
    ops[ender].on_cancel = [&] {
      for (auto& each : ops) each.complete(asio::error::operation_aborted);
    };
    for (auto& each : ops)
      if (!each.on_cancel)
        each.on_cancel = [&each] { each.complete(asio::error::operation_aborted); };
    auto const child = [](manual_op<error_code>& op) -> awaitable<> { co_await op(); };
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      for (auto& each : ops) group.spawn({}, child, std::ref(each));
      co_await asio::post(asio::deferred);
      group.cancel();
      BOOST_TEST(group.size() == 0U);
    };
    run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  }
}

EACH_OWNER(children_that_multiply_are_stopped_all_the_same) {  // TG-19
  int born = 0;
  std::function<awaitable<>(curfew::task_group)> hydra = [&](curfew::task_group g) -> awaitable<> {
    ++born;
    std::exception_ptr error;
    try {
      co_await curfew::sleep_for(1s);
    } catch (...) {
      error = std::current_exception();
    }
    g.spawn({}, hydra, g);
    g.spawn({}, hydra, g);
    if (error) std::rethrow_exception(error);
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({}, hydra, group);
    group.spawn(fail("sibling", 5500ms));
    co_return;
  };
  run([&]() -> awaitable<> { SAYS("sibling", curfew::with_task_group(body)); });
  BOOST_TEST(born == 63);
  BOOST_TEST((elapsed() == 5500ms));
}

EACH_OWNER(asked_from_outside_in_the_body_or_in_the_end_it_ends_as_cancelled) {  // TG-05
  for (bool const body_goes_on : {true, false}) {
    int asked = 0;
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(until_asked(asked));
      group.spawn(until_asked(asked));
      if (body_goes_on) co_await until_asked(asked);
    };
    start([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
    settle();
    ask_and_settle();
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST(*ended == end::aborted);
    BOOST_TEST(asked == 2 + body_goes_on);
  }
}

EACH_OWNER(what_the_body_returned_is_lost_only_when_a_child_was_cut_short) {
  int got = 0;
  auto const finishes = [](int) -> awaitable<> { co_await curfew::shield(curfew::sleep_for(1s)); };
  auto const body = [&](curfew::task_group& group) -> awaitable<int> {
    group.spawn({}, finishes, 0);
    co_return 7;
  };
  start([&]() -> awaitable<> { got = co_await curfew::with_task_group(body); });
  settle();
  ask_and_settle();
  finish();
  BOOST_TEST(got == 7);
}

EACH_OWNER(asked_again_and_again_while_it_waits_it_abandons_nobody) {  // TG-30
  int cleaned = 0;
  auto const cleanup = [&]() -> awaitable<> {
    co_await curfew::sleep_for(5s);
    ++cleaned;
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    for (int i = 0; i < 3; ++i) group.spawn(curfew::finally(curfew::sleep_forever(), cleanup));
    co_return;
  };
  start([&]() -> awaitable<> {
    SAYS("aborted", curfew::with_task_group(body));
    BOOST_TEST(cleaned == 3);
    ENDS(end::aborted, curfew::sleep_for(1s));  // the request outlasts the group
  });
  for (int i = 0; i < 4; ++i) {
    ask_and_settle();
    BOOST_TEST(!ended);
    time.advance(1s);
  }
  finish();
  BOOST_TEST((elapsed() == 5s));
}

EACH_OWNER(a_real_error_beats_the_request_which_stays) {  // TG-11, TG-12, TG-44
  auto const cleanup_fails = [](curfew::task_group&) -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_forever());
    throw failure("body");
  };
  auto const child_fails = [](curfew::task_group& group) -> awaitable<> {
    group.spawn([]() -> awaitable<> {
      ENDS(end::aborted, curfew::sleep_forever());
      throw failure("child");
    });
    co_await curfew::sleep_forever();
  };
  auto const cancels_and_fails = [](curfew::task_group& group) -> awaitable<> {
    group.cancel();
    throw failure("body");
    co_return;
  };
  run([&]() -> awaitable<> { SAYS("body", curfew::with_task_group(cancels_and_fails)); });
  for (auto const& [body, said] :
       {std::pair<std::function<awaitable<>(curfew::task_group&)>, char const*>{cleanup_fails,
                                                                                "body"},
        {child_fails, "child"}}) {
    auto const& run_it = body;
    auto const* const expected = said;
    start([&]() -> awaitable<> {
      SAYS(expected, curfew::with_task_group(run_it));
      ENDS(end::aborted, curfew::sleep_for(1s));
    });
    settle();
    ask_and_settle();
    BOOST_TEST(ended.has_value());
  }
}

EACH_OWNER(a_group_that_fails_already_is_asked_to_stop_as_well) {
  auto const slow = [] {
    return curfew::finally(curfew::sleep_forever(), [](auto const&) { return sleepy(5s); });
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(slow);
    group.spawn(fail("first", 1s));
    co_await slow();
  };
  start([&]() -> awaitable<> {
    SAYS("first", curfew::with_task_group(body));
    ENDS(end::aborted, curfew::sleep_for(1s));
  });
  time.advance(2s);
  ask_and_settle();
  BOOST_TEST(!ended);
  finish();
  BOOST_TEST((elapsed() == 6s));
}

EACH_OWNER(a_request_reaches_all_leaves_of_a_tree_at_once) {  // TG-32
  int asked = 0;
  std::function<awaitable<>(curfew::task_group&, int)> tree = [&](curfew::task_group& group,
                                                                  int depth) -> awaitable<> {
    for (int i = 0; i < 2; ++i) {
      if (depth == 0)
        group.spawn(until_asked(asked));
      else
        group.spawn([&, depth] { return curfew::with_task_group(tree, depth - 1); });
    }
    co_return;
  };
  start([&]() -> awaitable<> { co_await curfew::with_task_group(tree, 3); });
  settle();
  BOOST_TEST(asked == 0);
  ask_and_settle();
  BOOST_TEST(asked == 16);
  BOOST_TEST(ended.has_value());
}

EACH_OWNER(a_group_that_has_ended_cannot_be_cancelled) {
  std::optional<curfew::task_group> kept;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    kept = group;
    co_return;
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  auto const token = kept->token();
  BOOST_TEST(!kept->cancel({"late"}));
  BOOST_TEST(!token.cancelled());
}

BOOST_AUTO_TEST_SUITE_END()
