// An echo server that stops in stages: it listens no more, sessions that are idle end, those that
// are busy finish, and then the program ends.

#include <array>
#include <boost/asio.hpp>
#include <chrono>
#include <curfew/idle.hpp>
#include <curfew/outcome.hpp>
#include <curfew/run.hpp>
#include <curfew/serve.hpp>
#include <curfew/spawn.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::awaitable, asio::deferred;
using asio::ip::tcp;
using namespace std::chrono_literals;

/// A client: says something, and hears it again.
awaitable<void> talk(tcp::socket& socket, tcp::endpoint server, std::string text) {
  co_await socket.async_connect(server, deferred);
  co_await asio::async_write(socket, asio::buffer(text), deferred);
  co_await asio::async_read(socket, asio::buffer(text), deferred);
  std::cout << "echoed: " << text << '\n';
}
/// Asks for the shutdown, as Ctrl-C does, and stays on the line.
awaitable<void> visit(tcp::endpoint server, curfew::shutdown_control control) {
  tcp::socket socket(co_await asio::this_coro::executor);
  co_await talk(socket, server, "hello");
  control.request({"a visitor asked for it"});
  co_await curfew::settle(socket.async_wait(tcp::socket::wait_read, deferred));
  std::cout << "the server has hung up\n";
}

//! [idle]
awaitable<void> session(tcp::socket socket) {
  std::array<char, 1024> data;
  // Idle between two messages: there a shutdown ends it quietly. The answers it finishes.
  while (auto n = co_await curfew::idle(socket.async_read_some(asio::buffer(data), deferred)))
    co_await asio::async_write(socket, asio::buffer(data, *n), deferred);
}
//! [idle]

//! [options]
curfew::serve_options few_at_a_time() {
  return curfew::serve_options("echo")
      .max_connections(100)  // who comes then waits in the system's queue
      .back_off(10ms, 1s);   // where descriptors run out
}
//! [options]

//! [serve]
awaitable<void> echo(curfew::shutdown_control& control) {
  auto const executor = co_await asio::this_coro::executor;
  tcp::acceptor acceptor(executor, {asio::ip::address_v4::loopback(), 0});
  auto const visitor = curfew::spawn(executor, visit(acceptor.local_endpoint(), control));
  co_await curfew::serve(acceptor, control, session, few_at_a_time());
  co_await visitor.join();  // here the last session has ended
}

int main() { return curfew::run(echo); }
//! [serve]
