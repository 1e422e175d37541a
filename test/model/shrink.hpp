#ifndef CURFEW_TEST_MODEL_SHRINK_HPP
#define CURFEW_TEST_MODEL_SHRINK_HPP

#include <functional>

#include "program.hpp"

namespace model {

/// The smallest program to be had from one that fails by leaving things out, one at a time, as long
/// as it still fails. \pre `fails(given)`.
program shrink(program given, std::function<bool(program const&)> const& fails);

}  // namespace model

#endif
