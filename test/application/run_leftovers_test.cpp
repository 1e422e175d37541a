#include "running.hpp"

#include <curfew/detail/task_registry.hpp>

BOOST_AUTO_TEST_SUITE(run_leftovers)

namespace {

using curfew::stage;

auto& registry_of(asio::io_context& context) {
  return curfew::detail::task_registry::of(curfew::detail::deadline_service::of(context));
}

/// What happened, in the order in which it did.
struct diary {
  std::string text;
  void operator()(std::string const& what) { text += (text.empty() ? "" : " ") + what; }
};

/// Tries to spawn a task when it is asked to stop, and writes down how that went.
awaitable<> spawns_when_asked(asio::io_context& context, std::string& said) {
  (void)co_await curfew::settle(curfew::sleep_forever());
  said = thrown_by([&] { (void)curfew::spawn(context, {"late"}, [] { return busy(1s); }); });
}

}  // namespace

// ---- which tasks there are

BOOST_AUTO_TEST_CASE(tasks_that_were_there_before_the_run_are_cancelled_and_joined_too) {
  runner r;
  auto const before = curfew::spawn(r.context, {"before"}, slow_to_stop, 2s, held());
  r.time.settle();
  r.run([] { return busy(1s); });
  BOOST_TEST(before.done());
  BOOST_TEST(before.cancelled());
  BOOST_TEST(r.lasted == 3s);
  BOOST_TEST(r.counts() == "0 completed, 0 failed, 1 cancelled");
  BOOST_TEST(before.reason().text() == "the main coroutine has ended");
}

BOOST_AUTO_TEST_CASE(groups_of_plain_coroutines_are_told_too) {
  runner r;
  diary says;
  auto const child = [&]() -> awaitable<> {
    auto const ended = co_await curfew::settle(slow_to_stop(2s));
    says(words_of(ended.error()));
  };
  auto const plain = [&]() -> awaitable<> {
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn({"child"}, child);
      co_await curfew::sleep_forever();
    };
    auto const ended = co_await curfew::settle(curfew::with_task_group(body));
    says("group " + words_of(ended.error()));
    co_await curfew::sleep_for(1s);  // the coroutine itself is nobody's task, and goes on
    says("on");
  };
  asio::co_spawn(r.context, plain, asio::detached);
  r.run([] { return busy(1s); });
  BOOST_TEST(r.lasted == 3s);
  BOOST_TEST(says.text == "aborted group value");
  r.time.run();
  BOOST_TEST(says.text == "aborted group value on");
  BOOST_TEST(r.is_clean());
}

BOOST_AUTO_TEST_CASE(a_group_that_a_plain_coroutine_opens_later_is_told_as_well) {
  runner r;
  auto const child = []() -> awaitable<> { co_await curfew::sleep_forever(); };
  auto const plain = [&]() -> awaitable<> {
    co_await curfew::sleep_for(4s);  // while something is being cancelled
    co_await curfew::with_task_group([&](curfew::task_group& group) -> awaitable<> {
      group.spawn(child);
      co_return;
    });
  };
  asio::co_spawn(r.context, plain, asio::detached);
  auto const main = [&]() -> awaitable<> {
    (void)curfew::spawn(r.context, {"slow"}, [] { return slow_to_stop(9s); });
    co_await curfew::sleep_for(1s);
  };
  r.run(main, stage_limits(1h, 1h));
  BOOST_TEST(r.said() == "0");
  BOOST_TEST(r.lasted == 10s);
}

BOOST_AUTO_TEST_CASE(children_of_tasks_hear_of_it_by_their_owners_in_time) {
  runner r;
  diary says;
  auto const leaf = [&](std::string name) -> awaitable<> {
    (void)co_await curfew::settle(curfew::sleep_forever());
    says(name);
  };
  auto const inner = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({}, leaf, "leaf");
    co_return;
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn([&] { return curfew::with_task_group(inner); });
    (void)co_await curfew::settle(curfew::sleep_forever());
    says("body");
  };
  r.raise_at(1s);
  r.raise_at(2s);
  r.run([&] { return curfew::with_task_group(body); });
  BOOST_TEST((says.text == "body leaf" || says.text == "leaf body"));
  BOOST_TEST(r.lasted == 2s);
  BOOST_TEST(r.said() == "0");
}

