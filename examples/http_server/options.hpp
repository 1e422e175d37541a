#ifndef HTTP_SERVER_OPTIONS_HPP
#define HTTP_SERVER_OPTIONS_HPP

#include <cstdint>
#include <optional>
#include <string>

#include "limits.hpp"

namespace http_server {

struct options {
  http_server::limits limits;
  shutdown_limits shutdown;
  unsigned threads;
  std::uint16_t port;
  std::optional<std::uint16_t> tls_port;
  std::string certificate;  ///< Files, in PEM.
  std::string key;
  std::string port_file;
  int send_buffer;  ///< What the system may hold back of an answer that nobody reads.
  bool introspection;
};

/// Nothing when help was asked for and printed.
/// \throws std::exception in words for the user.
std::optional<options> read_options(int argc, char const* const* argv);

}  // namespace http_server

#endif
