#include "both_ways.hpp"
#include "manual_op.hpp"

// Shields inside limits and tokens, and limits and tokens inside shields.

BOOST_AUTO_TEST_SUITE(shield_in_scopes)

namespace {

using curfew::cancel_when;
using curfew::cancellation_source;
using curfew::grace;
using curfew::timeout;
using curfew::timeout_scope;
using curfew::wait_for;

error_code const aborted = asio::error::operation_aborted;

awaitable<int> value_after(curfew::clock::duration limit, int value) {
  co_await curfew::sleep_for(limit);
  co_return value;
}

curfew::clock::time_point deadline_of(curfew::task_view const& self) {
  return self.effective_deadline();
}

}  // namespace

BOTH_WAYS(a_limit_inside_ends_the_work) {  // SH-14 SH-21 TS-38
  start([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::shield(wait_for(sleepy(1h), 1s)));
    BOOST_TEST(elapsed() == 1s);
    ENDS(end::aborted, curfew::checkpoint());
  });
  ask();
  time.run();
  start([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::shield(wait_for(curfew::sleep_for(1h), 1s)));
    ENDS(end::aborted, curfew::checkpoint());
  });
  ask();
  time.run();
  start([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      BOOST_TEST(!co_await curfew::move_on_after(1s, sleepy, 1h));
      ENDS(end::value, curfew::sleep_for(1s));
    };
    ENDS(end::value, curfew::shield(body()));
    ENDS(end::aborted, curfew::checkpoint());
  });
  ask();
  time.run();
  BOOST_TEST(elapsed() == 4s);
}

