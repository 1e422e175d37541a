// Rows over many coroutines that each wait once, for 1 to 100 ms.

#pragma once

#include "rows.hpp"

namespace bench {

inline constexpr std::size_t many = 100'000;

/// Whole milliseconds, as programs write them; neighbours in memory are not neighbours in time.
inline std::chrono::milliseconds spread_delay(std::size_t index) {
  return std::chrono::milliseconds(1 + index % 100);
}

/// Times of the whole life of each coroutine: started, waiting, ended. A contender is as in
/// support.hpp, but `start(executor, delay)` waits once.
template <class Contender>
void measure_many(benchmark::State& state) {
  using executor = any_executor;
  loop on;
  auto const make = [](executor ex, std::size_t index) {
    return Contender::template start<executor>(ex, spread_delay(index));
  };
  measure_iterations(state, many, [&] { return on.run<executor>(many, make); });
}

template <class... Contenders>
bool add_many(std::string const& workload) {
  auto const tag = "/N:" + std::to_string(many);
  (add_row(workload + "/" + Contenders::name + tag, measure_many<Contenders>)->Iterations(2), ...);
  return true;
}

}  // namespace bench
