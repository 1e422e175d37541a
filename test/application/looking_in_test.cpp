#include "looking.hpp"

#include <curfew/as_completed.hpp>
#include <curfew/cancel_when.hpp>
#include <curfew/event.hpp>
#include <curfew/gather.hpp>
#include <curfew/idle.hpp>
#include <curfew/move_on_after.hpp>
#include <curfew/mutex.hpp>
#include <curfew/queue.hpp>
#include <curfew/run.hpp>
#include <curfew/semaphore.hpp>
#include <curfew/shield.hpp>
#include <curfew/sleep.hpp>
#include <curfew/timeout.hpp>
#include <curfew/wait.hpp>
#include <curfew/wait_for.hpp>

BOOST_AUTO_TEST_SUITE(looking_in)

namespace {

awaitable<> rest() { co_await curfew::sleep_for(1h); }
awaitable<> stubborn() { co_await curfew::shield(curfew::sleep_for(1h)); }

/// A context with everything that a task can wait for.
class waiting : public fixture {
 public:
  curfew::event event, other_ends;
  curfew::semaphore semaphore{1};
  curfew::mutex mutex;
  curfew::queue<int> empty, full{1};
  curfew::cancellation_source source;
  manual_op<error_code> op;
  unnoted nothing{context};
  curfew::permit permit = semaphore.try_acquire();
  curfew::mutex_guard lock = mutex.try_lock();
  curfew::task<void> other = curfew::spawn(context, {"other"}, other_ends.wait());

  waiting() {
    full.try_push(1);
    op.on_cancel = [this] { op.post(asio::error::operation_aborted); };
  }

  /// What is seen of the task "waiter"; "#" stands for the task "other".
  std::string seen() {
    auto const task = see(context, "waiter");
    auto const of = task.waits_for ? task.waits_for->task : 0;
    BOOST_TEST((of == 0 || of == other.id()));
    return wait_in(task) + (of == 0 ? "" : " #");
  }
};

constexpr auto nothing_happens = [](waiting&) {};

/// A task waits for three seconds. What is seen of the wait must be `expected`, and nothing after
/// it, however it ended: because what it waits for happened, by a limit around, by a request.
template <class Wait, class Happen>
void check(std::string const& expected, Wait wait, Happen happen) {
  for (std::string const how : {"it happens", "limit", "request"}) {
    if (std::is_same_v<Happen const, decltype(nothing_happens)> && how == "it happens") continue;
    BOOST_TEST_CONTEXT(expected << ": " << how) {
      waiting w;
      auto const body = [&]() -> awaitable<> {
        bool const done = co_await curfew::move_on_after(
            10s, [&]() -> awaitable<> { static_cast<void>(co_await wait(w)); });
        BOOST_TEST(done == (how == "it happens"));
        co_await w.nothing.wait();
      };
      auto const task = curfew::spawn(w.context, {"waiter"}, body);
      w.time.settle();
      w.time.advance(3s);
      BOOST_TEST(w.seen() == expected);
      if (how == "it happens") happen(w);
      if (how == "limit") w.time.advance(7s);
      if (how == "request") task.cancel();
      w.time.settle();
      BOOST_TEST(task.done() == (how == "request"));
      if (!task.done()) {
        BOOST_TEST(w.seen() == "nothing");
        BOOST_TEST(left_of(see(w.context, "waiter")) == "never");
      }
      task.cancel();
      w.other.cancel();
      w.time.run();
      BOOST_TEST(curfew::tasks(w.context).empty());
    }
  }
}

awaitable<> until_set(curfew::event& event) { co_await event.wait(); }
awaitable<> ready_when_set(curfew::task_started<void> const& started, curfew::event& event) {
  co_await event.wait();
  started();
}

}  // namespace

// ---- who is seen

BOOST_AUTO_TEST_CASE(a_context_in_which_nothing_was_spawned_has_no_tasks) {
  asio::io_context context;
  BOOST_TEST(curfew::tasks(context).empty());
  asio::co_spawn(context, rest(), asio::detached);  // no task
  context.poll();
  BOOST_TEST(curfew::tasks(context).empty());
  asio::thread_pool pool(1);
  BOOST_TEST(curfew::tasks(pool).empty());
}

