#include "both_ways.hpp"
#include "manual_op.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

BOOST_AUTO_TEST_SUITE(nested_scopes)

namespace {

using curfew::move_on_after;
using curfew::timeout;
using curfew::timeout_scope;

/// How a block under a limit of its own ended, as seen by what encloses it.
template <class F>
awaitable<end> how(curfew::clock::duration limit, F body) {
  end result = end::value;
  try {
    co_await curfew::timeout(limit, body);
  } catch (...) {
    result = end_of(std::current_exception());
  }
  co_return result;
}

/// Scopes in scopes, the innermost of which sleeps. Counts how they end on the way out.
awaitable<> nest(int depth, curfew::clock::time_point deadline, int& aborted) {
  if (depth == 0) co_return co_await curfew::sleep_forever();
  end result = end::value;
  std::exception_ptr error;
  try {
    co_await curfew::timeout_at(deadline, nest, depth - 1, deadline, std::ref(aborted));
  } catch (...) {
    error = std::current_exception();
    result = end_of(error);
  }
  if (result == end::aborted) ++aborted;
  if (error) std::rethrow_exception(error);
}

}  // namespace

BOTH_WAYS(of_equal_deadlines_the_outermost_wins) {  // TS-41
  end inner = end::value;
  run([&]() -> awaitable<> {
    auto const sleep = [] { return sleepy(1h); };
    auto const outer = [&]() -> awaitable<> {
      inner = co_await how(5ms, sleep);
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(5ms, outer));
    ENDS(end::value, curfew::sleep_for(1ms));
  });
  BOOST_TEST(inner == end::aborted);
  BOOST_TEST(elapsed() == 6ms);
}

BOTH_WAYS(of_equal_deadlines_the_outermost_wins_around_each_form) {
  run([&]() -> awaitable<> {
    auto const deadline = time.now() + 5ms;
    auto const outer = [&](auto inner) -> awaitable<> {
      ENDS(end::aborted, inner());
      co_await curfew::sleep_for(1h);
    };
    auto const by_op = [&] { return curfew::wait_until(curfew::sleep_for(1h), deadline); };
    auto const by_awaitable = [&] { return curfew::wait_until(sleepy(1h), deadline); };
    auto const quietly = [&] { return curfew::move_on_at(curfew::sleep_for(1h), deadline); };
    auto const block = [&] { return curfew::move_on_at(deadline, sleepy, 1h); };
    ENDS(end::timed_out, curfew::timeout_at(deadline, outer, by_op));
    BOOST_TEST((time.now() == deadline));
    ENDS(end::timed_out, curfew::timeout_at(deadline, outer, by_awaitable));
    ENDS(end::timed_out, curfew::timeout_at(deadline, outer, quietly));
    ENDS(end::timed_out, curfew::timeout_at(deadline, outer, block));
  });
  BOOST_TEST(elapsed() == 5ms);
}

BOTH_WAYS(an_outer_deadline_that_was_moved_onto_the_inner_one_still_wins) {
  for (bool const ends_inline : {false, true}) {
    BOOST_TEST_CONTEXT((ends_inline ? "ends inside the request" : "ends through the queue")) {
      end inner = end::value;
      manual_op<error_code> op;
      error_code const aborted = asio::error::operation_aborted;
      op.on_cancel = [&] { ends_inline ? op.complete(aborted) : op.post(aborted); };
      run([&]() -> awaitable<> {
        auto const deadline = time.now() + 5ms;
        auto const outer = [&](timeout_scope& scope) -> awaitable<> {
          auto const body = [&]() -> awaitable<> {
            BOOST_TEST(scope.reschedule(deadline));
            co_await op();
          };
          inner = co_await how(5ms, body);
          if (inner != end::value) throw system_error(aborted);
        };
        ENDS(end::timed_out, timeout(1h, outer));
      });
      BOOST_TEST(inner == end::aborted);
    }
  }
}

BOTH_WAYS(an_inner_expiry_leaves_the_outer_scope_alone) {  // TS-14
  run([&]() -> awaitable<> {
    auto const outer = [&](timeout_scope& scope) -> awaitable<> {
      BOOST_TEST(co_await how(1ms, [] { return sleepy(1h); }) == end::timed_out);
      BOOST_TEST(!scope.expired());
      ENDS(end::value, curfew::sleep_for(1ms));
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(5ms, outer));
  });
  BOOST_TEST(elapsed() == 5ms);
}

BOTH_WAYS(an_outer_expiry_is_not_credited_to_the_inner_scope) {  // TS-15 TS-50
  std::optional<timeout_scope> kept;
  run([&]() -> awaitable<> {
    auto const inner = [&](timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      co_await curfew::sleep_for(1h);
    };
    auto const middle = [&]() -> awaitable<> {
      co_await timeout(30min, inner);
      BOOST_ERROR("went on after an inner scope of what had expired");
    };
    auto const outer = [&]() -> awaitable<> {
      BOOST_TEST(co_await move_on_after(10min, middle));
      BOOST_ERROR("went on after an inner scope of what had expired");
    };
    ENDS(end::timed_out, timeout(5ms, outer));
  });
  BOOST_TEST(!kept->expired());
  BOOST_TEST(!kept->cancelled());
  BOOST_TEST((kept->reason().cause() == curfew::cancellation_cause::deadline));
}

BOTH_WAYS(a_scope_inside_an_expired_one_refuses_to_start) {  // TS-45
  int begun = 0;
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      ++begun;
      co_return;
    };
    auto const outer = [&]() -> awaitable<> {
      ENDS(end::aborted, curfew::sleep_for(1h));
      ENDS(end::aborted, timeout(1s, body));
      ENDS(end::aborted, move_on_after(0s, body));
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(5ms, outer));
  });
  BOOST_TEST(begun == 0);
}

