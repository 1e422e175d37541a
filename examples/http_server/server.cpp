#include "server.hpp"

#include <boost/asio/buffer.hpp>
#include <curfew/curfew.hpp>
#include <iostream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "session.hpp"
#include "statistics.hpp"
#include "tls.hpp"

namespace http_server {

namespace {

tcp::acceptor open_port(asio::io_context& context, std::uint16_t port) {
  // On the context itself, not on the strand of a coroutine: connections inherit it.
  tcp::acceptor opened(context, tcp::v4());
  error_code error;
  opened.set_option(asio::socket_base::reuse_address(true));
  opened.bind(tcp::endpoint(asio::ip::address_v4::loopback(), port), error);
  if (!error) opened.listen(asio::socket_base::max_listen_connections, error);
  if (error)
    throw std::runtime_error("cannot listen on port " + std::to_string(port) + ": " +
                             error.message());
  return opened;
}

/// Said without waiting: the buffers of a new connection are empty.
void turn_away(tcp::socket& socket) {
  static constexpr std::string_view full =
      "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n"
      "Content-Length: 0\r\n\r\n";
  error_code error;
  socket.non_blocking(true, error);
  socket.write_some(asio::buffer(full), error);
  socket.shutdown(tcp::socket::shutdown_send, error);
}

awaitable<void> serve_connection(tcp::socket socket, asio::ssl::context* tls, service& shared,
                                 curfew::cancellation_token draining) {
  connection_record const record(shared.counters, shared.limits.connections);
  if (!record.admitted()) {
    shared.counters.hit(limit_kind::connections);
    if (!tls) turn_away(socket);
    co_return;
  }
  session one(std::move(socket), tls, shared, std::move(draining));
  co_await one.run();
}

}  // namespace

server::server(asio::io_context& context, options const& chosen)
    : chosen_(chosen),
      shared_{.limits = chosen.limits},
      backends_{.limits = chosen.limits},
      plain_(open_port(context, chosen.port)),
      internal_(open_port(context, 0)) {
  if (chosen.tls_port) {
    tls_.emplace(make_tls_context(chosen.certificate, chosen.key));
    encrypted_.emplace(open_port(context, *chosen.tls_port));
    tls_port_ = encrypted_->local_endpoint().port();
  }
  shared_.backends = internal_.local_endpoint();
  shared_.statistics = [this] { return statistics(); };
  if (chosen.introspection) shared_.looked_into = &context;
  // Inherited by what is accepted.
  asio::socket_base::send_buffer_size const unsent(chosen.send_buffer);
  plain_.set_option(unsent);
  if (encrypted_) encrypted_->set_option(unsent);
}

std::string server::statistics() const {
  return http_server::statistics(chosen_, tls_port_, shared_.counters, backends_.counters);
}

awaitable<void> server::run(curfew::shutdown_control& control) {
  shared_.control = control;
  co_await curfew::with_task_group([&](curfew::task_group& group) -> awaitable<void> {
    // Backends end last: requests that are answered while the server drains need them.
    group.spawn(listen("backends", internal_, nullptr, backends_, backends_.control));
    std::vector<awaitable<void>> fronts;
    fronts.push_back(listen("http", plain_, nullptr, shared_, control));
    if (encrypted_) fronts.push_back(listen("https", *encrypted_, &*tls_, shared_, control));
    co_await curfew::gather(std::move(fronts));
    backends_.control.request({curfew::cancellation_cause::shutdown, "nobody asks any more"});
  });
}

awaitable<void> server::listen(char const* name, tcp::acceptor& acceptor, asio::ssl::context* tls,
                               service& shared, curfew::shutdown_control control) {
  auto const begin = [tls, &shared](tcp::socket socket, curfew::shutdown_control& of) {
    return serve_connection(std::move(socket), tls, shared, of.draining());
  };
  auto const count = [&shared](error_code error, curfew::clock::duration) {
    ++shared.counters.accept_errors;
    std::cerr << "http_server: cannot accept: " + error.message() + '\n';
  };
  auto options = curfew::serve_options(name).on_accept_error(count);
  // A control that is no run's does not know of its threads.
  options.strand_per_session(chosen_.threads > 1);
  co_await curfew::serve(acceptor, control, begin, std::move(options));
}

}  // namespace http_server
