// yield: one trip through the loop, the measure of everything else.

#include "rows.hpp"

namespace bench {
namespace {

struct post {
  static constexpr auto name = "post";

  template <class Ex>
  static awaitable<Ex> start(Ex executor, std::size_t operations) {
    while (operations-- > 0) co_await yield(executor);
  }
};

bool const registered = add_contenders<post>("yield");

}  // namespace
}  // namespace bench
