#include "../operations/manual_op.hpp"
#include "../structure/owners.hpp"

#include <curfew/abandon_after.hpp>
#include <curfew/detail/task_registry.hpp>
#include <curfew/gather.hpp>
#include <curfew/move_on_after.hpp>
#include <curfew/shield.hpp>
#include <curfew/this_task.hpp>
#include <curfew/timeout.hpp>
#include <curfew/wait_for.hpp>

// What does not listen is waited for no longer than a limit, and stays in a group.

BOOST_AUTO_TEST_SUITE(abandon_after)

namespace {

/// Work that does not hear when it is asked to stop.
awaitable<int> deaf(int value, curfew::clock::duration after, held mine = {}) {
  co_await curfew::shield(sleepy(after));
  co_return mine ? static_cast<int>(mine->size()) : value;
}
awaitable<> deaf_and_failing(std::string what, curfew::clock::duration after) {
  co_await curfew::shield(sleepy(after));
  throw failure(what);
}
/// Work that writes down why it was asked to stop, after a while.
awaitable<> asked_why(curfew::cancellation_reason& why) {
  auto const self = co_await curfew::this_task::self();
  co_await curfew::shield(sleepy(5s));
  why = self.reason();
}

auto tasks_of(asio::io_context& context) {
  auto& deadlines = curfew::detail::deadline_service::of(context);
  return curfew::detail::task_registry::of(deadlines).tasks();
}

/// A group, in a task of its own, that is open until it is asked to stop.
class open_group {
 public:
  explicit open_group(fixture& f) : f_(f) {
    auto const body = [this](curfew::task_group& group) -> awaitable<> {
      group_.emplace(group);
      co_await curfew::sleep_forever();
    };
    auto const owner = [body] { return curfew::with_task_group(body); };
    task_ = curfew::spawn(f.context, {"owner"}, owner);
    f.time.settle();
  }
  ~open_group() {
    group_->cancel();
    f_.time.run();
    BOOST_TEST(task_.done());
  }
  curfew::task_group& operator*() { return *group_; }
  curfew::task_group* operator->() { return &*group_; }
  std::string how_it_ended() const { return words_of(task_.result().error()); }

  curfew::task<void> task_;

 private:
  fixture& f_;
  std::optional<curfew::task_group> group_;
};

}  // namespace

EACH_OWNER(what_ends_in_time_gives_its_value) {
  open_group group(*this);
  run([&]() -> awaitable<> {
    BOOST_TEST(co_await curfew::abandon_after(give(7, 1s), 2s, *group) == 7);
    co_await curfew::abandon_after(sleepy(1s), curfew::never, *group);
    auto const moved = []() -> awaitable<move_only> { co_return std::make_unique<int>(8); };
    BOOST_TEST(*co_await curfew::abandon_after(moved(), 2s, *group) == 8);
    auto const made = []() -> awaitable<no_default> { co_return no_default(9); };
    BOOST_TEST((co_await curfew::abandon_after(made(), 2s, *group)).value == 9);
    BOOST_TEST(group->size() == 0U);
  });
  BOOST_TEST((elapsed() == 2s));
}

EACH_OWNER(deferred_operations_are_work_too) {
  open_group group(*this);
  manual_op<error_code, int> op;
  run([&]() -> awaitable<> {
    op.on_start = [&] { asio::post(context, [&] { op.post({}, 7); }); };
    BOOST_TEST(co_await curfew::abandon_after(op(), 2s, *group) == 7);
    co_await curfew::abandon_after(curfew::sleep_for(1s), 2s, *group);
    op.on_start = [&] { asio::post(context, [&] { op.post(asio::error::eof, 0); }); };
    SAYS(error_code(asio::error::eof).message(), curfew::abandon_after(op(), 2s, *group));
    op.on_start = nullptr;
    SAYS("timed_out", curfew::abandon_after(op(), 2s, *group));
    BOOST_TEST(op.requests.size() == 1U);
    BOOST_TEST(group->size() == 1U);
    op.post({}, 8);
    co_await curfew::sleep_for(1s);
    BOOST_TEST(group->size() == 0U);
  });
}

EACH_OWNER(an_error_in_time_is_the_callers_and_not_the_groups) {
  open_group group(*this);
  auto const sibling = group->spawn(give(1, 5s));
  run([&]() -> awaitable<> {
    SAYS("broken", curfew::abandon_after(fail("broken", 1s), 2s, *group));
    SAYS("at once", curfew::abandon_after(fail_now("at once"), 2s, *group));
    co_await curfew::sleep_for(10s);
  });
  BOOST_TEST(sibling.result().value() == 1);
}

