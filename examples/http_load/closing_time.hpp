#ifndef HTTP_LOAD_CLOSING_TIME_HPP
#define HTTP_LOAD_CLOSING_TIME_HPP

#include <chrono>
#include <string>
#include <vector>

#include "net.hpp"

namespace http_load {

struct world;

/// What became of those who were connected when the server was told to stop.
struct closing_time {
  using milliseconds = std::chrono::duration<double, std::milli>;

  unsigned begun = 0;      ///< Requests that were sent, wholly or in part, before the signal.
  unsigned encrypted = 0;  ///< Those by TLS among them.
  unsigned answered = 0;   ///< Wholly and rightly; then the connection was closed.
  unsigned idle = 0;       ///< Connections that waited for nothing.
  unsigned went_home = 0;  ///< By a clean end, when the drain began.
  unsigned pages = 0;      ///< Of clients that ask for one after the other all the time.
  unsigned lost = 0;       ///< Of those, asked for before the signal and not answered.
  bool not_ready = false;  ///< `/ready` said so while new connections were still taken.
  bool refused = false;    ///< New connections, from the drain on.
  milliseconds last_answer{}, last_home{};  ///< After the signal.
  std::vector<std::string> complaints;

  bool good() const {
    return begun != 0 && answered == begun && went_home == idle && pages != 0 && lost == 0 &&
           not_ready && refused;
  }
};

/// Sends SIGTERM to the server in the middle of requests of all sorts.
awaitable<void> close_the_server(world& all);

}  // namespace http_load

#endif
