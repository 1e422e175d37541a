// A function whose every call is shielded. In Python: 09_shielded_decorator.py

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> save_to_disk(std::string what) {
  co_await curfew::sleep_for(500ms);
  std::cout << what << " is saved\n";
}

auto const save = curfew::shielded(save_to_disk);

awaitable<void> client() {
  co_await save("the letter");
  co_await save("the second letter");  // asked to stop by now: does not start
  std::cout << "client(): never printed\n";
}

awaitable<void> tour() {
  auto task = curfew::spawn(co_await asio::this_coro::executor, client());
  co_await curfew::sleep_for(100ms);
  task.cancel();
  co_await task.wait();
  std::cout << "the client is gone\n";
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);  // nobody waits: time jumps
  auto const ended = curfew::spawn(context, tour());
  time.run();
  ended.result().value();
}
