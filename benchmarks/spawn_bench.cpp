// spawn: one task that does nothing, from its start to its end, and a trip through the loop.

#include "in_task.hpp"
#include "rivals.hpp"
#include "rows.hpp"

#include <curfew/spawn.hpp>

namespace bench {
namespace {

template <class Ex>
awaitable<Ex> nothing() {
  co_return;
}

struct by_co_spawn {
  static constexpr auto name = "co_spawn_detached";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) {
      asio::co_spawn(executor, nothing<Ex>(), asio::detached);
      co_await yield(executor);
    }
  }
};

struct spawned {
  static constexpr auto name = "curfew";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) {
      curfew::spawn(executor, {"nothing"}, nothing<Ex>());
      co_await yield(executor);
    }
  }
};

bool register_rows() {
  row what;
  what.count_allocations = true;
  return add_contenders<bare_op, by_co_spawn, spawned>("spawn", what);
}

bool const registered = register_rows();

}  // namespace
}  // namespace bench
