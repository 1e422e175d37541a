#ifndef HTTP_SERVER_OPTIONS_HPP
#define HTTP_SERVER_OPTIONS_HPP

#include <cstdint>
#include <optional>
#include <string>

#include "limits.hpp"

namespace http_server {

struct options {
  http_server::limits limits;
  std::uint16_t port;
  std::string port_file;
  int send_buffer;  ///< What the system may hold back of an answer that nobody reads.
  curfew::clock::duration moment;  ///< For connections to end by themselves when the server stops.
};

/// Nothing when help was asked for and printed.
/// \throws std::exception in words for the user.
std::optional<options> read_options(int argc, char const* const* argv);

}  // namespace http_server

#endif
