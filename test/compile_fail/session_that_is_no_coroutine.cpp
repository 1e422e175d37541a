// expect: curfew: a session of serve must be a coroutine: one that returns asio::awaitable<void>
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using asio::ip::tcp;

auto use(tcp::acceptor& acceptor, curfew::shutdown_control& control) {
  return curfew::serve(acceptor, control, [](tcp::socket) {});
}
