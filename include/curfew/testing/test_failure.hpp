#ifndef CURFEW_TESTING_TEST_FAILURE_HPP
#define CURFEW_TESTING_TEST_FAILURE_HPP

#include <curfew/export.hpp>
#include <stdexcept>

namespace curfew::testing {

/// What a test did that no test may do: it left something behind, did not end, ended in a way that
/// the contract does not allow. Its words say what, and of tasks which.
///
/// \par Lifetime
/// As for any exception; the words are its own.
/// \see `run_test`, `cancel_at_every_step`, `permute_same_tick`, `fail_every_allocation` throw it.
/// A deadlock is `errc::deadlock`.
class CURFEW_TESTING_EXPORT test_failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ~test_failure() override;
};

}  // namespace curfew::testing

#endif