EACH_OWNER(at_the_limit_the_caller_goes_on_and_the_work_stays_in_the_group) {
  open_group group(*this);
  run([&]() -> awaitable<> {
    auto const began = curfew::now(context);
    SAYS("timed_out", curfew::abandon_after(deaf(1, 10s), 2s, *group));
    BOOST_TEST((curfew::now(context) - began == 2s));
    BOOST_TEST(group->size() == 1U);
    co_await curfew::sleep_for(1s);  // nothing of the limit is left behind
  });
  BOOST_TEST(group->size() == 0U);
  BOOST_TEST((elapsed() == 10s));
}

EACH_OWNER(the_end_of_the_group_waits_for_the_work) {
  curfew::clock::duration left{};
  run([&]() -> awaitable<> {
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      SAYS("timed_out", curfew::abandon_after(deaf(1, 10s), 2s, group));
      left = elapsed();
    };
    co_await curfew::with_task_group(body);
    BOOST_TEST((elapsed() == 10s));
  });
  BOOST_TEST((left == 2s));
}

EACH_OWNER(the_work_is_told_that_a_deadline_passed) {
  open_group group(*this);
  curfew::cancellation_reason why{curfew::cancellation_cause::none};
  run([&]() -> awaitable<> {
    SAYS("timed_out", curfew::abandon_after(asked_why(why), 2s, *group));
    auto const left = tasks_of(context).back();
    BOOST_TEST((left->reason().cause() == curfew::cancellation_cause::deadline));
    BOOST_TEST(left->abandoned());
    BOOST_TEST(std::string(left->reason().where().file_name()).ends_with("after_test.cpp"));
  });
}

EACH_OWNER(it_is_found_by_its_name_and_place) {
  open_group group(*this);
  run([&]() -> awaitable<> {
    SAYS("timed_out", curfew::abandon_after(deaf(1, 10s), 2s, *group, {"lookup"}));
    SAYS("timed_out", curfew::abandon_after(deaf(1, 10s), 2s, *group));
    auto const tasks = tasks_of(context);
    BOOST_REQUIRE(tasks.size() >= 3U);
    auto const named = tasks[tasks.size() - 2], nameless = tasks.back();
    BOOST_TEST(named->name() == "lookup");
    BOOST_TEST(nameless->name() == "");
    for (auto const& each : {named, nameless}) {
      BOOST_TEST(each->abandoned());
      BOOST_TEST(std::string(each->where().file_name()).ends_with("after_test.cpp"));
    }
    BOOST_TEST(nameless->where().line() == named->where().line() + 1);
  });
}

EACH_OWNER(a_late_value_is_destroyed) {
  open_group group(*this);
  auto const argument = make_held();
  run([&]() -> awaitable<> {
    auto const late = [](held mine) -> awaitable<held> {
      co_await curfew::shield(sleepy(10s));
      co_return mine;
    };
    SAYS("timed_out", curfew::abandon_after(late(argument), 2s, *group));
    BOOST_TEST(argument.use_count() > 1);
    co_await curfew::sleep_for(10s);
    BOOST_TEST(argument.use_count() == 1);
    BOOST_TEST(group->size() == 0U);
  });
}

EACH_OWNER(a_late_error_is_reported_once_and_is_nobodys_failure) {
  captured_cerr said;
  {
    open_group group(*this);
    auto const sibling = group->spawn(give(1, 20s));
    run([&]() -> awaitable<> {
      SAYS("timed_out",
           curfew::abandon_after(deaf_and_failing("too late", 10s), 2s, *group, {"lookup"}));
      BOOST_TEST(said.text() == "");
      co_await curfew::sleep_for(10s);
      BOOST_TEST(said.count("\"lookup\", spawned at ") == 1);
      BOOST_TEST(said.count("too late") == 1);
    });
    BOOST_TEST(sibling.result().value() == 1);
  }
  BOOST_TEST(said.count("\n") == 1);
}

EACH_OWNER(a_late_abort_is_nothing) {
  captured_cerr said;
  manual_op<error_code> op;
  open_group group(*this);
  run([&]() -> awaitable<> {
    SAYS("timed_out", curfew::abandon_after(op(), 2s, *group));
    op.post(asio::error::operation_aborted);
    // What listens ends by itself, a moment later.
    SAYS("timed_out", curfew::abandon_after(sleepy(1h), 2s, *group));
    co_await curfew::sleep_for(1s);
    BOOST_TEST(group->size() == 0U);
  });
  BOOST_TEST(said.text() == "");
}

