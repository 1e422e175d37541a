// The fast path: coroutines of the context's own executor type, and errors without exceptions.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::deferred;
using namespace std::chrono_literals;

//! [executor]
using io_executor = asio::io_context::executor_type;  // instead of any_io_executor
template <class T>
using awaitable = asio::awaitable<T, io_executor>;
using timer =
    asio::basic_waitable_timer<curfew::clock, asio::wait_traits<curfew::clock>, io_executor>;

awaitable<int> answer() {
  co_await curfew::sleep_for(1s);
  co_return 42;
}

awaitable<void> ask() {
  // What takes an awaitable gives one of the same executor.
  std::cout << co_await curfew::wait_for(answer(), 5s) << '\n';
  // What takes only deferred operations is told the executor.
  bool const slept = co_await curfew::move_on_after.on<io_executor>(curfew::sleep_for(1h), 1s);
  std::cout << "slept: " << slept << '\n';
}
//! [executor]

//! [codes]
awaitable<void> without_exceptions() {
  timer slow(co_await asio::this_coro::executor, 1h);
  auto const ended =
      co_await curfew::wait_for(slow.async_wait(deferred), 5s)(asio::as_tuple(deferred));
  if (curfew::is_timeout(std::get<0>(ended))) std::cout << "too slow, and nothing was thrown\n";
}
//! [codes]

//! [block]
// One limit around ten operations, not ten limits.
awaitable<void> ten_steps() {
  for (int i = 0; i < 10; ++i) co_await curfew::sleep_for(1ms);
}

awaitable<void> as_one_block() { co_await curfew::timeout(1s, ten_steps); }
//! [block]

awaitable<void> all() {
  co_await ask();
  co_await without_exceptions();
  co_await as_one_block();
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  auto const ended = curfew::spawn(context, all());
  time.run();
  ended.result().value();
}
