// Cleanup that awaits: it runs after success, error and cancellation alike.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>
#include <stdexcept>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

//! [finally]
awaitable<void> talk() { co_await curfew::sleep_for(1h); }

awaitable<void> say_goodbye() {
  co_await curfew::sleep_for(1s);  // we were asked to stop, and yet can wait
  std::cout << "goodbye\n";
}

awaitable<void> call() {
  bool const done = co_await curfew::move_on_after(curfew::finally(talk(), say_goodbye), 1min);
  std::cout << "said all: " << done << '\n';
}
//! [finally]

//! [limit]
awaitable<void> wait_for_a_goodbye() { co_await curfew::sleep_for(1h); }

awaitable<void> call_the_rude() {
  try {
    co_await curfew::finally(say_goodbye(), wait_for_a_goodbye, 5s);
  } catch (boost::system::system_error const& e) {
    std::cout << "the cleanup: " << e.code().message() << '\n';
  }
}
//! [limit]

//! [outcome]
awaitable<int> change_rows(int locked_row) {
  for (int row = 0; row < 3; ++row) {
    co_await curfew::sleep_for(1s);
    if (row == locked_row) throw std::runtime_error("this row is locked");
  }
  co_return 3;
}

awaitable<void> commit_or_rollback(curfew::outcome<int> const& how) {
  co_await curfew::sleep_for(1s);
  if (how)
    std::cout << "commit " << how.value() << " rows\n";
  else
    std::cout << "rollback, " << (how.cancelled() ? "we were asked to stop" : "an error") << '\n';
}

awaitable<int> change(int locked_row) {
  return curfew::finally(change_rows(locked_row), commit_or_rollback);
}
//! [outcome]

awaitable<void> all() {
  co_await call();
  co_await call_the_rude();

  co_await change(-1);
  co_await curfew::move_on_after(1500ms, change, -1);
  try {
    co_await change(1);
  } catch (std::exception const& e) {
    std::cout << e.what() << '\n';  // the error goes on after the cleanup
  }
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  asio::co_spawn(context, all(), asio::detached);
  time.run();
}
