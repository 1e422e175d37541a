#include "stepper.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

BOOST_AUTO_TEST_SUITE(lifetimes)

namespace {

using scenario = std::function<awaitable<>(asio::io_context&, text_ref)>;

struct finish {
  int called = 0;
  std::exception_ptr error;
};

void start(stepper& s, scenario const& f, text_ref held, finish& end,
           asio::cancellation_signal& signal) {
  auto op = f(*s.context, held);
  asio::co_spawn(*s.context, std::move(op),
                 asio::bind_cancellation_slot(signal.slot(), [held, &end](std::exception_ptr e) {
                   ++end.called;
                   end.error = e;
                 }));
}

/// Runs the scenario for n steps and destroys its context then, for every n; the same with a
/// request from outside after every number of steps. Returns the number of steps of the whole.
int destroy_at_every_step(scenario const& f) {
  int steps = 0;
  auto const run = [&](int until, int cancel_at) {
    text_ref const held =
        std::make_shared<std::string>("a string that is long enough for the heap");
    finish end;
    bool ended = false;
    int step = 0;
    stepper s;
    asio::cancellation_signal signal;
    start(s, f, held, end, signal);
    for (; step < until; ++step) {
      if (step == cancel_at) signal.emit(asio::cancellation_type::terminal);
      if (!s.step()) break;
    }
    ended = step < until;
    auto const called = end.called;
    BOOST_REQUIRE(called == (ended ? 1 : called));
    s.destroy();
    BOOST_REQUIRE(end.called == called);
    BOOST_REQUIRE(held.use_count() == 1);
    BOOST_REQUIRE(s.is_clean());
    steps = std::max(steps, step);
    return !ended;
  };
  for (int n = 0; run(n, -1); ++n) BOOST_REQUIRE(n < 500);
  // In Boost 1.82 and 1.83 co_spawn throws out of the loop where it is asked before it begins.
  int const first = BOOST_ASIO_VERSION >= 102700 && BOOST_ASIO_VERSION < 102900 ? 1 : 0;
  for (int at = first; at <= steps; ++at)
    for (int n = at; run(n, at); ++n) BOOST_REQUIRE(n < 500);
  return steps;
}

// ---- scenarios: each leaves a token in locals, arguments and captures

template <class Op>
awaitable<> quietly(Op op) {
  try {
    co_await std::move(op);
  } catch (system_error const&) {
  }
}

awaitable<> limits_around_operations(asio::io_context& context, text_ref held) {
  auto const local = held;
  auto in_time = curfew::wait_for(asio::post(context, asio::deferred), 1s);
  co_await std::move(in_time);
  co_await quietly(curfew::wait_for(curfew::sleep_for(1h), 1s));
  co_await quietly(curfew::wait_for(curfew::wait_for(curfew::sleep_forever(), 2s), 1s));
  asio::steady_timer timer(context, std::chrono::hours(1));
  co_await quietly(curfew::wait_for(timer.async_wait(asio::deferred), 1s));
  co_await quietly(curfew::wait_for(timer.async_wait(asio::deferred), 0s));
  co_await quietly(curfew::sleep_for(1s));
}

awaitable<> limits_around_awaitables(asio::io_context&, text_ref held) {
  co_await quietly(curfew::wait_for(slow(held, 1h), 1s));
  co_await quietly(curfew::wait_for(slow(held, 1s), 1h));
  co_await quietly(curfew::wait_for(slow(held, 1s), 0s));
  co_await quietly(curfew::move_on_after(slow(held, 1h), 1s));
}

awaitable<> nested_body(curfew::timeout_scope& scope, text_ref held) {
  auto const local = held;
  curfew::timeout_scope const copy = scope;
  auto inner = [&](text_ref also) -> awaitable<> {
    auto const inner_local = also;
    co_await curfew::wait_for(slow(local, 1h), 20s);
  };
  co_await quietly(curfew::timeout(1s, inner, held));
  (void)scope.reschedule_after(10s);
  co_await quietly(curfew::move_on_after(1s, inner, held));
  co_await curfew::sleep_forever();
}

awaitable<> nested_scopes(asio::io_context&, text_ref held) {
  co_await quietly(curfew::timeout(5s, nested_body, held));
  co_await quietly(curfew::timeout(0s, nested_body, held));
  co_await quietly(curfew::sleep_for(1s));
}

awaitable<> nested_scopes_run_by_curfew(asio::io_context& context, text_ref held) {
  auto body = [&]() -> awaitable<> { co_await nested_scopes(context, held); };
  co_await curfew::timeout(curfew::never, body);
}

awaitable<> cancelled_scope(asio::io_context& context, text_ref held) {
  auto body = [&](curfew::timeout_scope& scope, text_ref also) -> awaitable<> {
    auto const local = also;
    asio::post(context, [copy = scope]() mutable { copy.cancel("from a handler"); });
    co_await quietly(curfew::sleep_for(1h));
    co_await curfew::sleep_for(1h);
  };
  co_await quietly(curfew::timeout(1min, body, held));
  co_await quietly(curfew::move_on_after(1min, body, held));
}

awaitable<> uncancellable(asio::io_context& context, text_ref held) {
  auto body = [&](text_ref also) -> awaitable<> {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    auto const local = also;
    for (int i = 0; i < 3; ++i) co_await asio::post(context, asio::deferred);
    co_await curfew::sleep_for(10s);
  };
  co_await quietly(curfew::timeout(1s, body, held));
  co_await quietly(curfew::wait_for(body(held), 1s));
}

}  // namespace

// Newer Boosts take fewer steps: they resume some coroutines without a handler of their own.
BOOST_AUTO_TEST_CASE(a_context_may_die_at_any_moment_of_limited_operations) {
  BOOST_TEST(destroy_at_every_step(limits_around_operations) > 8);
}
BOOST_AUTO_TEST_CASE(a_context_may_die_at_any_moment_of_limited_awaitables) {
  BOOST_TEST(destroy_at_every_step(limits_around_awaitables) > 8);
}
BOOST_AUTO_TEST_CASE(a_context_may_die_at_any_moment_of_nested_scopes) {
  BOOST_TEST(destroy_at_every_step(nested_scopes) > 8);
}
BOOST_AUTO_TEST_CASE(a_context_may_die_at_any_moment_of_scopes_in_a_scope) {
  BOOST_TEST(destroy_at_every_step(nested_scopes_run_by_curfew) > 8);
}
BOOST_AUTO_TEST_CASE(a_context_may_die_at_any_moment_of_a_cancelled_scope) {
  BOOST_TEST(destroy_at_every_step(cancelled_scope) > 3);
}
BOOST_AUTO_TEST_CASE(a_context_may_die_at_any_moment_of_what_cannot_be_cancelled) {
  BOOST_TEST(destroy_at_every_step(uncancellable) > 3);
}

BOOST_AUTO_TEST_CASE(a_context_may_be_stopped_and_started_again_at_any_moment) {
  for (scenario const& f : {scenario(nested_scopes), scenario(limits_around_operations)}) {
    text_ref const held = std::make_shared<std::string>("held");
    finish end;
    stepper s;
    asio::cancellation_signal signal;
    start(s, f, held, end, signal);
    do {
      s.context->stop();
    } while (s.step());
    BOOST_TEST(end.called == 1);
    BOOST_TEST(!end.error);
    BOOST_TEST(held.use_count() == 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()
