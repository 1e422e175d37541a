#include "../support.hpp"

#include <atomic>
#include <deque>
#include <random>
#include <thread>

BOOST_AUTO_TEST_SUITE(threads)

namespace {

template <class Executor>
using coroutine = asio::awaitable<void, Executor>;

/// Runs a context on several threads until it is out of work.
void run_on_threads(asio::io_context& context, int count = 3) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&] { context.run(); });
  for (auto& each : threads) each.join();
}

struct counts {
  std::atomic<int> values{0}, timeouts{0}, others{0};

  void add(std::exception_ptr const& error) {
    if (!error)
      ++values;
    else if (curfew::is_timeout(error))
      ++timeouts;
    else
      ++others;
  }
};

/// One race of a limit against an operation that takes about as long. Real time: what is raced is
/// the queue's timer, on whatever thread it runs.
template <class Executor>
coroutine<Executor> race_once(unsigned n, counts& out) {
  std::exception_ptr error;
  auto const micros = std::chrono::microseconds(n % 7 * 40);
  try {
    switch (n % 3) {
      case 0: co_await curfew::wait_for(curfew::sleep_for(120us), micros); break;
      case 1: {
        auto body = [](curfew::timeout_scope& scope) -> coroutine<Executor> {
          co_await curfew::sleep_for(60us);
          (void)scope.reschedule_after(100us);
          co_await curfew::sleep_for(60us);
        };
        co_await curfew::timeout(micros, body);
        break;
      }
      default: {
        auto body = []() -> coroutine<Executor> {
          co_await curfew::wait_for(curfew::sleep_for(120us), 200us);
        };
        co_await curfew::wait_for(body(), micros);
        break;
      }
    }
  } catch (...) {
    error = std::current_exception();
  }
  out.add(error);
}

template <class Executor>
coroutine<Executor> race_many(unsigned seed, unsigned rounds, counts& out) {
  for (unsigned n = 0; n < rounds; ++n) co_await race_once<Executor>(n + seed, out);
}

template <class Executor, class Context, class MakeExecutor>
void races(Context& context, MakeExecutor make, unsigned coroutines, unsigned rounds) {
  counts out;
  for (unsigned i = 0; i < coroutines; ++i) {
    Executor const executor = make();
    asio::co_spawn(executor, race_many<Executor>(i, rounds, out), asio::detached);
  }
  if constexpr (std::is_same_v<Context, asio::io_context>)
    run_on_threads(context);
  else
    context.wait();
  BOOST_TEST(out.values + out.timeouts == static_cast<int>(coroutines * rounds));
  BOOST_TEST(out.others == 0);
  BOOST_TEST(out.values > 0);
  BOOST_TEST(out.timeouts > 0);
}

using io_strand = asio::strand<asio::io_context::executor_type>;
using pool_strand = asio::strand<asio::thread_pool::executor_type>;
using any_strand = asio::strand<asio::any_io_executor>;

}  // namespace

BOOST_AUTO_TEST_CASE(ten_thousand_limits_race_on_strands_of_an_io_context) {
  auto const before = curfew::detail::count_stacks();
  asio::io_context context;
  races<asio::any_io_executor>(
      context, [&] { return asio::any_io_executor(asio::make_strand(context)); }, 10, 1000);
  BOOST_TEST(curfew::detail::count_stacks() == before);
}

BOOST_AUTO_TEST_CASE(limits_race_on_concrete_strands) {
  asio::io_context context;
  races<io_strand>(context, [&] { return asio::make_strand(context); }, 5, 300);
}

BOOST_AUTO_TEST_CASE(limits_race_on_strands_of_any_executor) {
  asio::io_context context;
  races<any_strand>(
      context, [&] { return any_strand(asio::any_io_executor(context.get_executor())); }, 5, 300);
}

BOOST_AUTO_TEST_CASE(limits_race_on_strands_of_a_thread_pool) {
  asio::thread_pool pool(3);
  races<pool_strand>(pool, [&] { return asio::make_strand(pool); }, 5, 300);
}

