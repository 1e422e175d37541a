#include "asking.hpp"

BOOST_FIXTURE_TEST_SUITE(conforming_reschedule, asking)

namespace {

using curfew::timeout;
using curfew::timeout_scope;

auto constexpr no_deadline = curfew::clock::time_point::max();

}  // namespace

CONFORMS("RS-01", an_extended_deadline_passes_silently_and_the_new_one_fires) {
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    co_await curfew::sleep_for(4s);
    BOOST_TEST(scope.reschedule(scope.deadline() + 5s));
    ENDS(end::value, curfew::sleep_for(5s));
    co_await curfew::sleep_forever();
  };
  run([&]() -> awaitable<> { ENDS(end::timed_out, timeout(5s, body)); });
  BOOST_TEST(elapsed() == 10s);
}

CONFORMS("RS-02", a_shortened_deadline_fires_at_the_new_instant) {
  auto const body = [](timeout_scope& scope) -> awaitable<> {
    BOOST_TEST(scope.reschedule_after(2s));
    co_await curfew::sleep_forever();
  };
  run([&]() -> awaitable<> { ENDS(end::timed_out, timeout(1h, body)); });
  BOOST_TEST(elapsed() == 2s);
}

CONFORMS("RS-03", a_removed_deadline_never_fires) {
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    BOOST_TEST(scope.reschedule_after(curfew::never));
    BOOST_TEST((scope.deadline() == no_deadline));
    BOOST_TEST(time.pending() == 0U);
    co_await curfew::sleep_for(1h);
  };
  run([&]() -> awaitable<> { ENDS(end::value, timeout(1s, body)); });
  BOOST_TEST(elapsed() == 1h);
}

CONFORMS("RS-04", a_deadline_moved_to_the_past_interrupts_the_next_wait) {
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    co_await curfew::sleep_for(1s);
    BOOST_TEST(scope.reschedule(time.now() - 1s));
    co_await asio::post(asio::deferred);
    BOOST_ERROR("went on");
  };
  run([&]() -> awaitable<> { ENDS(end::timed_out, timeout(1h, body)); });
  BOOST_TEST(elapsed() == 1s);
}

CONFORMS("RS-06", rescheduling_a_finished_scope_says_no_and_changes_nothing) {
  std::optional<timeout_scope> kept;
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    kept.emplace(scope);
    co_return;
  };
  run([&]() -> awaitable<> {
    ENDS(end::value, timeout(5s, body));
    auto const deadline = kept->deadline();
    BOOST_TEST(!kept->reschedule_after(1s));
    BOOST_TEST((kept->deadline() == deadline));
    BOOST_TEST(!kept->expired());
    BOOST_TEST(time.pending() == 0U);
    ENDS(end::value, curfew::sleep_for(2s));
  });
}

CONFORMS("RS-07", rescheduling_an_expired_and_left_scope_says_no) {
  std::optional<timeout_scope> kept;
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    kept.emplace(scope);
    co_await curfew::sleep_forever();
  };
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, timeout(5s, body));
    BOOST_TEST(!kept->reschedule_after(1h));
    BOOST_TEST(kept->expired());
    BOOST_TEST(time.pending() == 0U);
  });
}

CONFORMS("RS-08", a_scope_that_is_expiring_cannot_be_rescheduled) {
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    auto const deadline = scope.deadline();
    ENDS(end::aborted, curfew::sleep_forever());
    BOOST_TEST(!scope.reschedule_after(1h));
    BOOST_TEST((scope.deadline() == deadline));
    BOOST_TEST(scope.expired());
    co_await curfew::sleep_for(1s);
  };
  run([&]() -> awaitable<> { ENDS(end::timed_out, timeout(5s, body)); });
  BOOST_TEST(elapsed() == 5s);
}

CONFORMS("RS-09", another_task_can_move_the_deadline) {
  std::optional<timeout_scope> kept;
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    kept.emplace(scope);
    co_await curfew::sleep_forever();
  };
  auto const other = [&]() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    BOOST_TEST(kept->reschedule_after(6s));
  };
  start([&]() -> awaitable<> { co_await timeout(5s, body); });
  auto const t = curfew::spawn(context, other());
  time.run();
  BOOST_TEST((ended == end::timed_out));
  BOOST_TEST(t.result().has_value());
  BOOST_TEST(elapsed() == 7s);
}

