#ifndef CURFEW_TESTING_PERMUTE_SAME_TICK_HPP
#define CURFEW_TESTING_PERMUTE_SAME_TICK_HPP

#include <cstddef>
#include <cstdint>
#include <curfew/testing/detail/order_explorer.hpp>
#include <curfew/testing/detail/test_run.hpp>
#include <curfew/testing/run_test_options.hpp>
#include <curfew/testing/test_failure.hpp>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

namespace curfew::testing {

/// Which orders `permute_same_tick` tries.
///
/// \par Example
/// \snippet permute_same_tick.cpp options
class CURFEW_TESTING_EXPORT permute_options {
 public:
  /// Every order, when there are no more than so many; by default 1000.
  permute_options& all_up_to(std::size_t n) & { return set(all_, n); }
  permute_options&& all_up_to(std::size_t n) && { return std::move(all_up_to(n)); }
  /// When there are more: so many random ones besides; by default 1000.
  permute_options& samples(std::size_t n) & { return set(samples_, n); }
  permute_options&& samples(std::size_t n) && { return std::move(samples(n)); }
  /// What the random ones are made from. By default always the same.
  permute_options& seed(std::uint64_t n) & { return set(seed_, n); }
  permute_options&& seed(std::uint64_t n) && { return std::move(seed(n)); }
  /// One order only: what a failure has printed.
  permute_options& replay(std::string order) & { return set(replay_, std::move(order)); }
  permute_options&& replay(std::string order) && { return std::move(replay(std::move(order))); }
  /// Called before each run, with its number from 1.
  permute_options& before_each(std::function<void(std::size_t)> f) & {
    return set(before_, std::move(f));
  }
  permute_options&& before_each(std::function<void(std::size_t)> f) && {
    return std::move(before_each(std::move(f)));
  }
  /// How each run goes: its limit in real time, what may outlive it.
  permute_options& test(run_test_options with) & { return set(test_, std::move(with)); }
  permute_options&& test(run_test_options with) && { return std::move(test(std::move(with))); }

  std::uint64_t seed() const noexcept { return seed_; }
  /// Whether one order only is run.
  bool replays() const noexcept { return !replay_.empty(); }
  run_test_options const& test() const noexcept { return test_; }
  /// What goes through the orders that are to be run.
  detail::order_explorer explorer() const;
  /// Calls what `before_each` was given.
  void begin(std::size_t run) const {
    if (before_) before_(run);
  }

 private:
  template <class T>
  permute_options& set(T& what, T to) {
    what = std::move(to);
    return *this;
  }

  std::size_t all_ = 1000, samples_ = 1000;
  std::uint64_t seed_ = 1;
  std::string replay_;
  std::function<void(std::size_t)> before_;
  run_test_options test_;
};

/// What was tried.
struct permutations {
  std::size_t runs;  ///< How many orders.
  bool all;          ///< Whether there are no others.
};

namespace detail {
CURFEW_TESTING_EXPORT void tell_order(order_explorer const& order, std::uint64_t seed);
}

/// Runs a scenario in every order of what is ready at one instant: who finishes first, the
/// operation, the limit, the request to stop? Each order that Asio allows comes once.
///
/// Two handlers that one handler has posted keep their order, as on a strand. Deadlines of one
/// instant, and what different handlers have posted, have none and come in each. When there are too
/// many orders, the first ones and random ones are tried. What runs on the context's own executor
/// rather than on the scenario's (`this_coro::executor`) has one order.
///
/// The scenario is one of `run_test`, and is checked like there in each run. It returns nothing,
/// and throws or tells the test framework what is wrong with an order. What it keeps outside itself
/// it has to set back.
///
/// \par Errors
/// As for `run_test`. The order in which it failed, and the seed, are written to `std::cerr` first:
/// `replay` runs it alone. `test_failure` as well for a scenario that is not the same in each run.
/// \par Thread safety
/// As for `run_test`.
/// \par Lifetime
/// The scenario is called once for each order and lives until the last has ended.
/// \par Example
/// \snippet permute_same_tick.cpp permute_same_tick
/// \see `cancel_at_every_step` for when, rather than in which order. loom (Rust) explores orders in
/// the same way.
template <class F>
permutations permute_same_tick(F scenario, permute_options options = {}) {
  static_assert(std::is_void_v<detail::scenario_result<F>>,
                "the scenario of permute_same_tick returns awaitable<void>");
  auto order = options.explorer();
  do {
    options.begin(order.runs());
    try {
      detail::test_run run(options.test(), &order);
      detail::run_to_end(run, scenario).value();
    } catch (...) {
      detail::tell_order(order, options.seed());
      throw;
    }
  } while (order.next());
  return {order.runs(), order.exhausted()};
}

}  // namespace curfew::testing

#endif