BOOST_AUTO_TEST_CASE(what_is_spawned_while_it_drains_belongs_to_it) {
  runner r;
  r.raise_at(1s);
  bool ended = false;
  r.run([&]() -> awaitable<> {
    co_await until_drained();
    (void)curfew::spawn(r.context, {"late"}, [&]() -> awaitable<> {
      (void)co_await curfew::settle(slow_to_stop(1s));
      ended = true;
    });
    co_await curfew::sleep_for(1s);
  });
  BOOST_TEST(ended);
  BOOST_TEST(r.lasted == 3s);
}

BOOST_AUTO_TEST_CASE(what_is_spawned_into_the_run_while_it_cancels_never_begins_and_is_joined) {
  runner r;
  std::string said;
  r.run([&]() -> awaitable<> {
    (void)curfew::spawn(r.context, {"dying"}, spawns_when_asked, std::ref(r.context),
                        std::ref(said));
    co_await curfew::sleep_for(1s);
  });
  BOOST_TEST(said == "nothing");
  BOOST_TEST(r.stages->ended["late"] == 1);
  BOOST_TEST(r.said() == "0");
  // After the run the context takes tasks again.
  auto const after = curfew::spawn(r.context, give(4, 1s));
  r.time.run();
  BOOST_TEST(after.result().value() == 4);
}

BOOST_AUTO_TEST_CASE(what_dying_tasks_spawn_into_their_own_groups_is_cancelled_and_joined) {
  runner r;
  diary says;
  auto const late = [&]() -> awaitable<> {
    auto const ended = co_await curfew::settle(curfew::sleep_for(1s));
    says("late " + words_of(ended.error()));
  };
  auto const clean_up = [&](auto const&) -> awaitable<> {
    co_await curfew::with_task_group([&](curfew::task_group& group) -> awaitable<> {
      group.spawn(late);
      co_return;
    });
  };
  auto const dying = [&]() -> awaitable<> {
    co_await curfew::finally(curfew::sleep_forever(), clean_up);
  };
  r.run([&]() -> awaitable<> {
    (void)curfew::spawn(r.context, {"dying"}, dying);
    co_await curfew::sleep_for(1s);
  });
  BOOST_TEST(says.text == "late value");  // the cleanup is shielded, and so what belongs to it
  BOOST_TEST(r.lasted == 2s);
}

// ---- commits

BOOST_AUTO_TEST_CASE(a_shielded_commit_is_finished_within_the_limit) {  // RN-22
  runner r;
  bool committed = false;
  auto const commit = [&]() -> awaitable<> {
    co_await curfew::sleep_for(4s);
    committed = true;
  };
  auto const main = [&]() -> awaitable<> {
    co_await curfew::shield(commit());
    co_await curfew::sleep_forever();
  };
  r.raise_at(1s);
  r.raise_at(2s);
  r.run(main);
  BOOST_TEST(committed);
  BOOST_TEST(r.said() == "0");
  BOOST_TEST(r.lasted == 4s);
}

BOOST_AUTO_TEST_CASE(and_left_behind_after_it) {
  runner r;
  r.raise_at(1s);
  r.raise_at(2s);
  r.run([] { return stubborn(9s); });
  BOOST_TEST(r.said() == "1");
  BOOST_TEST(r.lasted == 7s);
}

// ---- what is left behind

