#ifndef CURFEW_TEST_MODEL_INTERPRETER_HPP
#define CURFEW_TEST_MODEL_INTERPRETER_HPP

#include "program.hpp"

namespace model {

/// What came of a program.
struct observation {
  history nodes;
  std::string left;  ///< What was left behind, or nothing.
};

/// Runs a program with curfew, under virtual time.
observation observe(program const& given);

}  // namespace model

#endif
