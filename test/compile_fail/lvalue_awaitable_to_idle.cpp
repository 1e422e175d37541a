// expect: curfew: an awaitable can be awaited only once, so hand it over: std::move(op)
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;

asio::awaitable<int> next_job() { co_return 1; }

asio::awaitable<void> use() {
  auto op = next_job();
  co_await curfew::idle(op);
}
