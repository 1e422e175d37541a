#include "asking.hpp"

// A deadline around a block: when it fires and when it does not.

BOOST_FIXTURE_TEST_SUITE(conforming_scopes, asking)

namespace {

using curfew::move_on_after;
using curfew::timeout;
using curfew::timeout_scope;

awaitable<int> sleep_in(timeout_scope& scope, std::optional<timeout_scope>& kept) {
  kept.emplace(scope);
  co_await curfew::sleep_forever();
  co_return 0;
}

}  // namespace

CONFORMS("TS-01", a_block_that_exceeds_its_deadline_times_out_and_has_expired) {
  std::optional<timeout_scope> kept;
  run([&]() -> awaitable<> { ENDS(end::timed_out, timeout(1s, sleep_in, std::ref(kept))); });
  BOOST_TEST(kept->expired());
  BOOST_TEST(elapsed() == 1s);
}

CONFORMS("TS-02", a_deadline_can_be_an_instant_and_is_still_told_afterwards) {
  std::optional<timeout_scope> kept;
  auto const when = time.now() + 2s;
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::timeout_at(when, sleep_in, std::ref(kept)));
  });
  BOOST_TEST((kept->deadline() == when));
  BOOST_TEST(elapsed() == 2s);
}

CONFORMS("TS-03", a_block_that_ends_early_has_not_expired) {
  std::optional<timeout_scope> kept;
  auto const body = [&](timeout_scope& scope) -> awaitable<int> {
    kept.emplace(scope);
    co_await curfew::sleep_for(1s);
    co_return 7;
  };
  run([&]() -> awaitable<> { BOOST_TEST(co_await timeout(1h, body) == 7); });
  BOOST_TEST(!kept->expired());
  BOOST_TEST((kept->deadline() > time.now()));
  BOOST_TEST(elapsed() == 1s);
}

CONFORMS("TS-04", a_block_without_a_deadline_never_times_out) {
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    BOOST_TEST((scope.deadline() == curfew::clock::time_point::max()));
    BOOST_TEST(time.pending() == 0U);
    co_await curfew::sleep_for(std::chrono::hours(24 * 365));
  };
  run([&]() -> awaitable<> { ENDS(end::value, timeout(curfew::never, body)); });
  BOOST_TEST(elapsed() == std::chrono::hours(24 * 365));
}

CONFORMS("TS-05", a_delay_of_zero_interrupts_the_first_wait_and_lets_no_second_yield_pass) {
  int begun = 0, yields = 0;
  manual_op<error_code> op;
  op.on_cancel = [&] { op.post(asio::error::operation_aborted); };
  auto const waits_first_for = [&](auto first) {
    return [&, first]() -> awaitable<> {
      ++begun;
      co_await first();
      BOOST_ERROR("went on");
    };
  };
  auto const each = [&](auto first) -> awaitable<> {
    auto const body = waits_first_for(first);
    ENDS(end::timed_out, timeout(0s, body));
    ENDS(end::timed_out, curfew::timeout_at(time.now(), body));
    BOOST_TEST(!co_await move_on_after(0s, body));
    ENDS(end::value, curfew::checkpoint());
  };
  // Asio's post cannot be interrupted: it completes, and the next is refused.
  auto const bare = [&]() -> awaitable<> {
    for (;; ++yields) co_await asio::post(asio::deferred);
  };
  auto const all = [&]() -> awaitable<> {
    co_await each([] { return curfew::checkpoint(); });
    co_await each([] { return curfew::sleep_for(0s); });
    co_await each([] { return sleepy(0s); });
    co_await each([] { return curfew::wait_for(curfew::sleep_for(0s), 1h); });
    co_await each([&] { return op(); });
    yields = 0;
    ENDS(end::timed_out, timeout(0s, bare));
    BOOST_TEST(yields == 1);
    BOOST_TEST(!co_await move_on_after(0s, bare));
    BOOST_TEST(yields == 2);
  };
  run(all);
  run([&]() -> awaitable<> { co_await curfew::spawn(context, all).join(); });
  BOOST_TEST(begun == 2 * 5 * 3);
  BOOST_TEST(elapsed() == 0s);
}

CONFORMS("TS-06", a_deadline_in_the_past_interrupts_the_first_wait) {
  int begun = 0;
  auto const body = [&]() -> awaitable<> {
    ++begun;
    co_await curfew::sleep_for(0s);
    BOOST_ERROR("went on");
  };
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::timeout_at(time.now() - 1s, body));
    BOOST_TEST(!co_await move_on_after(-1s, body));
  });
  BOOST_TEST(begun == 2);
  BOOST_TEST(elapsed() == 0s);
}

CONFORMS("TS-07", a_block_that_never_waits_gives_its_value_however_late_it_is) {
  auto const body = []() -> awaitable<int> { co_return 7; };
  run([&]() -> awaitable<> {
    BOOST_TEST(co_await timeout(0s, body) == 7);
    BOOST_TEST(co_await timeout(-1h, body) == 7);
    BOOST_TEST((co_await move_on_after(0s, body)).value() == 7);
  });
}