BOOST_FIXTURE_TEST_CASE(a_task_says_who_and_where_it_is, fixture) {
  auto const line = std::source_location::current().line() + 1;
  auto const task = curfew::spawn(context, {"sleeper"}, rest);
  time.settle();
  time.advance(10s);
  auto const seen = see(context, "sleeper");
  BOOST_TEST(seen.id == task.id());
  BOOST_TEST(seen.owner == 0U);
  BOOST_TEST(seen.group == "");
  BOOST_TEST(seen.where.line() == line);
  BOOST_TEST(std::string(seen.where.file_name()).ends_with("looking_in_test.cpp"));
  BOOST_TEST((seen.seen_at == time.now()));
  BOOST_TEST(seen.age == 10s);
  BOOST_TEST(seen.begun);
  BOOST_TEST(!seen.abandoned);
  BOOST_TEST(!seen.reason);
  BOOST_TEST(seen.asked == 0s);
  time.run();
  BOOST_TEST(curfew::tasks(context).empty());
}

BOOST_FIXTURE_TEST_CASE(a_task_that_has_not_started_has_not_begun, fixture) {
  auto const task = curfew::spawn(context, {"new"}, rest);
  auto const seen = see(context, "new");
  BOOST_TEST(!seen.begun);
  BOOST_TEST(!seen.waits_for.has_value());
  time.run();
}

BOOST_FIXTURE_TEST_CASE(children_name_their_owner_and_their_group, fixture) {
  auto const inner = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({"grandchild"}, rest);
    co_return;
  };
  auto const child = [&]() -> awaitable<> {
    co_await curfew::with_task_group(curfew::group_options().name("inner"), inner);
  };
  auto const outer = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({"child"}, child);
    group.spawn({"sibling"}, rest);
    co_return;
  };
  auto const body = [&]() -> awaitable<> {
    co_await curfew::with_task_group(curfew::group_options().name("outer"), outer);
  };
  auto const task = curfew::spawn(context, {"parent"}, body);
  time.settle();
  BOOST_TEST(see(context, "parent").owner == 0U);
  BOOST_TEST(see(context, "child").owner == task.id());
  BOOST_TEST(see(context, "child").group == "outer");
  BOOST_TEST(see(context, "sibling").owner == task.id());
  BOOST_TEST(see(context, "grandchild").owner == see(context, "child").id);
  BOOST_TEST(see(context, "grandchild").group == "inner");

  std::string names;  // in the order of the groups
  for (auto const& each : curfew::tasks(context)) names += each.name + ' ';
  BOOST_TEST(names == "parent child sibling grandchild ");
  time.run();
}

BOOST_FIXTURE_TEST_CASE(children_of_a_plain_coroutine_are_seen_and_have_no_owner, fixture) {
  start([&]() -> awaitable<> {
    co_await curfew::with_task_group([&](curfew::task_group& group) -> awaitable<> {
      group.spawn({"child"}, rest);
      co_return;
    });
  });
  time.settle();
  BOOST_TEST(see(context, "child").owner == 0U);
  time.run();
}

BOOST_AUTO_TEST_CASE(children_that_run_in_a_pool_are_seen_where_their_owner_is) {
  asio::io_context context;
  asio::thread_pool pool(1);
  curfew::cancellation_source stop;
  std::atomic<int> waiting = 0;
  auto const below = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(pool, {"grandchild"}, [&]() -> awaitable<> {
      ++waiting;
      co_await stop.token().wait();
    });
    co_return;
  };
  auto const in_pool = [&]() -> awaitable<> {
    co_await curfew::with_task_group(curfew::group_options().name("below"), below);
  };
  auto const spawn = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(pool, {"child"}, in_pool);
    co_return;
  };
  auto const body = [&]() -> awaitable<> { co_await curfew::with_task_group(spawn); };
  auto const task = curfew::spawn(context, {"parent"}, body);
  auto const alone = curfew::spawn(pool, {"alone"}, stop.token().wait());
  while (waiting == 0) context.poll();
  BOOST_TEST(see(context, "child").owner == task.id());
  BOOST_TEST(see(context, "grandchild").owner == see(context, "child").id);
  BOOST_TEST(see(context, "grandchild").group == "below");
  BOOST_TEST(!is_there(context, "alone"));
  BOOST_TEST(curfew::tasks(pool).size() == 1U);
  BOOST_TEST(see(pool, "alone").id == alone.id());
  stop.cancel();
  context.run();
  BOOST_TEST(task.done());
  pool.join();
  BOOST_TEST(curfew::tasks(pool).empty());
}

