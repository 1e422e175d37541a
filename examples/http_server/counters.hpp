#ifndef HTTP_SERVER_COUNTERS_HPP
#define HTTP_SERVER_COUNTERS_HPP

#include <array>
#include <cstdint>
#include <string>

#include "limits.hpp"

namespace http_server {

/// How a request ended.
enum class fate {
  answered,     ///< With its handler's answer, or one that says that the handler took too long.
  refused,      ///< With an answer that says what was wrong with the request or too slow about it.
  cut,          ///< By a limit, when it was too late for an answer.
  client_gone,  ///< The client left first.
  stopped,      ///< The server ended.
  failed,       ///< By a fault of the server.
};
inline constexpr std::size_t fates = 6;

struct counters {
  std::array<std::uint64_t, limit_kinds> hits{};
  std::array<std::uint64_t, fates> ended{};
  std::uint64_t begun = 0;
  std::uint64_t accepted = 0;
  std::uint64_t accept_errors = 0;
  std::uint64_t backends_asked = 0;
  std::uint64_t backends_gave_up = 0;  ///< Because the client of theirs had no time left.
  std::size_t open = 0;
  std::size_t most_open = 0;

  void hit(limit_kind kind) { ++hits[static_cast<std::size_t>(kind)]; }
};

/// Counts a request in, and out when the block that holds it is left.
class request_record {
 public:
  explicit request_record(counters& all) : all_(all) { ++all_.begun; }
  request_record(request_record const&) = delete;
  request_record& operator=(request_record const&) = delete;
  ~request_record() { ++all_.ended[static_cast<std::size_t>(ended_as)]; }

  fate ended_as = fate::stopped;

 private:
  counters& all_;
};

/// Everything as JSON, with the limits that are in force.
std::string to_json(counters const& all, limits const& in_force);

}  // namespace http_server

#endif
