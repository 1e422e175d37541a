#include "both_ways.hpp"
#include "manual_op.hpp"

// Why something that a token ended was asked to stop, as scopes and `this_task` say it.

BOOST_AUTO_TEST_SUITE(cancel_when_reason)

namespace {

using curfew::cancel_when;
using curfew::cancellation_cause;
using curfew::cancellation_reason;
using curfew::cancellation_source;
using curfew::timeout_scope;

/// Opens a scope that sleeps until it is asked to stop, and gives what it then says.
awaitable<cancellation_reason> why_asked(curfew::clock::duration limit = 1h) {
  auto const body = [](timeout_scope& scope) -> awaitable<cancellation_reason> {
    ENDS(end::aborted, curfew::sleep_for(10h));
    co_return scope.reason();
  };
  co_return co_await curfew::timeout(limit, body);
}

}  // namespace

BOTH_WAYS(a_request_through_a_token_has_the_token_as_cause_and_keeps_its_words_and_place) {
  cancellation_source source;
  unsigned line = 0;
  run([&]() -> awaitable<> {
    auto const ask = [&](error_code) {
      line = __LINE__ + 1;
      source.cancel("superseded");
    };
    curfew::sleep_for(context, 1s)(ask);
    auto const reason = co_await cancel_when(why_asked(), source.token());
    BOOST_TEST((reason.cause() == cancellation_cause::token));
    BOOST_TEST(reason.text() == "superseded");
    BOOST_TEST(reason.where().line() == line);
    BOOST_TEST(std::string(reason.where().file_name()).find("cancel_when_reason") !=
               std::string::npos);
  });
  BOOST_TEST((source.reason().cause() == cancellation_cause::requested));
}

BOTH_WAYS(a_cause_that_the_request_named_is_kept) {
  for (auto cause : {cancellation_cause::shutdown, cancellation_cause::sibling_failed,
                     cancellation_cause::parent, cancellation_cause::deadline}) {
    cancellation_source source;
    run([&]() -> awaitable<> {
      curfew::sleep_for(context, 1s)([&](error_code) { source.cancel({cause, "words"}); });
      auto const reason = co_await cancel_when(why_asked(), source.token());
      BOOST_TEST((reason.cause() == cause));
      BOOST_TEST(reason.text() == "words");
    });
  }
}

BOTH_WAYS(of_two_tokens_the_outermost_is_the_reason_in_whichever_order_they_were_cancelled) {
  for (bool const inner_first : {false, true}) {  // TT-23
    cancellation_source inner, outer;
    manual_op<error_code> op;
    cancellation_reason reason(cancellation_cause::none);
    start([&]() -> awaitable<> {
      auto const body = [&](timeout_scope& scope) -> awaitable<> {
        ENDS(end::aborted, op());
        reason = scope.reason();
      };
      auto const both = [&]() -> awaitable<> {
        co_await cancel_when(curfew::timeout(1h, body), inner.token());
        // The inner request has ended with its block, the outer one has not.
        ENDS(end::aborted, curfew::checkpoint());
      };
      ENDS(end::value, cancel_when(both(), outer.token()));
      ENDS(end::value, curfew::sleep_for(1s));
    });
    time.settle();
    (inner_first ? inner : outer).cancel(inner_first ? "inner" : "outer");
    time.settle();
    (inner_first ? outer : inner).cancel(inner_first ? "outer" : "inner");
    time.settle();
    asio::post(context, [&] { op.complete(asio::error::operation_aborted); });
    time.run();
    BOOST_TEST(reason.text() == "outer");
    BOOST_TEST((reason.cause() == cancellation_cause::token));
    BOOST_TEST((ended == end::value));
  }
}

BOTH_WAYS(a_deadline_around_the_token_is_the_reason_once_it_passed_too) {
  cancellation_source source;
  manual_op<error_code> op;
  cancellation_reason after(cancellation_cause::none);
  start([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      ENDS(end::aborted, op());
      after = scope.reason();
      throw system_error(asio::error::operation_aborted);
    };
    auto const outer = [&]() -> awaitable<> {
      co_await cancel_when(curfew::timeout(1h, body), source.token());
    };
    ENDS(end::timed_out, curfew::timeout(2s, outer));
  });
  time.advance(1s);
  source.cancel("first");
  time.advance(1s);
  asio::post(context, [&] { op.complete(asio::error::operation_aborted); });
  time.run();
  BOOST_TEST((after.cause() == cancellation_cause::deadline));
}

BOTH_WAYS(the_task_says_it_inside_and_nothing_outside) {
  cancellation_source source;
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      auto const self = co_await curfew::this_task::self();
      BOOST_TEST(!self.cancelled());
      source.cancel("enough");
      BOOST_TEST(self.cancelled());
      BOOST_TEST((self.reason().cause() == cancellation_cause::token));
      BOOST_TEST(self.reason().text() == "enough");
      co_return;
    };
    co_await cancel_when(body(), source.token());
    auto const self = co_await curfew::this_task::self();
    BOOST_TEST(!self.cancelled());
    BOOST_TEST(!self.reason());
  });
}

BOTH_WAYS(a_token_sets_no_deadline) {
  cancellation_source source;
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      auto const self = co_await curfew::this_task::self();
      BOOST_TEST((self.effective_deadline() == time.now() + 5s));
      co_return;
    };
    auto const outer = [&]() -> awaitable<> { co_await cancel_when(body(), source.token()); };
    co_await curfew::timeout(5s, outer);
  });
}

BOTH_WAYS(a_copy_of_the_scope_keeps_the_reason_of_the_token) {
  cancellation_source source;
  std::optional<timeout_scope> kept;
  run([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      source.cancel("enough");
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::aborted, cancel_when(curfew::timeout(1h, body), source.token()));
  });
  BOOST_TEST(!kept->expired());
  BOOST_TEST(!kept->cancelled());
  BOOST_TEST((kept->reason().cause() == cancellation_cause::token));
  BOOST_TEST(kept->reason().text() == "enough");
}

BOTH_WAYS(a_request_that_has_not_arrived_is_the_reason_of_the_abort_it_beats) {
  cancellation_source source;
  manual_op<error_code> op;
  std::optional<timeout_scope> kept;
  start([&]() -> awaitable<> {
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      co_await op();
    };
    ENDS(end::aborted, cancel_when(curfew::timeout(1h, body), source.token()));
  });
  time.settle();
  asio::post(context, [&] { op.complete(asio::error::operation_aborted); });
  source.cancel("on its way");
  time.run();
  BOOST_TEST(op.requests.empty());
  BOOST_TEST(kept->reason().text() == "on its way");
}

BOOST_AUTO_TEST_SUITE_END()
