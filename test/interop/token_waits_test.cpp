#include "../mechanisms/token_counts.hpp"
#include "../support.hpp"

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(token_waits)

namespace {

using curfew::cancellation_source;
using curfew::cancellation_token;

template <class Executor>
using coroutine = asio::awaitable<void, Executor>;
using pool_strand = asio::strand<asio::thread_pool::executor_type>;
using io_strand = asio::strand<asio::io_context::executor_type>;

/// How many ended in which way.
struct counts {
  std::atomic<int> ends[4] = {};
  int of(end e) const { return ends[static_cast<int>(e)]; }
  void add(end e) { ++ends[static_cast<int>(e)]; }
};

/// Waits under a limit that races the cancellation.
template <class Executor>
coroutine<Executor> wait_a_while(Executor executor, cancellation_token token,
                                 curfew::clock::duration limit, counts& out) {
  std::exception_ptr error;
  try {
    co_await curfew::wait_for(token.wait(), limit);
  } catch (...) {
    error = std::current_exception();
  }
  if (!executor.running_in_this_thread()) out.add(end::other);
  out.add(end_of(error));
}

}  // namespace

// Limits race a token that another thread cancels; each wait ends once, on its strand.
BOOST_AUTO_TEST_CASE(waits_on_strands_of_a_pool_end_while_another_thread_cancels) {
  counts out;
  constexpr int rounds = 50, each_round = 40;
  asio::thread_pool pool(3);
  for (int round = 0; round < rounds; ++round) {
    cancellation_source source;
    std::vector<std::future<void>> all;
    for (int i = 0; i < each_round; ++i) {
      auto const strand = asio::make_strand(pool);
      all.push_back(asio::co_spawn(
          strand,
          wait_a_while<pool_strand>(strand, source.token(), std::chrono::microseconds(i * 20), out),
          asio::use_future));
    }
    all[each_round / 4].wait();  // about half of the limits have passed
    source.cancel();
    for (auto& each : all) each.get();
    BOOST_REQUIRE(count_listeners(source.token()) == 0U);
  }
  BOOST_TEST(out.of(end::value) + out.of(end::timed_out) == rounds * each_round);
  BOOST_TEST(out.of(end::value) > 0);
  BOOST_TEST(out.of(end::timed_out) > 0);
  BOOST_TEST(out.of(end::other) == 0);
}

BOOST_AUTO_TEST_CASE(one_token_serves_several_contexts_each_on_its_own_thread) {
  counts out;
  constexpr int contexts = 3, waits = 20;
  for (int round = 0; round < 50; ++round) {
    cancellation_source source;
    std::vector<std::unique_ptr<asio::io_context>> all;
    std::vector<std::thread> threads;
    for (int i = 0; i < contexts; ++i) {
      auto& context = *all.emplace_back(std::make_unique<asio::io_context>(1));
      for (int n = 0; n < waits; ++n) {
        auto const strand = asio::make_strand(context);
        asio::co_spawn(strand, wait_a_while<io_strand>(strand, source.token(), 1h, out),
                       asio::detached);
      }
      threads.emplace_back([&context] { context.run(); });
    }
    BOOST_REQUIRE(source.cancel());
    for (auto& each : threads) each.join();
    BOOST_REQUIRE(count_listeners(source.token()) == 0U);
  }
  BOOST_TEST(out.of(end::value) == 50 * contexts * waits);
}

// Started, cancelled by its own slot and by the token, all from different threads.
BOOST_AUTO_TEST_CASE(a_wait_starts_and_is_cancelled_by_its_slot_and_its_token_at_once) {
  asio::thread_pool pool(3);
  std::atomic<int> ended{0};
  constexpr int rounds = 1000;
  for (int round = 0; round < rounds; ++round) {
    cancellation_source source;
    auto const strand = asio::make_strand(pool);
    asio::cancellation_signal stop;
    std::promise<void> done;
    std::thread canceller([&] { source.cancel(); });
    asio::dispatch(strand, [&] {
      source.token().wait()(asio::bind_cancellation_slot(
          stop.slot(), asio::bind_executor(strand, [&](error_code error) {
            if (!error || error == asio::error::operation_aborted) ++ended;
            done.set_value();
          })));
      asio::post(strand, [&] { stop.emit(asio::cancellation_type::all); });
    });
    done.get_future().wait();
    canceller.join();
    std::promise<void> idle;  // the emission has been, too
    asio::post(strand, [&] { idle.set_value(); });
    idle.get_future().wait();
    BOOST_REQUIRE(count_listeners(source.token()) == 0U);
  }
  BOOST_TEST(ended == rounds);
}

// The only work of the context is the wait; its news come from another thread.
BOOST_AUTO_TEST_CASE(a_future_is_not_lost_when_its_wait_is_all_that_the_context_does) {
  int lost = 0;
  for (int round = 0; round < 2000; ++round) {
    cancellation_source source;
    asio::io_context context(1);
    auto future = source.token().wait(context)(asio::use_future);
    std::thread runner([&] { context.run(); });
    source.cancel();
    runner.join();
    lost += future.wait_for(0s) != std::future_status::ready;
  }
  BOOST_TEST(lost == 0);
}

BOOST_AUTO_TEST_CASE(waits_are_started_from_other_threads_than_the_contexts) {
  for (int round = 0; round < 300; ++round) {
    cancellation_source source;
    asio::thread_pool pool(2);
    std::vector<std::future<void>> futures;
    std::thread canceller([&] { source.cancel(); });
    for (int i = 0; i < 10; ++i) futures.push_back(source.token().wait(pool)(asio::use_future));
    for (auto& each : futures) each.get();
    canceller.join();
    BOOST_REQUIRE(count_listeners(source.token()) == 0U);
  }
}

// What is cancelled on one thread wakes a coroutine on another, which cancels the next.
BOOST_AUTO_TEST_CASE(a_request_is_passed_on_from_context_to_context) {
  constexpr std::size_t length = 1000;
  std::vector<cancellation_source> sources(length);
  asio::io_context even(1), odd(1);
  std::atomic<std::size_t> woken{0};
  auto const waiter = [&](std::size_t at) -> awaitable<> {
    co_await sources[at].token().wait();
    ++woken;
    if (at + 1 < length) sources[at + 1].cancel();
  };
  for (std::size_t i = 0; i < length; ++i)
    asio::co_spawn(i % 2 ? odd : even, waiter(i), asio::detached);
  std::thread one([&] { even.run(); }), two([&] { odd.run(); });
  sources[0].cancel();
  one.join();
  two.join();
  BOOST_TEST(woken == length);
}

BOOST_AUTO_TEST_SUITE_END()
