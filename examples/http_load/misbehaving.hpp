#ifndef HTTP_LOAD_MISBEHAVING_HPP
#define HTTP_LOAD_MISBEHAVING_HPP

#include <string>
#include <vector>

#include "net.hpp"
#include "world.hpp"

namespace http_load {

/// How the server ended a connection.
struct ending {
  clock::time_point due;  ///< When its limit said so.
  clock::time_point at;
  std::string said;  ///< What it answered, if anything.
};

/// A way to keep a server waiting, and the limit that ends it.
struct misdeed {
  char const* name;
  char const* limit;       ///< By the name that the server gives it.
  char const* limit_time;  ///< The name of its value.
  char const* answer;      ///< How the server's answer begins; empty: it closes without one.
  awaitable<ending> (*act)(world&);
};
std::vector<misdeed> misdeeds(bool with_tls);

/// Does it again and again until the time is over.
awaitable<void> misbehave(world& all, misdeed how);

/// Asks for what no server should accept.
awaitable<void> ask_wrongly(world& all);

/// Goes away in the middle of things.
awaitable<void> vanish(world& all);

/// Opens more connections than the server wants, unless it wants very many. Nobody else may be
/// connected but the one that asks for the counts.
awaitable<void> overcrowd(world& all);

}  // namespace http_load

#endif