BOOST_AUTO_TEST_CASE(the_report_says_all_that_is_known_of_who_refused) {
  runner r;
  auto const in_a_group = [](curfew::task_group& group) -> awaitable<> {
    group.spawn({"writer"}, [] { return curfew::timeout(2h, [] { return stubborn(1h); }); });
    co_return;
  };
  auto const main = [&]() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    co_await curfew::with_task_group(curfew::group_options().name("writers"), in_a_group);
  };
  r.raise_at(5s);
  r.raise_at(6s);
  r.run(main, stage_limits(1h, 4s));
  BOOST_REQUIRE(r.report.refused.size() == 2U);
  auto const& owner = r.report.refused[0];
  auto const& writer = r.report.refused[1];
  BOOST_TEST(owner.name == "main");
  BOOST_REQUIRE(owner.waits_for.has_value());
  BOOST_TEST(owner.waits_for->what == "children");
  BOOST_TEST(writer.name == "writer");
  BOOST_TEST(writer.group == "writers");
  BOOST_TEST(writer.owner == owner.id);
  BOOST_TEST(writer.age == 9s);
  BOOST_TEST(std::string(writer.where.file_name()).ends_with("run_leftovers_test.cpp"));
  BOOST_TEST(writer.begun);
  BOOST_TEST(!writer.abandoned);
  BOOST_REQUIRE(writer.waits_for.has_value());
  BOOST_TEST(writer.waits_for->what == "sleep");
  BOOST_TEST(writer.waits_for->lasted == 9s);
  BOOST_TEST((writer.waits_for->until == writer.seen_at + 1h - 9s));
  BOOST_TEST(writer.reason.text() == "SIGTERM");
  BOOST_TEST((writer.reason.cause() == curfew::cancellation_cause::shutdown));
  BOOST_TEST(writer.asked == 4s);
  auto const words = to_string(r.report);
  BOOST_TEST(words.find("2 refused to stop\n  refused: #") != std::string::npos);
  BOOST_TEST(words.find("\"writer\" waits 9.0 s for sleep, 59 min 51 s left; spawned 9.0 s ago at "
                        "run_leftovers_test.cpp:") != std::string::npos);
  BOOST_TEST(words.find("asked to stop 4.0 s ago: shutdown: SIGTERM") != std::string::npos);
  BOOST_TEST(r.stages->refused["writer"] == 1);
}

BOOST_AUTO_TEST_CASE(on_the_users_context_it_lives_on_and_may_end_later) {
  runner r;
  auto const kept = make_held();
  curfew::task<void> left;
  r.raise_at(1s);
  r.raise_at(1s);
  r.raise_at(1s);
  r.run([&]() -> awaitable<> {
    left = curfew::spawn(r.context, {"left"}, stubborn, 1h, kept);
    co_await curfew::shield(curfew::sleep_for(2h));
  });
  BOOST_TEST(r.said() == "1");
  BOOST_TEST(r.refused() == "main left");
  BOOST_TEST(!left.done());
  BOOST_TEST(kept.use_count() > 1);
  r.time.run();
  BOOST_TEST(left.done());
  BOOST_TEST(kept.use_count() == 1);
  BOOST_TEST(registry_of(r.context).tasks().empty());
  BOOST_TEST(r.is_clean());
}

BOOST_AUTO_TEST_CASE(a_context_that_is_destroyed_takes_it_along) {
  auto const kept = make_held();
  curfew::task<void> left;
  {
    runner r;
    r.raise_at(1s);
    r.raise_at(1s);
    r.raise_at(1s);
    r.run([&]() -> awaitable<> {
      left = curfew::spawn(r.context, {"left"}, stubborn, 1h, kept);
      co_await curfew::shield(curfew::sleep_for(2h));
    });
    BOOST_TEST(r.said() == "1");
  }
  BOOST_TEST(kept.use_count() == 1);
  BOOST_TEST(left.done());
  BOOST_TEST(!left.cancel());
}

BOOST_AUTO_TEST_CASE(on_a_context_of_its_own_it_is_destroyed_at_the_end) {
  auto const kept = make_held();
  curfew::shutdown_report report;
  auto const main = [&](curfew::shutdown_control& control) -> awaitable<> {
    auto const executor = co_await asio::this_coro::executor;
    for (int i = 0; i < 3; ++i) asio::post(executor, [&] { control.request(); });
    co_await curfew::shield(stubborn(1h, kept));
  };
  BOOST_TEST(curfew::run(main, curfew::run_options().report(report)) == 1);
  BOOST_TEST(kept.use_count() == 1);
  BOOST_REQUIRE(report.refused.size() == 1U);
  BOOST_TEST(report.refused[0].waits_for->what == "sleep");
}

