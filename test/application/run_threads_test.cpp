#include "../interop/task_threads.hpp"

#include <algorithm>
#include <csignal>
#include <curfew/run.hpp>
#include <random>
#include <set>

// In real time, on real threads; nothing waits for longer than some milliseconds.

BOOST_AUTO_TEST_SUITE(run_threads)

namespace {

using curfew::run_options;
using curfew::shutdown_control;
using curfew::stage;

run_options quiet() { return std::move(run_options().signals({}).dump_signal(0)); }

/// Which threads there were.
class threads_seen {
 public:
  void operator()() {
    std::lock_guard guard(mutex_);
    all_.insert(std::this_thread::get_id());
  }
  std::size_t count() const { return all_.size(); }

 private:
  std::mutex mutex_;
  std::set<std::thread::id> all_;
};

awaitable<> until_drained() { (void)co_await curfew::idle(curfew::sleep_forever()); }

}  // namespace

BOOST_AUTO_TEST_CASE(several_threads_run_one_program_and_the_main_coroutine_has_a_strand) {
  for (int round = 0; round < 20; ++round) {
    alone main_alone;
    threads_seen seen;
    std::atomic<int> sum{0};
    auto const worker = [&](int times) -> awaitable<> {
      seen();
      sum += co_await hop(times);
    };
    auto const main = [&](shutdown_control&) -> awaitable<int> {
      auto const context = co_await asio::this_coro::executor;
      auto& io = static_cast<asio::io_context&>(asio::query(context, asio::execution::context));
      auto const body = [&](curfew::task_group& group) -> awaitable<> {
        for (int i = 0; i < 20; ++i)
          group.spawn(asio::any_io_executor(asio::make_strand(io)), {"worker"}, worker, 10);
        for (int i = 0; i < 30; ++i) {
          main_alone.enter();
          main_alone.leave();
          co_await asio::post(asio::deferred);
        }
      };
      co_await curfew::with_task_group(body);
      co_return 5;
    };
    BOOST_TEST(curfew::run(main, quiet().threads(4)) == 5);
    BOOST_TEST(sum == 200);
    BOOST_TEST(seen.count() <= 4U);
  }
  BOOST_TEST(alone::both == 0);
}

BOOST_AUTO_TEST_CASE(a_shutdown_may_be_asked_for_from_any_thread_at_any_moment) {
  for (unsigned round = 0; round < 100; ++round) {
    std::atomic<int> began{0}, ended{0};
    std::optional<shutdown_control> control;
    std::latch ready(1);
    auto const worker = [&]() -> awaitable<> {
      ++began;
      (void)co_await curfew::settle(curfew::sleep_forever());
      ++ended;
    };
    auto const main = [&](shutdown_control& by) -> awaitable<> {
      control = by;
      ready.count_down();
      auto const executor = co_await asio::this_coro::executor;
      auto& io = static_cast<asio::io_context&>(asio::query(executor, asio::execution::context));
      auto const body = [&](curfew::task_group& group) -> awaitable<> {
        for (int i = 0; i < 10; ++i)
          group.spawn(asio::any_io_executor(asio::make_strand(io)), worker);
        co_await curfew::sleep_forever();
      };
      co_await curfew::with_task_group(body);
    };
    curfew::shutdown_report report;
    auto options = quiet().threads(2 + round % 3).cancel_limit(curfew::never).report(report);
    int result = -1;
    auto const ask = [&] {  // two requests in all cancel, a third would force
      ready.wait();
      control->request({"by a thread"});
      (void)control->report();
      (void)control->current();
    };
    at_once([&] { result = curfew::run(main, options); }, ask, ask);
    BOOST_REQUIRE(result == 0);
    BOOST_REQUIRE(began == ended);
    BOOST_REQUIRE(report.clean());
    BOOST_REQUIRE((control->current() == stage::cancelling));
  }
}

