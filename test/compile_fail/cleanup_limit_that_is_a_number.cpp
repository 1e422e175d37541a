// expect: curfew: a limit is a std::chrono duration, such as 5s, or curfew::never
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use(asio::awaitable<int> op) {
  return curfew::finally(std::move(op), [] {}, 5);
}
