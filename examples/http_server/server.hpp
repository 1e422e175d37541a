#ifndef HTTP_SERVER_SERVER_HPP
#define HTTP_SERVER_SERVER_HPP

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <curfew/shutdown_control.hpp>
#include <optional>

#include "options.hpp"
#include "routes.hpp"

namespace http_server {

/// Listens for HTTP and, with a certificate, for HTTPS. It brings its backends with it, slow
/// services on a port of their own, as other machines would run them.
class server {
 public:
  /// Listens. \throws std::exception in words for the user.
  server(asio::io_context& context, options const& chosen);

  std::uint16_t port() const { return plain_.local_endpoint().port(); }
  std::uint16_t tls_port() const { return tls_port_; }
  std::string statistics() const;

  /// Serves until the drain, and ends when the last connection has. The main coroutine of a run.
  awaitable<void> run(curfew::shutdown_control& control);

 private:
  awaitable<void> listen(char const* name, tcp::acceptor& acceptor, asio::ssl::context* tls,
                         service& shared, curfew::shutdown_control control);

  options const chosen_;
  service shared_;
  service backends_;
  std::optional<asio::ssl::context> tls_;
  tcp::acceptor plain_;
  std::optional<tcp::acceptor> encrypted_;
  tcp::acceptor internal_;
  std::uint16_t tls_port_ = 0;
};

}  // namespace http_server

#endif
