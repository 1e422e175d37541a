#include <curfew/testing/cancel_at_every_step.hpp>
#include <curfew/testing/manual_operation.hpp>

#include "asking.hpp"
#include "same_tick.hpp"

// Limits, scopes and shields in each order of what happens at one instant, and stopped after each
// step.

BOOST_AUTO_TEST_SUITE(conforming_scopes_races)

namespace {

using curfew::move_on_after;
using curfew::shield;
using curfew::timeout;
using curfew::timeout_scope;
using curfew::wait_for;
using curfew::testing::virtual_time;

}  // namespace

ALSO_CONFORMS("WF-19", limits_that_never_pass_do_not_in_any_order_either) {
  auto const century = std::chrono::hours(24 * 365 * 100);
  in_each_order([&](virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    co_await curfew::gather(wait_for(sleepy(century), curfew::clock::duration::max() - 1ns),
                            wait_for(sleepy(century), std::chrono::hours::max()),
                            timeout(std::chrono::hours::max(), sleepy, century));
    BOOST_TEST((time.now() - began == century));
  });
}

ALSO_CONFORMS("TS-07", blocks_that_never_wait_give_their_values_whoever_is_asked_meanwhile) {
  int asked = 0;
  in_each_order([&]() -> awaitable<> {
    auto const body = []() -> awaitable<int> { co_return 7; };
    int values = 0;
    curfew::task<void> t;
    auto const late = [&]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      values += co_await timeout(0s, body);
      values += (co_await move_on_after(-1h, body)).value();
      co_await curfew::sleep_for(0s);
    };
    t = curfew::spawn(co_await asio::this_coro::executor, late);
    co_await at_one_instant([&] { t.cancel(); });
    co_await t.wait();
    // Asked before it went on it did not begin them; after that they had their values.
    BOOST_TEST((values == 14 || (values == 0 && t.cancelled())));
    asked += t.cancelled();
  });
  BOOST_TEST(asked > 0);
}

ALSO_CONFORMS("TS-27", each_further_wait_fails_in_whichever_order_two_expiries_came) {
  in_each_order([]() -> awaitable<> {
    auto const body = []() -> awaitable<> {
      for (int i = 0; i < 3; ++i) ENDS(end::aborted, curfew::sleep_for(1h));
      ENDS(end::aborted, asio::post(asio::deferred));
      co_await curfew::checkpoint();
    };
    auto const outer = [&]() -> awaitable<> {
      ENDS(end::aborted, timeout(1s, body));  // of equal deadlines the outermost
      ENDS(end::aborted, curfew::sleep_for(1h));
      co_await sleepy(1h);
    };
    auto const beside = [&]() -> awaitable<> { ENDS(end::timed_out, timeout(1s, outer)); };
    co_await curfew::gather(beside(), sleepy(1s));
    ENDS(end::value, curfew::checkpoint());
  });
}

ALSO_CONFORMS("TS-42", a_block_that_ends_as_its_deadline_passes_or_moves_leaves_nothing) {
  int late = 0, in_time = 0;
  in_each_order([&](virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    std::optional<timeout_scope> kept;
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      co_await curfew::sleep_for(1s);
      co_await curfew::sleep_for(0s);  // is refused, but where the deadline has moved
    };
    auto const block = [&]() -> awaitable<> {
      auto const how = co_await curfew::settle(timeout(1s, body));
      BOOST_TEST(how.has_value() != how.timed_out());
      if (how.timed_out()) BOOST_TEST(kept->expired());
      ++(how.timed_out() ? late : in_time);
      BOOST_TEST((time.now() - began == 1s));
    };
    auto const moves = [&] {
      if (kept->reschedule_after(1h)) BOOST_TEST(!kept->expired());
    };
    co_await curfew::gather(block(), at_one_instant(moves));
    BOOST_TEST(time.pending() == 0U);
  });
  BOOST_TEST(late > 0);
  BOOST_TEST(in_time > 0);
}

ALSO_CONFORMS("RS-08", what_has_expired_cannot_be_rescheduled_and_what_has_not_can_be) {
  int refused = 0, moved = 0;
  in_each_order([&](virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    std::optional<timeout_scope> kept;
    bool extended = false;
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      ENDS(end::aborted, curfew::sleep_forever());
      BOOST_TEST(!scope.reschedule_after(1h));
      co_await curfew::sleep_for(1s);
    };
    auto const block = [&]() -> awaitable<> { ENDS(end::timed_out, timeout(1s, body)); };
    auto const moves = [&] {
      extended = kept->reschedule_after(3s);
      BOOST_TEST(extended == !kept->expired());
    };
    co_await curfew::gather(block(), at_one_instant(moves));
    BOOST_TEST((time.now() - began == (extended ? 4s : 1s)));
    ++(extended ? moved : refused);
  });
  BOOST_TEST(refused > 0);
  BOOST_TEST(moved > 0);
}

