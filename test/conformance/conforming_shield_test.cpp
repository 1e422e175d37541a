#include <curfew/this_task.hpp>

#include "asking.hpp"

// The mask: what runs inside hears nothing of the caller's cancellation.

BOOST_FIXTURE_TEST_SUITE(conforming_shield, asking)

namespace {

using curfew::move_on_after;
using curfew::shield;
using curfew::timeout;
using curfew::timeout_scope;

error_code const aborted = asio::error::operation_aborted;

}  // namespace

CONFORMS("SH-01", a_value_and_an_error_come_through) {
  run([]() -> awaitable<> {
    BOOST_TEST(co_await shield(give(7, 1s)) == 7);
    SAYS("mine", shield(fail("mine", 1s)));
  });
  BOOST_TEST(elapsed() == 2s);
}

CONFORMS("SH-02", work_that_somebody_else_cancelled_is_seen_as_cancelled) {
  manual_op<error_code> op;
  op.on_start = [&] { op.post(aborted); };
  run([&]() -> awaitable<> {
    SAYS("aborted", shield(op()));
    auto const t = curfew::spawn(context, sleepy(1h));
    t.cancel();
    SAYS("task_cancelled", t.join());
    ENDS(end::value, curfew::checkpoint());
  });
  BOOST_TEST(elapsed() == 0s);
}

CONFORMS("SH-05", a_shielded_gather_finishes_and_gives_all_although_the_caller_is_cancelled) {
  bool next = false;
  start([&]() -> awaitable<> {
    auto const all = co_await shield(curfew::gather(give(7, 2s), give(8, 3s)));
    BOOST_TEST(std::get<0>(all) == 7);
    BOOST_TEST(std::get<1>(all) == 8);
    next = true;
    co_await curfew::checkpoint();
  });
  ask_after(1s);
  time.run();
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(next);
  BOOST_TEST(elapsed() == 3s);
}

CONFORMS("SH-11", two_steps_under_one_shield_both_run_and_a_later_shield_does_not_start) {
  // Asked for in the first, in the very instant between the two, and in the second.
  for (auto const asked_at : {0ms, 500ms, 1000ms, 1500ms}) {
    asking f;
    int steps = 0;
    auto const step = [&]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      ++steps;
      co_await curfew::checkpoint();  // nothing is pending in here
    };
    auto const both = [&]() -> awaitable<> {
      co_await shield(step());
      co_await shield(step());
    };
    f.start([&]() -> awaitable<> {
      co_await shield(both());
      BOOST_TEST(steps == 2);
      co_await shield(step());
    });
    f.ask_after(asked_at);
    f.time.run();
    BOOST_TEST((f.ended == end::aborted));
    BOOST_TEST(steps == 2);
    BOOST_TEST(f.elapsed() == 2s);
  }
}

CONFORMS("SH-13", a_shielded_scopes_own_cancel_pierces_its_shield) {
  auto const body = [](timeout_scope& scope) -> awaitable<> {
    scope.cancel();
    co_await curfew::sleep_forever();
  };
  run([&]() -> awaitable<> {
    ENDS(end::aborted, shield(timeout(1h, body)));
    ENDS(end::value, curfew::checkpoint());
  });
  BOOST_TEST(elapsed() == 0s);
}

CONFORMS("SH-14", a_scope_inside_a_shield_is_cancelled_and_the_shield_goes_on) {
  auto const inner = [](timeout_scope& scope) -> awaitable<> {
    co_await curfew::sleep_for(1s);
    scope.cancel();
    co_await curfew::sleep_forever();
  };
  auto const shielded = [&]() -> awaitable<int> {
    BOOST_TEST(!co_await move_on_after(1h, inner));
    co_await curfew::sleep_for(1s);
    co_return 7;
  };
  start([&]() -> awaitable<> {
    BOOST_TEST(co_await shield(shielded()) == 7);
    co_await curfew::checkpoint();
  });
  ask();
  time.run();
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(elapsed() == 2s);
}

CONFORMS("SH-15", when_its_grace_ends_a_shield_lets_the_request_through_at_once) {
  // What is blocked in it wakes in that instant: an operation, a child, a scope, a cleanup.
  for (auto const held_back : {0s, 2s}) {
    asking f;
    int woken = 0, cleaned = 0;
    auto const in_a_group = [&](curfew::task_group& group) -> awaitable<> {
      for (int i = 0; i < 3; ++i) group.spawn(until_asked(woken));
      group.spawn(slow_to_clean(0s, cleaned));
      co_await timeout(1h, [&] { return until_asked(woken); });
    };
    auto const all = [&]() -> awaitable<> { co_await curfew::with_task_group(in_a_group); };
    f.run([&]() -> awaitable<> {
      auto const body = [&]() -> awaitable<> { co_await shield(all(), curfew::grace(held_back)); };
      ENDS(end::timed_out, timeout(1s, body));
      BOOST_TEST(f.elapsed() == 1s + held_back);
      ENDS(end::value, curfew::checkpoint());
    });
    BOOST_TEST(woken == 4);
    BOOST_TEST(cleaned == 1);
  }
  manual_op<error_code> op;
  op.on_cancel = [&] { op.post(aborted); };
  start([&]() -> awaitable<> { co_await shield(op(), curfew::grace(2s)); });
  ask_after(1s);
  time.advance(1999ms);
  BOOST_TEST(op.requests.empty());
  time.advance(1ms);
  BOOST_TEST(op.requests.size() == 1U);
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(elapsed() == 3s);
}

