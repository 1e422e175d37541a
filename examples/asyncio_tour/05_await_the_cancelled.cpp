// Who cancels a task also awaits it, and catches the cancellation. In Python:
// 05_await_the_cancelled.py

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> work() { co_await curfew::sleep_for(1h); }

awaitable<void> tour() {
  auto const executor = co_await asio::this_coro::executor;
  auto task = curfew::spawn(executor, {"work"}, work);
  co_await curfew::sleep_for(100ms);

  task.cancel("we ate out");
  try {
    co_await task.join();
  } catch (boost::system::system_error const& e) {
    if (e.code() != curfew::errc::task_cancelled) throw;  // the task's: ours is operation_aborted
    std::cout << task.name() << " is cancelled: " << task.reason().text() << '\n';
  }
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);  // nobody waits: time jumps
  auto const ended = curfew::spawn(context, tour());
  time.run();
  ended.result().value();
}
