#ifndef HTTP_SERVER_ROUTES_HPP
#define HTTP_SERVER_ROUTES_HPP

#include <boost/asio/execution_context.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/verb.hpp>
#include <cstdint>
#include <curfew/shutdown_control.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "counters.hpp"
#include "net.hpp"

namespace http_server {

namespace http = boost::beast::http;

/// What all requests share.
struct service {
  http_server::limits limits;
  curfew::shutdown_control control{};  ///< Says whether the server is about to stop.
  http_server::counters counters{};
  tcp::endpoint backends{};                   ///< Whom `/fanout` asks.
  std::function<std::string()> statistics{};  ///< For `/stats`.
  asio::execution_context* looked_into = {};  ///< By `/tasks`; null where nobody may.
};

/// What a handler may know of a request. Its body has been read and summed up by then.
struct request {
  http::verb method = http::verb::unknown;
  std::string target;
  std::uint64_t body_bytes = 0;
  std::uint32_t body_checksum = 0;
};

struct answer {
  http::status status = http::status::ok;
  std::string type = "text/plain";
  std::string body{};
  std::uint64_t streamed = 0;  ///< Bytes of `stream_piece` that follow instead of a body.
};

/// The handler's limit is the caller's business.
awaitable<answer> handle(request const& asked, service& shared);

/// An answer in place of a handler's.
answer plain_answer(http::status status, std::string_view why);

/// Some of a streamed body, from `position` on.
std::string_view stream_piece(std::uint64_t position, std::uint64_t most);

}  // namespace http_server

#endif
