#include "both_ways.hpp"
#include "manual_op.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <limits>

// What a cleanup may do, how it may end, and the limits that it may have.

BOOST_AUTO_TEST_SUITE(finally_cleanup)

namespace {

using curfew::finally;
using curfew::outcome;
using curfew::timeout;
using namespace asio::experimental::awaitable_operators;

error_code const aborted = asio::error::operation_aborted;

awaitable<int> seven() { co_return 7; }
awaitable<int> failing() {
  throw system_error(asio::error::eof);
  co_return 0;
}
awaitable<> failing_cleanup() {
  co_await curfew::sleep_for(1s);
  throw std::runtime_error("of the cleanup");
}

bool is_cleanups(std::exception_ptr const& error) {
  try {
    if (error) std::rethrow_exception(error);
  } catch (std::runtime_error const& e) {
    return std::string(e.what()) == "of the cleanup";
  }
  return false;
}

}  // namespace

BOTH_WAYS(a_cleanup_that_fails_takes_the_place_of_a_value) {
  int destroyed = 0;
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<witness> { co_return witness(destroyed); };
    auto const done = co_await curfew::settle(finally(body(), failing_cleanup));
    BOOST_TEST(is_cleanups(done.error()));
    BOOST_TEST(destroyed == 1);  // the value is lost
    auto const nothing = co_await curfew::settle(finally(sleepy(1s), failing_cleanup));
    BOOST_TEST(is_cleanups(nothing.error()));
    ENDS(end::value, curfew::sleep_for(1s));
  });
}

