// sleep: many sleeps at once, CPU time of each with its coroutine.

#include "many.hpp"

#include <curfew/sleep.hpp>

namespace bench {
namespace {

/// The coroutine alone.
struct none {
  static constexpr auto name = "none";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::chrono::milliseconds) {
    co_await yield(executor);
  }
};

struct by_steady_timer {
  static constexpr auto name = "steady_timer";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::chrono::milliseconds delay) {
    timer<Ex> until(executor, delay);
    co_await until.async_wait(asio::deferred);
  }
};

struct by_curfew {
  static constexpr auto name = "curfew";

  template <class Ex>
  static awaitable<Ex> start(Ex, std::chrono::milliseconds delay) {
    co_await curfew::sleep_for(delay);
  }
};

bool const registered = add_many<none, by_steady_timer, by_curfew>("sleep");

}  // namespace
}  // namespace bench