CONFORMS("TS-08", an_error_before_the_deadline_propagates_and_is_no_expiry) {
  std::optional<timeout_scope> kept;
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    kept.emplace(scope);
    co_await fail("mine", 1s);
  };
  run([&]() -> awaitable<> { SAYS("mine", timeout(1h, body)); });
  BOOST_TEST(!kept->expired());
  BOOST_TEST(elapsed() == 1s);
}

CONFORMS("TS-09", an_error_thrown_while_unwinding_wins_and_the_scope_tells_of_the_timeout) {
  std::optional<timeout_scope> kept;
  auto const mine = std::make_exception_ptr(failure("mine"));
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    kept.emplace(scope);
    co_await answer_with(mine);
  };
  run([&]() -> awaitable<> { SAYS("mine", timeout(1s, body)); });
  BOOST_TEST(kept->expired());
  BOOST_TEST((kept->reason().cause() == curfew::cancellation_cause::deadline));
}

CONFORMS("TS-10", the_reason_of_an_expiry_is_the_deadline_that_was_converted) {
  std::optional<timeout_scope> kept;
  unsigned const line = __LINE__ + 1;
  auto const outer = [&]() -> awaitable<> { co_await timeout(1s, sleep_in, std::ref(kept)); };
  run(outer, end::timed_out);
  BOOST_TEST((kept->reason().cause() == curfew::cancellation_cause::deadline));
  BOOST_TEST(kept->reason().where().line() == line);
}

CONFORMS("TS-11", a_cancellation_before_the_deadline_is_no_timeout) {
  std::optional<timeout_scope> kept;
  start([&]() -> awaitable<> { co_await timeout(1h, sleep_in, std::ref(kept)); });
  ask_after(1s);
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(!kept->expired());
  BOOST_TEST(elapsed() == 1s);
}

CONFORMS("TS-25", a_scope_cannot_be_made_without_a_coroutine) {
  static_assert(!std::is_default_constructible_v<timeout_scope>);
  static_assert(!std::is_constructible_v<timeout_scope, curfew::clock::duration>);
  static_assert(!std::is_constructible_v<timeout_scope, curfew::clock::time_point>);
  int started = 0;
  auto const body = [&]() -> awaitable<> {
    ++started;
    co_return;
  };
  {
    auto const not_awaited = timeout(1s, body);
  }
  BOOST_TEST(started == 0);
}

CONFORMS("TS-27", after_swallowing_an_expiry_each_further_wait_fails_until_the_block_is_left) {
  auto const body = []() -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_for(1h));
    ENDS(end::aborted, curfew::sleep_for(1h));
    ENDS(end::aborted, sleepy(1h));
    ENDS(end::aborted, asio::post(asio::deferred));
    co_await curfew::checkpoint();
  };
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, timeout(1s, body));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(elapsed() == 2s);
}

CONFORMS("TS-28", the_quiet_form_goes_on_after_its_expiry_and_says_so) {
  run([&]() -> awaitable<> {
    BOOST_TEST(!co_await move_on_after(1s, sleepy, 1h));
    BOOST_TEST(!co_await curfew::move_on_at(time.now() + 1s, sleepy, 1h));
    BOOST_TEST(co_await move_on_after(1h, sleepy, 1s));
  });
  BOOST_TEST(elapsed() == 3s);
}

CONFORMS("TS-31", a_scope_cancelled_after_the_last_wait_ends_without_an_error) {
  std::optional<timeout_scope> kept;
  auto const body = [&](timeout_scope& scope) -> awaitable<int> {
    kept.emplace(scope);
    co_await curfew::sleep_for(1s);
    scope.cancel();
    co_return 7;
  };
  run([&]() -> awaitable<> {
    BOOST_TEST(co_await timeout(1h, body) == 7);
    ENDS(end::value, curfew::checkpoint());
  });
  BOOST_TEST(kept->cancelled());
}

CONFORMS("TS-32", a_deadline_that_passes_after_the_block_was_left_has_no_effect) {
  run([&]() -> awaitable<> {
    ENDS(end::value, timeout(5s, sleepy, 1s));
    ENDS(end::value, curfew::sleep_for(10s));
  });
  BOOST_TEST(elapsed() == 11s);
}

CONFORMS("TS-33", a_deadline_passed_between_two_waits_interrupts_the_next) {
  auto const body = [&]() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    curfew::detail::deadline_service::of(context).advance_to(time.now() + 10s);
    co_await curfew::checkpoint();
    BOOST_ERROR("went on");
  };
  run([&]() -> awaitable<> { ENDS(end::timed_out, timeout(5s, body)); });
}

CONFORMS("TS-36", a_relative_scope_made_early_counts_from_its_await) {
  run([&]() -> awaitable<> {
    auto made_early = timeout(5s, sleepy, 1h);
    co_await curfew::sleep_for(3s);
    ENDS(end::timed_out, std::move(made_early));
  });
  BOOST_TEST(elapsed() == 8s);
}

CONFORMS("TS-42", a_block_that_ends_early_leaves_the_loop_without_work) {
  run([&]() -> awaitable<> {
    ENDS(end::value, timeout(1h, sleepy, 0s));
    BOOST_TEST(time.pending() == 0U);
  });
  BOOST_TEST(context.stopped());
  BOOST_TEST(elapsed() == 0s);
}

BOOST_AUTO_TEST_SUITE_END()
