// yield: one trip through the loop, the measure of everything else.

#include "rows.hpp"

#include <curfew/clock.hpp>

namespace bench {
namespace {

struct post {
  static constexpr auto name = "post";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await yield(executor);
  }
};

/// What a limit cannot do without.
struct clock_read {
  static constexpr auto name = "clock_read";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) {
      auto present = curfew::clock::now();
      benchmark::DoNotOptimize(present);
    }
    co_await yield(executor);
  }
};

bool const registered = add_contenders<post, clock_read>("yield");

}  // namespace
}  // namespace bench
