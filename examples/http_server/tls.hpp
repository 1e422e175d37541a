#ifndef HTTP_SERVER_TLS_HPP
#define HTTP_SERVER_TLS_HPP

#include <boost/asio/ssl/context.hpp>
#include <string>

#include "net.hpp"

namespace http_server {

/// What all TLS connections share. \throws std::runtime_error in words for the user.
asio::ssl::context make_tls_context(std::string const& certificate, std::string const& key);

}  // namespace http_server

#endif
