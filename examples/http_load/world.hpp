#ifndef HTTP_LOAD_WORLD_HPP
#define HTTP_LOAD_WORLD_HPP

#include <map>
#include <string>

#include "histogram.hpp"
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
  explicit world(options const& given) : chosen(given) {}

  options const chosen;
  tcp::endpoint server;
  server_facts before;
  server_facts after;
  clock::time_point end;
  bool finished = false;

  tally requests;
  std::map<std::string, limit_seen> limits;  ///< By the names that the server gives them.

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
