#ifndef CURFEW_TESTING_RUN_TEST_HPP
#define CURFEW_TESTING_RUN_TEST_HPP

#include <curfew/testing/detail/test_run.hpp>
#include <curfew/testing/run_test_options.hpp>
#include <curfew/testing/test_failure.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <utility>

namespace curfew::testing {

/// Runs a coroutine as a test, on a context of its own under virtual time, and gives its value: the
/// test of an hour's limit takes microseconds and ends the same way each time.
///
/// The scenario is a coroutine function of `(virtual_time&)` or of nothing. It runs as a task with
/// the name "test"; time jumps whenever nothing is ready. When it has ended, nothing may be left:
/// no task, no deadline, no operation of Asio, no coroutine that curfew knows, and no memory if
/// that is asked for. It depends on no test framework: what is wrong is thrown.
///
/// \par Errors
/// What the scenario throws, unchanged. `errc::deadlock` when nothing can ever happen, with the
/// tree of tasks: who waits for what. `test_failure` for what was left behind, and for a scenario
/// that takes longer than `real_limit` by the real clock. When a handler never returns, the tasks
/// are written to `std::cerr` and the program is ended by `std::abort`.
/// \par Units
/// Virtual time in the scenario; `real_limit` and `patience` by the real clock.
/// \par Thread safety
/// From any thread, one test at a time: what is left is counted in the whole program.
/// \par Lifetime
/// The scenario lives until it has ended; everything in the context is destroyed before this
/// returns. The value must not refer to it.
/// \par Example
/// \snippet run_test.cpp run_test
/// \see `cancel_at_every_step` and `permute_same_tick` run a scenario many times. `virtual_time`
/// alone is for contexts of your own; it does not check what is left. asyncio's
/// `IsolatedAsyncioTestCase` and Kotlin's `runTest` are the models.
template <class F>
detail::scenario_result<F> run_test(F scenario, run_test_options options = {}) {
  detail::test_run run(options);
  return detail::run_to_end(run, scenario).value();
}

}  // namespace curfew::testing

#endif
