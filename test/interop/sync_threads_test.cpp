#include <atomic>
#include <thread>
#include <vector>

#include "../support.hpp"

BOOST_AUTO_TEST_SUITE(sync_threads)

namespace {

constexpr int threads = 3;

/// Runs a function on so many threads, each with a context of its own.
template <class F>
void on_threads(F f) {
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i)
    all.emplace_back([&f, i] {
      asio::io_context context(1);
      f(context, i);
      context.run();
    });
  for (auto& each : all) each.join();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_mutex_keeps_coroutines_of_several_contexts_apart) {
  curfew::mutex lock;
  int value = 0;  // not atomic
  auto const work = [&]() -> awaitable<> {
    for (int i = 0; i < 500; ++i) {
      auto const guard = co_await lock.lock();
      int const before = value;
      if (i % 16 == 0) co_await asio::post(asio::deferred);
      value = before + 1;
    }
  };
  on_threads([&](asio::io_context& context, int) {
    for (int i = 0; i < 2; ++i) asio::co_spawn(context, work(), asio::detached);
  });
  BOOST_TEST(value == threads * 1000);
  BOOST_TEST(!!lock.try_lock());
}

BOOST_AUTO_TEST_CASE(permits_survive_limits_that_end_on_other_threads) {
  curfew::semaphore slots(2);
  std::atomic<int> now{0}, wrong{0}, got{0};
  auto const work = [&]() -> awaitable<> {
    for (int i = 0; i < 200; ++i) {
      try {
        auto const permit = co_await curfew::wait_for(slots.acquire(i % 2 ? 1 : 2), 200us);
        if ((now += static_cast<int>(permit.count())) > 2) ++wrong;
        ++got;
        if (i % 4 == 0) co_await curfew::sleep_for(200us);
        now -= static_cast<int>(permit.count());
      } catch (system_error const& e) {
        if (!curfew::is_timeout(e.code())) ++wrong;
      }
    }
  };
  on_threads([&](asio::io_context& context, int) {
    for (int i = 0; i < 2; ++i) asio::co_spawn(context, work(), asio::detached);
  });
  BOOST_TEST(wrong == 0);
  BOOST_TEST(got > 0);
  BOOST_TEST(slots.available() == 2U);
}

BOOST_AUTO_TEST_CASE(every_item_that_was_pushed_is_popped_once_though_limits_end_the_waits) {
  for (std::size_t const capacity : {0U, 1U, 100U}) {
    curfew::queue<std::unique_ptr<int>> numbers(capacity);
    std::atomic<int> pushed{0}, popped{0}, pushers{0};
    std::atomic<long> sum_in{0}, sum_out{0};
    auto const produce = [&]() -> awaitable<> {
      ++pushers;
      for (int i = 1; i <= 300; ++i) {
        try {
          co_await curfew::wait_for(numbers.push(std::make_unique<int>(i)), 300us);
          ++pushed;
          sum_in += i;
        } catch (system_error const&) {
        }
      }
      if (++pushers == 2 * threads) numbers.close();
    };
    auto const consume = [&]() -> awaitable<> {
      for (bool open = true; open;) {
        try {
          auto const number = co_await curfew::wait_for(numbers.pop(), 150us);
          ++popped;
          sum_out += *number;
        } catch (system_error const& e) {
          open = e.code() != curfew::errc::queue_closed;
        }
      }
    };
    on_threads([&](asio::io_context& context, int) {
      asio::co_spawn(context, produce(), asio::detached);
      asio::co_spawn(context, consume(), asio::detached);
    });
    BOOST_TEST(pushed > 0);
    BOOST_TEST(popped == pushed);
    BOOST_TEST(sum_in == sum_out);
  }
}

BOOST_AUTO_TEST_CASE(threads_without_a_context_may_push_pop_and_close) {
  curfew::queue<int> numbers(4);
  std::atomic<int> taken{0}, given{0};
  asio::thread_pool pool(2);
  auto const consume = [&]() -> awaitable<> {
    for (bool open = true; open;) {
      try {
        (void)co_await numbers.pop();
        ++taken;
      } catch (system_error const&) {
        open = false;
      }
    }
  };
  for (int i = 0; i < 3; ++i) asio::co_spawn(asio::make_strand(pool), consume(), asio::detached);
  std::vector<std::thread> all;
  for (int t = 0; t < 2; ++t)
    all.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        if (numbers.try_push(i)) ++given;
        if (i % 8 == 0 && numbers.try_pop()) ++taken;
      }
    });
  for (auto& each : all) each.join();
  numbers.close();
  pool.join();
  BOOST_TEST(taken == given);
}

BOOST_AUTO_TEST_CASE(an_event_is_set_and_reset_while_others_wait_for_it_and_give_up) {
  curfew::event gate;
  std::atomic<int> running{threads}, ended{0};
  std::thread setter([&] {
    while (running > 0) {
      gate.set();
      std::this_thread::yield();
      gate.reset();
    }
  });
  auto const work = [&]() -> awaitable<> {
    for (int i = 0; i < 300; ++i) {
      try {
        co_await curfew::wait_for(gate.wait(), 150us);
      } catch (system_error const&) {
      }
      ++ended;
    }
    --running;
  };
  on_threads(
      [&](asio::io_context& context, int) { asio::co_spawn(context, work(), asio::detached); });
  setter.join();
  BOOST_TEST(ended == threads * 300);
}

BOOST_AUTO_TEST_SUITE_END()
