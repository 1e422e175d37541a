// expect: curfew: a cleanup is a coroutine function that returns asio::awaitable<void>, of the operation's executor type, or a plain function that returns void
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<void> clean_up();

auto use(asio::awaitable<int, asio::io_context::executor_type> op) {
  return curfew::finally(std::move(op), clean_up);
}
