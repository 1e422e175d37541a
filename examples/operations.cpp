// One operation under a limit, sleeping, and cancellation points.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::deferred;
using namespace std::chrono_literals;

//! [operation]
asio::awaitable<int> answer() { co_return 42; }

static_assert(curfew::operation<asio::awaitable<int>>);
static_assert(!curfew::operation<asio::awaitable<int>&>);  // std::move it
static_assert(curfew::operation<decltype(curfew::sleep_for(1s))>);
static_assert(!curfew::operation<decltype(answer)>);  // call it
//! [operation]

//! [wait_for]
asio::awaitable<void> limits(asio::steady_timer& timer) {
  // Any deferred operation; the error code tells how it ended.
  auto r = co_await curfew::wait_for(timer.async_wait(deferred), 5s)(asio::as_tuple(deferred));
  std::cout << "timer: " << std::get<0>(r).message() << '\n';

  // Any coroutine.
  std::cout << "answer: " << co_await curfew::wait_for(answer(), 5s) << '\n';
}
//! [wait_for]

//! [wait_until]
asio::awaitable<void> one_deadline_for_all(asio::steady_timer& timer) {
  auto const deadline = curfew::now(co_await asio::this_coro::executor) + 5s;
  for (int i = 0; i < 2; ++i) {
    boost::system::error_code error;
    co_await curfew::wait_until(timer.async_wait(deferred),
                                deadline)(asio::redirect_error(asio::use_awaitable, error));
    std::cout << "attempt " << i << ": " << error.message() << '\n';
  }
}
//! [wait_until]

//! [sleep]
asio::awaitable<void> heartbeat() {
  for (int i = 0; i < 3; ++i) {
    std::cout << "beat\n";
    co_await curfew::sleep_for(0.5s);
  }
}
//! [sleep]

//! [sleep_until]
asio::awaitable<void> every_second() {
  auto next = curfew::now(co_await asio::this_coro::executor);
  for (int i = 0; i < 3; ++i) co_await curfew::sleep_until(next += 1s);  // does not drift
}
//! [sleep_until]

//! [sleep_forever]
asio::awaitable<void> until_cancelled() { co_await curfew::sleep_forever(); }
//! [sleep_forever]

//! [checkpoint]
asio::awaitable<std::size_t> count_primes(std::size_t below) {
  std::size_t count = 0;
  for (std::size_t n = 2; n < below; ++n) {
    if (n % 256 == 0) co_await curfew::checkpoint();  // a deadline around us ends the loop here
    bool prime = true;
    for (std::size_t d = 2; prime && d * d <= n; ++d) prime = n % d != 0;
    count += prime;
  }
  co_return count;
}
//! [checkpoint]

asio::awaitable<void> all() {
  asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
  co_await limits(timer);
  co_await one_deadline_for_all(timer);
  co_await heartbeat();
  co_await every_second();
  bool const ended = co_await curfew::move_on_after(until_cancelled(), 24h);
  std::cout << "ended by itself: " << ended << '\n';
  std::cout << "primes: " << co_await count_primes(10000) << '\n';
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  asio::co_spawn(context, all(), asio::detached);
  time.run();
}
