#include "../support.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

BOOST_AUTO_TEST_SUITE(real_clock)

namespace {

using curfew::clock;

// Generous: a machine that is busy may run nothing of this for a while.
constexpr auto absurdly_late = 5s;

clock::duration time_of_run(asio::io_context& context) {
  auto const began = clock::now();
  context.run();
  return clock::now() - began;
}

constexpr int limits_of_the_child = 20'000;

awaitable<> many_limits() {
  for (int i = 0; i < limits_of_the_child; ++i)
    co_await curfew::wait_for(asio::post(asio::deferred), 10s);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_sleep_takes_at_least_its_time) {
  for (auto const limit : {1us, 131us, 132us, 1000us, 5000us}) {
    asio::io_context context;
    clock::duration taken{};
    auto main = [&]() -> awaitable<> {
      auto const began = clock::now();
      co_await curfew::sleep_for(limit);
      taken = clock::now() - began;
    };
    asio::co_spawn(context, main(), asio::detached);
    context.run();
    BOOST_TEST(taken >= limit);
    BOOST_TEST(taken < absurdly_late);
  }
}

BOOST_AUTO_TEST_CASE(a_sleep_until_an_instant_ends_after_it) {
  asio::io_context context;
  auto const until = clock::now() + 3ms;
  clock::time_point ended;
  auto main = [&]() -> awaitable<> {
    co_await curfew::sleep_until(until);
    ended = clock::now();
  };
  asio::co_spawn(context, main(), asio::detached);
  context.run();
  BOOST_TEST((ended >= until));
  BOOST_TEST((ended < until + absurdly_late));
}

BOOST_AUTO_TEST_CASE(a_limit_fires_not_early_and_not_absurdly_late) {
  asio::io_context context;
  clock::duration deferred{}, scope{};
  auto main = [&]() -> awaitable<> {
    auto began = clock::now();
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(1h), 3ms));
    deferred = clock::now() - began;
    began = clock::now();
    ENDS(end::timed_out, curfew::timeout(3ms, sleepy, 1h));
    scope = clock::now() - began;
  };
  asio::co_spawn(context, main(), asio::detached);
  context.run();
  for (auto const taken : {deferred, scope}) {
    BOOST_TEST(taken >= 3ms);
    BOOST_TEST(taken < absurdly_late);
  }
}

BOOST_AUTO_TEST_CASE(a_loop_that_computes_sees_a_deadline_pass) {
  asio::io_context context;
  auto main = [&]() -> awaitable<> {
    std::optional<curfew::timeout_scope> scope;
    auto const computing = [&](curfew::timeout_scope& own) -> awaitable<> {
      scope.emplace(own);
      auto const self = co_await curfew::this_task::self();
      BOOST_TEST(!self.cancelled());
      auto const give_up = clock::now() + absurdly_late;
      while (!self.cancelled() && clock::now() < give_up) {
      }
      BOOST_TEST(self.cancelled());
      BOOST_TEST(self.cancel_requested());
      BOOST_TEST((self.reason().cause() == curfew::cancellation_cause::deadline));
    };
    co_await curfew::timeout(5ms, computing);  // which never waited: nothing was interrupted
    BOOST_TEST(scope->expired());
    co_await curfew::checkpoint();
  };
  asio::co_spawn(context, main, asio::detached);
  context.run();
}

BOOST_AUTO_TEST_CASE(now_is_the_clock_where_time_is_real) {
  asio::io_context context;
  auto const before = clock::now();
  auto const between = curfew::now(context);
  BOOST_TEST((before <= between));
  BOOST_TEST((between <= clock::now()));
  BOOST_TEST((curfew::now(context.get_executor()) >= between));
}

