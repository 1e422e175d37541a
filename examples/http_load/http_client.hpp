#ifndef HTTP_LOAD_HTTP_CLIENT_HPP
#define HTTP_LOAD_HTTP_CLIENT_HPP

#include <boost/beast/core/flat_buffer.hpp>
#include <string>
#include <string_view>

#include "net.hpp"

namespace http_load {

/// A request; with a body it is a POST.
struct question {
  std::string_view target = "/";
  std::string_view body{};
};

struct reply {
  unsigned status = 0;
  std::string body;
};

/// A client that keeps its connection as long as the server does.
class http_client {
 public:
  http_client(asio::any_io_executor const& executor, tcp::endpoint server)
      : socket_(executor), server_(server) {}

  /// Connects if need be, asks, and reads the whole reply. \throws boost::system::system_error
  awaitable<reply> ask(question const& asked);

  tcp::socket& socket() { return socket_; }

 private:
  tcp::socket socket_;
  tcp::endpoint server_;
  boost::beast::flat_buffer buffer_;
};

/// Connects with the given size of the receive buffer; zero leaves it to the system.
awaitable<void> connect(tcp::socket& socket, tcp::endpoint server, int receive_buffer = 0);

}  // namespace http_load

#endif
