#include "recorder.hpp"

// Who is told of tasks, what of them, and how often.

BOOST_AUTO_TEST_SUITE(observer)

namespace {

using boost::test_tools::per_element;

/// Goes on whatever is asked of it, for a while.
awaitable<> stubborn(curfew::clock::duration until) {
  co_await curfew::shield(curfew::sleep_for(until));
}

awaitable<> fail_in_a_second() { co_await fail("broken", 1s); }

struct gone : recorder {
  explicit gone(std::function<void()> f) : last(std::move(f)) {}
  ~gone() override { last(); }
  std::function<void()> last;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_spawn_is_told_before_the_task_runs_and_its_end_when_it_has) {
  observed f;
  bool ran = false;
  auto const body = [&]() -> awaitable<> {
    ran = true;
    co_await curfew::sleep_for(1s);
  };
  curfew::spawn(f.context, {"a"}, body);
  TOLD(*f.record, "spawn a");
  BOOST_TEST(!ran);
  f.time.advance(999ms);
  TOLD(*f.record, "spawn a");
  f.time.run();
  TOLD(*f.record, "spawn a", "end a: completed");
  BOOST_TEST(!f.record->entries().back().error);
}

BOOST_AUTO_TEST_CASE(an_end_says_how_it_came_and_by_which_error) {
  observed f;
  auto const failed = curfew::spawn(f.context, {"fails"}, fail_in_a_second);
  auto const late = curfew::spawn(f.context, {"late"},
                                  []() -> awaitable<> { co_await curfew::timeout(2s, rest); });
  auto cancelled = curfew::spawn(f.context, {"cancelled"}, rest);
  f.time.advance(3s);
  cancelled.cancel("enough");
  f.time.run();
  TOLD(*f.record, "spawn fails", "spawn late", "spawn cancelled", "end fails: failed",
       "expiry in late at 2000, late 0", "end late: failed", "request cancelled: requested: enough",
       "end cancelled: cancelled");
  auto const told = f.record->entries();
  BOOST_TEST((told[3].error == failed.result().error()));
  BOOST_TEST((told[5].error == late.result().error()));
  BOOST_TEST(curfew::is_timeout(told[5].error));
  BOOST_TEST(curfew::is_cancellation(told[7].error));
}

BOOST_AUTO_TEST_CASE(a_task_that_is_cancelled_before_it_begins_is_told_as_any_other) {
  observed f;
  curfew::spawn(f.context, {"a"}, rest).cancel("too late");
  TOLD(*f.record, "spawn a", "request a: requested: too late");
  f.time.run();
  TOLD(*f.record, "spawn a", "request a: requested: too late", "end a: cancelled");
}

BOOST_AUTO_TEST_CASE(tasks_that_die_with_their_context_have_ended_cancelled) {
  auto const record = std::make_shared<recorder>();
  {
    asio::io_context context;
    curfew::set_observer(context, record);
    curfew::spawn(context, {"begun"}, rest);
    context.poll();
    curfew::spawn(context, {"not begun"}, rest);
  }
  TOLD(*record, "spawn begun", "spawn not begun", "end begun: cancelled",
       "end not begun: cancelled");
  BOOST_TEST(!record->entries().back().error);
  BOOST_TEST(record.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_task_is_told_with_its_owner_its_group_its_place_and_its_time) {
  observed f;
  auto const begun = f.time.now();
  auto const body = [](curfew::task_group& group) -> awaitable<> {
    co_await curfew::sleep_for(5s);
    group.spawn({"child"}, nothing);
  };
  auto const main = [&]() -> awaitable<> {
    co_await curfew::with_task_group(curfew::group_options().name("the group"), body);
  };
  auto const owner = curfew::spawn(f.context, {"owner"}, main);
  f.time.run();
  TOLD(*f.record, "spawn owner", "spawn child", "end child: completed", "end owner: completed");
  auto const told = f.record->entries();
  BOOST_TEST(told[0].id == owner.id());
  BOOST_TEST(told[0].owner == 0U);
  BOOST_TEST((told[0].spawned_at == begun));
  for (auto const& child : {told[1], told[2]}) {
    BOOST_TEST(child.id > owner.id());
    BOOST_TEST(child.id == told[1].id);
    BOOST_TEST(child.owner == owner.id());
    BOOST_TEST(child.group == "the group");
    BOOST_TEST((child.spawned_at == begun + 5s));
    BOOST_TEST(std::string(child.where.file_name()).ends_with("observer_test.cpp"));
    BOOST_TEST(child.where.line() == told[1].where.line());
  }
}

BOOST_AUTO_TEST_CASE(a_request_is_told_once_however_often_it_is_made) {
  observed f;
  auto task = curfew::spawn(f.context, {"a"}, stubborn, 1s);
  f.time.settle();
  BOOST_TEST(task.cancel("first"));
  BOOST_TEST(!task.cancel("second"));
  f.time.run();
  BOOST_TEST(!task.cancel("after the end"));
  TOLD(*f.record, "spawn a", "request a: requested: first", "end a: completed");
}

BOOST_AUTO_TEST_CASE(a_failure_asks_the_siblings_once_each_and_not_the_one_that_failed) {
  observed f;
  auto const body = [](curfew::task_group& group) -> awaitable<> {
    group.spawn({"one"}, rest);
    group.spawn({"fails"}, fail_in_a_second);
    group.spawn({"two"}, rest);
    co_return;
  };
  f.run([&]() -> awaitable<> { SAYS("broken", curfew::with_task_group(body)); });
  TOLD(*f.record, "spawn one", "spawn fails", "spawn two", "end fails: failed",
       "request one: sibling failed: fails: broken", "request two: sibling failed: fails: broken",
       "end one: cancelled", "end two: cancelled");
}

BOOST_AUTO_TEST_CASE(a_task_that_was_asked_by_its_handle_is_not_told_again_with_its_group) {
  observed f;
  auto const body = [](curfew::task_group& group) -> awaitable<> {
    auto one = group.spawn({"one"}, stubborn, 5s);
    group.spawn({"two"}, rest);
    co_await curfew::sleep_for(1s);
    one.cancel("by name");
    group.cancel("all of you");
    group.cancel("again");
  };
  f.run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST(f.record->count("request one: requested: by name") == 1U);
  BOOST_TEST(f.record->count("request two: requested: all of you") == 1U);
  BOOST_TEST(f.record->lines().size() == 6U);
}

BOOST_AUTO_TEST_CASE(what_is_asked_of_a_task_from_around_its_group_names_the_limit) {
  observed f;
  auto const body = [](curfew::task_group& group) -> awaitable<> {
    group.spawn({"child"}, rest);
    co_return;
  };
  auto const around = [&]() -> awaitable<> { co_await curfew::with_task_group(body); };
  f.run([&]() -> awaitable<> { ENDS(end::timed_out, curfew::timeout(1s, around)); });
  TOLD(*f.record, "spawn child", "expiry in no task at 1000, late 0", "request child: deadline",
       "end child: cancelled");
}

BOOST_AUTO_TEST_CASE(a_spawn_that_is_refused_is_no_spawn) {
  observed f;
  auto const body = [](curfew::task_group& group) -> awaitable<> {
    group.cancel("closed");
    BOOST_CHECK_THROW(group.spawn({"refused"}, rest), system_error);
    co_return;
  };
  f.run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  TOLD(*f.record);
}

BOOST_AUTO_TEST_CASE(hooks_are_called_where_it_happens) {
  observed f;
  auto const here = std::this_thread::get_id();
  std::thread::id there;
  std::thread([&] {
    there = std::this_thread::get_id();
    curfew::spawn(f.context, {"a"}, rest).cancel("from a thread");
  }).join();
  f.time.run();
  auto const told = f.record->entries();
  BOOST_REQUIRE(told.size() == 3U);
  BOOST_TEST((told[0].thread == there));
  BOOST_TEST((told[1].thread == there));
  BOOST_TEST((told[2].thread == here));
}

BOOST_AUTO_TEST_CASE(the_stages_of_a_run_and_who_refuses_to_stop_are_told) {
  observed f;
  auto const main = [](curfew::shutdown_control& control) -> awaitable<> {
    auto const executor = co_await asio::this_coro::executor;
    curfew::spawn(executor, {"stubborn"}, stubborn, 1h);
    co_await curfew::sleep_for(1s);
    control.request();
    co_await curfew::sleep_forever();
  };
  std::ostringstream log;
  auto const options = curfew::run_options()
                           .signals({})
                           .dump_signal(0)
                           .drain_limit(2s)
                           .cancel_limit(8s)
                           .log(log)
                           .observer(f.record);
  BOOST_TEST(curfew::run(f.context, main, options) == 1);
  TOLD(*f.record, "spawn main", "spawn stubborn", "running to draining: shutdown",
       "draining to cancelling: shutdown", "request main: shutdown", "request stubborn: shutdown",
       "end main: cancelled", "cancelling to forced: shutdown",
       "refusal stubborn: shutdown, 8000 ago");
  f.record->clear();
  f.time.run();  // what was left behind lives on in the context
  TOLD(*f.record, "end stubborn: completed");
}

BOOST_AUTO_TEST_CASE(the_watchdog_tells_once_of_a_task_that_does_not_stop) {
  observed f;
  auto const main = []() -> awaitable<> {
    auto const executor = co_await asio::this_coro::executor;
    auto task = curfew::spawn(executor, {"stubborn"}, stubborn, 60s);
    co_await curfew::sleep_for(1s);
    task.cancel("please");
    co_await curfew::settle(task.join());
  };
  std::ostringstream log;
  auto const options = curfew::run_options().signals({}).dump_signal(0).log(log).watchdog(
      curfew::watchdog_options().refusal(4s));
  BOOST_TEST(curfew::run(f.context, main, options) == 0);
  auto const over = "shutdown: the main coroutine has ended";
  TOLD(*f.record, "spawn main", "spawn stubborn", "request stubborn: requested: please",
       "refusal stubborn: requested: please, 4000 ago", "end stubborn: completed",
       "end main: completed", std::string("running to draining: ") + over,
       std::string("draining to cancelling: ") + over);
}

BOOST_AUTO_TEST_CASE(another_observer_takes_over_in_the_middle_and_none_is_told_nothing) {
  observed f;
  auto const next = std::make_shared<recorder>();
  curfew::spawn(f.context, {"a"}, rest).cancel({"once"});
  curfew::set_observer(f.context, next);
  f.time.run();
  curfew::set_observer(f.context, nullptr);
  auto silent = curfew::spawn(f.context, {"b"}, rest);
  silent.cancel("unseen");
  f.time.run();
  curfew::set_observer(f.context, next);
  curfew::spawn(f.context, {"c"}, nothing);
  f.time.run();
  TOLD(*f.record, "spawn a", "request a: requested: once");
  TOLD(*next, "end a: cancelled", "spawn c", "end c: completed");
  BOOST_TEST(f.record.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(an_observer_may_outlive_the_context_and_watch_several) {
  auto const record = std::make_shared<recorder>();
  {
    fixture one, two;
    for (auto* each : {&one, &two}) {
      curfew::set_observer(each->context, record);
      curfew::spawn(each->context, {"a"}, nothing);
      each->time.run();
    }
    BOOST_TEST(record.use_count() == 3);
  }
  TOLD(*record, "spawn a", "end a: completed", "spawn a", "end a: completed");
  BOOST_TEST(record.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(an_observer_is_destroyed_outside_the_lock_and_after_the_call_that_it_is_in) {
  fixture f;
  lines said;
  auto const instead = std::make_shared<recorder>();
  auto first = std::make_shared<gone>([&] {
    said.push_back("destroyed");
    curfew::set_observer(f.context, instead);
    BOOST_TEST(curfew::tasks(f.context).size() == 1U);
  });
  first->also = [&](std::string const& line) {
    curfew::set_observer(f.context, nullptr);
    said.push_back(line);
  };
  curfew::set_observer(f.context, std::move(first));
  curfew::spawn(f.context, {"a"}, nothing);
  f.time.run();
  BOOST_TEST(said == (lines{"spawn a", "destroyed"}), per_element());
  TOLD(*instead, "end a: completed");
  curfew::set_observer(f.context, nullptr);
}

BOOST_AUTO_TEST_CASE(all_of_several_are_told_in_their_order) {
  fixture f;
  lines said;
  auto const one = std::make_shared<recorder>(), two = std::make_shared<recorder>();
  one->also = [&](std::string const& line) { said.push_back("one: " + line); };
  two->also = [&](std::string const& line) { said.push_back("two: " + line); };
  one->told_after = 3s;
  two->told_after = 2s;
  auto const both = curfew::observe_by_all({one, nullptr, two});
  BOOST_TEST((both->late_after() == 2s));
  one->told_after = 1s;  // asked once
  BOOST_TEST((both->late_after() == 2s));
  both->on_late_delivery({}, 2s);
  both->on_late_delivery({}, 3s);
  curfew::set_observer(f.context, both);
  curfew::spawn(f.context, {"a"}, nothing);
  f.time.run();
  BOOST_TEST(said == (lines{"two: late delivery", "one: late delivery", "two: late delivery",
                            "one: spawn a", "two: spawn a", "one: end a: completed",
                            "two: end a: completed"}),
             per_element());
  curfew::set_observer(f.context, nullptr);
  BOOST_TEST((curfew::observe_by_all({})->late_after() == curfew::clock::duration::max()));
}

BOOST_AUTO_TEST_CASE(several_pass_on_whatever_there_is_to_tell) {
  auto const record = std::make_shared<recorder>();
  auto const all = curfew::observe_by_all({record, std::make_shared<recorder>()});
  curfew::task_event task;
  task.id = 7;
  task.name = "a";
  all->on_request(task, "stop");
  all->on_expiry(task, {}, curfew::clock::time_point(1s), 2ms);
  all->on_refusal(task, "stop", 3s);
  all->on_stage_change(curfew::stage::running, curfew::stage::draining, "end");
  TOLD(*record, "request a: requested: stop", "expiry in a at 1000, late 2",
       "refusal a: requested: stop, 3000 ago", "running to draining: requested: end");
}

BOOST_AUTO_TEST_CASE(an_observer_that_overrides_nothing_is_told_and_does_nothing) {
  fixture f;
  struct silent : curfew::observer {};
  curfew::set_observer(f.context, std::make_shared<silent>());
  auto task = curfew::spawn(f.context, {"a"}, []() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_forever(), 1s));
    co_await curfew::sleep_forever();
  });
  f.time.advance(2s);
  task.cancel("stop");
  f.time.run();
  silent by_itself;
  by_itself.on_late_delivery({}, 1s);
  by_itself.on_refusal({}, "stop", 1s);
  by_itself.on_stage_change(curfew::stage::running, curfew::stage::draining, "end");
  BOOST_TEST((by_itself.late_after() == 100ms));
  curfew::set_observer(f.context, nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
