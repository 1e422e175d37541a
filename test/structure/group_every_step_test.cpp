#include "../interop/stepper.hpp"
#include "owners.hpp"

// Each scenario is run once to count its steps, then again and again, and is disturbed after each
// of them: by a request from outside, by many, by the death of its context, by both.

BOOST_AUTO_TEST_SUITE(group_every_step)

namespace {

using scenario = std::function<awaitable<>(held)>;

/// One run of a scenario, as a task or as a coroutine of plain Asio.
class run_of {
 public:
  run_of(scenario const& f, bool is_a_task) {
    if (is_a_task) {
      task = curfew::spawn(*steps.context, f(kept));
    } else {
      asio::co_spawn(*steps.context, f(kept),
                     asio::bind_cancellation_slot(signal.slot(), [this](std::exception_ptr error) {
                       ++called;
                       said = words_of(error);
                     }));
    }
  }
  /// Asks it to stop, from a handler of its context.
  void ask() {
    asio::post(*steps.context, [this] {
      if (task.valid())
        task.cancel({"asked"});
      else
        signal.emit(asio::cancellation_type::all);
    });
  }
  bool step() {
    bool const more = steps.step();
    if (task.valid() && task.done() && called == 0) {
      ++called;
      said = words_of(task.result().error());
    }
    return more;
  }
  void finish() {
    for (int i = 0; step(); ++i) BOOST_REQUIRE(i < 5000);
  }
  /// Nothing may be left once the context is gone.
  void die() {
    int const before = called;
    steps.destroy();
    BOOST_TEST(called == before);
    BOOST_TEST(kept.use_count() == 1);
    BOOST_TEST(steps.is_clean());
    if (task.valid()) {
      BOOST_TEST(task.done());
      BOOST_TEST(!task.cancel());
      (void)task.result();
    }
  }

