// expect: curfew: an awaitable can be awaited only once, so hand it over: std::move(op)
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use(asio::awaitable<int>& op) {
  return curfew::finally(op, [] {});
}
