// A task goes on when who awaits it is cancelled: shield(task) is join. In Python:
// 06_join_is_shield.py

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<int> answer() {
  co_await curfew::sleep_for(500ms);
  co_return 42;
}

awaitable<int> waiter(curfew::task<int> task) { co_return co_await task.join(); }

awaitable<void> tour() {
  auto const executor = co_await asio::this_coro::executor;
  auto const task = curfew::spawn(executor, answer());
  auto waiting = curfew::spawn(executor, waiter(task));
  co_await curfew::sleep_for(100ms);

  waiting.cancel();
  try {
    co_await waiting.join();
  } catch (boost::system::system_error const& e) {
    if (e.code() != curfew::errc::task_cancelled) throw;
    std::cout << "the waiter is gone\n";
  }
  std::cout << "the answer is " << co_await task.join() << '\n';
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);  // nobody waits: time jumps
  auto const ended = curfew::spawn(context, tour());
  time.run();
  ended.result().value();
}
