#ifndef CURFEW_TEST_INTEROP_STEPPER_HPP
#define CURFEW_TEST_INTEROP_STEPPER_HPP

#include "../support.hpp"

#include <memory>
#include <optional>
#include <string>

/// Held by locals and arguments of a scenario; as many owners as before means that each of them was
/// destroyed once. (Once too often is for the address sanitizer to see.)
using text_ref = std::shared_ptr<std::string>;

/// A context whose virtual time goes on by single steps: one handler, or one instant, of which the
/// news is posted and not delivered yet.
class stepper {
 public:
  bool step() { return time->step(); }
  void finish() {
    while (step()) continue;
  }
  void destroy() {
    time.reset();
    context.reset();
  }
  bool is_clean() const { return curfew::detail::count_stacks() == stacks_before_; }

  std::optional<asio::io_context> context{std::in_place, 1};
  std::optional<curfew::testing::virtual_time> time{std::in_place, *context};

 private:
  std::size_t stacks_before_ = curfew::detail::count_stacks();
};

inline awaitable<int> slow(text_ref owned, curfew::clock::duration limit) {
  auto const local = owned;
  co_await curfew::sleep_for(limit);
  co_return static_cast<int>(local->size());
}

#endif