BOOST_FIXTURE_TEST_CASE(a_run_has_its_main_coroutine_among_its_tasks, fixture) {
  std::vector<curfew::task_info> seen;
  auto const main = [&]() -> awaitable<> {
    curfew::spawn(co_await asio::this_coro::executor, {"helper"}, rest);
    seen = curfew::tasks(context);
  };
  curfew::run(context, main, curfew::run_options().name("program"));
  BOOST_REQUIRE(seen.size() == 2U);
  BOOST_TEST(seen[0].name == "main");
  BOOST_TEST(seen[1].name == "helper");
  BOOST_TEST(seen[0].group == "program");
  BOOST_TEST(seen[1].group == "program");
  BOOST_TEST(curfew::tasks(context).empty());
}

BOOST_FIXTURE_TEST_CASE(what_a_run_left_behind_is_seen_until_it_ends, fixture) {
  auto const main = [&](curfew::shutdown_control& control) -> awaitable<> {
    curfew::spawn(co_await asio::this_coro::executor, {"stubborn"}, stubborn);
    co_await curfew::sleep_for(1s);
    for (int i = 0; i < 3; ++i) control.request();
    co_await curfew::sleep_forever();
  };
  curfew::run(context, main);
  BOOST_TEST(see(context, "stubborn").group == "run");
  BOOST_TEST((see(context, "stubborn").reason.cause() == curfew::cancellation_cause::shutdown));
  time.run();
  BOOST_TEST(curfew::tasks(context).empty());
}

// ---- what it waits for

BOOST_AUTO_TEST_CASE(a_sleep) {
  check("sleep for 3, until 20", [](waiting&) { return curfew::sleep_for(20s); }, nothing_happens);
}

BOOST_AUTO_TEST_CASE(what_sleeps_for_ever_has_no_limit) {
  waiting w;
  auto const task = curfew::spawn(w.context, {"waiter"}, curfew::sleep_forever());
  w.time.settle();
  BOOST_TEST(w.seen() == "sleep for 0, until never");
  task.cancel();
  w.other.cancel();
  w.time.run();
}

BOOST_AUTO_TEST_CASE(an_event) {
  check(
      "event for 3, until never", [](waiting& w) { return w.event.wait(); },
      [](waiting& w) { w.event.set(); });
}

BOOST_AUTO_TEST_CASE(permits) {
  check(
      "semaphore for 3, until never", [](waiting& w) { return w.semaphore.acquire(); },
      [](waiting& w) { w.permit.release(); });
}

BOOST_AUTO_TEST_CASE(a_mutex) {
  check(
      "mutex for 3, until never", [](waiting& w) { return w.mutex.lock(); },
      [](waiting& w) { w.lock.unlock(); });
}

BOOST_AUTO_TEST_CASE(an_item) {
  check(
      "queue for 3, until never", [](waiting& w) { return w.empty.pop(); },
      [](waiting& w) { w.empty.try_push(1); });
  check(
      "queue for 3, until never", [](waiting& w) { return w.empty.next(); },
      [](waiting& w) { w.empty.close(); });
}

BOOST_AUTO_TEST_CASE(room_in_a_queue) {
  check(
      "room in a queue for 3, until never", [](waiting& w) { return w.full.push(2); },
      [](waiting& w) { w.full.try_pop(); });
}

BOOST_AUTO_TEST_CASE(a_token) {
  check(
      "token for 3, until never", [](waiting& w) { return w.source.token().wait(); },
      [](waiting& w) { w.source.cancel(); });
}

BOOST_AUTO_TEST_CASE(another_task) {
  auto const happen = [](waiting& w) { w.other_ends.set(); };
  check("task for 3, until never #", [](waiting& w) { return w.other.wait(); }, happen);
  check("task for 3, until never #", [](waiting& w) { return w.other.join(); }, happen);
}

