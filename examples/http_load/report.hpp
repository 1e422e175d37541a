#ifndef HTTP_LOAD_REPORT_HPP
#define HTTP_LOAD_REPORT_HPP

#include <vector>

#include "well_behaved.hpp"
#include "world.hpp"

namespace http_load {

/// Prints what happened, and whether that is as it should be.
bool print_report(world const& all, std::vector<errand> const& errands);

}  // namespace http_load

#endif
