// What a socket is good for after a timeout: nothing is lost that came, and the rest can be read
// later.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using asio::deferred;
using asio::ip::tcp;
using namespace std::chrono_literals;

//! [again]
awaitable<void> read_again(tcp::socket& socket, tcp::socket& peer) {
  char letter = 0;
  auto const nothing = co_await curfew::move_on_after(
      socket.async_read_some(asio::buffer(&letter, 1), deferred), 10ms);
  std::cout << "read in time: " << nothing.has_value() << '\n';

  asio::write(peer, asio::buffer("a", 1));
  co_await socket.async_read_some(asio::buffer(&letter, 1), deferred);  // as if nothing had been
  std::cout << "read later: " << letter << '\n';
}
//! [again]

//! [partial]
awaitable<void> read_in_parts(tcp::socket& socket, tcp::socket& peer) {
  std::string message(5, '\0');
  asio::write(peer, asio::buffer("he", 2));
  auto const first = co_await curfew::wait_for(
      asio::async_read(socket, asio::buffer(message), deferred), 10ms)(asio::as_tuple(deferred));
  std::size_t const had = std::get<1>(first);
  std::cout << std::get<0>(first).message() << ", after " << had << " bytes\n";

  asio::write(peer, asio::buffer("llo", 3));
  co_await asio::async_read(socket, asio::buffer(message) + had, deferred);
  std::cout << message << '\n';
}
//! [partial]

//! [timer]
awaitable<void> wait_again(asio::steady_timer& timer) {
  auto const expiry = timer.expiry();
  bool const early = co_await curfew::move_on_after(timer.async_wait(deferred), 10ms);
  std::cout << "early: " << early << ", the same expiry: " << (timer.expiry() == expiry) << '\n';
}
//! [timer]

awaitable<void> all() {
  auto const executor = co_await asio::this_coro::executor;
  tcp::acceptor acceptor(executor, {asio::ip::address_v4::loopback(), 0});
  tcp::socket peer(executor);
  peer.connect(acceptor.local_endpoint());
  auto socket = acceptor.accept();
  co_await read_again(socket, peer);
  co_await read_in_parts(socket, peer);

  asio::steady_timer timer(executor, 1h);
  co_await wait_again(timer);
}

int main() {
  asio::io_context context;
  auto const ended = curfew::spawn(context, all());
  context.run();
  ended.result().value();
}
