// expect: curfew: an awaitable can be awaited only once, so hand it over: std::move(op)
#include <boost/asio.hpp>
#include <curfew/spawn.hpp>

auto use(boost::asio::io_context& context, boost::asio::awaitable<int>& op) {
  return curfew::spawn(context, op);
}