CONFORMS("RS-11", a_request_after_the_deadline_was_removed_is_a_plain_cancellation) {
  std::optional<timeout_scope> kept;
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    kept.emplace(scope);
    BOOST_TEST(scope.reschedule_after(curfew::never));
    co_await curfew::sleep_forever();
  };
  start([&]() -> awaitable<> { co_await timeout(1s, body); });
  ask_after(2s);
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(!kept->expired());
}

CONFORMS("RS-12", a_heartbeat_of_a_hundred_thousand_extensions_keeps_one_deadline) {
  int refused = 0;
  std::size_t most = 0;
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    for (int i = 0; i < 100'000; ++i) {
      co_await curfew::sleep_for(9ms);
      if (!scope.reschedule_after(10ms)) ++refused;
      most = std::max(most, time.pending());
    }
    co_await curfew::sleep_forever();
  };
  run([&]() -> awaitable<> { ENDS(end::timed_out, timeout(10ms, body)); });
  BOOST_TEST(refused == 0);
  BOOST_TEST(most == 1U);
  BOOST_TEST(elapsed() == 100'000 * 9ms + 10ms);
}

CONFORMS("RS-13", a_relative_deadline_given_later_counts_from_then) {
  auto const body = [](timeout_scope& scope) -> awaitable<> {
    co_await curfew::sleep_for(3s);
    BOOST_TEST(scope.reschedule_after(4s));
    BOOST_TEST(scope.remaining() == 4s);
    co_await curfew::sleep_forever();
  };
  run([&]() -> awaitable<> { ENDS(end::timed_out, timeout(1h, body)); });
  BOOST_TEST(elapsed() == 7s);
}

CONFORMS("RS-14", an_outer_deadline_moved_from_an_inner_scope_counts_at_once) {
  auto const outer = [&](timeout_scope& around) -> awaitable<> {
    auto const inner = [&](timeout_scope& scope) -> awaitable<> {
      auto const soon = time.now() + 2s;
      BOOST_TEST((scope.effective_deadline() == time.now() + 5s));
      BOOST_TEST(around.reschedule(soon));
      BOOST_TEST((scope.effective_deadline() == soon));
      co_await curfew::sleep_forever();
    };
    ENDS(end::aborted, timeout(5s, inner));
    co_await curfew::checkpoint();
  };
  run([&]() -> awaitable<> { ENDS(end::timed_out, timeout(1h, outer)); });
  BOOST_TEST(elapsed() == 2s);
}

CONFORMS("RS-15", the_same_deadline_set_again_fires_once) {
  manual_op<error_code> op;
  op.on_cancel = [&] { op.post(asio::error::operation_aborted); };
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    BOOST_TEST(scope.reschedule(scope.deadline()));
    BOOST_TEST(scope.reschedule(scope.deadline()));
    BOOST_TEST(time.pending() == 1U);
    co_await op();
  };
  run([&]() -> awaitable<> { ENDS(end::timed_out, timeout(5s, body)); });
  BOOST_TEST(op.requests.size() == 1U);
  BOOST_TEST(elapsed() == 5s);
}

CONFORMS("RS-16", the_effective_deadline_jumps_with_the_shield_and_the_deadline) {
  auto const start = time.now();
  auto const shielded = [&]() -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    BOOST_TEST((self.effective_deadline() == no_deadline));
    auto const inner = [&](timeout_scope& scope) -> awaitable<> {
      BOOST_TEST((self.effective_deadline() == start + 9s));
      BOOST_TEST(scope.reschedule_after(7s));
      BOOST_TEST((self.effective_deadline() == start + 7s));
      co_return;
    };
    co_await timeout(9s, inner);
  };
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    BOOST_TEST((scope.effective_deadline() == start + 5s));
    co_await curfew::shield(shielded());
    BOOST_TEST((scope.effective_deadline() == start + 5s));
  };
  run([&]() -> awaitable<> { co_await timeout(5s, body); });
}

BOOST_AUTO_TEST_SUITE_END()
