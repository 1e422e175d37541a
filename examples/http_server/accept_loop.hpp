#ifndef HTTP_SERVER_ACCEPT_LOOP_HPP
#define HTTP_SERVER_ACCEPT_LOOP_HPP

#include <boost/asio/error.hpp>
#include <chrono>
#include <cstdint>
#include <curfew/sleep.hpp>
#include <utility>

#include "net.hpp"

namespace http_server {

/// Hands each new connection on until the acceptor is closed. When the system has no descriptor
/// left, it tries again a little later: at once would only burn the processor.
template <class OnConnection>
awaitable<void> accept_loop(tcp::acceptor& acceptor, std::uint64_t& errors,
                            OnConnection on_connection) {
  using namespace std::chrono_literals;
  while (acceptor.is_open()) {
    error_code error;
    tcp::socket socket = co_await acceptor.async_accept(into(error));
    if (!error) {
      on_connection(std::move(socket));
    } else if (acceptor.is_open()) {
      ++errors;
      if (error != asio::error::connection_aborted) co_await curfew::sleep_for(50ms);
    }
  }
}

}  // namespace http_server

#endif
