#ifndef CURFEW_TEST_INTEROP_STEPPER_HPP
#define CURFEW_TEST_INTEROP_STEPPER_HPP

#include "../support.hpp"

#include <algorithm>
#include <curfew/detail/deadline_service.hpp>
#include <memory>
#include <optional>
#include <string>

/// Held by locals and arguments of a scenario; as many owners as before means that each of them was
/// destroyed once. (Once too often is for the address sanitizer to see.)
using token = std::shared_ptr<std::string>;

/// A context whose virtual time goes on by single steps: one handler, or one instant, of which the
/// news is posted and not delivered yet.
class stepper {
 public:
  stepper() : stacks_before_(curfew::detail::count_stacks()) {
    deadlines_->start_virtual_time(curfew::clock::time_point(24h));
  }
  bool step() {
    if (context->stopped()) context->restart();
    if (context->poll_one() != 0) return true;
    auto const next = deadlines_->next_deadline();
    if (next == curfew::clock::time_point::max()) return false;
    deadlines_->advance_to(std::max(next, deadlines_->now()));
    return true;
  }
  void destroy() { context.reset(); }
  bool is_clean() const { return curfew::detail::count_stacks() == stacks_before_; }

  std::optional<asio::io_context> context{std::in_place, 1};

 private:
  curfew::detail::deadline_service* deadlines_ = &curfew::detail::deadline_service::of(*context);
  std::size_t stacks_before_;
};

inline awaitable<int> slow(token owned, curfew::clock::duration limit) {
  auto const local = owned;
  co_await curfew::sleep_for(limit);
  co_return static_cast<int>(local->size());
}

#endif
