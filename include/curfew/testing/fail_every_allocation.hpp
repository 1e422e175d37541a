#ifndef CURFEW_TESTING_FAIL_EVERY_ALLOCATION_HPP
#define CURFEW_TESTING_FAIL_EVERY_ALLOCATION_HPP

#include <cstddef>
#include <curfew/export.hpp>
#include <curfew/outcome.hpp>
#include <curfew/testing/detail/test_run.hpp>
#include <curfew/testing/run_test_options.hpp>
#include <curfew/testing/test_failure.hpp>
#include <exception>
#include <new>
#include <utility>

namespace curfew::testing {

/// Whether an error says that there was no memory: `std::bad_alloc`, or `not_enough_memory`.
CURFEW_TESTING_EXPORT bool is_out_of_memory(std::exception_ptr const& error) noexcept;

namespace detail {

/// Lets the n-th allocation of this thread fail, from `begin` to its own end.
class CURFEW_TESTING_EXPORT failing_allocation {
 public:
  failing_allocation() = default;
  void begin(std::size_t n) noexcept;
  failing_allocation(failing_allocation const&) = delete;
  failing_allocation& operator=(failing_allocation const&) = delete;
  ~failing_allocation() { end(); }
  void end() noexcept;
  bool happened() const noexcept { return happened_; }

 private:
  bool happened_ = false;
};

CURFEW_TESTING_EXPORT void require_replaced_new();
/// Whether the run counts: its end is one that lack of memory explains. \throws test_failure
CURFEW_TESTING_EXPORT void check_starved_end(std::exception_ptr const& ended,
                                             std::exception_ptr const& undisturbed);
[[noreturn]] CURFEW_TESTING_EXPORT void rethrow_in_allocation(std::size_t n);

/// Runs it with the n-th allocation failing. False when there are not so many.
template <class T, class F>
bool starve(std::size_t n, F& scenario, run_test_options const& options,
            std::exception_ptr const& undisturbed) {
  test_run run(options);
  failing_allocation starving;
  outcome<T> ended{error_code()};
  try {
    started<T> test(run, scenario, [&] { starving.begin(n); });
    run.drive([&] { return test.done(); });
    starving.end();
    ended = test.take();
  } catch (std::bad_alloc const&) {
    // Asio found no memory to post a handler: it is gone, and what waited for it with it.
    return true;
  }
  check_starved_end(ended.error(), undisturbed);
  run.check_left_nothing();
  run.destroy();
  return starving.happened();
}

}  // namespace detail

/// Runs a scenario again and again, and lets in each run another allocation find no memory: the
/// first, the second, to the last.
///
/// The scenario is one of `run_test`, and each run is checked like there. It has to end as it does
/// with memory enough (it coped), or with an error that says that there was none, which
/// `is_out_of_memory` knows. Where Asio finds no memory to post a handler, the handler is gone;
/// such a run is left at that, and only the address sanitizer has something to say about it.
///
/// \returns How many allocations were made to fail.
/// \par Errors
/// As for `run_test`; which allocation it was is written to `std::cerr` first.
/// `errc::invalid_state` when the program does not include `replace_new.hpp`.
/// \par Thread safety
/// As for `run_test`. Allocations of other threads never fail.
/// \par Lifetime
/// The scenario lives until this returns.
/// \par Example
/// \snippet out_of_memory.cpp fail_every_allocation
/// \see `cancel_at_every_step`. SQLite's tests are the model.
template <class F>
std::size_t fail_every_allocation(F scenario, run_test_options options = {}) {
  using value = detail::scenario_result<F>;
  detail::require_replaced_new();
  std::exception_ptr undisturbed;
  {
    detail::test_run run(options);
    undisturbed = detail::run_to_end(run, scenario).error();
  }
  for (std::size_t n = 1;; ++n) {
    try {
      if (!detail::starve<value>(n, scenario, options, undisturbed)) return n - 1;
    } catch (...) {
      detail::rethrow_in_allocation(n);
    }
  }
}

}  // namespace curfew::testing

#endif
