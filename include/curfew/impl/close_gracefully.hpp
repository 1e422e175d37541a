#ifndef CURFEW_IMPL_CLOSE_GRACEFULLY_HPP
#define CURFEW_IMPL_CLOSE_GRACEFULLY_HPP

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <curfew/cancellation_callback.hpp>
#include <curfew/detail/coroutine_executor.hpp>
#include <curfew/detail/stream_layers.hpp>
#include <curfew/impl/scope.hpp>
#include <curfew/timeout_scope.hpp>
#include <exception>
#include <source_location>
#include <tuple>

namespace curfew::detail {

/// Says at compile time why something cannot be closed.
template <class Stream>
constexpr void require_connection() {
  static_assert(is_connection<Stream>(),
                "curfew: close_gracefully takes a stream socket (asio::ip::tcp, "
                "asio::local::stream_protocol), beast::tcp_stream, or a stream over one of these "
                "that has next_layer(): asio::ssl::stream, beast::ssl_stream, "
                "beast::websocket::stream");
}

/// Each layer takes its leave, the uppermost first. One that could not leaves it to those below.
/// Returns whether the peer took its leave as well.
template <class Executor, class Layer>
boost::asio::awaitable<bool, Executor> say_goodbye(Layer& layer) {
  namespace asio = boost::asio;
  auto const as_results = asio::as_tuple(asio::use_awaitable_t<Executor>());

  if constexpr (stream_socket<Layer>) {
    error_code error;
    layer.shutdown(asio::socket_base::shutdown_send, error);
    // A socket that is closed with something unread in it resets the connection, and then what was
    // sent last may not reach the peer.
    std::array<char, 4096> unread;
    while (!error) {
      auto const read = co_await layer.async_read_some(asio::buffer(unread), as_results);
      error = std::get<0>(read);
    }
    co_return error == asio::error::eof;
  } else if constexpr (socket_owner<Layer>) {
    co_return co_await say_goodbye<Executor>(layer.socket());
  } else {
    if constexpr (websocket_layer<Layer>) {
      constexpr std::uint16_t normal = 1000;
      if (layer.is_open()) {  // Beast asserts that nobody closes it twice
        auto const closed = co_await layer.async_close(normal, as_results);
        if (!std::get<0>(closed)) co_return true;
      }
    } else if constexpr (tls_layer<Layer>) {
      auto const shut = co_await layer.async_shutdown(as_results);
      if (!std::get<0>(shut)) co_return true;
    }
    co_return co_await say_goodbye<Executor>(layer.next_layer());
  }
}

/// The goodbye as the body of a scope. Asked to stop, it closes the connection under whatever is
/// being waited for, which ends also where it does not listen to requests.
template <class Executor, class Stream>
struct goodbye {
  static constexpr past_limit if_past() noexcept { return past_limit::refuses; }
  Stream* stream;

  boost::asio::awaitable<void, Executor> operator()(timeout_scope& scope) {
    return run(scope, *stream);
  }

 private:
  static boost::asio::awaitable<void, Executor> run(timeout_scope& scope, Stream& stream) {
    bool cut = false, done = false;
    auto const closing = scope.token().on_cancel([&] {
      cut = true;
      close_now(stream);
    });
    auto& lowest = lowest_layer_of(stream);
    if constexpr (requires { lowest.expires_never(); }) lowest.expires_never();
    if (!cut) done = co_await say_goodbye<Executor>(stream);
    if (cut && !done) throw_aborted(nullptr);
  }
};

template <class Executor, class Stream>
boost::asio::awaitable<void, Executor> close_gracefully(Stream& stream, limit given,
                                                        std::source_location where) {
  std::exception_ptr failure;
  if (is_open(stream)) {
    try {
      co_await run_scope<moving_on<void>>(by_deadline{given}, goodbye<Executor, Stream>{&stream},
                                          where);
    } catch (...) {
      failure = std::current_exception();
    }
  }
  close_now(stream);
  if (failure) std::rethrow_exception(std::move(failure));
}

}  // namespace curfew::detail

#endif
