#include "both_ways.hpp"
#include "manual_op.hpp"

BOOST_AUTO_TEST_SUITE(reschedule)

namespace {

using curfew::timeout;
using curfew::timeout_scope;

}  // namespace

BOTH_WAYS(an_extended_deadline_fires_at_its_new_instant) {  // RS-01
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      auto const later = scope.deadline() + 5ms;
      BOOST_TEST(scope.reschedule(later));
      BOOST_TEST((scope.deadline() == later));
      BOOST_TEST(scope.remaining() == 10ms);
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(5ms, body));
  });
  BOOST_TEST(elapsed() == 10ms);
}

BOTH_WAYS(a_shortened_deadline_fires_at_its_new_instant) {  // RS-02
  run([]() -> awaitable<> {
    auto const body = [](timeout_scope& scope) -> awaitable<> {
      BOOST_TEST(scope.reschedule_after(5ms));
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(1h, body));
  });
  BOOST_TEST(elapsed() == 5ms);
}

BOTH_WAYS(a_removed_deadline_never_fires) {  // RS-03
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope, auto nothing) -> awaitable<> {
      BOOST_TEST(scope.reschedule_after(nothing));
      BOOST_TEST((scope.deadline() == curfew::clock::time_point::max()));
      BOOST_TEST(time.pending() == 0U);
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::value, timeout(5ms, body, curfew::never));
    ENDS(end::value, timeout(5ms, body, curfew::clock::duration::max()));
    ENDS(end::value, timeout(0ms, body, curfew::never));
    auto const by_instant = [](timeout_scope& scope) -> awaitable<> {
      BOOST_TEST(scope.reschedule(curfew::clock::time_point::max()));
      BOOST_TEST(scope.reschedule(curfew::never));
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::value, timeout(5ms, by_instant));
  });
}

BOTH_WAYS(a_removed_deadline_can_be_set_again) {
  run([]() -> awaitable<> {
    auto const body = [](timeout_scope& scope) -> awaitable<> {
      BOOST_TEST(scope.reschedule_after(curfew::never));
      co_await curfew::sleep_for(1s);
      BOOST_TEST(scope.reschedule_after(1s));
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(5ms, body));
    ENDS(end::timed_out, timeout(curfew::never, body));
  });
  BOOST_TEST(elapsed() == 4s);
}

BOTH_WAYS(a_deadline_moved_to_the_past_ends_the_next_wait) {  // RS-04
  run([&]() -> awaitable<> {
    auto const body = [](timeout_scope& scope, auto past) -> awaitable<> {
      BOOST_TEST(scope.reschedule_after(past));
      BOOST_TEST(scope.expired());
      co_await asio::post(asio::deferred);
      BOOST_ERROR("waited in a block whose deadline was moved to the past");
    };
    ENDS(end::timed_out, timeout(1h, body, 0s));
    ENDS(end::timed_out, timeout(1h, body, -1h));
    ENDS(end::timed_out, timeout(curfew::never, body, curfew::clock::duration::min()));
    auto const by_instant = [&](timeout_scope& scope) -> awaitable<> {
      BOOST_TEST(scope.reschedule(time.now()));
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(1h, by_instant));
    ENDS(end::value, curfew::sleep_for(1ms));
  });
  BOOST_TEST(elapsed() == 1ms);
}

BOTH_WAYS(a_deadline_moved_to_the_past_ends_the_wait_that_is_on) {
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      curfew::sleep_for(context, 1s)([&](error_code) { BOOST_TEST(scope.reschedule_after(0s)); });
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(1h, body));
  });
  BOOST_TEST(elapsed() == 1s);
}

BOTH_WAYS(a_block_that_ends_before_it_hears_of_the_past_deadline_keeps_its_value) {
  run([]() -> awaitable<> {
    auto const body = [](timeout_scope& scope) -> awaitable<int> {
      BOOST_TEST(scope.reschedule_after(0s));
      co_return 7;
    };
    BOOST_TEST(co_await timeout(1h, body) == 7);
    ENDS(end::value, curfew::sleep_for(1ms));
  });
}

BOTH_WAYS(a_finished_scope_cannot_be_moved) {  // RS-06
  std::optional<timeout_scope> kept;
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      co_return;
    };
    co_await timeout(1h, body);
    auto const deadline = kept->deadline();
    BOOST_TEST(!kept->reschedule_after(1s));
    BOOST_TEST(!kept->reschedule(curfew::never));
    BOOST_TEST((kept->deadline() == deadline));
    BOOST_TEST(kept->remaining() == 0s);
    BOOST_TEST(time.pending() == 0U);
    ENDS(end::value, curfew::sleep_for(2s));
  });
}