EACH_OWNER(who_is_asked_to_stop_leaves_at_once) {
  open_group group(*this);
  curfew::cancellation_reason why{curfew::cancellation_cause::none};
  start([&] { return curfew::abandon_after(asked_why(why), 1h, *group); });
  time.advance(1s);
  ask_and_settle();
  BOOST_REQUIRE(ended.has_value());
  BOOST_TEST(*ended == end::aborted);
  BOOST_TEST(group->size() == 1U);
  auto const left = tasks_of(context).back();
  BOOST_TEST(left->abandoned());
  if (is_a_task())
    BOOST_TEST(left->reason().text() == "asked");
  else
    BOOST_TEST((left->reason().cause() == curfew::cancellation_cause::parent));
  time.run();
  BOOST_TEST(!!why);
  BOOST_TEST((elapsed() == 5s));
}

EACH_OWNER(without_time_nothing_starts) {
  open_group group(*this);
  auto const argument = make_held();
  manual_op<error_code> op;
  run([&]() -> awaitable<> {
    for (auto const limit : {0s, -1s}) {
      SAYS("timed_out", curfew::abandon_after(op(argument), limit, *group));
      SAYS("timed_out", curfew::abandon_after(deaf(1, 1s, argument), limit, *group));
      BOOST_TEST(argument.use_count() == 1);
    }
    BOOST_TEST(op.started == 0);
    BOOST_TEST(group->size() == 0U);
  });
}

EACH_OWNER(a_value_in_the_same_tick_wins) {
  open_group group(*this);
  manual_op<error_code, int> op;
  run([&]() -> awaitable<> {
    BOOST_TEST(co_await curfew::abandon_after(give(7, 2s), 2s, *group) == 7);
    BOOST_TEST(co_await curfew::abandon_after(deaf(8, 2s), 2s, *group) == 8);
    SAYS("broken", curfew::abandon_after(fail("broken", 2s), 2s, *group));
    // One that answers the request itself with a value, in the middle of it.
    op.on_cancel = [&] { op.complete({}, 9); };
    BOOST_TEST(co_await curfew::abandon_after(op(), 2s, *group) == 9);
    BOOST_TEST(group->size() == 0U);
  });
}

EACH_OWNER(the_outermost_limit_wins) {
  open_group group(*this);
  run([&]() -> awaitable<> {
    auto const inner = [&]() -> awaitable<> {
      ENDS(end::aborted, curfew::abandon_after(deaf(1, 10s), 2s, *group));
      co_await curfew::sleep_for(0s);
    };
    SAYS("timed_out", curfew::timeout(2s, inner));
    auto const shorter = [&]() -> awaitable<> {
      SAYS("timed_out", curfew::abandon_after(deaf(1, 10s), 1s, *group));
    };
    co_await curfew::timeout(2s, shorter);
    BOOST_TEST(
        !co_await curfew::move_on_after(curfew::abandon_after(deaf(1, 10s), 2s, *group), 1s));
    BOOST_TEST(group->size() == 3U);
  });
}

EACH_OWNER(under_a_shield_only_its_own_limit_counts) {
  open_group group(*this);
  start([&]() -> awaitable<> {
    auto const how =
        co_await curfew::settle(curfew::shield(curfew::abandon_after(deaf(1, 10s), 2s, *group)));
    BOOST_TEST(how.timed_out());
    BOOST_TEST((elapsed() == 2s));
    co_await curfew::checkpoint();
  });
  time.advance(1s);
  ask_and_settle();
  finish(end::aborted);
}

EACH_OWNER(a_group_that_takes_no_more_refuses_it) {
  open_group group(*this);
  auto const argument = make_held();
  group->cancel();
  time.settle();
  run([&]() -> awaitable<> {
    SAYS("group_closed", curfew::abandon_after(deaf(1, 1s, argument), 2s, *group));
    BOOST_TEST(argument.use_count() == 1);
  });
}

EACH_OWNER(work_that_is_stopped_with_its_group_is_no_abort_of_the_caller) {
  open_group group(*this);
  run([&]() -> awaitable<> {
    asio::post(context, [&] { group->cancel({"enough"}); });
    SAYS("task_cancelled", curfew::abandon_after(sleepy(1h), 2h, *group, {"work"}));
    co_await curfew::checkpoint();
  });
  BOOST_TEST((elapsed() == 0s));
}

