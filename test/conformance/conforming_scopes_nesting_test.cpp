#include <curfew/this_task.hpp>

#include "asking.hpp"

// Scopes in scopes and around groups.

BOOST_FIXTURE_TEST_SUITE(conforming_scopes_nesting, asking)

namespace {

using curfew::move_on_after;
using curfew::timeout;
using curfew::timeout_scope;

awaitable<> keep_and_sleep(timeout_scope& scope, std::optional<timeout_scope>& kept) {
  kept.emplace(scope);
  co_await curfew::sleep_forever();
}

awaitable<> nest(int depth, int& ended) {
  if (depth == 0) co_await curfew::sleep_forever();
  auto const inner = [&]() -> awaitable<> { co_await nest(depth - 1, ended); };
  auto const how = co_await curfew::settle(timeout(1h, inner));
  BOOST_TEST_REQUIRE(how.cancelled());
  ++ended;
  throw system_error(asio::error::operation_aborted);
}

}  // namespace

CONFORMS("TS-14", an_inner_expiry_leaves_the_outer_scope_as_it_was) {
  auto const outer = [&](timeout_scope& scope) -> awaitable<> {
    ENDS(end::timed_out, timeout(1s, sleepy, 1h));
    BOOST_TEST(!scope.expired());
    ENDS(end::value, curfew::sleep_for(1s));
    co_await curfew::sleep_forever();
  };
  run([&]() -> awaitable<> { ENDS(end::timed_out, timeout(5s, outer)); });
  BOOST_TEST(elapsed() == 5s);
}

CONFORMS("TS-15", an_outer_expiry_is_raised_outside_and_not_credited_to_the_inner_scope) {
  std::optional<timeout_scope> kept;
  auto const outer = [&]() -> awaitable<> {
    ENDS(end::aborted, timeout(5s, keep_and_sleep, std::ref(kept)));
    BOOST_TEST(!kept->expired());
    co_await curfew::checkpoint();
  };
  run([&]() -> awaitable<> { ENDS(end::timed_out, timeout(1s, outer)); });
  BOOST_TEST(elapsed() == 1s);
}

CONFORMS("TS-19", a_scope_entered_after_an_absorbed_cancellation_can_time_out) {
  start([]() -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_forever());
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    ENDS(end::timed_out, timeout(2s, sleepy, 1h));
  });
  ask();
  time.run();
  BOOST_TEST((ended == end::value));
  BOOST_TEST(elapsed() == 2s);
}

CONFORMS("TS-20", a_new_request_inside_that_scope_is_a_cancellation) {
  std::optional<timeout_scope> kept;
  start([&]() -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_forever());
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    ENDS(end::aborted, timeout(2s, keep_and_sleep, std::ref(kept)));
  });
  ask();
  BOOST_TEST(!ended);
  ask_after(1s);
  BOOST_TEST((ended == end::value));
  BOOST_TEST(!kept->expired());
}

CONFORMS("TS-22", a_child_that_crashes_in_its_cleanup_beats_the_timeout_which_is_still_told) {
  std::optional<timeout_scope> kept;
  auto const mine = std::make_exception_ptr(failure("mine"));
  auto const group = [&](curfew::task_group& children) -> awaitable<> {
    children.spawn(answer_with(mine));
    co_await curfew::sleep_forever();
  };
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    kept.emplace(scope);
    co_await curfew::with_task_group(group);
  };
  run([&]() -> awaitable<> { SAYS("mine", timeout(1s, body)); });
  BOOST_TEST(kept->expired());
}

CONFORMS("TS-23", an_expiry_around_a_group_is_one_timeout_however_many_were_cancelled) {
  int asked = 0;
  auto const group = [&](curfew::task_group& children) -> awaitable<> {
    for (int i = 0; i < 3; ++i) children.spawn(until_asked(asked));
    co_await until_asked(asked);
  };
  auto const body = [&]() -> awaitable<> { co_await curfew::with_task_group(group); };
  run([&]() -> awaitable<> { SAYS("timed_out", timeout(1s, body)); });
  BOOST_TEST(asked == 4);
}