BOOST_AUTO_TEST_CASE(the_children_of_a_group) {
  auto const happen = [](waiting& w) { w.event.set(); };
  auto const group = [](waiting& w) {
    return curfew::with_task_group(
        [](curfew::task_group& g, curfew::event& e) -> awaitable<> {
          g.spawn({"child"}, until_set, std::ref(e));
          co_return;
        },
        std::ref(w.event));
  };
  check("children for 3, until never", group, happen);
  auto const all = [](waiting& w) { return curfew::gather(until_set(w.event)); };
  check("children for 3, until never", all, happen);
}

BOOST_AUTO_TEST_CASE(the_start_of_a_child) {
  auto const happen = [](waiting& w) { w.event.set(); };
  auto const start = [](waiting& w) {
    return curfew::with_task_group(
        [](curfew::task_group& g, curfew::event& e) -> awaitable<> {
          co_await g.start({"child"}, ready_when_set, std::ref(e));
        },
        std::ref(w.event));
  };
  check("start of a child for 3, until never", start, happen);
}

BOOST_AUTO_TEST_CASE(an_operation_under_a_limit) {
  curfew::detail::note_operations();
  auto const happen = [](waiting& w) { w.op.post({}); };
  check(
      "operation for 3, until 20", [](waiting& w) { return curfew::wait_for(w.op(), 20s); },
      happen);
  auto const by_instant = [](waiting& w) { return curfew::wait_until(w.op(), w.time.now() + 20s); };
  check("operation for 3, until 20", by_instant, happen);
}

BOOST_AUTO_TEST_CASE(an_operation_without_a_limit_of_its_own) {
  curfew::detail::note_operations();
  auto const happen = [](waiting& w) { w.op.post({}); };
  check(
      "operation for 0, until never",
      [](waiting& w) { return curfew::wait_for(w.op(), curfew::never); }, happen);
  check(
      "operation for 0, until never",
      [](waiting& w) { return curfew::cancel_when(w.op(), w.source.token()); }, happen);
  check("nothing", [](waiting& w) { return w.op(); }, happen);
}

BOOST_AUTO_TEST_CASE(an_idle_operation) {
  auto const happen = [](waiting& w) { w.op.post({}); };
  check(
      "idle operation for 3, until never", [](waiting& w) { return curfew::idle(w.op()); }, happen);
}

BOOST_AUTO_TEST_CASE(of_nested_waits_the_innermost_is_named) {
  auto const happen = [](waiting& w) { w.event.set(); };
  check(
      "event for 3, until never", [](waiting& w) { return curfew::idle(w.event.wait()); }, happen);
  check(
      "event for 3, until 20", [](waiting& w) { return curfew::wait_for(w.event.wait(), 20s); },
      happen);
}

BOOST_AUTO_TEST_CASE(of_nested_limits_the_nearest_counts) {
  curfew::detail::note_operations();
  auto const happen = [](waiting& w) { w.op.post({}); };
  auto const nested = [&](auto outer, auto inner) {
    return [=](waiting& w) { return curfew::wait_for(curfew::wait_for(w.op(), inner), outer); };
  };
  check("operation for 3, until 20", nested(20s, 30s), happen);
  check("operation for 3, until 20", nested(30s, 20s), happen);
  check("operation for 3, until 20", nested(20s, curfew::never), happen);
  check("operation for 3, until 20", nested(curfew::never, 20s), happen);
  auto const sleep = [&](auto outer, auto inner) {
    return [=](waiting&) { return curfew::wait_for(curfew::sleep_for(inner), outer); };
  };
  check("sleep for 3, until 20", sleep(30s, 20s), nothing_happens);
  check("sleep for 3, until 20", sleep(20s, 30s), nothing_happens);
}

BOOST_FIXTURE_TEST_CASE(one_wait_after_another_is_of_its_own_time, waiting) {
  auto const body = [&]() -> awaitable<> {
    co_await curfew::sleep_for(5s);
    co_await event.wait();
    (void)co_await empty.pop();
  };
  auto const task = curfew::spawn(context, {"waiter"}, body);
  time.settle();
  time.advance(5s);
  BOOST_TEST(seen() == "event for 0, until never");
  time.advance(2s);
  BOOST_TEST(seen() == "event for 2, until never");
  event.set();
  time.settle();
  BOOST_TEST(seen() == "queue for 0, until never");
  empty.try_push(1);
  other_ends.set();
  time.run();
}

