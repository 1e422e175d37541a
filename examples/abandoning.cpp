// What cannot be cancelled is waited for no longer than a limit, and stays owned.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

//! [abandon_after]
// A driver that hears of no cancellation. What it uses it must own, because it may outlive whoever
// asks: so it takes its argument by value.
awaitable<int> ask_old_driver(std::string question) {
  co_await curfew::shield(curfew::sleep_for(question == "hard" ? 60s : 1s));
  co_return static_cast<int>(question.size());
}

awaitable<void> answer(std::string question, curfew::task_group& background) {
  try {
    int const length =
        co_await curfew::abandon_after(ask_old_driver(question), 5s, background, {"driver"});
    std::cout << question << ": " << length << '\n';
  } catch (boost::system::system_error const& e) {
    if (!curfew::is_timeout(e.code())) throw;
    std::cout << question << ": no answer in time\n";
  }
}
//! [abandon_after]

awaitable<void> all() {
  auto const began = curfew::now(co_await asio::this_coro::executor);
  auto const seconds = [began](auto now) {
    return std::chrono::duration_cast<std::chrono::seconds>(now - began).count();
  };
  auto const body = [&](curfew::task_group& background) -> awaitable<void> {
    co_await answer("easy", background);
    co_await answer("hard", background);
    std::cout << seconds(curfew::now(co_await asio::this_coro::executor))
              << " s: " << background.size() << " left behind\n";
  };
  co_await curfew::with_task_group(body);  // which waits for what was left behind
  std::cout << seconds(curfew::now(co_await asio::this_coro::executor)) << " s: all has ended\n";
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  auto const done = curfew::spawn(context, all());
  time.run();
  done.result().value();
}
