#ifndef HTTP_SERVER_SERVER_HPP
#define HTTP_SERVER_SERVER_HPP

#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <set>

#include "backends.hpp"
#include "options.hpp"
#include "routes.hpp"

namespace http_server {

class session;

/// Accepts connections and knows them all, until a signal ends it.
class server {
 public:
  /// Listens. \throws boost::system::system_error
  server(asio::io_context& context, options const& chosen);
  ~server();

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::string statistics() const { return to_json(shared_.counters, shared_.limits); }

  /// Serves until SIGINT or SIGTERM; then connections have a moment to end, or until the next one.
  awaitable<void> run();

 private:
  void admit(tcp::socket socket);
  awaitable<void> serve(tcp::socket socket);
  awaitable<void> until_empty();
  void stop_all();

  curfew::clock::duration moment_;
  service shared_;
  backends backends_;
  tcp::acceptor acceptor_;
  asio::signal_set signals_;
  std::set<session*> sessions_;
  asio::experimental::channel<void(error_code)> empty_;
};

}  // namespace http_server

#endif