  asio::cancellation_signal signal;
  held kept = make_held();
  stepper steps;
  curfew::task<void> task;
  int called = 0;
  std::string said;
};

int count_steps(scenario const& f, bool is_a_task) {
  run_of undisturbed(f, is_a_task);
  int steps = 0;
  while (undisturbed.step()) ++steps;
  BOOST_TEST(undisturbed.said == "value");
  undisturbed.die();
  return steps;
}

template <class F>
void after_each_step(scenario const& f, F disturb) {
  for (bool const is_a_task : {false, true}) {
    int const steps = count_steps(f, is_a_task);
    BOOST_TEST(steps > 10);
    for (int k = 0; k <= steps; ++k) {
      BOOST_TEST_CONTEXT((is_a_task ? "in a task" : "in plain Asio") << ", after step " << k) {
        run_of disturbed(f, is_a_task);
        for (int i = 0; i < k; ++i) disturbed.step();
        disturb(disturbed);
        disturbed.die();
      }
    }
  }
}

void check_end(run_of& run) {
  BOOST_TEST(run.called == 1);
  BOOST_TEST((run.said == "value" || run.said == "aborted"));
}

void ask_once(run_of& run) {
  run.ask();
  run.finish();
  check_end(run);
}
void ask_often(run_of& run) {
  for (int i = 0; i < 30; ++i) {
    run.ask();
    run.step();
  }
  run.finish();
  check_end(run);
}
void die_at_once(run_of&) {}

/// Asked after each step, and destroyed after each further one.
void ask_and_die(scenario const& f) {
  for (bool const is_a_task : {false, true}) {
    int const steps = count_steps(f, is_a_task);
    for (int k = 0; k <= steps; ++k) {
      bool more = true;
      for (int n = 1; more; ++n) {
        run_of disturbed(f, is_a_task);
        for (int i = 0; i < k; ++i) disturbed.step();
        disturbed.ask();
        for (int i = 0; i < n && more; ++i) more = disturbed.step();
        disturbed.die();
      }
    }
  }
}

// ---- scenarios: each holds its argument in locals, in arguments and in children

/// Awaits a group, and takes the failure that is expected for an end.
template <class Op>
awaitable<> expect(std::string said, Op op) {
  auto const ended = co_await curfew::settle(std::move(op));
  auto const words = words_of(ended.error());
  BOOST_TEST((words == said || words == "aborted"));
  if (words != said) std::rethrow_exception(ended.error());
}

awaitable<> nested_groups(held kept) {
  auto const inner = [&](curfew::task_group& group, held mine) -> awaitable<> {
    group.spawn(give(1, 2s, mine));
    group.spawn({}, fail, "inner", 3s, mine);
    co_await curfew::sleep_forever();
  };
  auto const outer = [&](curfew::task_group& group, held mine) -> awaitable<> {
    auto const slow = group.spawn(give(1, 1s, mine));
    group.spawn([&] { return expect("inner", curfew::with_task_group(inner, kept)); });
    co_await slow.join();
    group.spawn(asio::make_strand(co_await asio::this_coro::executor), give(1, 5s, mine));
    co_await expect("inner", curfew::with_task_group(inner, mine));
  };
  co_await curfew::with_task_group(outer, kept);
  co_await curfew::sleep_for(1s);
}

awaitable<> failing_groups(held kept) {
  auto const cleans = [](held mine) {
    return curfew::finally(sleepy(1h),
                           [mine](auto const&) -> awaitable<> { co_await curfew::sleep_for(2s); });
  };
  auto const body = [&](curfew::task_group& group, held mine) -> awaitable<> {
    group.spawn({}, cleans, mine);
    group.spawn({}, fail, "a", 1s, mine);
    group.spawn({}, fail, "b", 1s, mine);
    co_await curfew::shield(give(1, 2s, mine));
  };
  auto const settled = co_await curfew::settle(curfew::with_task_group(body, kept));
  auto const words = words_of(settled.error());
  BOOST_TEST((words == "[a b]" || words == "aborted" || words == "a" || words == "b"));
  co_await curfew::sleep_for(1s);
}

awaitable<> shields(held kept) {
  auto const body = [&](curfew::task_group& group, held mine) -> awaitable<> {
    group.spawn(give(1, 4s, mine));
    group.spawn(curfew::shield(give(2, 2s, mine)));
    co_await curfew::shield(give(3, 1s, mine));
    co_await give(4, 1s, mine);
  };
  co_await curfew::shield(curfew::with_task_group(body, kept));
  co_await curfew::with_task_group(body, kept);
  co_await curfew::shield(curfew::with_task_group(body, kept), curfew::grace{1s});
  BOOST_TEST(!co_await curfew::move_on_after(curfew::with_task_group(body, kept), 3s));
}

awaitable<> starts_and_joins(held kept) {
  auto const serves = [](curfew::task_started<held> const& started, held mine) -> awaitable<> {
    co_await give(1, 1s, mine);
    started(mine);
    co_await give(1, 1s, mine);
  };
  auto const body = [&](curfew::task_group& group, held mine) -> awaitable<> {
    auto const got = co_await group.start(serves, mine);
    auto const work = group.spawn({"work"}, give, 7, 2s, mine);
    auto const joins = [&](held) -> awaitable<int> { co_return co_await work.join(); };
    auto const first = group.spawn({}, joins, mine), second = group.spawn({}, joins, mine);
    co_await expect("timed_out", curfew::wait_for(work.join(), 1s));
    co_await expect("timed_out", curfew::wait_for(group.start(serves, mine), 500ms));
    auto const sum = co_await first.join() + co_await second.join();
    BOOST_TEST(sum == 14);
    group.spawn(sleepy(1h));
    group.spawn([group]() mutable -> awaitable<> {
      co_await curfew::sleep_for(1s);
      group.cancel({"enough"});
    });
  };
  co_await curfew::with_task_group(body, kept);
  co_await curfew::sleep_for(1s);
}

awaitable<> supervision(held kept) {
  auto const body = [&](curfew::task_group& group, held mine) -> awaitable<int> {
    auto broken = group.spawn({}, fail, "seen", 1s, mine);
    group.spawn({}, fail, "unseen", 1s, mine);
    auto stopped = group.spawn(give(1, 1h, mine));
    co_await broken.wait();
    BOOST_TEST((words_of(broken.result().error()) == "seen" || broken.cancelled()));
    stopped.cancel();
    co_await stopped.wait();
    co_await give(2, 1s, mine);
    co_return 7;
  };
  auto const ended =
      co_await curfew::settle(curfew::with_task_group(curfew::on_failure::keep_going, body, kept));
  auto const words = words_of(ended.error());
  BOOST_TEST((words == "unseen" || words == "aborted" || words == "[seen unseen]"));
  co_await curfew::sleep_for(1s);
}

}  // namespace

#define DISTURBED_GROUPS(scenario)                                             \
  BOOST_AUTO_TEST_CASE(scenario##_stop_whenever_they_are_asked) {              \
    after_each_step(scenario, ask_once);                                       \
  }                                                                            \
  BOOST_AUTO_TEST_CASE(scenario##_bear_being_asked_again_and_again) {          \
    after_each_step(scenario, ask_often);                                      \
  }                                                                            \
  BOOST_AUTO_TEST_CASE(scenario##_are_destroyed_once_with_their_context) {     \
    captured_cerr const failures_of_what_was_not_joined;                       \
    after_each_step(scenario, die_at_once);                                    \
  }                                                                            \
  BOOST_AUTO_TEST_CASE(scenario##_are_destroyed_once_while_they_are_stopped) { \
    captured_cerr const failures_of_what_was_not_joined;                       \
    ask_and_die(scenario);                                                     \
  }

DISTURBED_GROUPS(nested_groups)
DISTURBED_GROUPS(failing_groups)
DISTURBED_GROUPS(shields)
DISTURBED_GROUPS(starts_and_joins)
DISTURBED_GROUPS(supervision)

BOOST_AUTO_TEST_SUITE_END()
