#include "both_ways.hpp"
#include "manual_op.hpp"

BOOST_AUTO_TEST_SUITE(timeout_scope)

namespace {

using curfew::cancellation_cause;
using curfew::cancellation_reason;
using curfew::timeout;

}  // namespace

BOTH_WAYS(cancelling_by_name_ends_the_block_with_an_abort) {
  std::optional<curfew::timeout_scope> kept;
  run([&]() -> awaitable<> {
    auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      scope.cancel("superseded");
      BOOST_TEST(scope.cancelled());
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::aborted, timeout(1h, body));
    ENDS(end::value, curfew::sleep_for(1ms));
  });
  BOOST_TEST(kept->cancelled());
  BOOST_TEST(!kept->expired());
  BOOST_TEST(kept->reason().text() == "superseded");
  BOOST_TEST(elapsed() == 1ms);
}

BOTH_WAYS(the_reason_says_who_asked_in_which_words_and_where) {  // TS-44
  run([]() -> awaitable<> {
    unsigned line = 0;
    auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      BOOST_TEST(!scope.reason());
      line = __LINE__ + 1;
      scope.cancel({cancellation_cause::sibling_failed, "the other one failed"});
      auto const reason = scope.reason();
      BOOST_TEST((reason.cause() == cancellation_cause::sibling_failed));
      BOOST_TEST(reason.text() == "the other one failed");
      BOOST_TEST(reason.where().line() == line);
      BOOST_TEST(std::string(reason.where().file_name()).find("timeout_scope_test") !=
                 std::string::npos);
      co_return;
    };
    co_await timeout(1h, body);
  });
}

BOTH_WAYS(the_first_reason_sticks) {  // TS-44
  std::optional<curfew::timeout_scope> kept;
  run([&]() -> awaitable<> {
    auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      scope.cancel("first");
      scope.cancel("second");
      ENDS(end::aborted, curfew::sleep_for(1h));
      scope.cancel("third");
      co_return;
    };
    co_await timeout(1h, body);
    kept->cancel("fourth");
  });
  BOOST_TEST(kept->reason().text() == "first");
}

BOTH_WAYS(a_deadline_that_comes_after_a_cancellation_changes_nothing) {
  std::optional<curfew::timeout_scope> kept;
  manual_op<error_code> op;
  start([&]() -> awaitable<> {
    auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      scope.cancel("first");
      BOOST_TEST(!scope.reschedule_after(1h));
      co_await op();
    };
    auto const stubborn = [&](curfew::timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      co_await op();
    };
    ENDS(end::aborted, timeout(1s, body));
    ENDS(end::aborted, timeout(1s, stubborn));
  });
  time.settle();
  BOOST_TEST(op.started == 1);
  asio::post(context, [&] { kept->cancel("first"); });
  time.advance(5s);
  BOOST_TEST(kept->cancelled());
  BOOST_TEST(!kept->expired());
  asio::post(context, [&] { op.complete(asio::error::operation_aborted); });
  time.run();
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(a_cancellation_that_comes_after_the_deadline_changes_nothing) {
  std::optional<curfew::timeout_scope> kept;
  run([&]() -> awaitable<> {
    auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      ENDS(end::aborted, curfew::sleep_for(1h));
      scope.cancel("too late");
      BOOST_TEST(!scope.cancelled());
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(1s, body));
  });
  BOOST_TEST(kept->expired());
  BOOST_TEST((kept->reason().cause() == cancellation_cause::deadline));
}

BOTH_WAYS(the_reason_of_an_expiry_is_the_deadline_and_the_place_of_the_limit) {  // TS-44
  std::optional<curfew::timeout_scope> kept;
  unsigned line = 0;
  run([&]() -> awaitable<> {
    auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      co_await curfew::sleep_for(1h);
    };
    line = __LINE__ + 1;
    ENDS(end::timed_out, timeout(1s, body));
  });
  BOOST_TEST((kept->reason().cause() == cancellation_cause::deadline));
  BOOST_TEST(kept->reason().where().line() == line);
}

BOTH_WAYS(a_request_from_outside_is_the_reason_and_no_expiry) {
  std::optional<curfew::timeout_scope> kept;
  start([&]() -> awaitable<> {
    auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      ENDS(end::aborted, curfew::sleep_for(1h));
      BOOST_TEST((scope.reason().cause() == cancellation_cause::parent));
      BOOST_TEST(!scope.cancelled());
      BOOST_TEST(!scope.expired());
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::aborted, timeout(1h, body));
  });
  ask();
  time.run();
  BOOST_REQUIRE(kept.has_value());
  BOOST_TEST((kept->reason().cause() == cancellation_cause::parent));
}

