#ifndef CURFEW_CLOSE_GRACEFULLY_HPP
#define CURFEW_CLOSE_GRACEFULLY_HPP

#include <curfew/detail/limit.hpp>
#include <curfew/impl/close_gracefully.hpp>

namespace curfew {

/// Takes leave of a peer and closes the connection, within a limit whatever the peer does:
/// `co_await close_gracefully(stream, 2s);`.
///
/// What it takes is told by what the type can do; neither OpenSSL nor Beast is included.
/// - Stream sockets (TCP, `local::stream_protocol`) and Beast's `tcp_stream`: ends the sending,
///   reads and discards what the peer still sends until it closes as well, and closes. To close
///   with something unread would reset the connection, and destroy what was sent last.
/// - TLS (`asio::ssl::stream`, `beast::ssl_stream`): sends a close_notify and waits for the
///   peer's. One that ends without it is no error.
/// - `beast::websocket::stream`, over TCP or TLS: the closing handshake, with code 1000 (normal).
///
/// A layer that cannot take its leave, because its handshake failed, a read before found an error
/// or the peer breaks the protocol, leaves that to the one below. A class of one's own over one of
/// these that has `next_layer()` is passed through.
///
/// \par Completes when
/// the peer has taken its leave, or the limit has passed, which is quiet: in any case the
/// connection is closed. At once where it was closed already.
/// \returns `awaitable<void, Executor>` of the stream's executor type; for other coroutines
/// `close_gracefully.on<Executor>(stream, limit)`.
/// \par Cancellation
/// A request that comes meanwhile closes the connection at once. Refused at its own `co_await`
/// because a request is pending, it does nothing at all: in a coroutine that may be cancelled it
/// belongs into the cleanup of a `finally`.
/// \par Errors
/// `operation_aborted` after such a request. Never what the peer or the network did.
/// `errc::invalid_limit`, thrown by the call.
/// \par Units
/// Any `std::chrono` duration, counted from the await. Zero and less closes without a goodbye.
/// `never` leaves it to the peer when this ends, which is seldom wise.
/// \par Thread safety
/// Distinct streams: safe. The coroutine must be on the stream's executor, or its strand.
/// \par Lifetime
/// The stream must outlive the awaitable. Nothing else should be reading from it or writing to it;
/// what does ends when the connection is closed. From a WebSocket a read may go on, and had better:
/// Beast takes one that is cancelled for a failure, after which there is no closing handshake. A
/// limit that was set on a `tcp_stream` is taken off; one of a WebSocket may end the goodbye early.
/// \par Example
/// \snippet goodbyes.cpp close_gracefully
/// \see `finally`, which the example uses. `close()` of the socket, for a peer that deserves no
/// goodbye.
struct close_gracefully_fn {
  template <class Stream>
  auto operator()(Stream& stream, detail::duration_limit limit) const {
    return on<detail::coroutine_executor<Stream>>(stream, limit);
  }
  /// For coroutines of another executor type than the stream's.
  template <class Executor, class Stream>
  auto on(Stream& stream, detail::duration_limit limit) const {
    detail::require_connection<Stream>();
    if constexpr (detail::is_connection<Stream>())
      return detail::close_gracefully<Executor>(stream, limit.value(), limit.where);
  }
};

/// \copydoc close_gracefully_fn
inline constexpr close_gracefully_fn close_gracefully{};

}  // namespace curfew

#endif
