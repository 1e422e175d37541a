// A coroutine under a limit. In Python: 01_wait_for.py

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> eternity() {
  co_await curfew::sleep_for(1h);
  std::cout << "yay!\n";
}

awaitable<void> tour() {
  try {
    co_await curfew::wait_for(eternity(), 100ms);
  } catch (boost::system::system_error const& e) {
    if (!curfew::is_timeout(e.code())) throw;
    std::cout << "timeout!\n";
  }
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);  // nobody waits: time jumps
  auto const ended = curfew::spawn(context, tour());
  time.run();
  ended.result().value();
}