// AX-11: without a strand each operation that is given the pool has one of its own.
BOOST_AUTO_TEST_CASE(limits_on_a_pool_race_without_a_strand) {
  constexpr int many = 2000;
  asio::thread_pool pool(4);
  std::atomic<int> timeouts = 0, values = 0, others = 0;
  auto const count = [&](error_code error) {
    if (!error)
      ++values;
    else
      ++(curfew::is_timeout(error) ? timeouts : others);
  };
  std::deque<asio::steady_timer> timers;
  for (int i = 0; i < many; ++i) {
    auto& timer = timers.emplace_back(pool, std::chrono::microseconds(200));
    auto op = timer.async_wait(asio::deferred);
    if (i % 2 == 0)
      curfew::wait_for(pool, std::move(op), 150us)(count);
    else
      curfew::wait_for(pool.get_executor(), std::move(op), 150us)(count);
  }
  pool.join();
  BOOST_TEST(others == 0);
  BOOST_TEST(timeouts + values == many);
}

BOOST_AUTO_TEST_CASE(limits_race_on_a_context_of_one_thread) {
  asio::io_context context(1);
  counts out;
  using executor = asio::io_context::executor_type;
  asio::co_spawn(context.get_executor(), race_many<executor>(0, 300, out), asio::detached);
  context.run();
  BOOST_TEST(out.values + out.timeouts == 300);
}

// A request from outside, on the coroutine's strand, against the limit and the end of the
// operation.
BOOST_AUTO_TEST_CASE(requests_from_outside_race_limits) {
  struct session {
    explicit session(asio::io_context& context) : strand(asio::make_strand(context)) {}
    io_strand strand;
    asio::cancellation_signal signal;
    std::exception_ptr error;
    bool ended = false;
  };
  asio::io_context context;
  std::vector<std::unique_ptr<session>> sessions;
  for (unsigned n = 0; n < 2000; ++n) {
    auto& each = *sessions.emplace_back(std::make_unique<session>(context));
    auto main = [](unsigned number) -> coroutine<io_strand> {
      auto body = []() -> coroutine<io_strand> { co_await curfew::sleep_for(1ms); };
      auto const limit = std::chrono::microseconds(number % 5 * 400);
      if (number % 2)
        co_await curfew::timeout(limit, body);
      else
        co_await curfew::wait_for(curfew::sleep_for(1ms), limit);
    };
    asio::co_spawn(
        each.strand, main(n),
        asio::bind_cancellation_slot(
            each.signal.slot(), asio::bind_executor(each.strand, [&each](std::exception_ptr error) {
              each.error = error;
              each.ended = true;
            })));
    // From another strand's thread, in the way in which a request has to travel.
    curfew::sleep_for(context, std::chrono::microseconds(n % 11 * 150))([&each](error_code) {
      asio::post(each.strand, [&each] {
        if (!each.ended) each.signal.emit(asio::cancellation_type::all);
      });
    });
  }
  run_on_threads(context);
  int ends[4] = {};
  for (auto& each : sessions) {
    BOOST_REQUIRE(each->ended);
    ++ends[static_cast<int>(end_of(each->error))];
  }
  BOOST_TEST(ends[static_cast<int>(end::timed_out)] > 0);
  BOOST_TEST(ends[static_cast<int>(end::aborted)] > 0);
  BOOST_TEST(ends[static_cast<int>(end::other)] == 0);
}

BOOST_AUTO_TEST_CASE(threads_with_contexts_of_their_own_do_not_disturb_each_other) {
  std::vector<std::thread> all;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 4; ++i)
    all.emplace_back([&wrong] {
      for (int round = 0; round < 20; ++round) {
        asio::io_context context(1);
        curfew::testing::virtual_time time(context);
        auto main = [&]() -> awaitable<> {
          for (int n = 0; n < 10; ++n) {
            bool const in_time = co_await curfew::move_on_after(1s, sleepy, 1h);
            if (in_time) ++wrong;
          }
        };
        asio::co_spawn(context, main(), asio::detached);
        time.run();
        if (time.pending() != 0) ++wrong;
      }
    });
  for (auto& each : all) each.join();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(a_context_that_is_stopped_on_many_threads_destroys_what_is_left) {
  for (int round = 0; round < 20; ++round) {
    counts out;
    {
      asio::io_context context;
      for (unsigned i = 0; i < 5; ++i)
        asio::co_spawn(asio::make_strand(context),
                       race_many<asio::strand<asio::io_context::executor_type>>(i, 1000, out),
                       asio::detached);
      curfew::sleep_for(context, 2ms)([&](error_code) { context.stop(); });
      run_on_threads(context);
    }
    BOOST_TEST(out.others == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
