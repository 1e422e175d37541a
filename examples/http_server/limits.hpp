#ifndef HTTP_SERVER_LIMITS_HPP
#define HTTP_SERVER_LIMITS_HPP

#include <cstddef>
#include <cstdint>
#include <curfew/clock.hpp>

namespace http_server {

/// What a client or a handler can run into.
enum class limit_kind {
  handshake,     ///< TLS was not agreed on in time.
  idle,          ///< No next request came.
  header,        ///< The header was not complete in time, however busily its bytes came.
  request,       ///< Reading, handling and answering took too long altogether.
  handler,       ///< The handler did not come to an answer.
  client_time,   ///< Nor in the time that the client said it has.
  receive_rate,  ///< The body came too slowly.
  send_rate,     ///< The client took the answer too slowly.
  header_size,
  body_size,
  connections,
};
inline constexpr std::size_t limit_kinds = 11;

/// Bytes must move this fast. The grace is how long they may rest, and all that fast clients can
/// save up.
struct rate {
  std::uint64_t bytes_per_second;
  curfew::clock::duration grace;
};

struct limits {
  curfew::clock::duration handshake;
  curfew::clock::duration idle;
  curfew::clock::duration header;
  curfew::clock::duration request;
  curfew::clock::duration handler;
  curfew::clock::duration farewell;  ///< For a client to hear the last of it and to hang up.
  rate body;                         ///< In both directions.
  std::uint32_t header_bytes;
  std::uint64_t body_bytes;
  std::size_t connections;
};

/// Of the stages of the shutdown.
struct shutdown_limits {
  curfew::clock::duration delay;   ///< For a load balancer to notice.
  curfew::clock::duration drain;   ///< For requests that have begun.
  curfew::clock::duration cancel;  ///< For what is cancelled then.
  curfew::clock::duration total;
};

}  // namespace http_server

#endif