BOOST_FIXTURE_TEST_CASE(a_task_that_looks_at_itself_waits_for_nothing, waiting) {
  auto const body = [&]() -> awaitable<> {
    co_await curfew::sleep_for(5s);
    BOOST_TEST(seen() == "nothing");
  };
  auto const task = curfew::spawn(context, {"waiter"}, body);
  other_ends.set();
  time.run();
}

// ---- turns

BOOST_FIXTURE_TEST_CASE(a_child_that_waits_for_its_turn_has_not_begun, fixture) {
  auto const two = [](curfew::task_group& group) -> awaitable<> {
    group.spawn({"first"}, sleepy, 10s);
    group.spawn({"second"}, sleepy, 10s);
    co_return;
  };
  auto const body = [&]() -> awaitable<> {
    co_await curfew::with_task_group(curfew::group_options().max_concurrency(1), two);
  };
  auto const task = curfew::spawn(context, body);
  time.settle();
  time.advance(3s);
  BOOST_TEST(see(context, "first").begun);
  BOOST_TEST(!see(context, "second").begun);
  BOOST_TEST(wait_in(see(context, "second")) == "nothing");
  BOOST_TEST(to_string(see(context, "second")).find("waits for its turn") != std::string::npos);
  time.advance(7s);
  BOOST_TEST(!is_there(context, "first"));
  BOOST_TEST(see(context, "second").begun);
  BOOST_TEST(wait_in(see(context, "second")) == "sleep for 0, until 10");
  time.run();
}

// ---- deadlines

BOOST_FIXTURE_TEST_CASE(the_deadline_is_the_earliest_of_the_scopes_around, waiting) {
  auto const body = [&]() -> awaitable<> {
    co_await curfew::timeout(1h, [&]() -> awaitable<> {
      (void)co_await curfew::move_on_after(
          10s, [&]() -> awaitable<> { co_await curfew::timeout(2h, until_set, std::ref(event)); });
      event.reset();
      co_await event.wait();
    });
    event.reset();
    co_await event.wait();
  };
  auto const task = curfew::spawn(context, {"waiter"}, body);
  auto const left = [&] { return left_of(see(context, "waiter")); };
  time.settle();
  BOOST_TEST(left() == "10");
  time.advance(4s);
  BOOST_TEST(left() == "6");
  event.set();
  time.settle();
  BOOST_TEST(left() == "3596");
  event.set();
  time.settle();
  BOOST_TEST(left() == "never");
  event.set();
  other_ends.set();
  time.run();
}

BOOST_FIXTURE_TEST_CASE(it_follows_a_scope_that_is_rescheduled, waiting) {
  std::optional<curfew::timeout_scope> outer, inner;
  auto const body = [&]() -> awaitable<> {
    co_await curfew::timeout(1h, [&](curfew::timeout_scope& around) -> awaitable<> {
      outer = around;
      co_await curfew::timeout(10min, [&](curfew::timeout_scope& within) -> awaitable<> {
        inner = within;
        co_await event.wait();
      });
      event.reset();
      co_await event.wait();
    });
  };
  auto const task = curfew::spawn(context, {"waiter"}, body);
  auto const left = [&] { return left_of(see(context, "waiter")); };
  time.settle();
  BOOST_TEST(left() == "600");
  BOOST_TEST(outer->reschedule_after(5min));
  BOOST_TEST(left() == "300");
  BOOST_TEST(inner->reschedule_after(1min));
  BOOST_TEST(left() == "60");
  BOOST_TEST(inner->reschedule_after(curfew::never));
  BOOST_TEST(left() == "300");
  BOOST_TEST(outer->reschedule_after(2h));
  BOOST_TEST(left() == "7200");
  BOOST_TEST(inner->reschedule_after(3h));
  BOOST_TEST(left() == "7200");
  event.set();
  time.settle();
  BOOST_TEST(left() == "7200");
  BOOST_TEST(outer->reschedule_after(curfew::never));
  BOOST_TEST(left() == "never");
  event.set();
  other_ends.set();
  time.run();
}

