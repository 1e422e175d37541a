// Taking leave of a peer: after a cancellation too, and of one that does not answer.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using asio::deferred;
using asio::ip::tcp;
using namespace std::chrono_literals;

//! [close_gracefully]
awaitable<void> echo(tcp::socket& socket) {
  std::string buffer(1024, '\0');
  for (;;) {
    auto const n = co_await socket.async_read_some(asio::buffer(buffer), deferred);
    co_await asio::async_write(socket, asio::buffer(buffer, n), deferred);
  }
}

awaitable<void> session(tcp::socket socket) {
  // The session ends by an error or a cancellation; once cancelled, it could not even begin to say
  // goodbye but in the cleanup of a `finally`.
  co_await curfew::finally(echo(socket), [&] { return curfew::close_gracefully(socket, 2s); });
}
//! [close_gracefully]

awaitable<void> talk(tcp::socket& socket, curfew::event& answered) {
  std::string heard = "hello";
  co_await asio::async_write(socket, asio::buffer(heard), deferred);
  co_await asio::async_read(socket, asio::buffer(heard), deferred);
  std::cout << "the server says " << heard << '\n';
  answered.set();
  try {
    co_await asio::async_read(socket, asio::buffer(heard), deferred);
  } catch (boost::system::system_error const& e) {
    bool const clean = e.code() == asio::error::eof;
    std::cout << (clean ? "and takes its leave\n" : "and is gone\n");
  }
  socket.close();
}

awaitable<void> all() {
  auto const here = co_await asio::this_coro::executor;
  tcp::acceptor acceptor(here, {asio::ip::address_v4::loopback(), 0});
  tcp::socket talkative(here), silent(here);
  curfew::event answered;

  talkative.connect(acceptor.local_endpoint());
  auto serving = curfew::spawn(here, {"session"}, session, acceptor.accept());
  auto const client = curfew::spawn(here, talk(talkative, answered));
  co_await answered.wait();
  serving.cancel("the server stops");
  co_await client.join();
  co_await serving.wait();
  std::cout << "the session was cancelled: " << serving.cancelled() << '\n';

  silent.connect(acceptor.local_endpoint());
  auto server = acceptor.accept();
  auto const began = curfew::clock::now();
  co_await curfew::close_gracefully(server, 50ms);
  bool const in_time = curfew::clock::now() - began < 5s;
  std::cout << "the silent one is left after a while: " << (in_time && !server.is_open()) << '\n';
}

int main() {
  asio::io_context context;
  auto const done = curfew::spawn(context, all());
  context.run();
  done.result().value();
}
