#ifndef CURFEW_EXAMPLES_TESTING_POOL_HPP
#define CURFEW_EXAMPLES_TESTING_POOL_HPP

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <curfew/semaphore.hpp>
#include <curfew/sleep.hpp>
#include <curfew/wait_for.hpp>

/// What is tested here: so many connections, and a query that waits for one no longer than a
/// minute.
class connection_pool {
 public:
  explicit connection_pool(std::size_t connections) : free_(connections) {}

  boost::asio::awaitable<void> query(std::chrono::seconds takes) {
    auto const connection = co_await curfew::wait_for(free_.acquire(), std::chrono::minutes(1));
    co_await curfew::sleep_for(takes);
    ++answered_;
  }
  int answered() const { return answered_; }

 private:
  curfew::semaphore free_;
  int answered_ = 0;
};

#endif