BOOST_AUTO_TEST_CASE(being_forced_at_any_moment_leaves_and_destroys_what_is_there) {
  for (unsigned round = 0; round < 100; ++round) {
    auto const kept = make_held();
    std::optional<shutdown_control> control;
    std::latch ready(5);
    auto const refuses = [&](held) -> awaitable<> {
      ready.count_down();
      for (;;) co_await curfew::sleep_for(100us);
    };
    auto const stubborn = [&](held mine) -> awaitable<> { co_await curfew::shield(refuses(mine)); };
    auto const main = [&](shutdown_control& by) -> awaitable<> {
      control = by;
      auto const executor = co_await asio::this_coro::executor;
      auto& io = static_cast<asio::io_context&>(asio::query(executor, asio::execution::context));
      for (int i = 0; i < 4; ++i)
        (void)curfew::spawn(asio::any_io_executor(asio::make_strand(io)), {"stubborn"}, stubborn,
                            kept);
      co_await stubborn(kept);
    };
    int result = -1;
    curfew::shutdown_report report;
    at_once([&] { result = curfew::run(main, quiet().threads(3).report(report)); },
            [&] {
              ready.wait();
              for (int i = 0; i < 3; ++i) control->request();
            });
    BOOST_REQUIRE(result == 1);
    BOOST_REQUIRE(report.refused.size() == 5U);
    BOOST_REQUIRE(kept.use_count() == 1);
  }
}

