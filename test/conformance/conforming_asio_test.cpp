#include "../operations/manual_op.hpp"
#include "same_tick.hpp"

#include <curfew/gather.hpp>
#include <curfew/spawn.hpp>
#include <curfew/testing/cancel_at_every_step.hpp>
#include <curfew/testing/manual_operation.hpp>
#include <curfew/testing/permute_same_tick.hpp>

BOOST_AUTO_TEST_SUITE(conforming_asio)

namespace {

using curfew::timeout;
using curfew::timeout_scope;
using curfew::wait_for;
using curfew::testing::virtual_time;
namespace this_coro = asio::this_coro;

error_code const aborted = asio::error::operation_aborted;

}  // namespace

CONFORMS("AX-02", replacing_the_state_absorbs_a_request_and_the_scopes_still_know) {
  fixture f;
  f.run([&]() -> awaitable<> {
    auto const inner = [](timeout_scope& scope) -> awaitable<> {
      ENDS(end::aborted, curfew::sleep_for(1h));
      co_await this_coro::reset_cancellation_state();
      ENDS(end::value, curfew::sleep_for(1s));
      BOOST_TEST(scope.expired());
      co_await curfew::sleep_for(1h);
    };
    auto const outer = [&]() -> awaitable<> { co_await timeout(1s, inner); };
    ENDS(end::timed_out, timeout(3s, outer));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(f.elapsed() == 4s);
}

CONFORMS("AX-04", a_scope_ends_also_where_asio_was_told_not_to_refuse) {
  fixture f;
  manual_op<error_code> op;
  op.on_cancel = [&] { op.post(aborted); };
  f.run([&]() -> awaitable<> {
    auto const inner = [&]() -> awaitable<> {
      co_await this_coro::throw_if_cancelled(false);
      ENDS(end::aborted, op());
      ENDS(end::aborted, curfew::sleep_for(1h));  // curfew's own look themselves
      co_await op();                              // others hear the next request
    };
    auto const outer = [&]() -> awaitable<> { co_await timeout(1s, inner); };
    ENDS(end::timed_out, timeout(2s, outer));
  });
  BOOST_TEST(op.requests.size() == 2U);
  BOOST_TEST(f.elapsed() == 2s);
}

CONFORMS("AX-07", an_operation_with_a_slot_of_its_own_is_out_of_reach_and_waited_for) {
  fixture f;
  asio::cancellation_signal own;
  manual_op<error_code> op;
  op.on_start = [&] { curfew::sleep_for(f.context, 3s)([&](error_code) { op.complete({}); }); };
  f.run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      co_await op()(asio::bind_cancellation_slot(own.slot(), asio::use_awaitable));
    };
    ENDS(end::value, wait_for(body(), 1s));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(op.requests.empty());
  BOOST_TEST(f.elapsed() == 4s);
}

CONFORMS("AX-08", one_request_reaches_every_operation_that_runs_beside_others) {
  fixture f;
  manual_op<error_code> first, second, third;
  for (auto* each : {&first, &second, &third}) each->on_cancel = [each] { each->post(aborted); };
  f.start([&]() -> awaitable<> { co_await curfew::gather(first(), second(), third()); });
  f.time.settle();
  f.cancel();
  f.time.run();
  for (auto* each : {&first, &second, &third}) BOOST_TEST(each->requests.size() == 1U);
  BOOST_TEST((f.ended == end::aborted));
}

CONFORMS("AX-13", an_expiry_is_told_from_a_request_and_from_a_foreign_abort) {
  for (int which = 0; which < 3; ++which) {
    fixture f;
    asio::steady_timer timer(f.context, std::chrono::hours(1));
    f.start([&]() -> awaitable<> { co_await wait_for(timer.async_wait(asio::deferred), 2s); });
    f.time.advance(1s);
    if (which == 1) f.cancel();
    if (which == 2) timer.cancel();
    f.time.run();
    BOOST_TEST((f.ended == (which == 0 ? end::timed_out : end::aborted)));
    BOOST_TEST(f.elapsed() == (which == 0 ? 2s : 1s));
  }
}

CONFORMS("AX-21", a_coroutine_that_is_cancelled_before_it_begins_ends_so_and_nothing_escapes) {
  int ran = 0;
  auto const body = [&]() -> awaitable<> {
    ++ran;
    co_await curfew::sleep_for(1s);
  };
  asio::io_context context;
  std::optional<error_code> told;
  auto const task = curfew::spawn(context, body);
  task.wait(context)([&](error_code error) { told = error; });
  BOOST_TEST(task.cancel());
  BOOST_CHECK_NO_THROW(context.run());
  BOOST_TEST(ran == 0);
  BOOST_TEST((told == error_code()));
  BOOST_TEST(task.cancelled());
  int before = 1;  // of the run that nobody disturbs
  auto const check = [&](curfew::testing::disturbed_run<void> const& run) {
    BOOST_TEST(ran - std::exchange(before, ran) == (run.after == 0 ? 0 : 1));
    if (run.after < 2) BOOST_TEST(run.ended.cancelled());
  };
  auto const scenario = [&](virtual_time&) { return body(); };
  (void)curfew::testing::cancel_at_every_step(scenario, check);
}

CONFORMS("AX-23", a_request_that_meets_the_end_of_its_task_hits_nothing_in_any_order) {
  int ended = 0, asked = 0;
  auto const scenario = [&](virtual_time& time) -> awaitable<> {
    auto const here = co_await this_coro::executor;
    curfew::testing::manual_operation<int> op(time);
    op.refuse_cancellation();
    auto const child =
        curfew::spawn(here, {"child"}, [&]() -> awaitable<int> { co_return co_await op(); });
    curfew::sleep_for(here, 1s)([&](error_code) { op.complete(7); });
    curfew::sleep_for(here, 1s)([&](error_code) { asked += child.cancel(); });
    co_await curfew::sleep_for(2s);
    BOOST_TEST(child.result().value() == 7);
    ++ended;
  };
  auto const orders = curfew::testing::permute_same_tick(scenario);
  BOOST_TEST(orders.all);
  BOOST_TEST(orders.runs > 1U);
  BOOST_TEST(static_cast<std::size_t>(ended) == orders.runs);
  BOOST_TEST(asked > 0);
}

ALSO_CONFORMS("AX-02", a_state_that_is_replaced_as_an_outer_scope_expires_still_hears_of_it) {
  in_each_order([](virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    auto const inner = [](timeout_scope& scope) -> awaitable<> {
      ENDS(end::aborted, curfew::sleep_for(1h));
      co_await this_coro::reset_cancellation_state();
      (void)co_await curfew::settle(curfew::sleep_for(1s));  // as the outer one expires
      BOOST_TEST(scope.expired());
      co_await curfew::sleep_for(1h);
    };
    auto const outer = [&]() -> awaitable<> { co_await timeout(1s, inner); };
    auto const both = [&]() -> awaitable<> { ENDS(end::timed_out, timeout(2s, outer)); };
    co_await curfew::gather(both(), sleepy(2s));
    BOOST_TEST((time.now() - began == 2s));
  });
}

ALSO_CONFORMS("AX-07", what_is_out_of_reach_and_ends_as_its_limit_passes_gives_its_value) {
  in_each_order([](virtual_time& time) -> awaitable<> {
    asio::cancellation_signal own;
    curfew::testing::manual_operation<int> op(time);
    auto const body = [&]() -> awaitable<int> {
      co_return co_await op()(asio::bind_cancellation_slot(own.slot(), asio::use_awaitable));
    };
    auto const limited = [&]() -> awaitable<> { BOOST_TEST(co_await wait_for(body(), 1s) == 7); };
    co_await curfew::gather(limited(), at_one_instant([&] { op.complete(7); }));
    BOOST_TEST(op.requests().empty());
  });
}

ALSO_CONFORMS("AX-08", a_request_that_comes_as_some_have_ended_reaches_each_of_the_others_once) {
  int reached = 0;
  in_each_order([&](virtual_time& time) -> awaitable<> {
    curfew::testing::manual_operation<> first(time), second(time);
    auto const both = [&]() -> awaitable<> { co_await curfew::gather(first(), second()); };
    auto const t = curfew::spawn(co_await this_coro::executor, both);
    co_await at_one_instant([&] { t.cancel(); }, [&] { first.complete(); });
    co_await t.wait();
    BOOST_TEST(t.cancelled());
    BOOST_TEST(second.requests().size() == 1U);
    BOOST_TEST(first.requests().size() <= 1U);
    reached += static_cast<int>(first.requests().size());
  });
  BOOST_TEST(reached > 0);
}

BOOST_AUTO_TEST_SUITE_END()
