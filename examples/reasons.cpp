// Who asked a block to stop, in its own words.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

//! [reason]
awaitable<void> upload(curfew::timeout_scope& scope) {
  auto const self = co_await curfew::this_task::self();
  auto const executor = co_await asio::this_coro::executor;
  asio::post(executor, [copy = scope]() mutable { copy.cancel("a newer version arrived"); });
  try {
    co_await curfew::sleep_forever();
  } catch (...) {
    std::cout << to_string(self.reason().cause()) << ": " << self.reason().text() << '\n';
    throw;
  }
}
//! [reason]

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  asio::co_spawn(context, curfew::move_on_after(1h, upload),
                 [](std::exception_ptr, bool done) { std::cout << "done: " << done << '\n'; });
  time.run();
}
