#ifndef HTTP_LOAD_HTTP_CLIENT_HPP
#define HTTP_LOAD_HTTP_CLIENT_HPP

#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "../http_common/stream.hpp"
#include "net.hpp"

namespace http_load {

/// Where a server is, and whether it is spoken to by TLS.
struct peer {
  tcp::endpoint where;
  asio::ssl::context* tls = nullptr;
};

/// A request; with a body it is a POST.
struct question {
  std::string_view target = "/";
  std::string_view body{};
  std::optional<std::chrono::milliseconds> patience{};  ///< Said in the header.
};

struct reply {
  unsigned status = 0;
  std::string body;
  bool keep_alive = false;
};

/// A client that keeps its connection as long as the server does.
class http_client {
 public:
  /// The size of the receive buffer is left to the system where it is zero.
  http_client(asio::any_io_executor executor, peer const& server, int receive_buffer = 0)
      : executor_(std::move(executor)), server_(server), receive_buffer_(receive_buffer) {}

  /// Connects if need be, asks, and reads the whole reply. \throws boost::system::system_error
  awaitable<reply> ask(question asked);
  /// The steps of it.
  awaitable<void> connect();
  awaitable<void> send(question asked);
  awaitable<reply> receive();

  bool is_open() { return stream_ && stream_->socket().is_open(); }
  /// Once it has been connected.
  stream& connection() { return *stream_; }
  boost::beast::flat_buffer& unread() { return buffer_; }
  void close();

 private:
  asio::any_io_executor executor_;
  peer server_;
  int receive_buffer_;
  std::optional<stream> stream_;
  boost::beast::flat_buffer buffer_;
};

/// Connects with the given size of the receive buffer; zero leaves it to the system.
awaitable<void> connect(tcp::socket& socket, tcp::endpoint server, int receive_buffer = 0);

/// Reads on, until an error: the end, as a rule.
awaitable<error_code> listen_to(tcp::socket& socket, std::string& heard);
awaitable<error_code> listen_to(stream& connection, std::string& heard);

/// What clients need to trust the server's certificate. \throws std::runtime_error
asio::ssl::context make_tls_context(std::string const& authority);

}  // namespace http_load

#endif