// Whatever a request calls itself, it was a request by name: cancelled() and reason() agree.
BOTH_WAYS(a_reason_without_cause_is_a_reason_all_the_same) {
  run([]() -> awaitable<> {
    auto const body = [](curfew::timeout_scope& scope, cancellation_cause cause) -> awaitable<> {
      scope.cancel(cancellation_reason(cause, "why"));
      BOOST_TEST(scope.cancelled());
      BOOST_TEST(!scope.expired());
      BOOST_TEST(scope.reason().text() == "why");
      BOOST_TEST((scope.reason().cause() == cancellation_cause::requested));
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::aborted, timeout(1h, body, cancellation_cause::none));
    ENDS(end::aborted, timeout(1h, body, cancellation_cause::deadline));
  });
}

BOTH_WAYS(a_handle_works_from_another_coroutine) {  // TS-48
  std::optional<curfew::timeout_scope> kept;
  start([&]() -> awaitable<> {
    auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::aborted, timeout(10s, body));
    BOOST_TEST(kept->cancelled());
  });
  auto const other = [&]() -> awaitable<> {
    co_await curfew::sleep_for(3s);
    BOOST_TEST(kept->remaining() == 7s);
    auto const copy = *kept;
    kept->cancel("from the side");
    BOOST_TEST(copy.cancelled());
  };
  asio::co_spawn(context, other(), asio::detached);
  time.run();
  BOOST_TEST((ended == end::value));
  BOOST_TEST(elapsed() == 3s);
  BOOST_TEST(kept->reason().text() == "from the side");
}

BOTH_WAYS(a_copy_that_outlives_its_scope_says_how_it_ended_and_changes_nothing) {  // TS-39
  std::vector<curfew::timeout_scope> kept;
  run([&]() -> awaitable<> {
    auto const body = [&](curfew::timeout_scope& scope, auto limit) -> awaitable<> {
      kept.push_back(scope);
      co_await curfew::sleep_for(limit);
    };
    ENDS(end::value, timeout(5s, body, 1s));
    ENDS(end::timed_out, timeout(5s, body, 1h));
    auto const deadline = kept[0].deadline();
    for (auto& scope : kept) {
      scope.cancel("too late");
      BOOST_TEST(!scope.reschedule_after(1h));
      BOOST_TEST(!scope.cancelled());
      BOOST_TEST(scope.remaining() == 0s);
      BOOST_TEST((scope.effective_deadline() == scope.deadline()));
    }
    BOOST_TEST((kept[0].deadline() == deadline));
    BOOST_TEST(!kept[0].expired());
    BOOST_TEST(!kept[0].reason());
    BOOST_TEST(kept[1].expired());
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(kept[1].expired());
}

BOOST_FIXTURE_TEST_CASE(a_copy_may_outlive_the_context, fixture) {
  std::optional<curfew::timeout_scope> kept, copy;
  for (bool const in_a_scope : {false, true}) {
    {
      asio::io_context dying;
      auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
        kept.emplace(scope);
        co_await curfew::sleep_for(1h);
      };
      auto const coroutine = [&]() -> awaitable<> { co_await timeout(1h, body); };
      asio::co_spawn(dying, in_a_scope ? in_scope(coroutine) : coroutine(), asio::detached);
      dying.poll();
      copy.emplace(*kept);
    }
    kept->cancel();
    BOOST_TEST(!kept->reschedule_after(1s));
    BOOST_TEST(!copy->expired());
    BOOST_TEST(!copy->cancelled());
    BOOST_TEST(copy->remaining() == 0s);
    kept.reset();
  }
}

BOTH_WAYS(copies_can_be_assigned_among_scopes) {
  run([]() -> awaitable<> {
    auto const body = [](curfew::timeout_scope& scope) -> awaitable<curfew::timeout_scope> {
      co_return curfew::timeout_scope(scope);
    };
    auto first = co_await timeout(1s, body);
    auto second = co_await timeout(2s, body);
    auto const deadline = second.deadline();
    first = second;
    BOOST_TEST((first.deadline() == deadline));
    second = *&second;
    BOOST_TEST((second.deadline() == deadline));
  });
}

BOTH_WAYS(a_scope_cancelled_after_its_last_wait_loses_no_value) {  // TS-31
  run([]() -> awaitable<> {
    auto const body = [](curfew::timeout_scope& scope) -> awaitable<int> {
      co_await curfew::sleep_for(1ms);
      scope.cancel();
      co_return 7;
    };
    BOOST_TEST(co_await timeout(1h, body) == 7);
    BOOST_TEST((co_await curfew::move_on_after(1h, body) == 7));
    ENDS(end::value, curfew::sleep_for(1ms));
  });
}

BOTH_WAYS(the_remaining_time_counts_down_to_zero) {
  run([]() -> awaitable<> {
    auto const body = [](curfew::timeout_scope& scope) -> awaitable<> {
      BOOST_TEST(scope.remaining() == 5s);
      co_await curfew::sleep_for(2s);
      BOOST_TEST(scope.remaining() == 3s);
      ENDS(end::aborted, curfew::sleep_for(1h));
      BOOST_TEST(scope.remaining() == 0s);
    };
    co_await timeout(5s, body);
  });
}

BOOST_AUTO_TEST_SUITE_END()