BOOST_FIXTURE_TEST_CASE(a_shield_hides_the_deadlines_around_it, waiting) {
  auto const work = [&]() -> awaitable<> {
    co_await curfew::timeout(1min, until_set, std::ref(event));
    event.reset();
    co_await event.wait();
  };
  auto const body = [&]() -> awaitable<> {
    co_await curfew::timeout(10s, [&]() -> awaitable<> {
      co_await curfew::shield(work());
      event.reset();
      co_await event.wait();
    });
  };
  auto const task = curfew::spawn(context, {"waiter"}, body);
  auto const left = [&] { return left_of(see(context, "waiter")); };
  time.settle();
  BOOST_TEST(left() == "60");
  event.set();
  time.settle();
  BOOST_TEST(left() == "never");
  event.set();
  time.settle();
  BOOST_TEST(left() == "10");
  event.set();
  other_ends.set();
  time.run();
}

BOOST_FIXTURE_TEST_CASE(the_time_of_grace_is_a_deadline, waiting) {
  auto const body = [&]() -> awaitable<> {
    co_await curfew::timeout(10s, [&]() -> awaitable<> {
      co_await curfew::shield(until_set(event), curfew::grace(5s));
    });
  };
  auto const task = curfew::spawn(context, {"waiter"}, body);
  auto const left = [&] { return left_of(see(context, "waiter")); };
  time.settle();
  time.advance(2s);
  BOOST_TEST(left() == "never");
  time.advance(9s);  // the limit has passed one second ago
  BOOST_TEST(left() == "4");
  time.advance(4s);
  BOOST_TEST(task.done());
  other_ends.set();
  time.run();
}

BOOST_FIXTURE_TEST_CASE(whoever_waits_for_its_children_has_its_deadline_still, waiting) {
  auto const body = [&]() -> awaitable<> {
    co_await curfew::timeout(1min, [&]() -> awaitable<> {
      co_await curfew::with_task_group([&](curfew::task_group& group) -> awaitable<> {
        group.spawn({"child"}, until_set, std::ref(event));
        co_return;
      });
    });
  };
  auto const task = curfew::spawn(context, {"waiter"}, body);
  time.settle();
  BOOST_TEST(seen() == "children for 0, until never");
  BOOST_TEST(left_of(see(context, "waiter")) == "60");
  event.set();
  other_ends.set();
  time.run();
}

BOOST_FIXTURE_TEST_CASE(a_child_inherits_the_deadline_around_its_group_or_has_a_fresh_one,
                        waiting) {
  auto const children = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({"inherits"}, until_set, std::ref(event));
    group.spawn(curfew::spawn_options("fresh").deadline(curfew::task_deadline::fresh), until_set,
                std::ref(event));
    auto const limited = [&]() -> awaitable<> {
      co_await curfew::timeout(10s, until_set, std::ref(event));
    };
    group.spawn({"limited"}, limited);
    co_await event.wait();
  };
  auto const body = [&]() -> awaitable<> {
    co_await curfew::timeout(1min,
                             [&]() -> awaitable<> { co_await curfew::with_task_group(children); });
  };
  auto const task = curfew::spawn(context, {"waiter"}, body);
  time.settle();
  BOOST_TEST(left_of(see(context, "inherits")) == "60");
  BOOST_TEST(left_of(see(context, "fresh")) == "never");
  BOOST_TEST(left_of(see(context, "limited")) == "10");
  BOOST_TEST(left_of(see(context, "waiter")) == "60");
  event.set();
  other_ends.set();
  time.run();
}

BOOST_FIXTURE_TEST_CASE(the_limit_of_a_wait_is_no_deadline_of_the_task, waiting) {
  auto const task = curfew::spawn(context, {"waiter"}, curfew::wait_for(event.wait(), 5s));
  time.settle();
  BOOST_TEST(seen() == "event for 0, until 5");
  BOOST_TEST(left_of(see(context, "waiter")) == "never");
  event.set();
  other_ends.set();
  time.run();
}

