// expect: curfew: the body of a scope, a group or a task must be a coroutine function: one that returns asio::awaitable<...>
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use() {
  return curfew::timeout(5s, [] { return 42; });
}
