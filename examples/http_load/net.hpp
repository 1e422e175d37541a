#ifndef HTTP_LOAD_NET_HPP
#define HTTP_LOAD_NET_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <curfew/error.hpp>

namespace http_load {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using curfew::error_code;

/// Completes without an exception: for errors that are expected here.
inline auto into(error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

}  // namespace http_load

#endif
