// The contenders of the echo server. A reader belongs to one connection:
//
//   read(socket, buffer)   what the session awaits for each message
//   size_of(result)        how much of it came; 0 at the end of the connection

#pragma once

#include "../rivals.hpp"

#include <curfew/timeout.hpp>
#include <curfew/wait_for.hpp>

#include <tuple>
#include <variant>

namespace bench {

using asio::ip::tcp;

template <class Ex>
using socket = asio::basic_stream_socket<tcp, Ex>;

/// Reads that end with a code and a size.
struct reader_of_codes {
  using result = std::tuple<error_code, std::size_t>;

  static std::size_t size_of(result const& ended) {
    return std::get<0>(ended) ? 0 : std::get<1>(ended);
  }
};

template <class Ex>
struct none : reader_of_codes {
  static constexpr auto name = "none";

  explicit none(Ex const&) {}

  auto read(socket<Ex>& from, asio::mutable_buffer into) {
    return from.async_read_some(into, asio::as_tuple(asio::deferred));
  }
};

#if BENCH_HAS_CANCEL_AFTER
template <class Ex>
struct by_cancel_after : reader_of_codes {
  static constexpr auto name = "cancel_after";

  explicit by_cancel_after(Ex const&) {}

  auto read(socket<Ex>& from, asio::mutable_buffer into) {
    return from.async_read_some(into, asio::cancel_after(limit, asio::as_tuple(asio::deferred)));
  }
};
#endif

/// A timer and a signal of the connection. The end of the connection is an exception.
template <class Ex>
struct by_hand {
  static constexpr auto name = "hand_written";

  explicit by_hand(Ex const& executor) : deadline(executor) {}

  auto read(socket<Ex>& from, asio::mutable_buffer into) {
    deadline.expires_after(limit);
    deadline.async_wait([this](error_code error) {
      if (!error) signal.emit(asio::cancellation_type::terminal);
    });
    return with_slot<Ex>(from.async_read_some(into, asio::deferred), signal.slot());
  }

  std::size_t size_of(std::size_t size) {
    deadline.cancel();
    return size;
  }

  timer<Ex> deadline;
  asio::cancellation_signal signal;
};

template <class Ex>
struct by_parallel_group {
  static constexpr auto name = "parallel_group";

  explicit by_parallel_group(Ex const& executor) : deadline(executor) {}

  auto read(socket<Ex>& from, asio::mutable_buffer into) {
    deadline.expires_after(limit);
    return asio::experimental::make_parallel_group(from.async_read_some(into, asio::deferred),
                                                   deadline.async_wait(asio::deferred))
        .async_wait(asio::experimental::wait_for_one(), asio::deferred);
  }

  template <class Result>
  static std::size_t size_of(Result const& ended) {
    return std::get<1>(ended) ? 0 : std::get<2>(ended);
  }

  timer<Ex> deadline;
};

template <class Ex>
struct by_operator_or {
  static constexpr auto name = "operator_or";

  explicit by_operator_or(Ex const& executor) : deadline(executor) {}

  auto read(socket<Ex>& from, asio::mutable_buffer into) {
    using namespace asio::experimental::awaitable_operators;
    auto const token = asio::as_tuple(asio::use_awaitable_t<Ex>());
    deadline.expires_after(limit);
    return from.async_read_some(into, token) || deadline.async_wait(token);
  }

  template <class Result>
  static std::size_t size_of(Result const& ended) {
    return ended.index() == 0 ? reader_of_codes::size_of(std::get<0>(ended)) : 0;
  }

  timer<Ex> deadline;
};

template <class Ex>
struct by_curfew : reader_of_codes {
  static constexpr auto name = "curfew";

  explicit by_curfew(Ex const&) {}

  auto read(socket<Ex>& from, asio::mutable_buffer into) {
    return curfew::wait_for(from.async_read_some(into, asio::deferred),
                            limit)(asio::as_tuple(asio::deferred));
  }
};

/// One deadline of the connection, moved with each message.
template <class Ex>
struct by_curfew_scope : none<Ex> {
  static constexpr auto name = "curfew_scope";

  using none<Ex>::none;

  auto read(socket<Ex>& from, asio::mutable_buffer into) {
    if (!scope->reschedule_after(limit)) from.close();
    return none<Ex>::read(from, into);
  }

  curfew::timeout_scope* scope = nullptr;
};

}  // namespace bench
