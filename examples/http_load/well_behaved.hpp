#ifndef HTTP_LOAD_WELL_BEHAVED_HPP
#define HTTP_LOAD_WELL_BEHAVED_HPP

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "http_client.hpp"
#include "world.hpp"

namespace http_load {

/// Something that well-behaved clients ask for, and how that went.
struct errand {
  std::string name;
  unsigned weight;  ///< How often, compared with the others.
  std::string target;
  std::string body;
  std::function<bool(reply const&)> right;
  char const* limit = nullptr;  ///< The server's name of what ends it, if something does.
  std::optional<std::chrono::milliseconds> patience{};

  histogram took{};
  std::uint64_t failed = 0;
};

std::vector<errand> make_errands(server_facts const& server);

/// Runs one errand after the other on one connection until the time is over.
awaitable<void> behave_well(world& all, std::vector<errand>& errands, unsigned seed);

}  // namespace http_load

#endif