BOTH_WAYS(leaving_a_scope_is_no_cancellation_point) {  // TS-51
  run([&]() -> awaitable<> {
    int left = 0;
    auto const inner = [&](timeout_scope& scope) -> awaitable<> {
      scope.cancel();
      co_return;
    };
    auto const outer = [&](timeout_scope& scope) -> awaitable<int> {
      co_await timeout(1h, inner);
      ++left;
      ENDS(end::value, curfew::checkpoint());
      scope.cancel();
      co_return left;
    };
    BOOST_TEST(co_await timeout(1h, outer) == 1);
    ENDS(end::value, curfew::sleep_for(1ms));
  });
}

BOTH_WAYS(a_request_from_outside_outlasts_the_scopes_that_heard_it) {
  int refused = 0;
  start([&]() -> awaitable<> {
    auto const inner = [&]() -> awaitable<> {
      ENDS(end::aborted, curfew::sleep_for(1h));
      ++refused;
    };
    auto const outer = [&]() -> awaitable<> {
      ENDS(end::value, timeout(10min, inner));
      ENDS(end::aborted, curfew::sleep_for(1h));
      ++refused;
    };
    ENDS(end::value, timeout(1h, outer));
    ENDS(end::aborted, curfew::sleep_for(1h));
    ++refused;
  });
  time.advance(1ms);
  ask();
  time.run();
  BOOST_TEST(refused == 3);
  BOOST_TEST(elapsed() == 1ms);
}

BOTH_WAYS(a_later_expiry_does_not_hide_an_earlier_request) {  // TS-19 TS-49
  run([&]() -> awaitable<> {
    for (int i = 0; i < 3; ++i) {
      auto const cancelled = [](timeout_scope& scope) -> awaitable<> {
        scope.cancel();
        co_await curfew::sleep_for(1h);
      };
      ENDS(end::aborted, timeout(1h, cancelled));
      ENDS(end::timed_out, timeout(1ms, [] { return sleepy(1h); }));
      ENDS(end::value, timeout(1h, [] { return sleepy(1ms); }));
    }
  });
  BOOST_TEST(elapsed() == 6ms);
}

BOTH_WAYS(thousands_of_scopes_nest) {  // TS-40 TS-41
  constexpr int depth = 5000;
  int aborted = 0;
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, nest(depth, time.now() + 1h, aborted));
    BOOST_TEST(time.pending() == 0U);
    ENDS(end::value, curfew::sleep_for(1ms));
  });
  BOOST_TEST(aborted == depth - 1);
}

BOOST_FIXTURE_TEST_CASE(a_context_may_die_under_thousands_of_nested_scopes, fixture) {
  int aborted = 0;
  {
    asio::io_context dying;
    auto const deadline = curfew::now(dying) + 1h;
    asio::co_spawn(dying, nest(1000, deadline, aborted), asio::detached);
    dying.poll();
  }
  BOOST_TEST(aborted == 0);
}

BOTH_WAYS(the_effective_deadline_is_the_earliest_around) {  // TS-35
  run([&]() -> awaitable<> {
    auto const began = time.now();
    auto const innermost = [&](timeout_scope& scope) -> awaitable<> {
      BOOST_TEST((scope.deadline() == began + 5s));
      BOOST_TEST((scope.effective_deadline() == began + 2s));
      auto const self = co_await curfew::this_task::self();
      BOOST_TEST((self.effective_deadline() == began + 2s));
      BOOST_TEST(self.remaining() == 2s);
    };
    auto const middle = [&](timeout_scope& scope) -> awaitable<> {
      BOOST_TEST((scope.effective_deadline() == began + 2s));
      co_await timeout(5s, innermost);
    };
    auto const outer = [&](timeout_scope& scope) -> awaitable<> {
      BOOST_TEST((scope.effective_deadline() == began + 3s));
      co_await move_on_after(2s, middle);
      auto const self = co_await curfew::this_task::self();
      BOOST_TEST((self.effective_deadline() == began + 3s));
    };
    co_await timeout(3s, outer);
    auto const unlimited = [](timeout_scope& scope) -> awaitable<> {
      BOOST_TEST((scope.effective_deadline() == curfew::clock::time_point::max()));
      co_return;
    };
    co_await timeout(curfew::never, unlimited);
  });
}

BOTH_WAYS(an_outer_deadline_moved_from_inside_takes_effect_at_once) {  // RS-14
  run([&]() -> awaitable<> {
    auto const outer = [&](timeout_scope& scope) -> awaitable<> {
      auto const inner = [&](timeout_scope& mine) -> awaitable<> {
        BOOST_TEST(scope.reschedule_after(2s));
        BOOST_TEST((mine.effective_deadline() == time.now() + 2s));
        co_await curfew::sleep_for(1h);
      };
      ENDS(end::aborted, timeout(5s, inner));
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, timeout(1h, outer));
  });
  BOOST_TEST(elapsed() == 2s);
}

BOTH_WAYS(both_sides_of_an_operator_end_with_the_scope) {  // AX-15 TS-23
  using namespace asio::experimental::awaitable_operators;
  run([]() -> awaitable<> {
    auto const both = []() -> awaitable<> { co_await (sleepy(1h) && sleepy(2h)); };
    auto const either = []() -> awaitable<> { co_await (sleepy(1h) || sleepy(2h)); };
    ENDS(end::timed_out, timeout(1s, both));
    ENDS(end::timed_out, timeout(1s, either));
    ENDS(end::timed_out, curfew::wait_for(both(), 1s));
    ENDS(end::timed_out, curfew::wait_for(either(), 1s));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(elapsed() == 5s);
}

BOOST_AUTO_TEST_SUITE_END()
