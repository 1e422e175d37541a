// What must finish is shielded, and awaited to its end. In Python: 07_finish_first.py

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> commit() {
  co_await curfew::sleep_for(500ms);
  std::cout << "committed\n";
}

awaitable<void> store() {
  co_await curfew::shield(commit());  // stays until it is done, also when we are asked to stop
  co_await curfew::sleep_for(10ms);   // here the request surfaces
  std::cout << "store(): never printed\n";
}

awaitable<void> tour() {
  auto task = curfew::spawn(co_await asio::this_coro::executor, store());
  co_await curfew::sleep_for(100ms);
  task.cancel();
  co_await task.wait();
  if (task.cancelled()) std::cout << "store() was cancelled, after the commit\n";
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);  // nobody waits: time jumps
  auto const ended = curfew::spawn(context, tour());
  time.run();
  ended.result().value();
}
