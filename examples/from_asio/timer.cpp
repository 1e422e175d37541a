// A timer beside an operation, by hand. It ends whatever the socket is doing, and the caller is
// told operation_aborted.

#include <array>
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using asio::deferred;
using asio::ip::tcp;
using namespace std::chrono_literals;

//! [plain]
awaitable<std::size_t> read_plain(tcp::socket& socket, asio::mutable_buffer buffer) {
  asio::steady_timer timer(socket.get_executor(), 10ms);
  timer.async_wait([&](boost::system::error_code error) {
    if (!error) socket.cancel();  // what is being written, too
  });
  co_return co_await socket.async_read_some(buffer, deferred);
}
//! [plain]

//! [curfew]
awaitable<std::size_t> read_with_curfew(tcp::socket& socket, asio::mutable_buffer buffer) {
  co_return co_await curfew::wait_for(socket.async_read_some(buffer, deferred), 10ms);
}
//! [curfew]

template <class Read>
awaitable<void> tell(char const* who, Read read, tcp::socket& socket) {
  std::array<char, 64> data;
  try {
    co_await read(socket, asio::buffer(data));
  } catch (boost::system::system_error const& e) {
    std::cout << who << e.code().message() << '\n';
  }
}

int main() {
  asio::io_context context;
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  tcp::socket client(context);
  client.connect(acceptor.local_endpoint());
  auto const server = acceptor.accept();  // says nothing

  curfew::spawn(context, tell("plain:  ", read_plain, client));
  context.run();
  context.restart();
  curfew::spawn(context, tell("curfew: ", read_with_curfew, client));
  context.run();
}
