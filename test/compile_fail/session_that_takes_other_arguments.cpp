// expect: curfew: a session of serve is called as session(socket) or session(socket, shutdown_control&), with the socket as an rvalue
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>

namespace asio = boost::asio;
using asio::ip::tcp;

asio::awaitable<void> session(tcp::socket& socket) {
  co_await asio::async_write(socket, asio::buffer("hello"), asio::deferred);
}

auto use(tcp::acceptor& acceptor, curfew::shutdown_control& control) {
  return curfew::serve(acceptor, control, session);
}
