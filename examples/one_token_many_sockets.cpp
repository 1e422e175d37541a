// One token for a hundred connections: a single request ends every read, and closes nothing.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <iostream>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using asio::ip::tcp;

struct counts {
  int greetings = 0, cancelled = 0, failed = 0;
};

//! [read]
asio::awaitable<void> read(tcp::socket& socket, curfew::cancellation_token stop, counts& seen) {
  char letter;
  try {
    for (;; ++seen.greetings)
      co_await curfew::cancel_when(socket.async_read_some(asio::buffer(&letter, 1), asio::deferred),
                                   stop);
  } catch (boost::system::system_error const& e) {
    ++(curfew::is_cancellation(e.code()) ? seen.cancelled : seen.failed);
  }
}
//! [read]

int main() {
  asio::io_context context;
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  std::vector<std::pair<tcp::socket, tcp::socket>> connections;  // the client's end, the server's
  for (int i = 0; i < 100; ++i) {
    tcp::socket client(context);
    client.connect(acceptor.local_endpoint());
    connections.emplace_back(std::move(client), acceptor.accept());
  }

  curfew::cancellation_source source;
  counts seen;
  for (auto& [client, server] : connections) {
    asio::co_spawn(context, read(server, source.token(), seen), asio::detached);
    asio::write(client, asio::buffer("a", 1));
  }
  while (seen.greetings < 100) context.run_one();
  context.poll();
  std::cout << seen.greetings << " clients said something, and all are read again\n";

  source.cancel("the server is closing");
  context.run();  // returns, because nothing is pending any more
  std::cout << seen.cancelled << " reads were cancelled, " << seen.failed
            << " failed: " << source.reason().text() << '\n';

  int open = 0;
  for (auto& [client, server] : connections) {
    char letter = 0;
    asio::write(client, asio::buffer("b", 1));
    open += asio::read(server, asio::buffer(&letter, 1)) == 1 && letter == 'b';
  }
  std::cout << open << " connections are open still, and can say goodbye\n";
}
