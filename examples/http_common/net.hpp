#ifndef HTTP_COMMON_NET_HPP
#define HTTP_COMMON_NET_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <curfew/error.hpp>
#include <string_view>

namespace http_common {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using curfew::error_code;

/// Completes without an exception: for errors that are everyday life here.
inline auto into(error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

/// How long whoever asks will wait, in milliseconds: what is left, not until when, because clocks
/// differ. Whoever is asked does not work for longer, and passes on what is left to those he asks.
inline constexpr std::string_view time_left = "X-Request-Timeout-Ms";

}  // namespace http_common

#endif
