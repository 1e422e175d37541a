#ifndef CURFEW_TEST_MECHANISMS_PRINT_VERDICT_HPP
#define CURFEW_TEST_MECHANISMS_PRINT_VERDICT_HPP

#include <curfew/detail/verdict.hpp>
#include <ostream>

namespace curfew::detail {
inline std::ostream& boost_test_print_type(std::ostream& out, verdict v) {
  static char const* const names[] = {"deliver", "timed_out", "withdrawn", "aborted"};
  return out << names[static_cast<int>(v)];
}
}  // namespace curfew::detail

#endif