CONFORMS("TS-35", the_effective_deadline_is_the_earliest_up_to_the_nearest_shield) {
  auto const start = time.now();
  auto const now = [&]() -> awaitable<curfew::clock::duration> {
    auto const self = co_await curfew::this_task::self();
    co_return self.effective_deadline() - start;
  };
  auto const inner = [&]() -> awaitable<> {
    BOOST_TEST(co_await now() == 5s);
    auto const later = [&]() -> awaitable<> { BOOST_TEST(co_await now() == 7s); };
    auto const shielded = [&]() -> awaitable<> { co_await timeout(7s, later); };
    co_await curfew::shield(shielded());
  };
  auto const outer = [&](timeout_scope& scope) -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    co_await timeout(9s, inner);
    scope.cancel();
    BOOST_TEST(self.cancelled());
    BOOST_TEST((self.effective_deadline() == curfew::clock::time_point::min()));
    BOOST_TEST((scope.effective_deadline() == curfew::clock::time_point::min()));
    BOOST_TEST(self.remaining() == 0s);
    BOOST_TEST(scope.remaining() == 5s);
  };
  auto const around = [&]() -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    BOOST_TEST((self.effective_deadline() == curfew::clock::time_point::max()));
    co_await timeout(5s, outer);
  };
  run([&]() -> awaitable<> { co_await timeout(curfew::never, around); });
}

CONFORMS("TS-38", a_deadline_of_a_shielded_scope_fires_although_the_outer_is_cancelled) {
  int steps = 0;
  auto const shielded = [&]() -> awaitable<> {
    ENDS(end::timed_out, timeout(2s, sleepy, 1h));
    BOOST_TEST(!co_await move_on_after(1s, sleepy, 1h));
    ++steps;
  };
  start([&]() -> awaitable<> {
    co_await curfew::shield(shielded());
    ++steps;
    co_await curfew::checkpoint();
    ++steps;
  });
  ask();
  time.run();
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(steps == 2);
  BOOST_TEST(elapsed() == 3s);
}

CONFORMS("TS-40", thousand_nested_scopes_are_cancelled_from_the_outermost) {
  int ended_scopes = 0;
  start([&]() -> awaitable<> { co_await nest(1000, ended_scopes); });
  ask_after(1s);
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(ended_scopes == 1000);
  BOOST_TEST(elapsed() == 1s);
}

CONFORMS("TS-41", scopes_with_one_deadline_expire_once_each) {
  std::vector<curfew::task<void>> all;
  auto const one = []() -> awaitable<> { co_await timeout(1s, sleepy, 1h); };
  for (int i = 0; i < 100; ++i) all.push_back(curfew::spawn(context, one()));
  time.run();
  for (auto const& t : all) BOOST_TEST(t.result().timed_out());
  BOOST_TEST(elapsed() == 1s);
}

CONFORMS("TS-45", a_cancelled_scope_in_a_cancelled_scope_is_not_credited) {
  bool after = false;
  auto const outer = [&](timeout_scope& around) -> awaitable<> {
    auto const inner = [&](timeout_scope& scope) -> awaitable<> {
      scope.cancel();
      around.cancel();
      co_await curfew::checkpoint();
    };
    co_await move_on_after(1h, inner);
    after = true;
  };
  run([&]() -> awaitable<> { BOOST_TEST(!co_await move_on_after(1h, outer)); });
  BOOST_TEST(!after);
}

CONFORMS("TS-49", a_scope_entered_after_a_cancelled_one_was_left_can_time_out) {
  auto const cancelled = [](timeout_scope& scope) -> awaitable<> {
    scope.cancel();
    co_await curfew::sleep_forever();
  };
  auto const group = [](curfew::task_group& children) -> awaitable<> {
    children.cancel();
    co_await curfew::sleep_forever();
  };
  run([&]() -> awaitable<> {
    BOOST_TEST(!co_await move_on_after(1h, cancelled));
    ENDS(end::value, curfew::with_task_group(group));
    ENDS(end::timed_out, timeout(1s, sleepy, 1h));
  });
  BOOST_TEST(elapsed() == 1s);
}

CONFORMS("TS-50", a_cancelled_outer_scope_raises_no_timeout_in_the_scopes_between) {
  bool after = false;
  auto const middle = [&]() -> awaitable<> {
    SAYS("aborted", timeout(5s, sleepy, 1h));
    co_await curfew::checkpoint();
    after = true;
  };
  auto const outer = [&](timeout_scope& scope) -> awaitable<> {
    curfew::sleep_for(context, 1s)([&](error_code) { scope.cancel(); });
    SAYS("aborted", timeout(7s, middle));
    co_await curfew::checkpoint();
    after = true;
  };
  run([&]() -> awaitable<> { BOOST_TEST(!co_await move_on_after(1h, outer)); });
  BOOST_TEST(!after);
  BOOST_TEST(elapsed() == 1s);
}

BOOST_AUTO_TEST_SUITE_END()
