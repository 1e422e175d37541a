#ifndef HTTP_LOAD_OPTIONS_HPP
#define HTTP_LOAD_OPTIONS_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace http_load {

struct options {
  std::uint16_t port;
  std::string authority;  ///< The file with the certificate to trust; empty: no TLS.
  std::chrono::duration<double> time;
  unsigned well_behaved;
  unsigned misbehaving;  ///< Of each kind.
  std::chrono::milliseconds tolerance;
  std::chrono::milliseconds page_p99;
  bool shut_down;  ///< Whether to end the server at the end.
};

/// Nothing when help was asked for and printed.
/// \throws std::exception in words for the user.
std::optional<options> read_options(int argc, char const* const* argv);

}  // namespace http_load

#endif
