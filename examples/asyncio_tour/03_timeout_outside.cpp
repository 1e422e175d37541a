// Inside the block a timeout is a cancellation; it is caught outside. In Python:
// 03_timeout_outside.py

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> long_running_task() { co_await curfew::sleep_for(1h); }

awaitable<void> block() {
  try {
    co_await long_running_task();
  } catch (boost::system::system_error const& e) {  // inside, it is a cancellation
    if (curfew::is_cancellation(e.code())) std::cout << "inside: asked to stop\n";
    throw;
  }
}

awaitable<void> tour() {
  try {
    co_await curfew::timeout(100ms, block);
  } catch (boost::system::system_error const& e) {  // outside, it is a timeout
    if (!curfew::is_timeout(e.code())) throw;
    std::cout << "outside: the task timed out, and we handle it\n";
  }

  std::cout << "This line is reached in any case.\n";
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);  // nobody waits: time jumps
  auto const ended = curfew::spawn(context, tour());
  time.run();
  ended.result().value();
}
