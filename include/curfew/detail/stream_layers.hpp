#ifndef CURFEW_DETAIL_STREAM_LAYERS_HPP
#define CURFEW_DETAIL_STREAM_LAYERS_HPP

#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <concepts>
#include <cstdint>
#include <curfew/error.hpp>
#include <type_traits>
#include <utility>

/// \file
/// The layers of a connection, told by what they can do, so that neither OpenSSL nor Beast is
/// needed to know theirs. Those of older versions of Beast do not take `asio::deferred`.

namespace curfew::detail {

/// A stream socket of Asio.
template <class T>
concept stream_socket = requires(T& s, error_code& error, boost::asio::mutable_buffer into) {
  { s.is_open() } -> std::convertible_to<bool>;
  s.shutdown(boost::asio::socket_base::shutdown_send, error);
  s.close(error);
  s.async_read_some(into, boost::asio::deferred);
};

/// Beast's `basic_stream`: a socket with limits of its own.
template <class T>
concept socket_owner = requires(T& s) {
  { s.socket() } -> std::convertible_to<std::remove_reference_t<decltype(s.socket())>&>;
  requires stream_socket<std::remove_reference_t<decltype(s.socket())>>;
  s.close();
};

template <class T>
concept layered = requires(T& s) { s.next_layer(); };

/// TLS: `asio::ssl::stream`, `beast::ssl_stream`.
template <class T>
concept tls_layer = layered<T> && requires(T& s) { s.async_shutdown(boost::asio::use_awaitable); };

/// `beast::websocket::stream`.
template <class T>
concept websocket_layer = layered<T> && requires(T& s, std::uint16_t code) {
  { s.is_open() } -> std::convertible_to<bool>;
  s.async_close(code, boost::asio::use_awaitable);
};

template <class T>
constexpr bool is_connection() {
  if constexpr (stream_socket<T> || socket_owner<T>)
    return true;
  else if constexpr (layered<T>)
    return is_connection<std::remove_reference_t<decltype(std::declval<T&>().next_layer())>>();
  else
    return false;
}

/// The socket, or the `basic_stream`, below all layers.
template <class T>
auto& lowest_layer_of(T& stream) {
  if constexpr (stream_socket<T> || socket_owner<T>)
    return stream;
  else
    return lowest_layer_of(stream.next_layer());
}

template <class T>
bool is_open(T& stream) {
  auto& lowest = lowest_layer_of(stream);
  if constexpr (socket_owner<std::remove_reference_t<decltype(lowest)>>)
    return lowest.socket().is_open();
  else
    return lowest.is_open();
}

/// Closes without a goodbye. What is outstanding ends with it.
template <class T>
void close_now(T& stream) noexcept {
  auto& lowest = lowest_layer_of(stream);
  if constexpr (socket_owner<std::remove_reference_t<decltype(lowest)>>) {
    lowest.close();
  } else {
    error_code ignored;
    lowest.close(ignored);
  }
}

}  // namespace curfew::detail

#endif
