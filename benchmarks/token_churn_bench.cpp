// token_churn: short scopes on one token that outlives them all, what each costs and what a million
// of them leave behind.

#include "in_task.hpp"
#include "rivals.hpp"
#include "rows.hpp"

#include <curfew/cancel_when.hpp>
#include <curfew/cancellation_source.hpp>
#include <curfew/sleep.hpp>
#include <curfew/timeout.hpp>

#include <stop_token>

namespace bench {
namespace {

/// The token of all rows.
curfew::cancellation_token long_lived() {
  static curfew::cancellation_source const source;
  return source.token();
}

/// By hand: a token of the standard library that emits a signal.
struct by_stop_callback {
  static constexpr auto name = "stop_callback/op";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    static std::stop_source const source;
    asio::cancellation_signal signal;
    while (operations-- > 0) {
      std::stop_callback const emits(source.get_token(),
                                     [&signal] { signal.emit(asio::cancellation_type::terminal); });
      co_await with_slot<Ex>(yield(executor), signal.slot());
    }
  }
};

struct curfew_op {
  static constexpr auto name = "curfew/op";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    auto const token = long_lived();
    while (operations-- > 0) co_await curfew::cancel_when(yield(executor), token);
  }
};

struct curfew_coroutine {
  static constexpr auto name_in_task = "curfew/coroutine";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    auto const token = long_lived();
    while (operations-- > 0) co_await curfew::cancel_when(yield_coroutine(executor), token);
  }
};

/// A source that is derived from the token, and dropped.
struct curfew_source {
  static constexpr auto name = "curfew/source";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    auto const token = long_lived();
    while (operations-- > 0) {
      curfew::cancellation_source const derived(token);
      co_await yield(executor);
    }
  }
};

/// Live bytes before and after, in one task that goes on: what scopes leave in that is counted too.
template <class Contender>
awaitable<any_executor> watch_growth(any_executor executor, std::size_t scopes, double* grown) {
  co_await Contender::start(executor, std::size_t(1'000));
  allocation_scope counting;
  co_await Contender::start(executor, scopes);
  *grown = static_cast<double>(counting.live_bytes());
}

constexpr std::size_t million = 1'000'000;

template <class Contender>
void measure_growth(benchmark::State& state) {
  if (!allocation_scope::available()) return state.SkipWithError("allocations are not counted");
  double grown = 0;
  loop on;
  for (auto _ : state) {
    auto const elapsed = on.run<any_executor>(1, [&](any_executor executor, std::size_t) {
      return curfew::timeout(1h, watch_growth<Contender>, executor, million, &grown);
    });
    state.SetIterationTime(elapsed.cpu);
  }
  state.counters["bytes_grown"] = grown;
}

template <class Contender>
void add_growth(std::string const& contender) {
  auto const name = "token_churn/" + contender + "/scopes:" + std::to_string(million);
  add_row(name, measure_growth<Contender>)->Iterations(1)->Repetitions(1);
}

/// Operations that wait for the token as long as the row runs.
void hold_subscribers(asio::io_context& context, std::size_t count) {
  auto const token = long_lived();
  for (std::size_t i = 0; i < count; ++i) {
    auto forever = curfew::sleep_forever(context.get_executor());
    curfew::cancel_when(std::move(forever), token)([](error_code) {});
  }
}

void add_beside_subscribers() {
  for (std::size_t coroutines : {1u, 100u}) {
    for (std::size_t count : {0u, 1'000u, 100'000u}) {
      row what;
      what.name = "token_churn/curfew/op/C:" + std::to_string(coroutines) +
                  "/subscribers:" + std::to_string(count);
      what.coroutines = coroutines;
      what.prepare = [count](asio::io_context& context) { hold_subscribers(context, count); };
      add_timed_row<curfew_op, any_executor>(what)->Iterations(2);
    }
  }
}

bool register_rows() {
  add_beside_subscribers();
  row what;
  what.count_allocations = true;
  add_growth<curfew_op>("curfew/op");
  add_growth<curfew_coroutine>("curfew/coroutine");
  add_growth<curfew_source>("curfew/source");
  return add_contenders<bare_op, bare_coroutine, by_stop_callback, curfew_op,
                        in_task<curfew_coroutine>, curfew_source>("token_churn", what);
}

bool const registered = register_rows();

}  // namespace
}  // namespace bench
