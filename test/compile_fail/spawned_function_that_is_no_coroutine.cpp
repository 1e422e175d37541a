// expect: curfew: the body of a scope, a group or a task must be a coroutine function: one that returns asio::awaitable<...>
#include <boost/asio.hpp>
#include <curfew/spawn.hpp>

auto use(boost::asio::io_context& context) {
  return curfew::spawn(context, [] { return 42; });
}