BOTH_WAYS(an_expired_scope_cannot_be_moved) {  // RS-07 RS-08
  std::optional<timeout_scope> kept;
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      auto const deadline = scope.deadline();
      ENDS(end::aborted, curfew::sleep_for(1h));
      BOOST_TEST(!scope.reschedule_after(1h));
      BOOST_TEST((scope.deadline() == deadline));
      BOOST_TEST(scope.expired());
      co_await curfew::sleep_for(1s);
    };
    ENDS(end::timed_out, timeout(5ms, body));
    BOOST_TEST(!kept->reschedule_after(1h));
    BOOST_TEST(kept->expired());
  });
  BOOST_TEST(elapsed() == 5ms);
}

BOTH_WAYS(another_coroutine_can_move_the_deadline) {  // RS-09
  std::optional<timeout_scope> kept;
  start([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(5s, body));
    kept.reset();
  });
  auto const other = [&]() -> awaitable<> {
    co_await curfew::sleep_for(3s);
    BOOST_TEST(kept->reschedule_after(4s));
    co_await curfew::sleep_for(3s);
    BOOST_TEST(kept->reschedule_after(1s));
  };
  asio::co_spawn(context, other(), asio::detached);
  time.run();
  BOOST_TEST(elapsed() == 7s);
}

BOTH_WAYS(a_request_after_the_deadline_was_removed_is_a_cancellation) {  // RS-11
  start([]() -> awaitable<> {
    auto const body = [](timeout_scope& scope) -> awaitable<> {
      BOOST_TEST(scope.reschedule_after(curfew::never));
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::aborted, timeout(5ms, body));
  });
  time.advance(10ms);
  ask();
  time.run();
  BOOST_TEST(elapsed() == 10ms);
}

BOTH_WAYS(a_heartbeat_keeps_one_deadline) {  // RS-12 RS-13
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      for (int i = 0; i < 20'000; ++i) {
        co_await curfew::sleep_for(9ms);
        BOOST_TEST_REQUIRE(scope.reschedule_after(10ms));
        BOOST_TEST_REQUIRE(time.pending() == 1U);
      }
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(10ms, body));
  });
  BOOST_TEST(elapsed() == 20'000 * 9ms + 10ms);
}

BOTH_WAYS(the_same_deadline_again_fires_once) {  // RS-15
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      for (int i = 0; i < 3; ++i) BOOST_TEST(scope.reschedule(scope.deadline()));
      BOOST_TEST(time.pending() == 1U);
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(5ms, body));
    ENDS(end::value, curfew::sleep_for(1s));
  });
}

BOTH_WAYS(an_extension_beats_an_expiry_that_has_not_reached_the_block) {
  std::optional<timeout_scope> kept;
  for (auto const more : {curfew::clock::duration(1s), curfew::clock::duration::max()}) {
    bool moved = false;
    // Armed before the scope's deadline, so it runs before the news of the expiry.
    curfew::sleep_for(context, 5ms)([&](error_code) { moved = kept->reschedule_after(more); });
    run([&]() -> awaitable<> {
      auto const body = [&](timeout_scope& scope) -> awaitable<> {
        kept.emplace(scope);
        co_await curfew::sleep_for(100ms);
        BOOST_TEST(!scope.expired());
        BOOST_TEST(scope.reschedule_after(1ms));
        co_await curfew::sleep_for(1h);
      };
      ENDS(end::timed_out, timeout(5ms, body));
      kept.reset();
    });
    BOOST_TEST(moved);
  }
  BOOST_TEST(elapsed() == 202ms);
}

BOTH_WAYS(a_limit_that_had_passed_can_be_extended_before_the_first_wait) {
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      BOOST_TEST(scope.reschedule_after(5s));
      ENDS(end::value, curfew::sleep_for(1s));
      BOOST_TEST(time.pending() == 1U);
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(0s, body));
    BOOST_TEST(time.pending() == 0U);
    ENDS(end::timed_out, timeout(-1s, body));
  });
  BOOST_TEST(elapsed() == 10s);
}

BOTH_WAYS(a_limit_that_is_not_a_number_is_refused_and_changes_nothing) {
  run([]() -> awaitable<> {
    auto const body = [](timeout_scope& scope) -> awaitable<> {
      std::chrono::duration<double> const nan(std::numeric_limits<double>::quiet_NaN());
      BOOST_CHECK_THROW((void)scope.reschedule_after(nan), system_error);
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(5ms, body));
  });
  BOOST_TEST(elapsed() == 5ms);
}

BOOST_AUTO_TEST_SUITE_END()
