#include <curfew/detail/event_state.hpp>
#include <mutex>

namespace curfew::detail {

void event_state::set() {
  chosen all;
  {
    std::lock_guard guard(lock_);
    set_.store(true, std::memory_order_release);
    all.add_all(waiters_, false);
  }
  all.tell();
}

void event_state::reset() noexcept {
  std::lock_guard guard(lock_);
  set_.store(false, std::memory_order_release);
}

bool event_state::wait(waiter& who) noexcept {
  std::lock_guard guard(lock_);
  if (is_set()) return true;
  who.link(waiters_);
  return false;
}

bool event_state::remove(waiter& who) noexcept {
  std::lock_guard guard(lock_);
  return who.leave();
}

bool event_state::has_waiters() noexcept {
  std::lock_guard guard(lock_);
  return !waiters_.empty();
}

}  // namespace curfew::detail