BOOST_AUTO_TEST_CASE(several_runs_at_once_are_independent) {
  std::atomic<int> wrong{0};  // the framework's checks are for one thread
  auto const one = [&wrong](int number) {
    return [number, &wrong] {
      for (int round = 0; round < 30; ++round) {
        auto const main = [&](shutdown_control& control) -> awaitable<int> {
          if ((number + round) % 2) control.request({"run " + std::to_string(number)});
          if (control.requested()) co_await until_drained();
          co_await asio::post(asio::deferred);
          co_return number;
        };
        curfew::shutdown_report report;
        wrong += curfew::run(main, quiet().report(report)) != number;
        bool const asked = (number + round) % 2 != 0;
        wrong += report.reason.text() != (asked ? "run " + std::to_string(number) : "");
      }
    };
  };
  at_once(one(1), one(2), one(3), one(4));
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(threads_of_the_users_own_go_on_and_the_context_is_not_stopped) {
  for (int round = 0; round < 30; ++round) {
    asio::io_context context;
    auto work = asio::make_work_guard(context);
    std::atomic<int> handled{0};
    std::thread own([&] { context.run(); });
    auto const main = [&]() -> awaitable<int> { co_return co_await hop(10); };
    BOOST_REQUIRE(curfew::run(context, main, quiet().threads(2)) == 10);
    BOOST_REQUIRE(!context.stopped());
    asio::post(context, [&] { ++handled; });
    wait_for(handled, 1);  // by the user's thread
    BOOST_REQUIRE(curfew::run(context, main, quiet().threads(2)) == 10);
    work.reset();
    own.join();
  }
}

BOOST_AUTO_TEST_CASE(a_user_thread_that_waits_in_the_context_is_not_thrown_out_of_it) {
  asio::io_context context;
  auto work = asio::make_work_guard(context);
  std::atomic<bool> thrown{false};
  std::thread own([&] {
    try {
      context.run();
    } catch (...) {
      thrown = true;
    }
  });
  for (int round = 0; round < 200; ++round) {
    auto const main = []() -> awaitable<> { co_return; };
    BOOST_REQUIRE(curfew::run(context, main, quiet().threads(2)) == 0);
  }
  work.reset();
  own.join();
  BOOST_TEST(!thrown);
}

BOOST_AUTO_TEST_CASE(it_runs_again_and_again_with_threads) {
  asio::io_context context;
  for (int round = 0; round < 100; ++round) {
    auto const main = [&]() -> awaitable<int> { co_return co_await hop(round % 4); };
    BOOST_REQUIRE(curfew::run(context, main, quiet().threads(3)) == round % 4);
  }
}

BOOST_AUTO_TEST_CASE(a_handler_that_throws_on_one_of_the_threads_cancels_the_program) {
  for (int round = 0; round < 50; ++round) {
    auto const main = [&]() -> awaitable<> {
      auto const executor = co_await asio::this_coro::executor;
      auto& io = static_cast<asio::io_context&>(asio::query(executor, asio::execution::context));
      for (int i = 0; i < 3; ++i) asio::post(io, [] { throw failure("of a handler"); });
      co_await curfew::sleep_forever();
    };
    BOOST_CHECK_THROW(curfew::run(main, quiet().threads(3)), failure);
  }
}

BOOST_AUTO_TEST_CASE(tasks_on_a_thread_pool_are_drained_cancelled_and_joined_with_the_run) {
  for (int round = 0; round < 50; ++round) {
    asio::thread_pool pool(2);
    std::atomic<int> drained{0}, cancelled{0};
    auto const idles = [&]() -> awaitable<> {
      drained += co_await curfew::idle(curfew::sleep_forever()) ? 0 : 1;
    };
    auto const works = [&]() -> awaitable<> {
      auto const ended = co_await curfew::settle(curfew::sleep_forever());
      cancelled += ended.cancelled() ? 1 : 0;
    };
    auto const main = [&](shutdown_control& control) -> awaitable<> {
      if (round % 2) control.request();
      auto const body = [&](curfew::task_group& group) -> awaitable<> {
        for (int i = 0; i < 5; ++i) {
          group.spawn(pool, idles);
          group.spawn(pool, works);
        }
        if (round % 2 == 0) control.request();
        while (drained != 5) co_await curfew::sleep_for(100us);
        control.request();
      };
      co_await curfew::with_task_group(body);
    };
    curfew::shutdown_report report;
    auto const options = quiet().drain_limit(curfew::never).cancel_limit(curfew::never);
    BOOST_REQUIRE(curfew::run(main, curfew::run_options(options).report(report)) == 0);
    BOOST_REQUIRE(drained == 5);
    BOOST_REQUIRE(report.clean());
    BOOST_REQUIRE(report.completed + report.cancelled == 11U);
    pool.join();
  }
}

BOOST_AUTO_TEST_CASE(a_pool_whose_work_is_blocked_does_not_keep_it_beyond_its_limits) {  // RN-16
  asio::thread_pool pool(1);
  std::latch release(1);
  std::atomic<bool> began{false};
  auto const blocks = [&]() -> awaitable<> {
    began = true;
    release.wait();
    co_return;
  };
  asio::io_context context;
  auto const main = [&](shutdown_control& control) -> awaitable<> {
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(pool, {"blocks"}, blocks);
      while (!began) co_await curfew::sleep_for(100us);
      control.request();
    };
    co_await curfew::with_task_group(body);
  };
  curfew::shutdown_report report;
  BOOST_TEST(curfew::run(context, main, quiet().drain_limit(0s).cancel_limit(1ms).report(report)) ==
             1);
  BOOST_TEST(report.refused.size() == 2U);
  BOOST_TEST(report.cancelling < 1s);
  release.count_down();
  pool.join();
  context.run();  // the group ends with its child, and with it the coroutine
}

BOOST_AUTO_TEST_CASE(signals_reach_a_run_with_threads) {
  for (int round = 0; round < 20; ++round) {
    auto const main = [&]() -> awaitable<> {
      std::raise(SIGTERM);
      co_await until_drained();
    };
    curfew::shutdown_report report;
    BOOST_REQUIRE(curfew::run(main, run_options().threads(3).report(report)) == 0);
    BOOST_REQUIRE(report.reason.text() == "SIGTERM");
  }
}

BOOST_AUTO_TEST_SUITE_END()
