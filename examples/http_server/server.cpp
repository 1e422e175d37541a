#include "server.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <csignal>
#include <curfew/curfew.hpp>
#include <iostream>
#include <utility>

#include "accept_loop.hpp"
#include "session.hpp"

namespace http_server {

namespace {

/// Said without waiting: the buffers of a new connection are empty.
void turn_away(tcp::socket socket) {
  static constexpr std::string_view full =
      "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n"
      "Content-Length: 0\r\n\r\n";
  error_code error;
  socket.non_blocking(true, error);
  socket.write_some(asio::buffer(full), error);
  socket.shutdown(tcp::socket::shutdown_send, error);
}

}  // namespace

server::server(asio::io_context& context, options const& chosen)
    : moment_(chosen.moment),
      shared_{.limits = chosen.limits},
      backends_(context.get_executor(), shared_.counters),
      acceptor_(context, tcp::endpoint(asio::ip::address_v4::loopback(), chosen.port)),
      signals_(context, SIGINT, SIGTERM),
      empty_(context, 1) {
  shared_.backends = backends_.where();
  // Inherited by what is accepted.
  acceptor_.set_option(asio::socket_base::send_buffer_size(chosen.send_buffer));
}

server::~server() = default;

awaitable<void> server::run() {
  auto const executor = acceptor_.get_executor();
  auto admit_next = [this](tcp::socket socket) { admit(std::move(socket)); };
  backends_.start();
  asio::co_spawn(executor, accept_loop(acceptor_, shared_.counters.accept_errors, admit_next),
                 asio::detached);

  co_await signals_.async_wait(asio::deferred);
  acceptor_.close();
  shared_.draining = true;
  for (auto* one : sessions_) one->drain();

  signals_.async_wait([this](error_code error, int) {
    if (!error) stop_all();
  });
  if (!co_await curfew::move_on_after(moment_, &server::until_empty, this)) stop_all();
  co_await until_empty();
  signals_.cancel();
  backends_.stop();
}

void server::admit(tcp::socket socket) {
  auto& counters = shared_.counters;
  ++counters.accepted;
  if (sessions_.size() >= shared_.limits.connections) {
    counters.hit(limit_kind::connections);
    return turn_away(std::move(socket));
  }
  asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)), [](std::exception_ptr error) {
    // A client that leaves between two requests, or resets, is no news.
    if (!error || curfew::is_cancellation(error)) return;
    try {
      std::rethrow_exception(error);
    } catch (boost::system::system_error const&) {
    } catch (std::exception const& fault) {
      std::cerr << "http_server: a connection failed: " << fault.what() << '\n';
    }
  });
}

awaitable<void> server::serve(tcp::socket socket) {
  session one(std::move(socket), shared_);
  struct membership {
    server& all;
    session* one;

    membership(server& s, session* o) : all(s), one(o) {
      all.sessions_.insert(one);
      count();
    }
    ~membership() {
      all.sessions_.erase(one);
      count();
      if (all.shared_.draining && all.sessions_.empty()) all.empty_.try_send(error_code());
    }
    void count() {
      auto& counters = all.shared_.counters;
      counters.open = all.sessions_.size();
      counters.most_open = std::max(counters.most_open, counters.open);
    }
  } const member(*this, &one);
  // A scope without a limit: the handle by which the server ends the connection.
  (void)co_await curfew::move_on_after(
      curfew::never, [&](curfew::timeout_scope& scope) { return one.run(scope); });
}

awaitable<void> server::until_empty() {
  while (!sessions_.empty()) co_await empty_.async_receive(asio::deferred);
}

void server::stop_all() {
  for (auto* one : sessions_) one->stop();
}

}  // namespace http_server
