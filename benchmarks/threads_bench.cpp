// threads: wait_for_op on one context that several threads run, a strand for each thread. The clock
// on the wall counts, for the operations of all threads together: twice the throughput is half of
// it.

#include "in_task.hpp"
#include "rivals.hpp"
#include "rows.hpp"

#include <curfew/wait_for.hpp>

#include <atomic>
#include <thread>
#include <vector>

namespace bench {
namespace {

using concrete_strand = asio::strand<concrete_executor>;

#if BENCH_HAS_CANCEL_AFTER
struct by_cancel_after {
  static constexpr auto name = "cancel_after";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) {
      co_await asio::post(executor, asio::cancel_after(limit, asio::deferred));
    }
  }
};
#endif

struct by_curfew {
  static constexpr auto name = "curfew";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await curfew::wait_for(yield(executor), limit);
  }
};

struct load {
  std::size_t threads;
  std::size_t coroutines;  // of each strand
  std::size_t operations;  // of each strand

  double total() const { return static_cast<double>(threads * operations); }
};

/// Ends the run with the last coroutine, as `loop` does.
class countdown {
 public:
  countdown(asio::io_context& context, std::size_t alive) : context_(context), alive_(alive) {}

  void operator()(std::exception_ptr const& error) {
    if (error) std::rethrow_exception(error);
    if (--alive_ > 0) return;
    finished_ = times::now();
    context_.stop();
  }

  times finished() const { return finished_; }

 private:
  asio::io_context& context_;
  std::atomic<std::size_t> alive_;
  times finished_;
};

template <class Contender, class Ex>
times run_threads(load const& what) {
  asio::io_context context(static_cast<int>(what.threads));
  asio::steady_timer const reactor(context);
  countdown ended(context, what.threads * what.coroutines);
  for (std::size_t thread = 0; thread < what.threads; ++thread) {
    Ex executor(asio::make_strand(context.get_executor()));
    for (std::size_t i = 0; i < what.coroutines; ++i) {
      auto made = Contender::template start<Ex>(executor, what.operations / what.coroutines);
      asio::co_spawn(executor, std::move(made),
                     [&ended](std::exception_ptr const& error) { ended(error); });
    }
  }
  auto const started = times::now();
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < what.threads; ++i) threads.emplace_back([&] { context.run(); });
  context.run();
  threads.clear();
  return ended.finished() - started;
}

template <class Contender, class Ex>
void measure_threads(benchmark::State& state, load const& what) {
  times sum;
  for (auto _ : state) {
    auto const elapsed = run_threads<Contender, Ex>(what);
    state.SetIterationTime(elapsed.wall);
    sum += elapsed;
  }
  double const total = what.total() * static_cast<double>(state.iterations());
  state.counters["ns_per_op"] = sum.wall * 1e9 / total;
  state.counters["cpu_ns_per_op"] = sum.cpu * 1e9 / total;
}

template <class Contender, class Ex>
void add_threads(std::string const& kind) {
  for (std::size_t coroutines : {1u, 100u}) {
    for (std::size_t threads : {1u, 2u}) {
      load const what{threads, coroutines, 100'000};
      auto const name = std::string("threads/") + Contender::name +
                        "/C:" + std::to_string(coroutines) + "/T:" + std::to_string(threads) + kind;
      auto* const made = add_row(
          name, [what](benchmark::State& state) { measure_threads<Contender, Ex>(state, what); });
      made->Iterations(1);
    }
  }
}

template <class... Contenders>
bool add_all() {
  (add_threads<Contenders, any_executor>(""), ...);
  (add_threads<Contenders, concrete_strand>("/concrete"), ...);
  return true;
}

#if BENCH_HAS_CANCEL_AFTER
bool const registered_cancel_after = add_all<by_cancel_after>();
#endif
bool const registered = add_all<bare_op, by_curfew>();

}  // namespace
}  // namespace bench
