#include <curfew/detail/inline_depth.hpp>

namespace curfew::detail {

unsigned& inline_depth() noexcept {
  thread_local unsigned depth = 0;
  return depth;
}

}  // namespace curfew::detail
