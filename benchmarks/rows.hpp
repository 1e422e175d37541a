// The rows of the suite: what a contender is, how it is measured and how it is registered.
//
// A workload compares contenders. A contender is a struct with a name and a coroutine
//
//   static constexpr auto name = "cancel_after";
//   template <class Ex> static awaitable<Ex> start(Ex executor, std::size_t operations);
//
// and becomes the rows <workload>/<name>/C:1 and /C:100, each also as .../concrete.

#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>

#include "allocation_counter.hpp"
#include "instructions.hpp"
#include "support.hpp"

namespace bench {

/// Runs all iterations of a row; `once` returns the times of `operations` operations.
template <class Once>
void measure_iterations(benchmark::State& state, std::size_t operations, Once once) {
  times sum;
  for (auto _ : state) {
    auto const elapsed = once();
    state.SetIterationTime(elapsed.cpu);
    sum += elapsed;
  }
  auto const total = static_cast<double>(operations) * static_cast<double>(state.iterations());
  state.counters["ns_per_op"] = sum.cpu * 1e9 / total;
  state.counters["wall_ns_per_op"] = sum.wall * 1e9 / total;
  state.SetItemsProcessed(static_cast<std::int64_t>(total));
}

struct row {
  std::string name;
  std::size_t coroutines = 1;
  std::size_t operations = 50'000;  // of all coroutines together, in one iteration
  std::size_t counted = 100;        // the least of a coroutine, where instructions are counted
  bool count_allocations = false;
  std::function<void(asio::io_context&)> prepare = [](asio::io_context&) {};
};

template <class Contender, class Ex>
times run_once(loop& on, std::size_t coroutines, std::size_t operations_each) {
  return on.run<Ex>(coroutines, [operations_each](Ex executor, std::size_t) {
    return Contender::template start<Ex>(executor, operations_each);
  });
}

/// Allocations of one operation, as the difference of two runs: what a coroutine needs once falls
/// out of it.
template <class Contender, class Ex>
double allocations_per_operation(loop& on, std::size_t coroutines) {
  constexpr std::size_t operations_each = 200;
  auto const count = [&](std::size_t operations) {
    allocation_scope scope;
    run_once<Contender, Ex>(on, coroutines, operations);
    return static_cast<double>(scope.allocations());
  };
  double const once = count(operations_each);
  double const twice = count(2 * operations_each);
  return (twice - once) / static_cast<double>(operations_each * coroutines);
}

/// Writes the instructions of two runs, whose difference benchmarks/report takes in the same way.
template <class Contender, class Ex>
void dump_instructions(loop& on, row const& what) {
  // A lone coroutine does more of them: what happens once, and by time, weighs less.
  auto const counted = std::max<std::size_t>(what.counted, 2'000 / what.coroutines);
  zero_instructions();
  for (auto const operations_each : {counted, 2 * counted}) {
    run_once<Contender, Ex>(on, what.coroutines, operations_each);
    write_instructions(what.name, operations_each * what.coroutines);
  }
}

template <class Contender, class Ex>
void measure(benchmark::State& state, row const& what) {
  loop on;
  what.prepare(on.context());
  std::size_t const operations = under_callgrind() ? 1'000 : what.operations;
  std::size_t const operations_each = operations / what.coroutines;
  run_once<Contender, Ex>(on, what.coroutines, 10);
  measure_iterations(state, operations_each * what.coroutines,
                     [&] { return run_once<Contender, Ex>(on, what.coroutines, operations_each); });
  if (what.count_allocations && allocation_scope::available()) {
    state.counters["allocs_per_op"] = allocations_per_operation<Contender, Ex>(on, what.coroutines);
  }
  if (under_callgrind()) dump_instructions<Contender, Ex>(on, what);
}

/// Registers one row, measured on manual time.
template <class F>
benchmark::internal::Benchmark* add_row(std::string const& name, F function) {
  return benchmark::RegisterBenchmark(name.c_str(), function)->UseManualTime();
}

template <class Contender, class Ex>
benchmark::internal::Benchmark* add_timed_row(row const& what) {
  return add_row(what.name, [what](auto& state) { measure<Contender, Ex>(state, what); });
}

/// Registers a contender with one coroutine and with a hundred, on both kinds of executor.
template <class Contender>
void add_contender(std::string const& workload, row what = {}) {
  for (std::size_t coroutines : {1u, 100u}) {
    what.coroutines = coroutines;
    what.name = workload + "/" + Contender::name + "/C:" + std::to_string(coroutines);
    add_timed_row<Contender, any_executor>(what)->MinTime(0.05);
    what.name += "/concrete";
    add_timed_row<Contender, concrete_executor>(what)->MinTime(0.05);
  }
}

template <class... Contenders>
bool add_contenders(std::string const& workload, row const& what = {}) {
  (add_contender<Contenders>(workload, what), ...);
  return true;
}

}  // namespace bench
