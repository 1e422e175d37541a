// expect nothing
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<int> answer() { co_return 42; }

asio::awaitable<void> use(asio::steady_timer& timer, asio::any_io_executor executor) {
  auto op = answer();
  auto body = [](curfew::timeout_scope&, int n) -> asio::awaitable<int> { co_return n; };
  co_await curfew::wait_for(timer.async_wait(asio::deferred), 5s);
  co_await curfew::wait_for(std::move(op), curfew::never);
  co_await curfew::wait_until(answer(), curfew::clock::now());
  co_await curfew::timeout(1s, body, 1);
  co_await curfew::timeout_at(curfew::never, body, 1);
  curfew::wait_for(executor, timer.async_wait(asio::deferred), 5s)(asio::use_future).get();
  curfew::sleep_for(executor, 1s)(asio::detached);
}
