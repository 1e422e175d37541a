// A request to stop that is swallowed by accident. In Python: 10_swallowed.py

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <exception>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> careless() {
  for (int attempt : {1, 2, 3}) {
    try {
      co_await curfew::sleep_for(400ms);
      std::cout << "attempt " << attempt << ": worked\n";
    } catch (std::exception const&) {  // means errors, and swallows the request to stop too
      std::cout << "attempt " << attempt << ": failed\n";
    }
  }
}

awaitable<void> careful() {
  for (int attempt : {1, 2, 3}) {
    try {
      co_await curfew::sleep_for(400ms);
      std::cout << "attempt " << attempt << ": worked\n";
    } catch (std::exception const&) {
      if (curfew::is_cancellation(std::current_exception())) throw;
      std::cout << "attempt " << attempt << ": failed\n";
    }
  }
}

awaitable<void> stop(curfew::task<void> task) {
  auto const executor = co_await asio::this_coro::executor;
  co_await curfew::sleep_for(100ms);
  task.cancel("shutting down");
  auto const asked = curfew::now(executor);
  co_await task.wait();
  bool const late = curfew::now(executor) - asked > 200ms;
  std::cout << (late ? "ended late, " : "ended at once, ")
            << (task.cancelled() ? "cancelled, " : "not cancelled, ")
            << (task.reason() ? "asked to stop: " + task.reason().text() : "not asked to stop")
            << '\n';
}

awaitable<void> tour() {
  auto const executor = co_await asio::this_coro::executor;
  co_await stop(curfew::spawn(executor, careless()));
  co_await stop(curfew::spawn(executor, careful()));
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);  // nobody waits: time jumps
  auto const ended = curfew::spawn(context, tour());
  time.run();
  ended.result().value();
}
