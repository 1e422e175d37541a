#include <curfew/this_task.hpp>
#include <sstream>

#include "asking.hpp"

// What the handle of a scope tells and does, also in the hands of others.

BOOST_FIXTURE_TEST_SUITE(conforming_scopes_handles, asking)

namespace {

using curfew::timeout;
using curfew::timeout_scope;

awaitable<> keep_and_sleep(timeout_scope& scope, std::optional<timeout_scope>& kept) {
  kept.emplace(scope);
  co_await curfew::sleep_forever();
}

}  // namespace

CONFORMS("TS-37", an_expiry_is_never_taken_back) {
  std::optional<timeout_scope> kept;
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    kept.emplace(scope);
    ENDS(end::aborted, curfew::sleep_forever());
    BOOST_TEST(!scope.reschedule_after(1h));
    BOOST_TEST(scope.expired());
  };
  run([&]() -> awaitable<> { ENDS(end::value, curfew::timeout_at(time.now() - 1s, body)); });
  BOOST_TEST(!kept->reschedule_after(1h));
  BOOST_TEST(kept->expired());
}

CONFORMS("TS-39", a_handle_that_outlived_its_scope_touches_no_other) {
  std::optional<timeout_scope> kept;
  auto const inner = [&](timeout_scope& scope) -> awaitable<> {
    kept.emplace(scope);
    co_return;
  };
  auto const outer = [&](timeout_scope& scope) -> awaitable<> {
    co_await timeout(1h, inner);
    kept->cancel("late");
    BOOST_TEST(!kept->cancelled());
    BOOST_TEST(!kept->reschedule_after(0s));
    BOOST_TEST(!scope.cancelled());
    ENDS(end::value, curfew::sleep_for(1s));
  };
  run([&]() -> awaitable<> { ENDS(end::value, timeout(5s, outer)); });
}

CONFORMS("TS-43", a_scope_tells_each_stage_of_its_life) {
  std::optional<timeout_scope> kept;
  unsigned line = 0;
  auto const here = [&] {
    return "(conforming_scopes_handles_test.cpp:" + std::to_string(line) + ")";
  };
  auto const expires = [&](timeout_scope& scope) -> awaitable<> {
    kept.emplace(scope);
    BOOST_TEST((!scope.expired() && !scope.cancelled()));
    BOOST_TEST(scope.remaining() == 5s);
    BOOST_TEST(to_string(scope) == "active, 5.0 s left");
    co_await curfew::sleep_for(1500ms);
    BOOST_TEST(to_string(*kept) == "active, 3.5 s left");
    ENDS(end::aborted, curfew::sleep_forever());
    BOOST_TEST(scope.expired());
    BOOST_TEST(to_string(scope.reason()) == "deadline " + here());
    BOOST_TEST(to_string(scope) == "expiring by deadline " + here());
  };
  auto const cancelled = [&](timeout_scope& scope) -> awaitable<> {
    kept.emplace(scope);
    line = __LINE__ + 1;
    scope.cancel("superseded");
    BOOST_TEST(to_string(scope) == "cancelling by requested: superseded " + here());
    co_return;
  };
  auto const early = [&](timeout_scope& scope) -> awaitable<> {
    kept.emplace(scope);
    BOOST_TEST(to_string(scope) == "active, without a deadline");
    co_return;
  };
  run([&]() -> awaitable<> {
    line = __LINE__ + 1;
    co_await timeout(5s, expires);
    BOOST_TEST(kept->expired());
    BOOST_TEST(kept->remaining() == 0s);
    BOOST_TEST(to_string(*kept) == "expired by deadline " + here());
    co_await timeout(5s, cancelled);
    std::ostringstream printed;
    printed << *kept;
    BOOST_TEST(printed.str() == "cancelled by requested: superseded " + here());
    co_await timeout(curfew::never, early);
    BOOST_TEST(to_string(*kept) == "finished in time");
  });
}

