// The first of two answers. A parallel_group hands over error codes; a race hands over outcomes,
// takes coroutines, and the limit around it says that it was a limit.

#include <array>
#include <boost/asio.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <curfew/curfew.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using asio::deferred;
using namespace std::chrono_literals;

awaitable<std::string> ask(std::string host, std::chrono::milliseconds takes) {
  co_await curfew::sleep_for(takes);
  co_return "the answer of " + host;
}

//! [plain]
awaitable<void> plain() {
  auto const executor = co_await asio::this_coro::executor;
  // A coroutine has to be spawned to be an operand, and its end is an exception_ptr.
  auto const r = co_await asio::experimental::make_parallel_group(
                     asio::co_spawn(executor, ask("near", 10ms), deferred),
                     asio::co_spawn(executor, ask("far", 1h), deferred))
                     .async_wait(asio::experimental::wait_for_one_success(), asio::use_awaitable);
  auto const& [order, near_by_error, near_by, far_off_error, far_off] = r;
  std::cout << "plain:  " << (order[0] == 0 ? near_by : far_off)
            << ", far ended with an exception: " << (far_off_error != nullptr) << '\n';
}
//! [plain]

//! [curfew]
awaitable<void> with_curfew() {
  auto const r = co_await curfew::first_success(ask("near", 10ms), ask("far", 1h));
  auto const& [near_by, far_off] = r.results;
  std::cout << "curfew: " << (r.index == 0 ? near_by : far_off).value()
            << ", far was cancelled: " << far_off.cancelled() << '\n';
}
//! [curfew]

int main() {
  asio::io_context context;
  auto const one = curfew::spawn(context, plain());
  context.run();
  one.result().value();

  context.restart();
  auto const other = curfew::spawn(context, with_curfew());
  context.run();
  other.result().value();
}
