#include "both_ways.hpp"
#include "manual_op.hpp"

#include <atomic>
#include <thread>

// What `timeout_scope::token` says to work that was handed elsewhere.

BOOST_AUTO_TEST_SUITE(scope_token)

namespace {

using curfew::cancellation_cause;
using curfew::cancellation_source;
using curfew::cancellation_token;
using curfew::timeout;
using curfew::timeout_scope;

error_code const aborted = asio::error::operation_aborted;

/// A block that shares its token and then sleeps.
auto sharing(cancellation_token& token) {
  return [&token](timeout_scope& scope) -> awaitable<> {
    token = scope.token();
    BOOST_TEST(!token.cancelled());
    co_await curfew::sleep_for(1h);
  };
}

}  // namespace

BOTH_WAYS(the_scopes_own_deadline_cancels_it) {
  cancellation_token token;
  unsigned line = 0;
  run([&]() -> awaitable<> {
    auto const body = sharing(token);
    line = __LINE__ + 1;
    ENDS(end::timed_out, timeout(1s, body));
    BOOST_TEST(token.cancelled());
  });
  BOOST_TEST((token.reason().cause() == cancellation_cause::deadline));
  BOOST_TEST(token.reason().where().line() == line);
}

BOTH_WAYS(cancelling_the_scope_tells_it_before_the_call_returns) {
  cancellation_token token;
  int told = 0;
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      token = scope.token();
      auto const callback = token.on_cancel([&] { ++told; });
      scope.cancel("enough");
      BOOST_TEST(told == 1);
      scope.cancel("again");
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::aborted, timeout(1h, body));
  });
  BOOST_TEST(told == 1);
  BOOST_TEST(token.reason().text() == "enough");
  BOOST_TEST((token.reason().cause() == cancellation_cause::requested));
}

BOTH_WAYS(a_deadline_further_out_cancels_it) {
  cancellation_token token;
  run([&]() -> awaitable<> {
    auto const inner = sharing(token);
    auto const outer = [&]() -> awaitable<> { co_await timeout(30min, inner); };
    ENDS(end::timed_out, timeout(1s, outer));
  });
  BOOST_TEST(token.cancelled());
  BOOST_TEST((token.reason().cause() == cancellation_cause::deadline));
}

BOTH_WAYS(a_request_from_outside_cancels_it) {
  cancellation_token token;
  start([&]() -> awaitable<> {
    auto const body = sharing(token);
    ENDS(end::aborted, timeout(30min, body));
  });
  time.settle();
  BOOST_TEST(!token.cancelled());
  ask();
  BOOST_TEST(token.cancelled());
  BOOST_TEST((token.reason().cause() == cancellation_cause::parent));
  time.run();
}

BOTH_WAYS(another_token_around_cancels_it_with_its_words) {
  cancellation_source source;
  cancellation_token token;
  run([&]() -> awaitable<> {
    curfew::sleep_for(context, 1s)([&](error_code) { source.cancel("superseded"); });
    auto const body = sharing(token);
    ENDS(end::aborted, curfew::cancel_when(timeout(30min, body), source.token()));
  });
  BOOST_TEST(token.reason().text() == "superseded");
  BOOST_TEST((token.reason().cause() == cancellation_cause::token));
}

BOTH_WAYS(a_block_that_ends_by_itself_does_not_cancel_it) {
  cancellation_token value, error, late;
  run([&]() -> awaitable<> {
    std::optional<timeout_scope> kept;
    auto const body = [&](timeout_scope& scope, cancellation_token& token,
                          bool fails) -> awaitable<> {
      token = scope.token();
      kept.emplace(scope);
      co_await curfew::sleep_for(1s);
      if (fails) throw system_error(asio::error::eof);
    };
    ENDS(end::value, timeout(2s, body, std::ref(value), false));
    ENDS(end::other, timeout(2s, body, std::ref(error), true));
    late = kept->token();
    ENDS(end::value, curfew::sleep_for(1h));
    kept->cancel("too late");
  });
  BOOST_TEST(!value.cancelled());
  BOOST_TEST(!error.cancelled());
  BOOST_TEST(!late.cancelled());
  BOOST_TEST((late == error));
}

BOTH_WAYS(a_block_that_was_asked_and_returned_a_value_has_cancelled_it) {
  cancellation_token token;
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<int> {
      token = scope.token();
      ENDS(end::aborted, curfew::sleep_for(1h));
      BOOST_TEST(token.cancelled());
      co_return 7;
    };
    BOOST_TEST(co_await timeout(1s, body) == 7);
  });
}

BOTH_WAYS(asked_for_late_it_is_cancelled_from_the_start) {
  cancellation_token late, after;
  run([&]() -> awaitable<> {
    std::optional<timeout_scope> kept;
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      ENDS(end::aborted, curfew::sleep_for(1h));
      late = scope.token();
      throw system_error(aborted);
    };
    ENDS(end::timed_out, timeout(1s, body));
    after = kept->token();
    auto const unasked = [&](timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      co_await curfew::sleep_for(1h);
    };
    BOOST_TEST(late.cancelled());
    BOOST_TEST((late == after));
    ENDS(end::timed_out, timeout(1s, unasked));
    after = kept->token();
    BOOST_TEST((after == kept->token()));
  });
  BOOST_TEST(after.cancelled());
  BOOST_TEST((after.reason().cause() == cancellation_cause::deadline));
}

