#ifndef CURFEW_TESTING_CANCEL_AT_EVERY_STEP_HPP
#define CURFEW_TESTING_CANCEL_AT_EVERY_STEP_HPP

#include <cstddef>
#include <curfew/export.hpp>
#include <curfew/outcome.hpp>
#include <curfew/testing/detail/test_run.hpp>
#include <curfew/testing/run_test_options.hpp>
#include <curfew/testing/test_failure.hpp>
#include <exception>
#include <type_traits>
#include <utility>

namespace curfew::testing {

/// How one run of a scenario went that was disturbed after one of its steps.
template <class T>
struct disturbed_run {
  std::size_t after;        ///< How many steps there were before; zero: before it began.
  std::size_t steps;        ///< How many the undisturbed run has.
  outcome<T> const& ended;  ///< How it ended.
  clock::duration took;     ///< The virtual time from the request to the end.
};

namespace detail {

/// \throws test_failure An end that the contract does not allow.
CURFEW_TESTING_EXPORT void check_disturbed_end(std::exception_ptr const& ended,
                                               std::exception_ptr const& undisturbed);
/// Adds after which step it was.
[[noreturn]] CURFEW_TESTING_EXPORT void rethrow_after_step(std::size_t step, char const* what);

/// How it ends undisturbed, and how many steps that takes.
template <class F>
auto count_steps(F& scenario, run_test_options const& options, std::size_t& steps) {
  test_run run(options);
  return run_to_end(run, scenario, [&](task<void> const& main) {
    for (; !main.done(); ++steps) run.step();
  });
}

template <class F>
auto cancel_after(std::size_t step, F& scenario, run_test_options const& options,
                  clock::duration& took) {
  test_run run(options);
  clock::time_point asked;
  auto ended = run_to_end(run, scenario, [&](task<void> const& main) {
    for (std::size_t i = 0; i < step; ++i) run.step();
    asked = run.time().now();
    main.cancel({cancellation_cause::requested, "every step", {}});
  });
  took = run.ended_at() - asked;
  return ended;
}

}  // namespace detail

/// Runs a scenario to count its steps, then again for each step, and asks it to stop after that
/// one: before it began, after its first handler, and so on to its last.
///
/// A step is one handler, or one instant to which time jumps. The scenario is one of `run_test`,
/// and each run is checked like there. It may end with its value, with an error of its own, or with
/// `operation_aborted`; not with a timeout, unless it ends so undisturbed, because who asks from
/// outside comes before a limit. Then `after_each` is called, with a `disturbed_run<T>` if it takes
/// one, and looks at whatever else must hold. What the scenario keeps outside itself `after_each`
/// has to set back. With an address sanitizer it shows as well that nothing is released twice.
///
/// \returns How many steps the scenario has.
/// \par Errors
/// As for `run_test`, and what `after_each` throws; the step is written to `std::cerr` first.
/// \par Units
/// `took` is virtual time.
/// \par Thread safety
/// As for `run_test`.
/// \par Lifetime
/// Both functions live until this returns.
/// \par Example
/// \snippet cancel_at_every_step.cpp cancel_at_every_step
/// \see `destroy_at_every_step` destroys the context instead. `permute_same_tick` for the order of
/// what happens at one instant; Trio's and anyio's tests sweep over checkpoints in the same way.
template <class F, class G>
std::size_t cancel_at_every_step(F scenario, G after_each, run_test_options options = {}) {
  using value = detail::scenario_result<F>;
  std::size_t steps = 0;
  auto const undisturbed = detail::count_steps(scenario, options, steps);
  for (std::size_t after = 0; after <= steps; ++after) {
    try {
      clock::duration took{};
      auto const ended = detail::cancel_after(after, scenario, options, took);
      detail::check_disturbed_end(ended.error(), undisturbed.error());
      if constexpr (std::is_invocable_v<G&, disturbed_run<value>>)
        after_each(disturbed_run<value>{after, steps, ended, took});
      else
        after_each();
    } catch (...) {
      detail::rethrow_after_step(after, "was asked to stop");
    }
  }
  return steps;
}
/// \overload
template <class F>
std::size_t cancel_at_every_step(F scenario, run_test_options options = {}) {
  return cancel_at_every_step(std::move(scenario), [](auto const&) {}, std::move(options));
}

/// The same, but destroys the context after each step, with every frame in it; then calls
/// `after_each`, with the number of the step if it takes one. No handler of the scenario runs any
/// more.
///
/// \returns How many steps the scenario has.
/// \par Errors
/// As for `cancel_at_every_step`.
/// \par Thread safety
/// As for `run_test`.
/// \par Lifetime
/// Both functions live until this returns.
/// \par Example
/// \snippet cancel_at_every_step.cpp destroy_at_every_step
template <class F, class G>
std::size_t destroy_at_every_step(F scenario, G after_each, run_test_options options = {}) {
  std::size_t steps = 0;
  (void)detail::count_steps(scenario, options, steps);
  for (std::size_t after = 0; after <= steps; ++after) {
    try {
      {
        detail::test_run run(options);
        {  // the handle of the task is memory as well
          detail::started<detail::scenario_result<F>> test(run, scenario);
          for (std::size_t i = 0; i < after; ++i) run.step();
        }
        run.destroy();
      }
      if constexpr (std::is_invocable_v<G&, std::size_t>)
        after_each(after);
      else
        after_each();
    } catch (...) {
      detail::rethrow_after_step(after, "had its context destroyed");
    }
  }
  return steps;
}
/// \overload
template <class F>
std::size_t destroy_at_every_step(F scenario, run_test_options options = {}) {
  return destroy_at_every_step(std::move(scenario), [](std::size_t) {}, std::move(options));
}

}  // namespace curfew::testing

#endif
