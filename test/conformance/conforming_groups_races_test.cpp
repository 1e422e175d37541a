#include <algorithm>
#include <curfew/finally.hpp>
#include <curfew/gather.hpp>
#include <curfew/testing/cancel_at_every_step.hpp>

#include "same_tick.hpp"

// Groups in each order of what happens at one instant, and stopped after each step.

BOOST_AUTO_TEST_SUITE(conforming_groups_races)

CONFORMS("TG-04", of_several_children_that_fail_in_one_tick_no_error_is_lost) {
  std::size_t most = 0;
  in_each_order([&]() -> awaitable<> {
    std::string thrown;
    auto const fails = [&](char name) -> awaitable<> {
      co_await curfew::sleep_for(1s);
      thrown += (thrown.empty() ? "" : " ") + std::string(1, name);
      throw failure(std::string(1, name));
    };
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      for (char const name : {'a', 'b', 'c'}) group.spawn({}, fails, name);
      co_return;
    };
    auto const got = co_await curfew::settle(curfew::with_task_group(body));
    BOOST_TEST(words_of(got.error()) == (thrown.size() == 1 ? thrown : '[' + thrown + ']'));
    most = std::max(most, thrown.size());
  });
  BOOST_TEST(most == 5U);  // all three did
}

CONFORMS("TG-41", a_child_that_is_ready_as_its_group_is_cancelled_is_stopped_with_its_children) {
  int were_heard = 0, were_not = 0;
  in_each_order([&](curfew::testing::virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    bool heard = false;
    int begun = 0, asked = 0;
    auto const leaf = [&]() -> awaitable<> {
      ++begun;
      co_await until_asked(asked);
    };
    auto const inner = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(leaf);
      co_await leaf();
    };
    auto const child = [&](curfew::task_started<int> const& started) -> awaitable<> {
      co_await curfew::sleep_for(1s);
      heard = started(80);
      co_await curfew::with_task_group(inner);
    };
    std::optional<int> port;
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      curfew::spawn(co_await asio::this_coro::executor,
                    [&group] { return at_one_instant([&group] { group.cancel(); }); });
      port = co_await group.start(child);
      co_await curfew::sleep_forever();
    };
    co_await curfew::with_task_group(body);
    BOOST_TEST(port.has_value() == heard);
    BOOST_TEST(asked == begun);
    BOOST_TEST((time.now() - began == 1s));
    ++(heard ? were_heard : were_not);
  });
  BOOST_TEST(were_heard > 0);
  BOOST_TEST(were_not > 0);
}

CONFORMS("TG-51", a_child_that_fails_in_the_tick_in_which_the_body_ends_is_not_lost) {
  int after_the_body = 0, before_it = 0;
  in_each_order([&]() -> awaitable<> {
    bool body_ended = false;
    auto const fails = [&]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      ++(body_ended ? after_the_body : before_it);
      throw failure("broken");
    };
    auto const body = [&](curfew::task_group& group) -> awaitable<int> {
      group.spawn(fails);
      co_await curfew::sleep_for(1s);
      body_ended = true;
      co_return 7;
    };
    SAYS("broken", curfew::with_task_group(body));
  });
  BOOST_TEST(after_the_body > 0);
  BOOST_TEST(before_it > 0);
}

ALSO_CONFORMS("TG-12", a_child_that_fails_as_the_cleanup_ends_or_the_parent_is_asked_is_raised) {
  int requests = 0;
  in_each_order([&]() -> awaitable<> {
    int cleaned = 0;
    auto const cleanup = [&]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      ++cleaned;
    };
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(fail("child", 2s));  // as the cleanup ends
      co_await curfew::finally(fail("body", 1s), cleanup);
    };
    curfew::task<void> parent;
    bool raised = false;
    auto const work = [&]() -> awaitable<> {
      auto const got = co_await curfew::settle(curfew::with_task_group(body));
      auto const words = words_of(got.error());
      BOOST_TEST_INFO(words);
      BOOST_TEST((words == "body" || words == "[child body]" || words == "[body child]"));
      BOOST_TEST(cleaned == 1);
      raised = true;
      co_await curfew::checkpoint();
    };
    parent = curfew::spawn(co_await asio::this_coro::executor, work);
    co_await curfew::sleep_for(1s);
    co_await at_one_instant([&] { requests += parent.cancel(); });
    co_await parent.wait();
    BOOST_TEST(raised);
  });
  BOOST_TEST(requests > 0);
}

ALSO_CONFORMS("TG-19", children_that_multiply_as_a_sibling_fails_are_stopped_or_refused) {
  int most_refused = 0, most_born = 0;
  in_each_order([&](curfew::testing::virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    int born = 0, refused = 0, ended = 0;
    std::function<awaitable<>(curfew::task_group)> const hydra =
        [&](curfew::task_group group) -> awaitable<> {
      ++born;
      auto const slept = co_await curfew::settle(curfew::sleep_for(1s));
      auto const head = thrown_by([&] { group.spawn({}, hydra, group); });
      BOOST_TEST((head == "nothing" || head == "group_closed"));
      refused += head == "group_closed";
      ++ended;
      slept.value();
    };
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn({}, hydra, group);
      group.spawn({}, hydra, group);
      group.spawn(fail("sibling", 1s));
      co_return;
    };
    SAYS("sibling", curfew::with_task_group(body));
    BOOST_TEST(born == ended);
    BOOST_TEST((time.now() - began == 1s));
    most_refused = std::max(most_refused, refused);
    most_born = std::max(most_born, born);
  });
  BOOST_TEST(most_refused == 2);
  BOOST_TEST(most_born == 4);
}

