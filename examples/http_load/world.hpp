#ifndef HTTP_LOAD_WORLD_HPP
#define HTTP_LOAD_WORLD_HPP

#include <map>
#include <string>

#include "closing_time.hpp"
#include "histogram.hpp"
#include "http_client.hpp"
#include "options.hpp"
#include "server_facts.hpp"
#include "tally.hpp"

namespace http_load {

using clock = std::chrono::steady_clock;

/// How often clients ran into one limit, and how long after it they were still served.
struct limit_seen {
  std::uint64_t times = 0;
  histogram late;
};

/// What all clients share.
struct world {
  explicit world(options const& given)
      : chosen(given), server{{asio::ip::address_v4::loopback(), given.port}} {}

  options const chosen;
  peer server;                            ///< Without TLS.
  std::optional<asio::ssl::context> tls;  ///< Where it can be trusted.
  peer encrypted;                         ///< With TLS, or the same as without.
  server_facts before;
  server_facts after;
  memory used;
  clock::time_point end;
  bool finished = false;

  tally requests;
  std::map<std::string, limit_seen> limits;  ///< By the names that the server gives them.
  closing_time closing;

  /// One in four speaks TLS.
  peer const& peer_of(unsigned client) const { return client % 4 == 0 ? encrypted : server; }
  bool has_tls() const { return encrypted.tls != nullptr; }

  /// Whether something that takes this long still ends in time.
  bool time_for(clock::duration what) const { return clock::now() + what < end; }

  /// Somebody ran into a limit and was told so at `at`. Whether that was when it was `due`.
  bool in_time(std::string const& limit, clock::time_point due, clock::time_point at) {
    auto& seen = limits[limit];
    ++seen.times;
    seen.late.add(at - due);
    return at - due <= chosen.tolerance && due - at <= chosen.tolerance;
  }
};

}  // namespace http_load

#endif
