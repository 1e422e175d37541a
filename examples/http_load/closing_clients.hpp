#ifndef HTTP_LOAD_CLOSING_CLIENTS_HPP
#define HTTP_LOAD_CLOSING_CLIENTS_HPP

#include <curfew/event.hpp>
#include <curfew/task_group.hpp>
#include <string>
#include <vector>

#include "world.hpp"

namespace http_load {

/// What those who are there when the server stops share.
struct scene {
  explicit scene(world& all);

  /// The request of one more is under way.
  void begin();
  void complain(std::string what);
  closing_time::milliseconds since_the_signal() const { return clock::now() - signalled; }

  world& all;
  closing_time& seen;
  closing_time::milliseconds const delay;  ///< Before the server drains.
  std::chrono::milliseconds const length;  ///< Of a request: well into the drain.
  unsigned expected = 0;
  curfew::event go;         ///< All are connected: ask.
  curfew::event all_begun;  ///< As many as were expected.
  clock::time_point signalled = clock::time_point::max();
};

/// Something that takes its time. Whether it was answered wholly and rightly.
struct deed {
  char const* name;
  awaitable<bool> (*act)(http_client&, scene&);
};
std::vector<deed> const& deeds();

/// Each of them says when it is connected.
using arrived = curfew::task_started<void>;

/// Does it once, and expects to be let go.
awaitable<void> ask_in_time(arrived const& here, scene& of, deed what, unsigned number);

/// Waits for nothing, and expects to be sent home.
awaitable<void> sit_idle(arrived const& here, scene& of, unsigned number);

/// Asks for one page after the other, as long as there is somebody.
awaitable<void> ask_on(arrived const& here, scene& of, unsigned number);

}  // namespace http_load

#endif
