#ifndef CURFEW_TEST_MODEL_MODEL_HPP
#define CURFEW_TEST_MODEL_MODEL_HPP

#include <cstdint>

#include "program.hpp"

namespace model {

/// What the contract says of a program. What several coroutines do at one instant has no order by
/// the contract: `order` chooses one; zero goes by who came first.
history predict(program const& given, std::uint64_t order = 0);

}  // namespace model

#endif
