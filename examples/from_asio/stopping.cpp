// A program that is asked to stop in the middle of an order. `context.stop()` cuts the order in
// two; `run` lets it finish.

#include <boost/asio.hpp>
#include <csignal>
#include <curfew/curfew.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> order(char const* who) {
  std::cout << who << "the customer has paid\n";
  std::raise(SIGTERM);  // in place of kill or Ctrl-C
  co_await curfew::sleep_for(20ms);
  std::cout << who << "the goods are sent\n";
}

//! [plain]
void plain() {
  asio::io_context context;
  asio::signal_set signals(context, SIGTERM);
  signals.async_wait([&](auto, int) { context.stop(); });
  asio::co_spawn(context, order("plain:  "), asio::detached);
  context.run();  // returns in the middle of the order, which is never resumed
}
//! [plain]

//! [curfew]
awaitable<void> orders() {
  for (bool open = true; open;) {
    co_await order("curfew: ");
    open = co_await curfew::idle(curfew::sleep_for(1h));  // the next customer
  }
}

void with_curfew() { curfew::run(orders); }
//! [curfew]

int main() {
  plain();
  with_curfew();
}
