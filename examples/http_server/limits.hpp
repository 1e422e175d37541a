#ifndef HTTP_SERVER_LIMITS_HPP
#define HTTP_SERVER_LIMITS_HPP

#include <cstddef>
#include <cstdint>
#include <curfew/clock.hpp>

namespace http_server {

/// What a client or a handler can run into.
enum class limit_kind {
  idle,          ///< No next request came.
  header,        ///< The header was not complete in time, however busily its bytes came.
  request,       ///< Reading, handling and answering took too long altogether.
  handler,       ///< The handler did not come to an answer.
  receive_rate,  ///< The body came too slowly.
  send_rate,     ///< The client took the answer too slowly.
  header_size,
  body_size,
  connections,
};
inline constexpr std::size_t limit_kinds = 9;

/// Bytes must move this fast. The grace is how long they may rest, and all that fast clients can
/// save up.
struct rate {
  std::uint64_t bytes_per_second;
  curfew::clock::duration grace;
};

struct limits {
  curfew::clock::duration idle;
  curfew::clock::duration header;
  curfew::clock::duration request;
  curfew::clock::duration handler;
  curfew::clock::duration farewell;  ///< To tell a refused client why, and let it read that.
  rate body;                         ///< In both directions.
  std::uint32_t header_bytes;
  std::uint64_t body_bytes;
  std::size_t connections;
};

}  // namespace http_server

#endif