BOTH_WAYS(a_limit_outside_is_held_back_like_any_request) {
  run([&]() -> awaitable<> {
    ENDS(end::value, wait_for(curfew::shield(sleepy(3s)), 1s));
    ENDS(end::value, wait_for(curfew::shield(curfew::sleep_for(3s)), 1s));
    auto const block = [&]() -> awaitable<int> {
      auto const got = co_await curfew::shield(value_after(3s, 7));
      ENDS(end::aborted, curfew::sleep_for(1h));
      co_return got;
    };
    BOOST_TEST(co_await timeout(1s, block) == 7);
    auto const next = [&]() -> awaitable<> {
      co_await curfew::shield(curfew::sleep_for(1s));
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(500ms, next));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(elapsed() == 11s);
}

BOTH_WAYS(cancelling_a_scope_inside_pierces_nothing_but_that_scope) {  // SH-13 SH-14
  start([&]() -> awaitable<> {
    auto const inner = [&](curfew::timeout_scope& scope) -> awaitable<> {
      scope.cancel("enough");
      co_await curfew::sleep_for(1h);
    };
    auto const body = [&]() -> awaitable<> {
      ENDS(end::aborted, timeout(1h, inner));
      ENDS(end::value, curfew::sleep_for(1s));
    };
    ENDS(end::value, curfew::shield(body()));
    ENDS(end::aborted, curfew::checkpoint());
  });
  ask();
  time.run();
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(two_scopes_around_end_each_at_its_first_await_after_the_shield) {  // SH-18
  run([&]() -> awaitable<> {
    auto const inner = [&]() -> awaitable<> {
      ENDS(end::value, curfew::shield(sleepy(3s)));
      ENDS(end::aborted, curfew::checkpoint());
      throw system_error(aborted);
    };
    auto const middle = [&]() -> awaitable<> {
      ENDS(end::aborted, timeout(1s, inner));
      co_await curfew::sleep_for(1h);
      BOOST_ERROR("went on");
    };
    ENDS(end::timed_out, timeout(2s, middle));
  });
  BOOST_TEST(elapsed() == 3s);
}

BOTH_WAYS(a_limit_in_a_shield_in_a_limit_works_on_both_sides) {
  run([&]() -> awaitable<> {
    // The outer limit is held back; the inner one ends the work.
    ENDS(end::timed_out, wait_for(curfew::shield(wait_for(sleepy(1h), 3s)), 1s));
    ENDS(end::timed_out, wait_for(curfew::shield(wait_for(curfew::sleep_for(1h), 3s)), 1s));
    ENDS(end::value, wait_for(curfew::shield(wait_for(sleepy(2s), 3s)), 1s));
    ENDS(end::value, wait_for(curfew::shield(wait_for(curfew::sleep_for(2s), 3s)), 1s));
    // The outer limit passes after the inner one, which is an error of the work's own.
    ENDS(end::timed_out, wait_for(curfew::shield(wait_for(sleepy(1h), 1s)), 3s));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(elapsed() == 12s);
}

BOTH_WAYS(a_token_around_a_shield_surfaces_after_it_and_not_outside) {
  for (bool const deferred : {false, true}) {
    cancellation_source source;
    bool next = false;
    start([&]() -> awaitable<> {
      auto const body = [&]() -> awaitable<> {
        if (deferred)
          co_await curfew::shield(curfew::sleep_for(2s));
        else
          co_await curfew::shield(sleepy(2s));
        next = true;
        co_await curfew::checkpoint();
        BOOST_ERROR("went on");
      };
      ENDS(end::aborted, cancel_when(body(), source.token()));
      ENDS(end::value, cancel_when(curfew::shield(sleepy(1s)), cancellation_source().token()));
      ENDS(end::value, curfew::sleep_for(1s));
    });
    time.advance(1s);
    source.cancel();
    time.settle();
    BOOST_TEST(!next);
    time.run();
    BOOST_TEST(next);
    BOOST_TEST((ended == end::value));
  }
  BOOST_TEST(elapsed() == 8s);
}

BOTH_WAYS(a_shielded_operation_directly_in_a_token_delivers_its_value) {
  for (bool const deferred : {false, true}) {
    cancellation_source source;
    manual_op<error_code, int> op;
    op.on_cancel = [] { BOOST_ERROR("was asked"); };
    auto const body = [&]() -> awaitable<int> { co_return co_await op(); };
    start([&]() -> awaitable<> {
      int got = 0;
      if (deferred)
        got = co_await cancel_when(curfew::shield(op()), source.token());
      else
        got = co_await cancel_when(curfew::shield(body()), source.token());
      BOOST_TEST(got == 7);
      ENDS(end::value, curfew::sleep_for(1s));
    });
    time.settle();
    source.cancel();
    time.settle();
    asio::post(context, [&] { op.complete({}, 7); });
    time.run();
    BOOST_TEST((ended == end::value));
  }
}

BOTH_WAYS(a_token_inside_a_shield_ends_what_is_inside_it) {
  cancellation_source source;
  run([&]() -> awaitable<> {
    curfew::sleep_for(context, 1s)([&](error_code) { source.cancel(); });
    auto const body = [&]() -> awaitable<> {
      ENDS(end::aborted, cancel_when(sleepy(1h), source.token()));
      ENDS(end::value, curfew::sleep_for(1s));
    };
    ENDS(end::value, curfew::shield(body()));
    cancellation_source second;
    curfew::sleep_for(context, 1s)([&](error_code) { second.cancel(); });
    ENDS(end::aborted, curfew::shield(cancel_when(curfew::sleep_for(1h), second.token())));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(elapsed() == 4s);
}

BOTH_WAYS(an_abort_inside_is_not_credited_to_what_is_held_back_outside) {
  manual_op<error_code> op;
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      op.on_start = [&] {
        curfew::sleep_for(context, 3s)([&](error_code) { op.complete(aborted); });
      };
      // Ends by itself while the outer limit is held back.
      ENDS(end::timed_out, wait_for(op(), 1s));
    };
    op.on_cancel = [&] { op.complete(aborted); };
    ENDS(end::value, wait_for(curfew::shield(body()), 500ms));
    ENDS(end::value, curfew::sleep_for(5s));
  });
}

BOTH_WAYS(a_wait_in_a_cancelled_callers_shielded_cleanup_can_time_out) {  // WF-35
  bool timed_out = false, done = false;
  start([&]() -> awaitable<> {
    auto const cleanup = [&]() -> awaitable<> {
      auto const late = co_await curfew::settle(wait_for(sleepy(1h), 5s));
      timed_out = late.timed_out();
      co_await wait_for(curfew::sleep_for(1s), 5s);
      done = true;
    };
    auto const work = [&]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      co_await cleanup();
    };
    co_await curfew::shield(work());
  });
  ask();
  time.run();
  BOOST_TEST(timed_out);
  BOOST_TEST(done);
  BOOST_TEST(elapsed() == 7s);
}

BOTH_WAYS(the_effective_deadline_is_that_up_to_the_nearest_shield) {  // TS-35 RS-16
  run([&]() -> awaitable<> {
    auto const start = time.now();
    auto const never = curfew::clock::time_point::max();
    auto const inner = [&](timeout_scope& scope) -> awaitable<> {
      auto const self = co_await curfew::this_task::self();
      BOOST_TEST((deadline_of(self) == start + 9s));
      BOOST_TEST((scope.effective_deadline() == start + 9s));
      BOOST_TEST(scope.reschedule(start + 20s));
      BOOST_TEST((deadline_of(self) == start + 20s));
      BOOST_TEST(scope.reschedule_after(curfew::never));
      BOOST_TEST((deadline_of(self) == never));
      BOOST_TEST(scope.reschedule_after(9s));
    };
    auto const shielded = [&]() -> awaitable<> {
      auto const self = co_await curfew::this_task::self();
      BOOST_TEST((deadline_of(self) == never));
      BOOST_TEST((self.remaining() == curfew::clock::duration::max()));
      co_await timeout(9s, inner);
      BOOST_TEST((deadline_of(self) == never));
    };
    auto const outer = [&](timeout_scope& scope) -> awaitable<> {
      auto const self = co_await curfew::this_task::self();
      BOOST_TEST((deadline_of(self) == start + 5s));
      co_await curfew::shield(shielded());
      BOOST_TEST((deadline_of(self) == start + 5s));
      BOOST_TEST((scope.effective_deadline() == start + 5s));
    };
    co_await timeout(5s, outer);
  });
}

BOTH_WAYS(once_a_grace_runs_its_end_is_the_effective_deadline) {  // RS-16
  run([&]() -> awaitable<> {
    auto const start = time.now();
    auto const shielded = [&]() -> awaitable<> {
      auto const self = co_await curfew::this_task::self();
      BOOST_TEST((deadline_of(self) == curfew::clock::time_point::max()));
      co_await curfew::sleep_for(2s);  // the limit around passes at the first
      BOOST_TEST((deadline_of(self) == start + 4s));
      BOOST_TEST(self.remaining() == 2s);
      BOOST_TEST(!self.cancelled());
      ENDS(end::aborted, curfew::sleep_for(1h));
      BOOST_TEST(self.cancelled());
      BOOST_TEST((self.reason().cause() == curfew::cancellation_cause::deadline));
    };
    auto const outer = [&]() -> awaitable<> { co_await curfew::shield(shielded(), grace{3s}); };
    ENDS(end::value, timeout(1s, outer));
  });
  BOOST_TEST(elapsed() == 4s);
}

BOTH_WAYS(each_of_many_shields_in_many_scopes_holds_its_own) {
  run([&]() -> awaitable<> {
    std::vector<end> ends;
    auto const level = [&](auto const& self, int depth) -> awaitable<> {
      if (depth == 0) {
        co_await curfew::sleep_for(20s);
        co_return;
      }
      auto const block = [&]() -> awaitable<> {
        co_await curfew::shield(self(self, depth - 1));
        co_await curfew::checkpoint();
      };
      auto const done = co_await curfew::settle(timeout(std::chrono::seconds(depth), block));
      ends.push_back(done.timed_out() ? end::timed_out : end_of(done.error()));
    };
    co_await level(level, 8);
    BOOST_TEST((ends == std::vector<end>(8, end::timed_out)));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(elapsed() == 21s);
}

BOOST_AUTO_TEST_SUITE_END()
