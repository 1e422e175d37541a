// expect: curfew: a deadline is a time point of curfew::clock (std::chrono::steady_clock), or curfew::never
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use(asio::awaitable<int> op) {
  return curfew::wait_until(std::move(op), std::chrono::system_clock::now() + 5s);
}
