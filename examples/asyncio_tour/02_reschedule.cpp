// A block whose limit becomes known, or moves, while it runs. In Python: 02_reschedule.py

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>
#include <optional>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> long_running_task() { co_await curfew::sleep_for(1h); }

awaitable<void> tour() {
  auto const executor = co_await asio::this_coro::executor;
  std::optional<curfew::timeout_scope> after;  // a copy outlives the block
  auto const block = [&](curfew::timeout_scope& scope) -> awaitable<void> {
    after = scope;
    if (scope.reschedule(curfew::now(executor) + 100ms))  // false: it has been ended already
      co_await long_running_task();
  };
  try {
    co_await curfew::timeout(curfew::never, block);  // the limit is not known yet
  } catch (boost::system::system_error const& e) {
    if (!curfew::is_timeout(e.code())) throw;
  }

  if (after->expired()) std::cout << "It has not finished in time.\n";
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);  // nobody waits: time jumps
  auto const ended = curfew::spawn(context, tour());
  time.run();
  ended.result().value();
}
