// What a limit may be.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>
#include <limits>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<int> value() { co_return 1; }

//! [never]
asio::awaitable<void> never_ends() {
  co_await curfew::wait_for(value(), curfew::never);  // arms no timer
  co_await curfew::wait_for(value(), curfew::clock::duration::max());
  co_await curfew::wait_for(value(), std::chrono::hours::max());  // saturates, does not overflow
  co_await curfew::wait_for(value(),
                            std::chrono::duration<double>(std::numeric_limits<double>::infinity()));
}
//! [never]

//! [now]
asio::awaitable<void> how_long() {
  auto const executor = co_await asio::this_coro::executor;
  auto const began = curfew::now(executor);
  co_await curfew::sleep_for(90min);
  std::cout << "slept " << (curfew::now(executor) - began) / 1min << " minutes\n";
}
//! [now]

asio::awaitable<void> all() {
  co_await never_ends();
  co_await how_long();
  std::cout << "past: " << (co_await curfew::settle(curfew::wait_for(value(), -1s))).timed_out()
            << '\n';
  try {
    auto op = curfew::wait_for(value(), std::chrono::duration<double>(std::nan("")));
  } catch (boost::system::system_error const& e) {
    std::cout << e.code().message() << '\n';
  }
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  asio::co_spawn(context, all(), asio::detached);
  time.run();
}