BOOST_AUTO_TEST_CASE(deadlines_fire_in_their_order_though_they_are_close_together) {
  asio::io_context context;
  std::vector<int> order;
  auto const base = clock::now() + 2ms;
  for (int const n : {5, 3, 1, 4, 2, 0})
    curfew::sleep_until(context, base + n * 1us)([&order, n](error_code) { order.push_back(n); });
  context.run();
  BOOST_TEST(order == (std::vector<int>{0, 1, 2, 3, 4, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_context_runs_out_of_work_soon_after_its_last_operation) {
  asio::io_context context;
  auto main = []() -> awaitable<> {
    co_await curfew::wait_for(asio::post(asio::deferred), 10s);
    co_await curfew::timeout(10s, sleepy, 1ms);
    co_await curfew::wait_for(sleepy(1ms), 10s);
  };
  asio::co_spawn(context, main(), asio::detached);
  // The limits were of ten seconds; the contract says two milliseconds, a busy machine more.
  BOOST_TEST(time_of_run(context) < 1s);
}

BOOST_AUTO_TEST_CASE(a_context_runs_out_of_work_soon_after_a_scope_without_its_deadline) {
  asio::io_context context;
  auto main = []() -> awaitable<> {
    auto body = [](curfew::timeout_scope& scope) -> awaitable<> {
      BOOST_TEST(scope.reschedule_after(curfew::never));
      co_await asio::post(asio::deferred);
    };
    co_await curfew::timeout(4s, body);
  };
  asio::co_spawn(context, main(), asio::detached);
  BOOST_TEST(time_of_run(context) < 1s);
}

BOOST_AUTO_TEST_CASE(a_context_runs_out_of_work_soon_after_a_deadline_was_extended) {
  asio::io_context context;
  auto main = []() -> awaitable<> {
    auto body = [](curfew::timeout_scope& scope) -> awaitable<> {
      BOOST_TEST(scope.reschedule_after(20s));
      co_await asio::post(asio::deferred);
      BOOST_TEST(scope.reschedule_after(30s));
    };
    co_await curfew::timeout(10s, body);
  };
  asio::co_spawn(context, main(), asio::detached);
  BOOST_TEST(time_of_run(context) < 1s);
}

BOOST_AUTO_TEST_CASE(a_context_stays_alive_while_something_sleeps) {
  asio::io_context context;
  bool woken = false;
  curfew::sleep_for(context, 3ms)([&](error_code error) { woken = !error; });
  BOOST_TEST(time_of_run(context) >= 3ms);
  BOOST_TEST(woken);
}

BOOST_AUTO_TEST_CASE(sleeping_for_ever_keeps_the_context_running_until_it_is_cancelled) {
  asio::io_context context;
  asio::cancellation_signal signal;
  error_code ended;
  curfew::sleep_forever(context)(
      asio::bind_cancellation_slot(signal.slot(), [&](error_code error) { ended = error; }));
  asio::steady_timer timer(context, std::chrono::milliseconds(3));
  timer.async_wait([&](error_code) { signal.emit(asio::cancellation_type::terminal); });
  BOOST_TEST(time_of_run(context) < 1s);
  BOOST_TEST((ended == asio::error::operation_aborted));
}

// Also what the next case runs and watches.
BOOST_AUTO_TEST_CASE(many_limits_that_do_not_fire) {
  asio::io_context context(1);
  bool ended = false;
  asio::co_spawn(context, many_limits(), [&](std::exception_ptr error) { ended = !error; });
  context.run();
  BOOST_TEST(ended);
}

BOOST_AUTO_TEST_CASE(limits_that_do_not_fire_cost_no_system_call) {
#ifdef __linux__
  auto const* const self = boost::unit_test::framework::master_test_suite().argv[0];
  auto const log = std::filesystem::temp_directory_path() /
                   ("curfew-syscalls-" + std::to_string(std::rand()) + ".txt");
  // The leak checker cannot run where the process is being traced.
  auto const traced =
      "ASAN_OPTIONS=detect_leaks=0 strace -f --seccomp-bpf -e trace=timerfd_settime -o '" +
      log.string() + "' '" + self +
      "' --run_test=real_clock/many_limits_that_do_not_fire >/dev/null 2>&1";
  if (std::system("strace -f --seccomp-bpf -o /dev/null true >/dev/null 2>&1") != 0) {
    BOOST_TEST_MESSAGE("skipped: strace cannot be used here");
    return;
  }
  auto const began = clock::now();
  BOOST_TEST(std::system(traced.c_str()) == 0);
  auto const taken = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - began);
  int calls = 0;
  std::ifstream in(log);
  for (std::string line; std::getline(in, line);)
    if (line.find("timerfd_settime") != std::string::npos) ++calls;
  in.close();
  std::filesystem::remove(log);
  BOOST_TEST_MESSAGE(calls << " calls in " << taken.count() << " ms");
  // The first limit sets the timer; after that it is touched about once in a millisecond.
  BOOST_TEST(calls > 0);
  BOOST_TEST(calls < limits_of_the_child / 2);
  BOOST_TEST(calls <= 4 * taken.count() + 10);
#else
  BOOST_TEST_MESSAGE("skipped: needs Linux");
#endif
}

BOOST_AUTO_TEST_SUITE_END()
