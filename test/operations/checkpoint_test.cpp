#include "both_ways.hpp"

BOOST_AUTO_TEST_SUITE(checkpoint)

namespace {

using curfew::timeout;
using curfew::timeout_scope;

}  // namespace

BOTH_WAYS(it_costs_no_trip_through_the_loop) {
  bool other = false;
  run([&]() -> awaitable<> {
    asio::post(context, [&] { other = true; });
    co_await curfew::checkpoint();
    co_await curfew::checkpoint();
    BOOST_TEST(!other);
  });
  BOOST_TEST(other);
}

BOTH_WAYS(a_loop_of_them_lets_others_run_and_needs_no_more_stack) {
  bool other = false;
  run([&]() -> awaitable<> {
    asio::post(context, [&] { other = true; });
    for (int i = 0; i < 100; ++i) co_await curfew::checkpoint();
    BOOST_TEST(other);
    for (int i = 0; i < 100'000; ++i) co_await curfew::checkpoint();
  });
}

BOTH_WAYS(it_fails_where_the_scope_was_cancelled) {
  run([]() -> awaitable<> {
    auto const body = [](timeout_scope& scope) -> awaitable<> {
      ENDS(end::value, curfew::checkpoint());
      scope.cancel();
      ENDS(end::aborted, curfew::checkpoint());
      co_await curfew::checkpoint();
    };
    ENDS(end::aborted, timeout(1h, body));
    ENDS(end::value, curfew::checkpoint());
  });
}

// TS-33: the deadline has passed, and the loop has had no chance to say so.
BOOST_AUTO_TEST_CASE(it_sees_a_deadline_that_passed_while_the_block_computed) {
  asio::io_context context;
  std::optional<timeout_scope> kept;
  std::exception_ptr error;
  auto const body = [&](timeout_scope& scope) -> awaitable<> {
    kept.emplace(scope);
    while (curfew::clock::now() <= scope.deadline()) {
    }
    co_await curfew::checkpoint();
    BOOST_ERROR("went on past the deadline");
  };
  asio::co_spawn(context, timeout(100us, body), [&](std::exception_ptr e) { error = e; });
  context.run();
  BOOST_TEST(end_of(error) == end::timed_out);
  BOOST_TEST(kept->expired());
}

BOOST_AUTO_TEST_CASE(so_do_a_sleep_and_each_limit_that_has_passed_too) {
  auto const busy = [](auto wait) {
    asio::io_context context;
    std::exception_ptr error;
    auto const body = [&](timeout_scope& scope) -> awaitable<> {
      while (curfew::clock::now() <= scope.deadline()) {
      }
      co_await wait(scope);
      BOOST_ERROR("went on past the deadline");
    };
    asio::co_spawn(context, timeout(100us, body), [&](std::exception_ptr e) { error = e; });
    context.run();
    return end_of(error);
  };
  BOOST_TEST(busy([](auto&) { return curfew::sleep_for(0s); }) == end::timed_out);
  BOOST_TEST(busy([](auto&) { return curfew::sleep_for(1h); }) == end::timed_out);
  BOOST_TEST(busy([](auto& scope) {
               return curfew::wait_for(curfew::sleep_for(1h), scope.remaining());
             }) == end::timed_out);
  BOOST_TEST(busy([](auto& scope) { return curfew::wait_for(sleepy(1h), scope.remaining()); }) ==
             end::timed_out);
  BOOST_TEST(busy([](auto& scope) { return curfew::wait_until(sleepy(1h), scope.deadline()); }) ==
             end::timed_out);
}

BOTH_WAYS(it_sees_a_limit_that_had_passed_at_the_start) {
  int gone_on = 0;
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      co_await curfew::checkpoint();
      ++gone_on;
    };
    ENDS(end::timed_out, timeout(0s, body));
    ENDS(end::timed_out, timeout(-1h, body));
    auto const outer = [&]() -> awaitable<> { co_await timeout(1h, body); };
    ENDS(end::timed_out, timeout(0s, outer));
  });
  BOOST_TEST(gone_on == 0);
}

BOOST_AUTO_TEST_SUITE_END()
