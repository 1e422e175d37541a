#ifndef HTTP_COMMON_STREAM_HPP
#define HTTP_COMMON_STREAM_HPP

#include <boost/asio/async_result.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <utility>
#include <variant>

#include "net.hpp"

namespace http_common {

/// A connection with TLS or without: one type, so that what speaks HTTP on it is compiled once.
class stream {
 public:
  using executor_type = tcp::socket::executor_type;
  using tls = asio::ssl::stream<tcp::socket>;

  explicit stream(tcp::socket socket) : layers_(std::move(socket)) {}
  stream(tcp::socket socket, asio::ssl::context& with)
      : layers_(std::in_place_type<tls>, std::move(socket), with) {}

  bool encrypted() const { return std::holds_alternative<tls>(layers_); }
  /// Calls with the `tls` or the `tcp::socket`.
  template <class F>
  auto visit(F&& f) {
    return std::visit(std::forward<F>(f), layers_);
  }
  tcp::socket& socket() {
    auto* const below = std::get_if<tls>(&layers_);
    return below ? below->next_layer() : std::get<tcp::socket>(layers_);
  }
  executor_type get_executor() { return socket().get_executor(); }

  template <class Token>
  auto async_handshake(asio::ssl::stream_base::handshake_type as, Token&& token) {
    return std::get<tls>(layers_).async_handshake(as, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_read_some(Buffers const& buffers, Token&& token) {
    auto const start = [this](auto handler, Buffers const& into) {
      this->visit([&](auto& layer) { layer.async_read_some(into, std::move(handler)); });
    };
    return asio::async_initiate<Token, void(error_code, std::size_t)>(start, token, buffers);
  }
  template <class Buffers, class Token>
  auto async_write_some(Buffers const& buffers, Token&& token) {
    auto const start = [this](auto handler, Buffers const& from) {
      this->visit([&](auto& layer) { layer.async_write_some(from, std::move(handler)); });
    };
    return asio::async_initiate<Token, void(error_code, std::size_t)>(start, token, buffers);
  }

 private:
  std::variant<tcp::socket, tls> layers_;
};

}  // namespace http_common

#endif