ALSO_CONFORMS("TG-30", a_group_that_is_asked_again_as_its_children_end_abandons_nobody) {
  int values = 0, aborts = 0;
  in_each_order([&](curfew::testing::virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    int cleaned = 0;
    auto const cleanup = [&]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      ++cleaned;
    };
    std::optional<curfew::timeout_scope> scope;
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(curfew::finally(sleepy(1h), cleanup));
      group.spawn(curfew::finally(sleepy(1s), cleanup));
      group.cancel();
      co_return;
    };
    auto const around = [&](curfew::timeout_scope& mine) -> awaitable<> {
      scope.emplace(mine);
      auto const got = co_await curfew::settle(curfew::with_task_group(body));
      BOOST_TEST(got.has_value() != got.cancelled());
      ++(got.has_value() ? values : aborts);
      BOOST_TEST(cleaned == 2);
      BOOST_TEST((time.now() - began == 1s));
      co_await curfew::sleep_for(1s);  // a request is still there
    };
    auto const asks = [&] { scope->cancel("again"); };
    auto const block = [&]() -> awaitable<> { ENDS(end::aborted, curfew::timeout(1h, around)); };
    co_await curfew::gather(block(), at_one_instant(asks, asks));
  });
  BOOST_TEST(values + aborts > 1);
}

ALSO_CONFORMS("TG-45", a_timeout_that_escapes_is_a_failure_also_as_its_group_is_cancelled) {
  int timeouts = 0, quiet = 0;
  in_each_order([&]() -> awaitable<> {
    bool escaped = false;
    auto const child = [&]() -> awaitable<> {
      auto const got = co_await curfew::settle(curfew::wait_for(sleepy(1h), 1s));
      escaped = got.timed_out();
      got.value();
    };
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(child);
      group.spawn(sleepy(1s));
      co_await at_one_instant([&group] { group.cancel(); });
    };
    auto const got = co_await curfew::settle(curfew::with_task_group(body));
    BOOST_TEST(got.timed_out() == escaped);
    BOOST_TEST(!got.cancelled());
    ++(escaped ? timeouts : quiet);
  });
  BOOST_TEST(timeouts > 0);
  BOOST_TEST(quiet > 0);
}

ALSO_CONFORMS("TG-48", a_context_that_dies_after_any_step_destroys_a_group_in_each_of_its_stages) {
  auto const argument = make_held();
  int asked = 0;
  std::optional<curfew::task_group> kept;
  auto const cleanup = []() -> awaitable<> { co_await curfew::sleep_for(1s); };
  auto const body = [&](curfew::task_group& group, held mine) -> awaitable<> {
    kept = group;
    for (int i = 0; i < 2; ++i) group.spawn(until_asked(asked, mine));
    group.spawn(curfew::finally(give(7, 1h, mine), cleanup));
    co_await curfew::sleep_for(1s);
    group.cancel();
    co_await give(7, 1h, mine);
  };
  auto const scenario = [&] { return curfew::with_task_group(body, argument); };
  auto const steps = curfew::testing::destroy_at_every_step(scenario, [&](std::size_t) {
    BOOST_TEST(argument.use_count() == 1);
    if (!kept) return;
    kept->cancel();
    BOOST_TEST(kept->size() == 0U);
    BOOST_TEST(thrown_by([&] { kept->spawn(sleepy(1h)); }) == "group_closed");
    kept.reset();
  });
  BOOST_TEST(steps > 5U);
}

ALSO_CONFORMS("TG-05", a_group_joins_all_its_children_after_a_request_at_any_step) {
  int alive = 0, locals = 0;
  auto const argument = make_held();
  auto const scenario = [&]() -> awaitable<> {
    auto const child = [&](held mine, curfew::clock::duration limit) -> awaitable<> {
      ++alive;
      auto const leave = [&]() -> awaitable<> {
        co_await curfew::sleep_for(1s);
        --alive;
      };
      auto const work = [&](held) -> awaitable<> {
        auto const local = std::shared_ptr<void>(nullptr, [&](auto) { --locals; });
        ++locals;
        co_await curfew::sleep_for(limit);
      };
      co_await curfew::finally(work(mine), leave);
    };
    auto const inner = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn({}, child, argument, 2s);
      group.spawn({}, child, argument, 1s);
      (void)co_await curfew::settle(group.spawn({}, child, argument, 1s).join());
      group.cancel();
      co_await child(argument, 1h);
    };
    auto const started = [&](curfew::task_started<int> const& ready) -> awaitable<> {
      co_await curfew::sleep_for(1s);
      ready(80);
      co_await child(argument, 1s);
    };
    auto const outer = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn([&] { return curfew::with_task_group(inner); });
      BOOST_TEST(co_await group.start(started) == 80);
      co_await curfew::gather(child(argument, 1s), child(argument, 2s));
    };
    co_await curfew::with_task_group(curfew::group_options().max_concurrency(2), outer);
    BOOST_TEST(alive == 0);
  };
  auto const steps = curfew::testing::cancel_at_every_step(scenario, [&](auto const& run) {
    BOOST_TEST(alive == 0);
    BOOST_TEST(locals == 0);
    BOOST_TEST(argument.use_count() == 1);
    BOOST_TEST(run.took <= 1s);  // the cleanups of those that ran, at one time
    BOOST_TEST((run.ended.has_value() || run.ended.cancelled()));
  });
  BOOST_TEST(steps > 20U);
}

BOOST_AUTO_TEST_SUITE_END()
