#include "../support.hpp"

namespace telling_time {

BOOST_AUTO_TEST_SUITE(clock)

BOOST_AUTO_TEST_CASE(without_virtual_time_now_is_the_steady_clock) {  // VC-17 VC-21
  asio::io_context context;
  static_assert(std::is_same_v<curfew::clock, std::chrono::steady_clock>);
  auto const before = std::chrono::steady_clock::now();
  auto const now = curfew::now(context);
  auto const after = std::chrono::steady_clock::now();
  BOOST_TEST((before <= now && now <= after));
}

BOOST_FIXTURE_TEST_CASE(virtual_time_is_told_by_everything_that_belongs_to_the_context, fixture) {
  asio::thread_pool pool(1);
  time.advance(1h);
  BOOST_TEST((curfew::now(context) == time.now()));
  BOOST_TEST((curfew::now(context.get_executor()) == time.now()));
  BOOST_TEST((curfew::now(asio::make_strand(context)) == time.now()));
  BOOST_TEST((curfew::now(asio::any_io_executor(context.get_executor())) == time.now()));
  BOOST_TEST((curfew::now(asio::any_io_executor(asio::make_strand(context))) == time.now()));
  BOOST_TEST((curfew::now(pool) != time.now()));
}

BOOST_AUTO_TEST_CASE(virtual_time_ends_with_its_object) {
  asio::io_context context;
  {
    curfew::testing::virtual_time time(context);
    BOOST_TEST((curfew::now(context) == time.now()));
  }
  auto const before = curfew::clock::now();
  BOOST_TEST((curfew::now(context) >= before));
}

BOOST_AUTO_TEST_CASE(real_limits_fire_not_early_and_soon) {
  asio::io_context context;
  auto const began = curfew::clock::now();
  std::optional<error_code> result;
  curfew::clock::time_point fired;
  curfew::wait_for(context, curfew::sleep_for(1h), 5ms)([&](error_code error) {
    result = error;
    fired = curfew::clock::now();
  });
  context.run();
  BOOST_TEST((result == error_code(curfew::errc::timed_out)));
  BOOST_TEST((fired - began >= 5ms));
}

BOOST_AUTO_TEST_CASE(a_limit_that_did_not_fire_does_not_keep_the_context_running) {  // WF-01 TS-42
  asio::io_context context;
  auto const body = []() -> awaitable<> {
    co_await curfew::wait_for(asio::post(asio::deferred), 1h);
    co_await curfew::timeout(1h, []() -> awaitable<> { co_return; });
  };
  asio::co_spawn(context, body(), asio::detached);
  auto const began = curfew::clock::now();
  context.run();
  BOOST_TEST((curfew::clock::now() - began < 1s));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace telling_time