BOTH_WAYS(a_cleanup_that_fails_does_not_hide_the_error_of_the_body) {
  run([&]() -> awaitable<> {
    ENDS(end::other, finally(failing(), failing_cleanup));
    auto const done = co_await curfew::settle(finally(failing(), failing_cleanup));
    BOOST_TEST(!is_cleanups(done.error()));
    auto const late = [] { return finally(sleepy(1h), failing_cleanup); };
    ENDS(end::timed_out, timeout(1s, late));
  });
  start([&]() -> awaitable<> { ENDS(end::aborted, finally(sleepy(1h), failing_cleanup)); });
  ask();
  time.run();
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(an_error_that_the_body_returned_as_a_value_is_not_hidden_either) {
  manual_op<error_code, int> op;
  op.on_start = [&] { op.post(asio::error::eof, 3); };
  run([&]() -> awaitable<> {
    auto body = op()(asio::as_tuple(asio::deferred));
    auto const done = co_await curfew::settle(finally(std::move(body), failing_cleanup));
    BOOST_TEST(done.has_value());
    if (!done.has_value()) co_return;
    BOOST_TEST(std::get<0>(done.value()) == error_code(asio::error::eof));
    BOOST_TEST(std::get<1>(done.value()) == 3);
  });
}

BOTH_WAYS(a_plain_function_will_do_and_may_throw) {
  int cleanups = 0;
  run([&]() -> awaitable<> {
    BOOST_TEST(co_await finally(seven(), [&] { ++cleanups; }) == 7);
    ENDS(end::other, finally(failing(), [&] { ++cleanups; }));
    auto const throwing = [] { throw std::runtime_error("of the cleanup"); };
    auto const done = co_await curfew::settle(finally(seven(), throwing));
    BOOST_TEST(is_cleanups(done.error()));
    ENDS(end::other, finally(failing(), throwing));
    auto const before_it_is_one = [](outcome<int> const& how) -> awaitable<> {
      if (how.has_value()) throw std::runtime_error("of the cleanup");
      return sleepy(1s);
    };
    auto const early = co_await curfew::settle(finally(seven(), before_it_is_one));
    BOOST_TEST(is_cleanups(early.error()));
    ENDS(end::other, finally(failing(), before_it_is_one));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(cleanups == 2);
}

BOTH_WAYS(a_cleanup_sees_how_the_body_ended) {
  std::vector<std::string> seen;
  auto const look = [&](outcome<int> const& how) -> awaitable<> {
    co_await curfew::sleep_for(1s);
    seen.push_back(how.has_value()   ? "value " + std::to_string(how.value())
                   : how.timed_out() ? "timed out"
                   : how.cancelled() ? "cancelled"
                                     : "error");
  };
  start([&]() -> awaitable<> {
    BOOST_TEST(co_await finally(seven(), look) == 7);
    ENDS(end::other, finally(failing(), look));
    auto const forever = []() -> awaitable<int> {
      co_await curfew::sleep_forever();
      co_return 0;
    };
    ENDS(end::timed_out, finally(curfew::wait_for(forever(), 1s), look));
    bool empty = false;
    co_await finally(sleepy(1s), [&](outcome<void> const& how) { empty = how.has_value(); });
    BOOST_TEST(empty);
    ENDS(end::aborted, finally(forever(), look));
  });
  time.advance(10s);
  ask();
  time.run();
  BOOST_TEST((seen == std::vector<std::string>{"value 7", "error", "timed out", "cancelled"}));
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(a_limit_ends_a_cleanup_that_hangs_and_waits_for_its_end) {
  manual_op<error_code> op;
  op.on_cancel = [&] { curfew::sleep_for(context, 3s)([&](error_code) { op.complete(aborted); }); };
  run([&]() -> awaitable<> {
    auto const hanging = [&]() -> awaitable<> { co_await op(); };
    unsigned const line = __LINE__ + 1;
    auto const done = co_await curfew::settle(finally(seven(), hanging, 2s));
    BOOST_TEST(done.timed_out());
    BOOST_CHECK_EXCEPTION(std::rethrow_exception(done.error()), system_error, [&](auto const& e) {
      return std::string(e.what()).find(":" + std::to_string(line)) != std::string::npos;
    });
    BOOST_TEST(elapsed() == 5s);
    ENDS(end::other, finally(failing(), hanging, 2s));
    BOOST_TEST(elapsed() == 10s);
    auto const absorbing = [&]() -> awaitable<> { ENDS(end::aborted, op()); };
    BOOST_TEST(co_await finally(seven(), absorbing, 2s) == 7);
    auto const own_error = [&]() -> awaitable<> {
      ENDS(end::aborted, op());
      throw std::runtime_error("of the cleanup");
    };
    auto const own = co_await curfew::settle(finally(seven(), own_error, 2s));
    BOOST_TEST(is_cleanups(own.error()));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(op.requests.size() == 4U);
}

BOTH_WAYS(the_limit_counts_from_the_beginning_of_the_cleanup) {
  start([&]() -> awaitable<> {
    ENDS(end::value, finally(sleepy(1h), [] { return sleepy(1s); }, 2s));
    BOOST_TEST(elapsed() == 1h + 1s);
    ENDS(end::timed_out, finally(sleepy(1h), [] { return sleepy(3s); }, 2s));
    BOOST_TEST(elapsed() == 2h + 3s);
    ENDS(end::aborted, finally(sleepy(1h), [] { return sleepy(3s); }, 2s));
  });
  time.advance(2h + 4s);
  ask();
  time.run();
  BOOST_TEST(elapsed() == 2h + 6s);
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(a_limit_of_zero_or_less_ends_it_where_it_first_waits) {
  int begun = 0;
  run([&]() -> awaitable<> {
    auto const waiting = [&]() -> awaitable<> {
      ++begun;
      co_await curfew::sleep_for(1s);
      BOOST_ERROR("went on");
    };
    auto const never_waiting = [&]() -> awaitable<> {
      ++begun;
      co_return;
    };
    for (auto const limit : {0s, -1s}) {
      ENDS(end::timed_out, finally(seven(), waiting, limit));
      ENDS(end::other, finally(failing(), waiting, limit));
      ENDS(end::value, finally(seven(), never_waiting, limit));
      ENDS(end::value, finally(seven(), [&] { ++begun; }, limit));
    }
    ENDS(end::timed_out, finally(seven(), waiting, std::chrono::hours::min()));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(begun == 9);
  BOOST_TEST(elapsed() == 1s);
}

BOTH_WAYS(never_and_what_overflows_end_no_cleanup) {
  run([&]() -> awaitable<> {
    auto const cleanup = [&] { return sleepy(24h); };
    ENDS(end::value, finally(seven(), cleanup, curfew::never));
    ENDS(end::value, finally(seven(), cleanup, std::chrono::hours::max()));
    auto const infinite = std::chrono::duration<double>(std::numeric_limits<double>::infinity());
    ENDS(end::value, finally(seven(), cleanup, infinite));
  });
  BOOST_TEST(elapsed() == 72h);
}

BOTH_WAYS(a_cleanup_may_use_limits_and_groups_of_awaits_itself) {
  bool done = false;
  start([&]() -> awaitable<> {
    auto const cleanup = [&]() -> awaitable<> {
      ENDS(end::timed_out, curfew::wait_for(sleepy(1h), 1s));
      ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(1h), 1s));
      BOOST_TEST(!co_await curfew::move_on_after(1s, sleepy, 1h));
      co_await (sleepy(1s) && sleepy(2s));
      co_await (sleepy(1s) || sleepy(1h));
      ENDS(end::value, curfew::shield(sleepy(1s)));
      ENDS(end::value, finally(sleepy(1s), [] { return sleepy(1s); }));
      co_await asio::post(asio::deferred);
      auto const self = co_await curfew::this_task::self();
      BOOST_TEST(!self.cancelled());
      BOOST_TEST((self.effective_deadline() == time.now() + 1h - 9s));
      done = true;
    };
    ENDS(end::aborted, finally(sleepy(1h), cleanup, 1h));
    ENDS(end::aborted, curfew::checkpoint());
  });
  ask();
  time.run();
  BOOST_TEST(done);
  BOOST_TEST(elapsed() == 9s);
}

BOTH_WAYS(the_limit_reaches_a_group_of_awaits) {
  run([&]() -> awaitable<> {
    auto const cleanup = []() -> awaitable<> { co_await (sleepy(1h) && sleepy(2h)); };
    ENDS(end::timed_out, finally(seven(), cleanup, 1s));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  BOOST_TEST(elapsed() == 2s);
}

BOTH_WAYS(a_cleanup_that_plays_with_the_state_changes_nothing) {
  start([&]() -> awaitable<> {
    auto const cleanup = [&]() -> awaitable<> {
      co_await asio::this_coro::reset_cancellation_state();
      co_await curfew::sleep_for(1s);
      co_await asio::this_coro::throw_if_cancelled(false);
      co_await curfew::sleep_for(1s);
      co_await asio::this_coro::throw_if_cancelled(true);
      co_await curfew::sleep_for(1s);
    };
    ENDS(end::aborted, finally(sleepy(1h), cleanup, 5s));
    ENDS(end::aborted, curfew::sleep_for(1h));
  });
  ask();
  time.run();
  BOOST_TEST(elapsed() == 3s);
  BOOST_TEST((ended == end::value));
}

BOOST_AUTO_TEST_SUITE_END()
