// What a coroutine knows about itself: its deadline, and why it has to stop.

#include <boost/asio.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <curfew/this_task.hpp>
#include <curfew/timeout.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

//! [self]
awaitable<void> handler() {
  auto const self = co_await curfew::this_task::self();  // early: before anybody asks us to stop
  co_await curfew::sleep_for(1s);
  std::cout << "left for the backend: " << self.remaining() / 1ms << " ms\n";
  try {
    co_await curfew::sleep_for(1h);
  } catch (...) {
    std::cout << "stopped by " << to_string(self.reason().cause()) << '\n';  // no await needed
    throw;
  }
}
//! [self]

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  asio::co_spawn(context, curfew::timeout(5s, handler), [](std::exception_ptr error) {
    std::cout << "timeout: " << curfew::is_timeout(error) << '\n';
  });
  time.run();
}