EACH_OWNER(an_abort_that_nobody_asked_for_is_passed_on) {
  open_group group(*this);
  manual_op<error_code> op;
  run([&]() -> awaitable<> {
    op.on_start = [&] { asio::post(context, [&] { op.post(asio::error::operation_aborted); }); };
    SAYS("aborted", curfew::abandon_after(op(), 2s, *group));
    co_await curfew::checkpoint();
    BOOST_TEST((elapsed() == 0s));
  });
}

EACH_OWNER(work_that_stops_its_own_group_is_left_or_ends_like_any_other) {
  open_group group(*this);
  run([&]() -> awaitable<> {
    auto const stops = [&]() -> awaitable<int> {
      group->cancel({"by the work"});
      co_return 7;
    };
    BOOST_TEST(co_await curfew::abandon_after(stops(), 2s, *group) == 7);
  });
}

EACH_OWNER(results_that_say_errors_say_this_one_too) {
  open_group group(*this);
  manual_op<error_code, int> op;
  run([&]() -> awaitable<> {
    auto const waits = [&]() -> awaitable<std::tuple<error_code, int>> {
      co_return co_await op()(asio::as_tuple(asio::deferred));
    };
    auto const how = co_await curfew::abandon_after(waits(), 2s, *group);
    BOOST_TEST(curfew::is_timeout(std::get<0>(how)));
    op.post({}, 1);
  });
}

BOOST_FIXTURE_TEST_CASE(what_is_no_operation_any_more_is_refused_by_the_call, fixture) {
  open_group group(*this);
  auto op = give(1, 1s);
  auto const taken = std::move(op);
  BOOST_TEST(thrown_by([&] { (void)curfew::abandon_after(std::move(op), 1s, *group); }) ==
             "invalid_state");
}

BOOST_FIXTURE_TEST_CASE(coroutines_of_other_executors_leave_work_behind_too, fixture) {
  using strand = asio::strand<asio::io_context::executor_type>;
  open_group group(*this);
  auto const where = asio::make_strand(context);
  auto const slow = []() -> asio::awaitable<int, strand> {
    co_await curfew::shield(curfew::sleep_for(10s));
    co_return 7;
  };
  int got = 0;
  auto const body = [&]() -> asio::awaitable<void, strand> {
    got = co_await curfew::abandon_after(slow(), 20s, *group);
    co_await curfew::abandon_after.on<strand>(curfew::sleep_for(1s), 20s, *group);
    co_await curfew::abandon_after.on<strand>(curfew::sleep_for(1s), 20s, *group, {"sleep"});
    ENDS(end::timed_out, curfew::abandon_after(slow(), 1s, *group));
    BOOST_TEST(group->size() == 1U);
  };
  auto const t = curfew::spawn(where, body);
  time.run();
  BOOST_TEST(t.result().has_value());
  BOOST_TEST(got == 7);
}

BOOST_FIXTURE_TEST_CASE(many_may_be_left_behind, fixture) {
  open_group group(*this);
  auto const leaves = [&](int i) -> awaitable<> {
    SAYS("timed_out", curfew::abandon_after(deaf(1, i * 1s), 500ms, *group));
  };
  auto const all = [&](curfew::task_group& callers) -> awaitable<> {
    for (int i = 1; i <= 100; ++i) callers.spawn({}, leaves, i);
    co_return;
  };
  auto const t = curfew::spawn(context, [&] { return curfew::with_task_group(all); });
  time.advance(500ms);
  BOOST_TEST(t.done());
  BOOST_TEST(group->size() == 100U);
  time.advance(49s);
  BOOST_TEST(group->size() == 51U);
}

BOOST_AUTO_TEST_CASE(the_context_may_die_with_what_was_left_behind) {
  captured_cerr said;
  auto const argument = make_held();
  auto const stacks_before = curfew::detail::count_stacks();
  {
    asio::io_context context;
    curfew::testing::virtual_time time(context);
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      SAYS("timed_out", curfew::abandon_after(deaf(1, 10s, argument), 2s, group));
      co_await curfew::abandon_after(deaf(1, 10s, argument), 20s, group);
    };
    curfew::spawn(context, [&] { return curfew::with_task_group(body); });
    time.advance(3s);
    BOOST_TEST(argument.use_count() > 2);
  }
  BOOST_TEST(argument.use_count() == 1);
  BOOST_TEST(curfew::detail::count_stacks() == stacks_before);
  BOOST_TEST(said.text() == "");
}

BOOST_AUTO_TEST_SUITE_END()
