#ifndef CURFEW_TEST_MODEL_COMPARE_HPP
#define CURFEW_TEST_MODEL_COMPARE_HPP

#include <string>

#include "program.hpp"

namespace model {

/// What came of a program, by the model.
enum class agreement {
  exact,    ///< It ended as the model says.
  allowed,  ///< In another order of what happens at one instant it would.
  none,
};

agreement compare(program const& given);

/// The program, made small, what the model says of it, and what came.
/// \pre `compare(given)` is none.
std::string report(program const& given);

}  // namespace model

#endif
