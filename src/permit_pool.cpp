#include <curfew/detail/permit_pool.hpp>
#include <mutex>

namespace curfew::detail {

std::size_t permit_pool::available() noexcept {
  std::lock_guard guard(lock_);
  return available_;
}

bool permit_pool::acquire(std::size_t permits, waiter* who) noexcept {
  if (permits == 0) return true;
  std::lock_guard guard(lock_);
  if (waiters_.empty() && permits <= available_) {
    available_ -= permits;
    return true;
  }
  if (who) {
    who->wants = permits;
    who->link(waiters_);
  }
  return false;
}

void permit_pool::give_back(std::size_t permits) noexcept {
  chosen next;
  {
    std::lock_guard guard(lock_);
    available_ += permits;
    grant(next);
  }
  next.tell_quietly();
}

bool permit_pool::remove(waiter& who) noexcept {
  chosen next;
  {
    std::lock_guard guard(lock_);
    if (!who.leave()) return false;
    grant(next);
  }
  next.tell_quietly();
  return true;
}

void permit_pool::grant(chosen& to) noexcept {
  while (!waiters_.empty()) {
    auto& first = chosen::first(waiters_);
    if (first.wants > available_) return;
    available_ -= first.wants;
    to.add(first);
  }
}

bool permit_pool::has_waiters() noexcept {
  std::lock_guard guard(lock_);
  return !waiters_.empty();
}

}  // namespace curfew::detail
