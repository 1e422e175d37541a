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
template <class Contender, class Ex>
void measure_many(benchmark::State& state) {
  loop on;
  auto const make = [](Ex executor, std::size_t index) {
    return Contender::template start<Ex>(executor, spread_delay(index));
  };
  measure_iterations(state, many, [&] { return on.run<Ex>(many, make); });
}

template <class Contender, class Ex>
void add_one_of_many(std::string const& workload, std::string const& kind) {
  auto const tag = "/N:" + std::to_string(many) + kind;
  add_row(workload + "/" + Contender::name + tag, measure_many<Contender, Ex>)->Iterations(1);
}

template <class... Contenders>
bool add_many(std::string const& workload) {
  (add_one_of_many<Contenders, any_executor>(workload, ""), ...);
  (add_one_of_many<Contenders, concrete_executor>(workload, "/concrete"), ...);
  return true;
}

}  // namespace bench
