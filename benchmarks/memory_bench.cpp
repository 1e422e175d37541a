// memory: live bytes of one waiting coroutine, with and without a limit.

#include "rivals.hpp"
#include "rows.hpp"

#include <curfew/sleep.hpp>
#include <curfew/spawn.hpp>
#include <curfew/timeout.hpp>
#include <curfew/wait_for.hpp>

namespace bench {
namespace {

constexpr std::size_t waiting = 10'000;

/// A coroutine that waits on a timer of its own: what the limits are put around.
template <class Ex>
awaitable<Ex> long_wait(Ex executor) {
  timer<Ex> until(executor, 2h);
  co_await until.async_wait(asio::deferred);
}

struct none {
  static constexpr auto name = "none";

  template <class Ex>
  static awaitable<Ex> start(Ex executor) {
    return long_wait(executor);
  }
};

#if BENCH_HAS_CANCEL_AFTER
struct by_cancel_after {
  static constexpr auto name = "cancel_after";

  template <class Ex>
  static awaitable<Ex> start(Ex executor) {
    timer<Ex> until(executor, 2h);
    co_await until.async_wait(asio::cancel_after(1h, asio::deferred));
  }
};

struct by_spawned_cancel_after {
  static constexpr auto name = "co_spawn_cancel_after";

  template <class Ex>
  static awaitable<Ex> start(Ex executor) {
    co_await asio::co_spawn(executor, long_wait(executor), asio::cancel_after(1h, asio::deferred));
  }
};
#endif

struct by_operator_or {
  static constexpr auto name = "operator_or";

  template <class Ex>
  static awaitable<Ex> start(Ex executor) {
    using namespace asio::experimental::awaitable_operators;
    timer<Ex> deadline(executor, 1h);
    co_await (long_wait(executor) || deadline.async_wait(asio::use_awaitable_t<Ex>()));
  }
};

/// The limit around the same operation.
struct by_curfew {
  static constexpr auto name = "curfew";

  template <class Ex>
  static awaitable<Ex> start(Ex executor) {
    timer<Ex> until(executor, 2h);
    co_await curfew::wait_for(until.async_wait(asio::deferred), 1h);
  }
};

/// A task that sleeps, without and with a limit around the sleep.
struct sleeping {
  static constexpr auto name = "curfew_sleep";
  static constexpr auto name_as_task = "curfew_task";

  template <class Ex>
  static awaitable<Ex> start(Ex) {
    co_await curfew::sleep_for(2h);
  }
};

struct limited_sleeping {
  static constexpr auto name = "curfew_sleep_limited";
  static constexpr auto name_as_task = "curfew_task_limited";

  template <class Ex>
  static awaitable<Ex> start(Ex) {
    co_await curfew::wait_for(curfew::sleep_for(2h), 1h);
  }
};

/// A block with a deadline, in a coroutine that plain co_spawn started.
struct sleeping_in_scope {
  static constexpr auto name = "curfew_sleep_in_scope";

  template <class Ex>
  static awaitable<Ex> start(Ex executor) {
    co_await curfew::timeout(1h, sleeping::start<Ex>, executor);
  }
};

/// The same as tasks.
template <class Contender>
struct as_task {
  static constexpr auto name = Contender::name_as_task;

  template <class Ex>
  static awaitable<Ex> start(Ex executor) {
    curfew::spawn(executor, Contender::template start<Ex>(executor));
    co_return;
  }
};

template <class Contender, class Ex>
void measure_memory(benchmark::State& state) {
  if (!allocation_scope::available()) return state.SkipWithError("allocations are not counted");
  double bytes = 0;
  for (auto _ : state) {
    loop on;
    allocation_scope scope;
    auto const started = times::now();
    on.run_until_waiting<Ex>(
        waiting, [](Ex executor, std::size_t) { return Contender::template start<Ex>(executor); });
    state.SetIterationTime((times::now() - started).cpu);
    bytes = static_cast<double>(scope.live_bytes()) / waiting;
  }
  state.counters["bytes_per_op"] = bytes;
}

/// Bytes do not vary, so one repetition is enough.
template <class Contender, class Ex>
void add_one(std::string const& kind) {
  add_row(std::string("memory/") + Contender::name + kind, measure_memory<Contender, Ex>)
      ->Iterations(1)
      ->Repetitions(1);
}

template <class... Contenders>
bool add_memory() {
  (add_one<Contenders, any_executor>(""), ...);
  (add_one<Contenders, concrete_executor>("/concrete"), ...);
  return true;
}

#if BENCH_HAS_CANCEL_AFTER
bool const registered_cancel_after = add_memory<by_cancel_after, by_spawned_cancel_after>();
#endif
bool const registered =
    add_memory<none, by_operator_or, by_curfew, sleeping, limited_sleeping, sleeping_in_scope,
               as_task<sleeping>, as_task<limited_sleeping>>();

}  // namespace
}  // namespace bench
