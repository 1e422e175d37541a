// A task that is cancelled, cleans up and passes the cancellation on. In Python:
// 04_cancel_a_task.py

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> cancel_me() {
  std::cout << "cancel_me(): before sleep\n";
  auto const cleanup = [](curfew::outcome<void> const& how) -> awaitable<void> {
    if (how.cancelled()) std::cout << "cancel_me(): cancelled\n";
    co_await curfew::sleep_for(10ms);
    std::cout << "cancel_me(): cleaned up\n";
  };
  co_await curfew::finally(curfew::sleep_for(1h), cleanup);  // raises what ended the sleep
}

awaitable<void> tour() {
  auto task = curfew::spawn(co_await asio::this_coro::executor, cancel_me());
  co_await curfew::sleep_for(100ms);

  task.cancel();
  co_await task.wait();
  if (task.cancelled()) std::cout << "main(): cancel_me() is cancelled now\n";
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);  // nobody waits: time jumps
  auto const ended = curfew::spawn(context, tour());
  time.run();
  ended.result().value();
}
