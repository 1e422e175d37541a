#include <curfew/testing/permute_same_tick.hpp>
#include <iostream>

namespace curfew::testing {

detail::order_explorer permute_options::explorer() const {
  if (replays()) return detail::order_explorer(replay_);
  return {all_, samples_, seed_};
}

void detail::tell_order(order_explorer const& order, std::uint64_t seed) {
  std::cerr << "curfew: the scenario failed in order " + std::to_string(order.runs()) + " (seed " +
                   std::to_string(seed) + "); permute_options().replay(\"" + order.text() +
                   "\") runs it alone\n"
            << std::flush;
}

}  // namespace curfew::testing
