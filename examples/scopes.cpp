// A deadline over a block: raising, moving on, moving the deadline, and who wins.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<std::string> ask(std::string host, curfew::clock::duration takes) {
  co_await curfew::sleep_for(takes);
  co_return "answer of " + host;
}

//! [timeout]
awaitable<std::string> two_steps(std::string host) {
  auto first = co_await ask(host, 1s);
  co_return co_await ask(first, 2s);
}

awaitable<void> raising() {
  std::cout << co_await curfew::timeout(5s, two_steps, "a") << '\n';
  try {
    co_await curfew::timeout(2s, two_steps, "b");  // both steps together
  } catch (boost::system::system_error const& e) {
    std::cout << "b: " << (curfew::is_timeout(e.code()) ? "too slow" : e.what()) << '\n';
  }
}
//! [timeout]

//! [timeout_at]
awaitable<void> until(curfew::clock::time_point closing_time) {
  std::cout << co_await curfew::timeout_at(closing_time, two_steps, "c") << '\n';
}
//! [timeout_at]

//! [move_on_after]
awaitable<void> moving_on() {
  if (auto cached = co_await curfew::move_on_after(50ms, two_steps, "cache"))
    std::cout << *cached << '\n';
  else
    std::cout << "no cache today\n";

  bool const rested = co_await curfew::move_on_after(curfew::sleep_for(1h), 10ms);
  std::cout << "rested: " << rested << '\n';
}
//! [move_on_after]

//! [move_on_at]
awaitable<void> two_minutes() { co_await curfew::sleep_for(2min); }

awaitable<void> moving_on_at(curfew::clock::time_point noon) {
  bool const done = co_await curfew::move_on_at(noon, two_minutes);
  std::cout << "done by noon: " << done << '\n';
}
//! [move_on_at]

//! [reschedule]
awaitable<int> receive(curfew::timeout_scope& scope, int messages) {
  int received = 0;
  for (; received < messages; ++received) {
    co_await curfew::sleep_for(20s);          // the next message
    if (!scope.reschedule_after(30s)) break;  // each one buys another 30 seconds
  }
  co_return received;
}

awaitable<void> heartbeats() {
  std::cout << co_await curfew::timeout(30s, receive, 10) << " messages in 200 s\n";
}
//! [reschedule]

//! [who]
awaitable<void> who_ended_it() {
  std::optional<curfew::timeout_scope> inner;  // a copy outlives the block
  bool const done = co_await curfew::move_on_after(1s, [&]() -> awaitable<void> {
    co_await curfew::timeout(5s, [&](curfew::timeout_scope& scope) -> awaitable<void> {
      inner = scope;
      co_await curfew::sleep_forever();
    });
  });
  std::cout << "done: " << done << ", inner expired: " << inner->expired() << '\n'
            << "asked by: " << to_string(inner->reason().cause()) << '\n';
}
//! [who]

awaitable<void> all() {
  co_await raising();
  auto const now = curfew::now(co_await asio::this_coro::executor);
  co_await until(now + 1h);
  co_await moving_on();
  co_await moving_on_at(now + 2h);
  co_await heartbeats();
  co_await who_ended_it();
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  asio::co_spawn(context, all(), asio::detached);
  time.run();
}
