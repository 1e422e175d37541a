#ifndef CURFEW_DETAIL_EVENT_STATE_HPP
#define CURFEW_DETAIL_EVENT_STATE_HPP

#include <atomic>
#include <curfew/detail/spin_lock.hpp>
#include <curfew/detail/waiter.hpp>
#include <curfew/export.hpp>

namespace curfew::detail {

/// What an event and those who wait for it share. Nobody waits while it is set. Lock order: nothing
/// is called under `lock_`.
class CURFEW_EXPORT event_state : public counted<event_state> {
 public:
  bool is_set() const noexcept { return set_.load(std::memory_order_acquire); }
  void set();
  void reset() noexcept;
  /// Whether it is set; if not, `who` waits.
  bool wait(waiter& who) noexcept;
  bool remove(waiter& who) noexcept;
  bool has_waiters() noexcept;

 private:
  spin_lock lock_;
  std::atomic<bool> set_{false};
  list_hook waiters_;
};

using event_ref = target_ref<event_state>;

}  // namespace curfew::detail

#endif