ALSO_CONFORMS("SH-22", shielded_tasks_are_held_to_their_end_in_each_order_of_the_requests) {
  in_each_order([](virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    int done = 0;
    auto const work = [&]() -> awaitable<> {
      co_await shield(sleepy(1h));
      ++done;
      co_await curfew::checkpoint();
      BOOST_ERROR("went on");
    };
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      auto const cancels = [&] { group.cancel(); };
      group.spawn(work);
      group.spawn(work);
      co_await at_one_instant(cancels, cancels);
    };
    (void)co_await curfew::settle(wait_for(curfew::with_task_group(body), 1s));
    BOOST_TEST(done == 2);
    BOOST_TEST((time.now() - began == 1h));
  });
}

ALSO_CONFORMS("SH-23", two_scopes_that_expire_as_the_shield_goes_up_are_both_heard_and_none_twice) {
  in_each_order([](virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    curfew::testing::manual_operation<> op(time);
    op.end_late(2s);
    int cleaned = 0;
    auto const clean_up = [&]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      ++cleaned;
    };
    auto const body = [&]() -> awaitable<> { co_await curfew::finally(op(), clean_up); };
    auto const around = [&]() -> awaitable<> { co_await timeout(1s, body); };
    ENDS(end::timed_out, timeout(1s, around));
    BOOST_TEST(op.requests().size() >= 1U);
    BOOST_TEST(op.requests().size() <= 2U);  // one of each scope
    BOOST_TEST(cleaned == 1);
    BOOST_TEST((time.now() - began == 4s));
    ENDS(end::value, curfew::checkpoint());
  });
}

// ---- asked to stop after every step

ALSO_CONFORMS("TS-50", scopes_in_scopes_end_at_once_and_invent_no_timeout_after_any_step) {
  int made = 0, destroyed = 0, late = 0;
  auto const scenario = [&](virtual_time& time) -> awaitable<> {
    auto const counted = [&] {
      ++made;
      return witness(destroyed);
    };
    auto const nap = [&](witness) -> awaitable<> {
      auto const here = counted();
      co_await curfew::sleep_for(1s);
    };
    auto const inner = [&](timeout_scope& scope) -> awaitable<> {
      auto const here = counted();
      co_await nap(counted());
      BOOST_TEST(scope.reschedule_after(2s));
      co_await curfew::gather(nap(counted()), wait_for(nap(counted()), 5s));
      co_await curfew::sleep_forever();
    };
    auto const middle = [&]() -> awaitable<> {
      auto const here = counted();
      bool const done = co_await move_on_after(5s, inner);
      BOOST_TEST(!done);
      ++late;
      ENDS(end::value, curfew::checkpoint());  // nothing of the inner one is left
      co_await nap(counted());
    };
    auto const began = time.now();
    co_await timeout(1h, middle);
    BOOST_TEST((time.now() - began == 4s));
    auto const never_waits = []() -> awaitable<int> { co_return 7; };
    BOOST_TEST(co_await timeout(0s, never_waits) == 7);
    co_await wait_for(nap(counted()), 2s);
  };
  int values = 0;
  auto const steps = curfew::testing::cancel_at_every_step(scenario, [&](auto const& run) {
    BOOST_TEST(made == destroyed);
    BOOST_TEST(run.took == 0s);
    BOOST_TEST((run.ended.has_value() || run.ended.cancelled()));
    values += run.ended.has_value();
  });
  BOOST_TEST(steps > 10U);
  BOOST_TEST(values > 0);
  BOOST_TEST(late > 0);
}

ALSO_CONFORMS("SH-18", what_began_in_a_shield_ends_and_nothing_runs_past_it_after_any_step) {
  int begun = 0, ended = 0, acquired = 0, given_back = 0, past = 0;
  auto const scenario = [&]() -> awaitable<> {
    auto const commit = [&]() -> awaitable<int> {
      ++begun;
      co_await curfew::sleep_for(1s);
      co_await curfew::checkpoint();
      ++ended;
      co_return 7;
    };
    auto const acquire_and_use = [&]() -> awaitable<int> {
      ++acquired;
      int const got = co_await shield(commit());
      co_return got + co_await give(1, 1s);
    };
    auto const give_back = [&]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      ++given_back;
    };
    auto const inner = [&]() -> awaitable<> {
      BOOST_TEST(co_await shield(shield(commit())) == 7);
      co_await curfew::checkpoint();
      ++past;
      BOOST_TEST(co_await curfew::finally(acquire_and_use(), give_back) == 8);
      co_await shield(wait_for(commit(), 5s), curfew::grace(1h));
    };
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(shield(commit()));
      co_await timeout(1h, inner);
    };
    co_await curfew::with_task_group(body);
  };
  auto const steps = curfew::testing::cancel_at_every_step(scenario, [&](auto const& run) {
    BOOST_TEST(begun == ended);
    BOOST_TEST(acquired == given_back);
    // As long as what is under way: a commit, or a commit inside a body and then its cleanup.
    BOOST_TEST(run.took <= 2s);
    if (run.after == 0) BOOST_TEST((begun == 4 && past == 1));  // of the run that nobody disturbs
    BOOST_TEST((run.ended.has_value() || run.ended.cancelled()));
  });
  BOOST_TEST(steps > 10U);
}

BOOST_AUTO_TEST_SUITE_END()
