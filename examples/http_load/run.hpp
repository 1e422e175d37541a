#ifndef HTTP_LOAD_RUN_HPP
#define HTTP_LOAD_RUN_HPP

#include <vector>

#include "well_behaved.hpp"
#include "world.hpp"

namespace http_load {

/// Lets all clients loose, waits for them, and asks the server before and after.
awaitable<void> run_clients(world& all, std::vector<errand>& errands);

}  // namespace http_load

#endif
