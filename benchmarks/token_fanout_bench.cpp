// token_fanout: one request to many waiting operations, CPU time of each until all of them have
// ended with their coroutines.

#include "rivals.hpp"
#include "rows.hpp"

#include <curfew/cancel_when.hpp>
#include <curfew/cancellation_source.hpp>
#include <curfew/sleep.hpp>

#include <deque>

namespace bench {
namespace {

/// Longer than any row.
constexpr auto long_time = 2h;

/// By hand: a signal for each operation, and a loop that emits them.
class signals {
 public:
  asio::cancellation_slot next() { return signals_.emplace_back().slot(); }
  void cancel() {
    for (auto& signal : signals_) signal.emit(asio::cancellation_type::terminal);
  }

 private:
  std::deque<asio::cancellation_signal> signals_;
};

struct signals_timer {
  static constexpr auto name = "signals/timer";
  using source = signals;

  template <class Ex>
  static awaitable<Ex> start(Ex executor, source& from) {
    timer<Ex> until(executor, long_time);
    auto wait = with_slot<Ex>(until.async_wait(asio::as_tuple(asio::deferred)), from.next());
    auto result = co_await std::move(wait);
    benchmark::DoNotOptimize(std::get<0>(result));
  }
};

struct signals_sleep {
  static constexpr auto name = "signals/sleep";
  using source = signals;

  template <class Ex>
  static awaitable<Ex> start(Ex, source& from) {
    auto sleep = curfew::sleep_for(long_time)(asio::as_tuple(asio::deferred));
    auto result = co_await with_slot<Ex>(std::move(sleep), from.next());
    benchmark::DoNotOptimize(std::get<0>(result));
  }
};

struct curfew_timer {
  static constexpr auto name = "curfew/timer";
  using source = curfew::cancellation_source;

  template <class Ex>
  static awaitable<Ex> start(Ex executor, source& from) {
    timer<Ex> until(executor, long_time);
    auto wait = curfew::cancel_when(until.async_wait(asio::deferred), from.token());
    auto result = co_await std::move(wait)(asio::as_tuple(asio::deferred));
    benchmark::DoNotOptimize(std::get<0>(result));
  }
};

struct curfew_sleep {
  static constexpr auto name = "curfew/sleep";
  using source = curfew::cancellation_source;

  template <class Ex>
  static awaitable<Ex> start(Ex, source& from) {
    auto sleep = curfew::cancel_when(curfew::sleep_for(long_time), from.token());
    auto result = co_await std::move(sleep)(asio::as_tuple(asio::deferred));
    benchmark::DoNotOptimize(std::get<0>(result));
  }
};

/// Waits for nothing but the token.
struct curfew_wait {
  static constexpr auto name = "curfew/wait";
  using source = curfew::cancellation_source;

  template <class Ex>
  static awaitable<Ex> start(Ex, source& from) {
    co_await from.token().wait();
  }
};

/// The time from the request on; under callgrind its instructions go under `label`.
template <class Contender>
times run_fanout(std::size_t count, std::string const& label = {}) {
  typename Contender::source from;
  loop on;
  on.run_until_waiting<any_executor>(count, [&](any_executor executor, std::size_t) {
    return Contender::template start<any_executor>(executor, from);
  });
  zero_instructions();
  auto const elapsed = on.run_to_end([&] { from.cancel(); });
  if (!label.empty()) write_instructions(label, count);
  return elapsed;
}

template <class Contender>
void measure_fanout(benchmark::State& state, std::string const& name, std::size_t count) {
  if (under_callgrind()) count = 1'000;
  run_fanout<Contender>(count);
  measure_iterations(state, count, [&] { return run_fanout<Contender>(count); });
  if (!under_callgrind()) return;
  for (std::size_t few : {500u, 1'000u}) run_fanout<Contender>(few, name);
}

template <class... Contenders>
bool add_fanout() {
  for (std::size_t count : {10'000u, 100'000u}) {
    auto const tag = "/N:" + std::to_string(count);
    auto const add = [&]<class Contender>(std::type_identity<Contender>) {
      auto const name = std::string("token_fanout/") + Contender::name + tag;
      auto* const made = add_row(
          name, [=](benchmark::State& state) { measure_fanout<Contender>(state, name, count); });
      made->Iterations(static_cast<benchmark::IterationCount>(100'000 / count));
    };
    (add(std::type_identity<Contenders>()), ...);
  }
  return true;
}

bool const registered =
    add_fanout<signals_timer, signals_sleep, curfew_timer, curfew_sleep, curfew_wait>();

}  // namespace
}  // namespace bench
