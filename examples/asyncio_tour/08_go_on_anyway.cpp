// A task that hears of its cancellation, and goes on. In Python: 08_go_on_anyway.py

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> step(int number) {
  co_await curfew::sleep_for(400ms);
  std::cout << "step " << number << '\n';
}

awaitable<std::string> three_steps(curfew::cancellation_token request) {
  for (int number : {1, 2, 3}) {
    try {
      co_await curfew::cancel_when(step(number), request);
    } catch (boost::system::system_error const& e) {
      if (!curfew::is_cancellation(e.code())) throw;
      std::cout << "step " << number << ": cancelled, and I go on\n";
      request = {};  // it would end the next step as well
    }
  }
  co_return "finished";
}

awaitable<std::string> stubborn(curfew::timeout_scope& scope) {
  co_return co_await curfew::shield(three_steps(scope.token()));  // deaf but for this token
}

awaitable<void> tour() {
  auto const executor = co_await asio::this_coro::executor;
  auto task = curfew::spawn(executor, curfew::timeout(curfew::never, stubborn));
  co_await curfew::sleep_for(600ms);
  task.cancel();
  std::cout << co_await task.join() << '\n';
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);  // nobody waits: time jumps
  auto const ended = curfew::spawn(context, tour());
  time.run();
  ended.result().value();
}
