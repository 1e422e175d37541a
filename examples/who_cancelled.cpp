// One question, asked of plain Asio and of curfew: why did my read end?

#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <curfew/timeout.hpp>
#include <curfew/wait_for.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::deferred, asio::use_awaitable;
using namespace std::chrono_literals;
using tcp = asio::ip::tcp;

//! [plain]
asio::awaitable<void> plain(tcp::socket& socket, asio::mutable_buffer buffer) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer(socket.get_executor(), 20ms);
  auto result =
      co_await (socket.async_read_some(buffer, use_awaitable) || timer.async_wait(use_awaitable));
  // The read lost. Or failed, and we sat out the limit. Or was cancelled with us, and we throw
  // operation_aborted. Or both were ready, and what was read is dropped.
  if (result.index() == 1) std::cout << "plain:  no data, whatever the reason\n";
}
//! [plain]

//! [curfew]
asio::awaitable<void> with_curfew(tcp::socket& socket, asio::mutable_buffer buffer) {
  try {
    auto n = co_await curfew::wait_for(socket.async_read_some(buffer, deferred), 20ms);
    std::cout << "curfew: " << n << " bytes\n";  // also when the limit passed in this very moment
  } catch (boost::system::system_error const& e) {
    if (curfew::is_timeout(e.code())) std::cout << "curfew: the peer was too slow\n";
    if (curfew::is_cancellation(e.code())) std::cout << "curfew: we were asked to stop\n";
  }
}
//! [curfew]

int main() {
  asio::io_context context;
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  tcp::socket client(context), server(context);
  client.connect(acceptor.local_endpoint());
  acceptor.accept(server);
  char storage[64];

  asio::co_spawn(context, plain(client, asio::buffer(storage)), asio::detached);
  context.run();

  context.restart();
  asio::co_spawn(context, with_curfew(client, asio::buffer(storage)), asio::detached);
  context.run();

  context.restart();
  asio::cancellation_signal stop;
  asio::co_spawn(context, with_curfew(client, asio::buffer(storage)),
                 asio::bind_cancellation_slot(stop.slot(), asio::detached));
  asio::post(context, [&] { stop.emit(asio::cancellation_type::terminal); });
  context.run();

  context.restart();
  asio::write(server, asio::buffer("hello", 5));
  asio::co_spawn(context, with_curfew(client, asio::buffer(storage)), asio::detached);
  context.run();
}
