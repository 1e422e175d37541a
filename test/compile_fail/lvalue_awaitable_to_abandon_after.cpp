// expect: curfew: an awaitable can be awaited only once, so hand it over: std::move(op)
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

auto use(asio::awaitable<int>& op, curfew::task_group& group) {
  return curfew::abandon_after(op, 1s, group);
}
