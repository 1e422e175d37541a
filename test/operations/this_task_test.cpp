#include "both_ways.hpp"
#include "manual_op.hpp"

BOOST_AUTO_TEST_SUITE(this_task)

namespace {

using curfew::cancellation_cause;
using curfew::task_view;
using curfew::timeout;
using curfew::timeout_scope;
using curfew::this_task::self;

constexpr auto no_deadline = curfew::clock::time_point::max();
constexpr auto no_end = curfew::clock::duration::max();

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_coroutine_outside_every_scope_knows_the_time_only, fixture) {
  run([&]() -> awaitable<> {
    auto const me = co_await self();
    BOOST_TEST((me.now() == time.now()));
    co_await curfew::sleep_for(1s);
    BOOST_TEST((me.now() == time.now()));
    BOOST_TEST((me.effective_deadline() == no_deadline));
    BOOST_TEST(me.remaining() == no_end);
    BOOST_TEST(!me.cancelled());
    BOOST_TEST(!me.reason());
    BOOST_TEST(me.name().empty());
  });
}

BOTH_WAYS(it_knows_the_scopes_that_are_open_when_it_is_asked) {
  run([&]() -> awaitable<> {
    auto const outer = [&]() -> awaitable<> {
      auto const me = co_await self();
      BOOST_TEST(me.remaining() == 10s);
      auto const inner = [&]() -> awaitable<> {
        BOOST_TEST(me.remaining() == 5s);
        BOOST_TEST((me.effective_deadline() == time.now() + 5s));
        co_await curfew::sleep_for(2s);
        BOOST_TEST(me.remaining() == 3s);
      };
      co_await timeout(5s, inner);
      BOOST_TEST(me.remaining() == 8s);
    };
    co_await timeout(10s, outer);
  });
}

BOTH_WAYS(it_can_be_asked_where_nothing_can_be_awaited) {  // TS-44
  int caught = 0;
  run([&]() -> awaitable<> {
    unsigned line = 0;
    auto const body = [&]() -> awaitable<> {
      auto const me = co_await self();
      BOOST_TEST(!me.cancelled());
      try {
        co_await curfew::sleep_for(1h);
      } catch (system_error const&) {
        BOOST_TEST(me.cancelled());
        BOOST_TEST((me.reason().cause() == cancellation_cause::deadline));
        BOOST_TEST(me.reason().where().line() == line);
        BOOST_TEST(me.remaining() == 0s);
        ++caught;
        throw;
      }
    };
    line = __LINE__ + 1;
    ENDS(end::timed_out, timeout(1s, body));
  });
  BOOST_TEST(caught == 1);
}

BOTH_WAYS(nothing_of_an_expired_scope_is_left_after_it) {
  run([]() -> awaitable<> {
    auto const around = []() -> awaitable<> {
      auto const me = co_await self();
      ENDS(end::timed_out, timeout(1s, sleepy, 1h));
      BOOST_TEST(!me.cancelled());
      BOOST_TEST(!me.reason());
      BOOST_TEST((me.effective_deadline() == no_deadline));
    };
    co_await timeout(curfew::never, around);
  });
}

BOTH_WAYS(the_reason_is_the_outermost_cause) {
  run([&]() -> awaitable<> {
    std::optional<timeout_scope> outside;
    auto const inner = [&](timeout_scope& scope) -> awaitable<> {
      auto const me = co_await self();
      scope.cancel("inner");
      BOOST_TEST(me.reason().text() == "inner");
      outside->cancel("outer");
      BOOST_TEST(me.reason().text() == "outer");
      BOOST_TEST(scope.reason().text() == "outer");
      co_await curfew::sleep_for(1h);
    };
    auto const outer = [&](timeout_scope& scope) -> awaitable<> {
      outside.emplace(scope);
      co_await timeout(1h, inner);
    };
    ENDS(end::aborted, timeout(1h, outer));
    BOOST_TEST(outside->reason().text() == "outer");
  });
}

BOTH_WAYS(a_request_from_outside_is_seen) {
  bool seen = false;
  start([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      auto const me = co_await self();
      ENDS(end::aborted, curfew::sleep_for(1h));
      BOOST_TEST(me.cancelled());
      BOOST_TEST((me.reason().cause() == cancellation_cause::parent));
      seen = true;
    };
    co_await timeout(2h, body);
  });
  ask();
  time.run();
  BOOST_TEST(seen);
}

BOTH_WAYS(once_asked_to_stop_it_can_no_longer_be_taken) {
  run([]() -> awaitable<> {
    auto const body = [](timeout_scope& scope) -> awaitable<> {
      scope.cancel();
      ENDS(end::aborted, self());
    };
    co_await timeout(1h, body);
  });
}

BOTH_WAYS(a_copy_may_outlive_its_coroutine) {
  std::optional<task_view> kept;
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> { kept.emplace(co_await self()); };
    co_await timeout(1h, body);
  });
  auto const copy = *kept;
  BOOST_TEST((copy.effective_deadline() == no_deadline));
  BOOST_TEST(copy.remaining() == no_end);
  BOOST_TEST(!copy.cancelled());
  BOOST_TEST((copy.now() == time.now()));
}

BOOST_FIXTURE_TEST_CASE(a_copy_that_outlives_a_cancelled_task_reports_no_deadline, fixture) {
  std::optional<task_view> kept;
  auto const body = [&]() -> awaitable<> {
    kept.emplace(co_await self());
    co_await curfew::sleep_for(1h);
  };
  auto const t = curfew::spawn(context, body);
  time.settle();
  t.cancel();
  BOOST_TEST((kept->effective_deadline() == curfew::clock::time_point::min()));  // not told yet
  BOOST_TEST(kept->remaining() == 0s);
  time.run();
  BOOST_TEST(t.cancelled());
  BOOST_TEST((kept->effective_deadline() == no_deadline));
  BOOST_TEST(kept->remaining() == no_end);
}

BOTH_WAYS(taking_it_in_a_long_loop_needs_no_more_stack) {
  run([]() -> awaitable<> {
    auto const body = []() -> awaitable<> {
      for (int i = 0; i < 100'000; ++i) co_await self();
    };
    co_await timeout(1h, body);
  });
}

BOOST_AUTO_TEST_SUITE_END()
