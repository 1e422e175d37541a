// What every workload shares: executors, an operation to wait for, and the loop that is measured.

#pragma once

#include <boost/asio.hpp>
#include <boost/version.hpp>

#include <chrono>
#include <cstddef>
#include <ctime>
#include <exception>

#define BENCH_HAS_CANCEL_AFTER (BOOST_VERSION >= 108600)

namespace bench {

namespace asio = boost::asio;
using namespace std::chrono_literals;

using boost::system::error_code;
using std::chrono::steady_clock;
using any_executor = asio::any_io_executor;
using concrete_executor = asio::io_context::executor_type;

template <class Ex>
using awaitable = asio::awaitable<void, Ex>;

template <class Ex>
using timer = asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>, Ex>;

/// A limit that does not fire while a row runs.
inline constexpr auto limit = std::chrono::seconds(10);

/// One trip through the loop, the operation that most workloads put a limit around.
template <class Ex>
auto yield(Ex executor) {
  return asio::post(executor, asio::deferred);
}

template <class Ex>
awaitable<Ex> yield_coroutine(Ex executor) {
  co_await yield(executor);
}

/// Seconds of the process and of the clock on the wall. Rows compare CPU time, which other programs
/// on the machine disturb least; wall time beside it shows a loop that waits instead of working.
struct times {
  double cpu = 0;
  double wall = 0;

  static times now() { return {seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC)}; }

  times& operator+=(times other) {
    cpu += other.cpu;
    wall += other.wall;
    return *this;
  }

  friend times operator-(times a, times b) { return {a.cpu - b.cpu, a.wall - b.wall}; }

 private:
  static double seconds(clockid_t clock) {
    std::timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
  }
};

/// An io_context with one thread on which coroutines are started and run to their end.
class loop {
 public:
  asio::io_context& context() { return context_; }

  /// Starts `count` coroutines made by `make(executor, index)`, runs them and returns how long
  /// they took. The time ends with the last coroutine and not when run() returns, because a timer
  /// that is kept for reuse may hold the loop a little longer.
  template <class Ex, class Make>
  times run(std::size_t count, Make make) {
    context_.restart();
    alive_ = count;
    auto const started = times::now();
    spawn<Ex>(count, make);
    context_.run();
    return finished_ - started;
  }

  /// Starts `count` coroutines and runs the loop until all of them wait for something.
  template <class Ex, class Make>
  void run_until_waiting(std::size_t count, Make make) {
    context_.restart();
    alive_ = count;
    spawn<Ex>(count, make);
    context_.poll();
  }

  /// Calls `end_all` on the loop, runs what then ends of the coroutines that wait, and returns how
  /// long all of it took.
  template <class F>
  times run_to_end(F end_all) {
    times started;
    asio::post(context_, [&] {
      started = times::now();
      end_all();
    });
    context_.restart();
    context_.run();
    return finished_ - started;
  }

 private:
  template <class Ex, class Make>
  void spawn(std::size_t count, Make& make) {
    Ex executor(context_.get_executor());
    for (std::size_t index = 0; index < count; ++index) {
      asio::co_spawn(executor, make(executor, index), [this](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
        if (--alive_ > 0) return;
        finished_ = times::now();
        context_.stop();
      });
    }
  }

  asio::io_context context_{1};
  // A context that never had a timer or a socket runs without a reactor; no server does.
  asio::steady_timer reactor_{context_};
  std::size_t alive_ = 0;
  times finished_;
};

}  // namespace bench