CONFORMS("SH-16", a_shield_on_the_way_out_leaves_the_cancellation_to_the_right_scope) {
  int cleaned = 0;
  auto const inner = [&]() -> awaitable<> { co_await slow_to_clean(1s, cleaned); };
  auto const outer = [&]() -> awaitable<> {
    SAYS("aborted", timeout(1h, inner));
    BOOST_TEST(cleaned == 1);
    co_await curfew::checkpoint();
  };
  run([&]() -> awaitable<> { BOOST_TEST(!co_await move_on_after(1s, outer)); });
  BOOST_TEST(elapsed() == 2s);
}

CONFORMS("SH-17", a_shield_protects_from_the_first_instruction) {
  int steps = 0;
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    auto const shielded = [&]() -> awaitable<> {
      scope.cancel();
      co_await curfew::sleep_for(1s);
      ++steps;
    };
    co_await shield(shielded());
    ++steps;
    co_await curfew::checkpoint();
    ++steps;
  };
  run([&]() -> awaitable<> { ENDS(end::aborted, timeout(1h, body)); });
  BOOST_TEST(steps == 2);
  BOOST_TEST(elapsed() == 1s);
}

CONFORMS("SH-18", no_level_runs_past_its_first_wait_after_the_shield) {
  int steps = 0;
  auto const inner = [&]() -> awaitable<> {
    ENDS(end::value, shield(sleepy(3s)));
    ++steps;
    co_await curfew::checkpoint();
    BOOST_ERROR("inner went on");
  };
  auto const middle = [&]() -> awaitable<> {
    ENDS(end::aborted, timeout(1s, inner));
    ++steps;
    co_await curfew::checkpoint();
    BOOST_ERROR("middle went on");
  };
  run([&]() -> awaitable<> { ENDS(end::timed_out, timeout(2s, middle)); });
  BOOST_TEST(steps == 2);
  BOOST_TEST(elapsed() == 3s);
}

CONFORMS("SH-20", a_started_child_is_protected_until_it_leaves_its_shield) {
  bool done = false;
  auto const child = [&](curfew::task_started<void> const& started) -> awaitable<> {
    co_await shield(sleepy(2s));
    done = true;
    co_await curfew::checkpoint();
    started();
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> { co_await group.start(child); };
  start([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  ask_after(1s);
  BOOST_TEST(!ended);
  time.run();
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(done);
  BOOST_TEST(elapsed() == 2s);
}

CONFORMS("SH-21", a_limit_on_the_cleanup_ends_it_although_the_caller_is_cancelled) {
  end how = end::value;
  auto const clean_up = [&]() -> awaitable<> {
    auto const slow = co_await curfew::settle(curfew::sleep_for(1h));
    how = end_of(slow.error());
  };
  start([&]() -> awaitable<> { co_await curfew::finally(curfew::sleep_forever(), clean_up, 2s); });
  ask_after(1s);
  time.run();
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(how == end::aborted);
  BOOST_TEST(elapsed() == 3s);
}

CONFORMS("SH-24", inside_a_shield_nothing_is_pending_and_the_scope_around_was_asked) {
  auto const body = [](timeout_scope& scope) -> awaitable<> {
    auto const shielded = [&]() -> awaitable<> {
      auto const self = co_await curfew::this_task::self();
      scope.cancel();
      BOOST_TEST(!self.cancelled());
      BOOST_TEST(scope.cancelled());
    };
    auto const self = co_await curfew::this_task::self();
    co_await shield(shielded());
    BOOST_TEST(self.cancelled());
  };
  run([&]() -> awaitable<> { ENDS(end::value, timeout(1h, body)); });
}

ALSO_CONFORMS("SH-24", inside_a_shield_a_task_knows_both_that_it_goes_on_and_that_it_was_asked) {
  curfew::task<void> me;
  auto const body = [&]() -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    auto const shielded = [&]() -> awaitable<> {
      me.cancel("enough");
      BOOST_TEST(!self.cancelled());
      BOOST_TEST(!self.reason());
      BOOST_TEST(self.cancel_requested());
      co_await curfew::checkpoint();
    };
    BOOST_TEST(!self.cancel_requested());
    co_await shield(shielded());
    BOOST_TEST(self.cancelled());
    BOOST_TEST(self.reason().text() == "enough");
  };
  me = curfew::spawn(context, body);
  time.run();
  BOOST_TEST(me.result().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
