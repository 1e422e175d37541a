#include <curfew/error.hpp>
#include <curfew/testing/cancel_at_every_step.hpp>
#include <iostream>

namespace curfew::testing::detail {

void check_disturbed_end(std::exception_ptr const& ended, std::exception_ptr const& undisturbed) {
  if (!ended || !is_timeout(ended)) return;
  if (undisturbed && is_timeout(undisturbed)) return;
  throw test_failure(
      "the scenario ended with a timeout, although it was asked to stop from outside and does not "
      "time out by itself");
}

void rethrow_after_step(std::size_t step, char const* what) {
  std::cerr << "curfew: the scenario failed when it " + std::string(what) + " after step " +
                   std::to_string(step) + "\n"
            << std::flush;
  throw;
}

}  // namespace curfew::testing::detail