CONFORMS("TS-44", the_reason_says_who_asked_in_which_words_and_the_first_sticks) {
  auto const body = [](timeout_scope& scope) -> awaitable<> {
    auto const self = co_await curfew::this_task::self();
    BOOST_TEST(!self.reason());
    unsigned const line = __LINE__ + 1;
    scope.cancel({curfew::cancellation_cause::sibling_failed, "the other one"});
    scope.cancel("second");
    BOOST_TEST((self.reason().cause() == curfew::cancellation_cause::sibling_failed));
    BOOST_TEST(self.reason().text() == "the other one");
    BOOST_TEST(self.reason().where().line() == line);
  };
  run([&]() -> awaitable<> { co_await timeout(5s, body); });
}

CONFORMS("TS-48", another_task_can_cancel_a_scope_and_its_group_goes_on) {
  std::optional<timeout_scope> kept;
  auto const other = [&]() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    kept->cancel("from beside");
  };
  auto const group = [&](curfew::task_group& children) -> awaitable<int> {
    auto const t = children.spawn(give(7, 3s));
    children.spawn(other());
    ENDS(end::aborted, timeout(1h, keep_and_sleep, std::ref(kept)));
    BOOST_TEST(elapsed() == 1s);
    co_return co_await t.join();
  };
  run([&]() -> awaitable<> { BOOST_TEST(co_await curfew::with_task_group(group) == 7); });
  BOOST_TEST(kept->reason().text() == "from beside");
  BOOST_TEST(elapsed() == 3s);

  // By a task that runs before the block first waits, and by one that comes when it is over. (There
  // is no handle before the block is entered.)
  auto const begun = time.now();
  int waits = 0;
  auto const early = [&](curfew::task_group& children) -> awaitable<int> {
    auto const t = children.spawn(give(8, 2s));
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      auto const cancels = [&]() -> awaitable<> {
        kept->cancel("at once");
        co_return;
      };
      auto const by = children.spawn(cancels);
      BOOST_TEST(by.done());
      ++waits;
      co_await asio::post(asio::deferred);
      BOOST_ERROR("went on");
    };
    ENDS(end::aborted, timeout(1h, body));
    auto const late = [&]() -> awaitable<> {
      kept->cancel("late");
      co_return;
    };
    co_await children.spawn(late).join();
    ENDS(end::value, curfew::checkpoint());
    BOOST_TEST(!children.token().cancelled());
    BOOST_TEST((time.now() == begun));
    co_return co_await t.join();
  };
  run([&]() -> awaitable<> { BOOST_TEST(co_await curfew::with_task_group(early) == 8); });
  BOOST_TEST(waits == 1);
  BOOST_TEST(kept->reason().text() == "at once");
  BOOST_TEST(elapsed() == 5s);
}

CONFORMS("TS-51", leaving_a_block_that_never_waited_invents_no_cancellation) {
  bool after = false;
  auto const empty = [&](curfew::task_group& group) -> awaitable<int> {
    group.cancel();
    after = true;
    co_return 7;
  };
  run([&]() -> awaitable<> {
    BOOST_TEST(co_await curfew::with_task_group(empty) == 7);
    ENDS(end::value, curfew::checkpoint());
  });
  BOOST_TEST(after);
}

CONFORMS("TS-53", an_abort_of_somebody_elses_at_the_deadlines_instant_is_a_timeout_if_it_expired) {
  int timeouts = 0, aborts = 0;
  auto const tried = curfew::testing::permute_same_tick([&](auto&) -> awaitable<> {
    auto const executor = co_await asio::this_coro::executor;
    manual_op<error_code> op;
    std::optional<timeout_scope> kept;
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      co_await op();
    };
    curfew::sleep_for(executor,
                      1s)([&](error_code) { op.complete(asio::error::operation_aborted); });
    auto const how = co_await curfew::settle(timeout(1s, body));
    BOOST_TEST(how.timed_out() == kept->expired());
    BOOST_TEST(how.cancelled() != kept->expired());
    ++(kept->expired() ? timeouts : aborts);
  });
  BOOST_TEST(tried.all);
  BOOST_TEST(timeouts > 0);
  BOOST_TEST(aborts > 0);
}

BOOST_AUTO_TEST_SUITE_END()
