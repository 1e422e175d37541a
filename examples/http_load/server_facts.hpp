#ifndef HTTP_LOAD_SERVER_FACTS_HPP
#define HTTP_LOAD_SERVER_FACTS_HPP

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "http_client.hpp"

namespace http_load {

/// What the server says about itself.
struct server_facts {
  std::int64_t pid = 0;
  std::uint16_t tls_port = 0;  ///< Zero where there is none.
  std::map<std::string, std::int64_t> limits;
  std::map<std::string, std::int64_t> hits;
  std::int64_t unfinished = 0;  ///< Requests that it began and has not counted out.
  std::int64_t open = 0;
  std::int64_t most_open = 0;

  /// A day where there is none.
  std::chrono::milliseconds limit(char const* name) const {
    return std::min<std::chrono::milliseconds>(std::chrono::milliseconds(limits.at(name)),
                                               std::chrono::hours(24));
  }
};

/// \throws std::exception
awaitable<server_facts> ask_server(http_client& client);

/// In KiB; zero where the system does not say.
struct memory {
  std::uint64_t now = 0;
  std::uint64_t peak = 0;
};
memory memory_of(std::int64_t pid);

}  // namespace http_load

#endif
