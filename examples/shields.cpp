// Work that a request to stop must not reach: the request waits, and nothing is lost.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<int> commit(int rows) {
  co_await curfew::sleep_for(3s);
  co_return rows;
}

//! [shield]
awaitable<void> store() {
  int const rows = co_await curfew::shield(commit(7));  // the deadline passes in here
  std::cout << rows << " rows are committed\n";
  co_await curfew::sleep_for(1ms);  // here the coroutine learns of it
  std::cout << "never printed\n";
}

awaitable<void> storing() {
  bool const in_time = co_await curfew::move_on_after(1s, store);
  std::cout << "in time: " << in_time << '\n';
}
//! [shield]

//! [grace]
awaitable<void> store_or_give_up() {
  co_await curfew::shield(commit(7), curfew::grace(1s));  // one second more, once asked to stop
}
//! [grace]

//! [shielded]
awaitable<void> store_two() {
  auto const safely = curfew::shielded(commit);  // a function whose every call is shielded
  std::cout << co_await safely(1) << " row\n";
  std::cout << co_await safely(2) << " rows\n";  // asked to stop by now: does not start
}
//! [shielded]

awaitable<void> all() {
  auto const executor = co_await asio::this_coro::executor;
  co_await storing();

  auto const began = curfew::now(executor);
  bool const stored = co_await curfew::move_on_after(500ms, store_or_give_up);
  std::cout << "stored: " << stored << ", after " << (curfew::now(executor) - began) / 1ms
            << " ms\n";

  co_await curfew::move_on_after(1s, store_two);
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  asio::co_spawn(context, all(), asio::detached);
  time.run();
}
