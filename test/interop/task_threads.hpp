#ifndef CURFEW_TEST_INTEROP_TASK_THREADS_HPP
#define CURFEW_TEST_INTEROP_TASK_THREADS_HPP

#include "../structure/owners.hpp"

#include <atomic>
#include <latch>
#include <thread>

// For tasks and groups on several threads, in real time; nothing sleeps for longer than a few
// microseconds.

using pool_strand = asio::strand<asio::thread_pool::executor_type>;

/// Runs all at once, each on a thread of its own.
template <class... F>
void at_once(F... f) {
  std::latch ready(sizeof...(F));
  auto const run = [&](auto& each) {
    ready.arrive_and_wait();
    each();
  };
  std::vector<std::thread> threads;
  (threads.emplace_back([&run, &f] { run(f); }), ...);
  for (auto& each : threads) each.join();
}

inline void wait_for(std::atomic<int> const& counter, int value) {
  while (counter < value) std::this_thread::yield();
}

/// Whether two threads were ever inside one task.
class alone {
 public:
  void enter() {
    if (inside_.exchange(true)) ++both;
  }
  void leave() { inside_ = false; }
  static inline std::atomic<int> both{0};

 private:
  std::atomic<bool> inside_{false};
};

/// Hops about a number of times, or until it is asked to stop.
inline awaitable<int> hop(int times) {
  alone here;
  for (int i = 0; i < times; ++i) {
    here.enter();
    here.leave();
    if (i % 3 == 0)
      co_await curfew::sleep_for(std::chrono::microseconds(i % 5 * 10));
    else
      co_await asio::post(asio::deferred);
  }
  co_return times;
}

inline awaitable<> hop_and_fail(int times) {
  (void)co_await hop(times);
  throw failure("broken");
}

/// A context with a thread that runs it.
class other_context {
 public:
  other_context() : thread_([this] { context.run(); }) {}
  ~other_context() {
    work_.reset();
    thread_.join();
  }
  asio::io_context context{1};
  bool is_here() const { return std::this_thread::get_id() == thread_.get_id(); }

 private:
  asio::executor_work_guard<asio::io_context::executor_type> work_{context.get_executor()};
  std::thread thread_;
};

#endif