BOOST_AUTO_TEST_CASE(a_further_run_on_the_context_waits_for_what_the_first_has_left) {
  runner r;
  curfew::task<void> left;
  for (int i = 0; i < 3; ++i) r.raise_at(1s);
  r.run([&]() -> awaitable<> {
    left = curfew::spawn(r.context, {"left"}, stubborn, 1h, held());
    co_await until_drained();
  });
  BOOST_TEST(r.said() == "1");
  r.run([] { return busy(1s); }, stage_limits(1h, 2h));
  BOOST_TEST(r.said() == "0");
  BOOST_TEST(left.done());
  BOOST_TEST(r.lasted == 1h - 1s);
}

BOOST_AUTO_TEST_CASE(what_was_abandoned_is_named_apart) {
  runner r;
  for (int i = 0; i < 3; ++i) r.raise_at(1s);
  r.run([&]() -> awaitable<> {
    (void)curfew::spawn(r.context, {"abandoned"}, stubborn, 1h, held());
    for (auto const& each : registry_of(r.context).tasks())
      if (each->name() == "abandoned") each->set_abandoned();
    co_await until_drained();
  });
  BOOST_TEST(r.said() == "1");
  BOOST_TEST(r.refused() == "");
  BOOST_REQUIRE(r.report.abandoned.size() == 1U);
  BOOST_TEST(r.report.abandoned[0].name == "abandoned");
  BOOST_TEST(r.report.abandoned[0].abandoned);
  BOOST_TEST(to_string(r.report).find("1 abandoned, 0 refused to stop\n  abandoned: #") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_task_that_was_asked_long_before_says_so) {
  runner r;
  for (int i = 0; i < 3; ++i) r.raise_at(10s);
  r.run([&]() -> awaitable<> {
    auto slow = curfew::spawn(r.context, {"slow"}, stubborn, 1h, held());
    co_await curfew::sleep_for(1s);
    slow.cancel({"not needed"});
    co_await until_drained();
  });
  BOOST_REQUIRE(r.report.refused.size() == 1U);
  BOOST_TEST(r.report.refused[0].asked == 9s);
  BOOST_TEST(r.report.refused[0].reason.text() == "not needed");
}

// ---- the context is stopped, or destroyed

BOOST_AUTO_TEST_CASE(a_context_that_somebody_stops_ends_it_in_each_stage_as_if_it_were_forced) {
  struct row {
    int requests;
    stage reached;
  };
  for (bool const is_virtual : {true, false})
    for (auto const& each :
         {row{0, stage::running}, row{1, stage::draining}, row{2, stage::cancelling}}) {
      BOOST_TEST_CONTEXT("virtual " << is_virtual << ", requests " << each.requests) {
        auto const kept = make_held();
        curfew::shutdown_report report;
        std::optional<asio::io_context> context(std::in_place);
        std::optional<curfew::testing::virtual_time> time;
        if (is_virtual) time.emplace(*context);
        auto const main = [&](curfew::shutdown_control& control) -> awaitable<> {
          for (int i = 0; i < each.requests; ++i) asio::post(*context, [&] { control.request(); });
          asio::post(*context, [&] { context->stop(); });
          co_await curfew::shield(stubborn(1h, kept));
        };
        BOOST_TEST(curfew::run(*context, main, curfew::run_options().report(report)) == 1);
        BOOST_TEST(report.refused.size() == 1U);
        BOOST_TEST((report.stage == each.reached));
        BOOST_TEST(kept.use_count() > 1);
        time.reset();
        context.reset();
        BOOST_TEST(kept.use_count() == 1);
      }
    }
}

BOOST_AUTO_TEST_CASE(then_the_exit_code_says_that_something_was_left) {
  asio::io_context context;
  auto const main = [&]() -> awaitable<> {
    (void)curfew::spawn(context, {"left"}, stubborn, 1h, held());
    asio::post(context, [&] { asio::post(context, [&] { context.stop(); }); });
    co_return;
  };
  BOOST_TEST(curfew::run(context, main) == 1);
}

BOOST_AUTO_TEST_CASE(a_context_that_was_stopped_can_be_run_again) {
  runner r;
  r.at(1s, [&] { r.context.stop(); });
  r.run([] { return busy(1h); });
  BOOST_TEST(r.said() == "1");
  r.run([] { return busy(1s); });
  BOOST_TEST(r.said() == "0");
  BOOST_TEST(r.report.refused.empty());
}

BOOST_AUTO_TEST_SUITE_END()