BOTH_WAYS(every_handle_gives_the_same_one) {
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      auto const copy = scope;
      BOOST_TEST((copy.token() == scope.token()));
      auto const inner = [&](timeout_scope& other) -> awaitable<> {
        BOOST_TEST((other.token() != copy.token()));
        co_return;
      };
      co_await timeout(1s, inner);
    };
    co_await timeout(1s, body);
  });
}

BOTH_WAYS(an_inner_scopes_end_leaves_the_outer_ones_alone) {
  cancellation_token outer, inner;
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      outer = scope.token();
      auto const sleeping = sharing(inner);
      ENDS(end::timed_out, timeout(1s, sleeping));
      BOOST_TEST(inner.cancelled());
      co_await curfew::sleep_for(1s);
    };
    ENDS(end::value, timeout(1h, body));
  });
  BOOST_TEST(!outer.cancelled());
}

BOTH_WAYS(a_shield_holds_requests_back_from_the_tokens_inside_only) {
  cancellation_token inside, outside;
  run([&]() -> awaitable<> {
    auto const inner = [&](timeout_scope& scope) -> awaitable<> {
      inside = scope.token();
      co_await curfew::sleep_for(5s);
      BOOST_TEST(outside.cancelled());
      BOOST_TEST(!inside.cancelled());
    };
    auto const outer = [&](timeout_scope& scope) -> awaitable<> {
      outside = scope.token();
      co_await curfew::shield(timeout(1h, inner));
    };
    ENDS(end::value, timeout(1s, outer));
  });
  BOOST_TEST(!inside.cancelled());
  BOOST_TEST(elapsed() == 5s);
}

BOTH_WAYS(when_the_shield_falls_the_tokens_inside_hear_of_it) {
  cancellation_token inside;
  run([&]() -> awaitable<> {
    auto const inner = [&](timeout_scope& scope) -> awaitable<> {
      inside = scope.token();
      auto const told = inside.on_cancel([&] { BOOST_TEST(elapsed() == 3s); });
      co_await curfew::sleep_for(1h);
    };
    auto const outer = [&]() -> awaitable<> {
      co_await curfew::shield(timeout(2h, inner), curfew::grace{2s});
    };
    ENDS(end::timed_out, timeout(1s, outer));
  });
  BOOST_TEST(inside.cancelled());
  BOOST_TEST((inside.reason().cause() == cancellation_cause::deadline));
  BOOST_TEST(elapsed() == 3s);
}

BOTH_WAYS(a_token_asked_for_behind_a_shield_that_holds_is_not_cancelled) {
  run([&]() -> awaitable<> {
    auto const inner = [&](timeout_scope& scope) -> awaitable<> {
      BOOST_TEST(!scope.token().cancelled());
      co_await curfew::sleep_for(1s);
    };
    auto const shielded = [&]() -> awaitable<> {
      co_await curfew::sleep_for(2s);  // the request came at the first
      co_await timeout(5s, inner);
    };
    auto const outer = [&]() -> awaitable<> { co_await curfew::shield(shielded()); };
    ENDS(end::value, timeout(1s, outer));
  });
  BOOST_TEST(elapsed() == 3s);
}

BOTH_WAYS(it_ends_work_on_another_context) {
  fixture elsewhere;
  bool ended_there = false;
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      curfew::cancel_when(elsewhere.context, sleepy(1h), scope.token())(
          [&](std::exception_ptr error) { ended_there = end_of(error) == end::aborted; });
      elsewhere.time.settle();
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(1s, body));
  });
  BOOST_TEST(!ended_there);
  elsewhere.time.run();
  BOOST_TEST(ended_there);
  BOOST_TEST(elsewhere.elapsed() == 0s);
}

BOTH_WAYS(other_threads_read_it_meanwhile) {
  cancellation_token token;
  cancellation_source seen;
  std::atomic<bool> over{false};
  std::thread reader;
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      token = scope.token();
      reader = std::thread([mine = token, &seen, &over] {
        while (!mine.cancelled() && !over) std::this_thread::yield();
        seen.cancel(mine.reason());
      });
      ENDS(end::aborted, curfew::sleep_for(1h));
    };
    ENDS(end::value, timeout(1s, body));
  });
  over = !token.cancelled();
  reader.join();
  BOOST_TEST((seen.reason().cause() == cancellation_cause::deadline));
}

BOTH_WAYS(a_callback_may_use_the_scope_that_it_hears_of) {
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      auto const callback = scope.token().on_cancel([&] {
        BOOST_TEST(scope.expired());
        BOOST_TEST(!scope.reschedule_after(1h));
        scope.cancel("too late");
        BOOST_TEST(scope.token().cancelled());
      });
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(1s, body));
  });
}

BOTH_WAYS(a_callback_may_end_what_the_scope_waits_for) {
  manual_op<error_code> op;
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      auto const callback = scope.token().on_cancel([&] { op.complete({}); });
      co_await op();
    };
    ENDS(end::value, timeout(1s, body));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(op.requests.empty());
}

BOOST_AUTO_TEST_SUITE_END()