BOOST_FIXTURE_TEST_CASE(a_deadline_that_has_always_been_past_can_be_looked_at, waiting) {
  std::string text;
  auto const body = [&]() -> awaitable<> {
    (void)co_await curfew::move_on_at(curfew::clock::time_point::min(), [&]() -> awaitable<> {
      text = to_string(see(context, "waiter")) +
             curfew::dump_tasks(context, curfew::dump_format::json);
      co_return;
    });
  };
  auto const task = curfew::spawn(context, {"waiter"}, body);
  other_ends.set();
  time.run();
  BOOST_TEST(text.find("; due in -") != std::string::npos);
}

// ---- requests

BOOST_FIXTURE_TEST_CASE(it_says_since_when_and_why_it_was_asked_to_stop, fixture) {
  auto const task = curfew::spawn(context, {"stubborn"}, stubborn);
  time.settle();
  time.advance(10s);
  BOOST_TEST(!see(context, "stubborn").reason);
  task.cancel({"no longer wanted"});
  task.cancel({"a second time"});
  time.settle();
  BOOST_TEST(see(context, "stubborn").reason.text() == "no longer wanted");
  BOOST_TEST((see(context, "stubborn").reason.cause() == curfew::cancellation_cause::requested));
  BOOST_TEST(see(context, "stubborn").asked == 0s);
  time.advance(10s);
  task.cancel({"a third time"});
  BOOST_TEST(see(context, "stubborn").asked == 10s);
  BOOST_TEST(see(context, "stubborn").reason.text() == "no longer wanted");
  time.run();
}

BOOST_FIXTURE_TEST_CASE(children_are_asked_with_their_group, fixture) {
  std::optional<curfew::task_group> kept;
  auto const body = [&]() -> awaitable<> {
    co_await curfew::with_task_group([&](curfew::task_group& group) -> awaitable<> {
      kept = group;
      group.spawn({"child"}, stubborn);
      group.spawn({"asked before"}, stubborn).cancel({"alone"});
      co_return;
    });
  };
  auto const task = curfew::spawn(context, {"owner"}, body);
  time.settle();
  time.advance(1s);
  kept->cancel({"enough"});
  time.advance(2s);
  BOOST_TEST(see(context, "child").reason.text() == "enough");
  BOOST_TEST(see(context, "child").asked == 2s);
  BOOST_TEST(see(context, "asked before").reason.text() == "alone");
  BOOST_TEST(see(context, "asked before").asked == 3s);
  BOOST_TEST(!see(context, "owner").reason);
  time.run();
}

BOOST_FIXTURE_TEST_CASE(the_reason_is_a_sibling_that_failed_or_a_deadline_around_the_group,
                        fixture) {
  auto const failing = [](curfew::task_group& group) -> awaitable<> {
    group.spawn({"child"}, stubborn);
    group.spawn({"broken"}, fail, "out of paper", 1s, held());
    co_return;
  };
  auto const body = [&]() -> awaitable<> { co_await curfew::with_task_group(failing); };
  auto const task = curfew::spawn(context, body);
  auto const slow = [](curfew::task_group& group) -> awaitable<> {
    group.spawn({"late"}, stubborn);
    co_return;
  };
  auto const limited = [&]() -> awaitable<> {
    co_await curfew::timeout(2s, [&]() -> awaitable<> { co_await curfew::with_task_group(slow); });
  };
  auto const other = curfew::spawn(context, limited);
  time.settle();
  time.advance(5s);
  auto const child = see(context, "child"), late = see(context, "late");
  BOOST_TEST((child.reason.cause() == curfew::cancellation_cause::sibling_failed));
  BOOST_TEST(child.reason.text() == "broken: out of paper");
  BOOST_TEST(child.asked == 4s);
  BOOST_TEST((late.reason.cause() == curfew::cancellation_cause::deadline));
  BOOST_TEST(late.asked == 3s);
  BOOST_TEST(left_of(late) == "-3");
  time.run();
  BOOST_TEST(words_of(task.result().error()) == "out of paper");
}

BOOST_FIXTURE_TEST_CASE(what_was_seen_stays_as_it_is, fixture) {
  curfew::task_info seen;
  {
    auto const task = curfew::spawn(context, {"sleeper"}, rest);
    time.settle();
    seen = see(context, "sleeper");
    time.run();
  }
  BOOST_TEST(seen.name == "sleeper");
  BOOST_TEST(wait_in(seen) == "sleep for 0, until 3600");
}

BOOST_AUTO_TEST_SUITE_END()
