#ifndef CURFEW_DETAIL_QUEUE_STATE_HPP
#define CURFEW_DETAIL_QUEUE_STATE_HPP

#include <cstddef>
#include <cstdint>
#include <curfew/detail/spin_lock.hpp>
#include <curfew/detail/waiter.hpp>
#include <curfew/export.hpp>

namespace curfew::detail {

enum class queue_result : std::uint8_t { done, not_now, closed };

/// What a queue and those who push and pop share.
///
/// Invariants, under `lock_`:
/// 1. Somebody waits to pop only while there are no items, and nobody waits to push.
/// 2. Somebody waits to push only while there are as many items as there may be.
/// 3. Nobody waits once it is closed.
/// Lock order: nothing is called under it; items are made, moved and destroyed without it.
class CURFEW_EXPORT queue_state : public counted<queue_state> {
 public:
  explicit queue_state(std::size_t capacity) noexcept : capacity_(capacity) {}
  queue_state(queue_state const&) = delete;
  queue_state& operator=(queue_state const&) = delete;
  ~queue_state() { clear(); }

  /// Takes `item` over when it is done; otherwise `who`, where given, waits with it if not closed.
  /// \throws std::bad_alloc Whoever was given it could not be told; it is gone with him.
  queue_result push(queue_item& item, waiter* who);
  /// The first item to `item`; if there is none, `who`, where given, waits for it if not closed.
  queue_result pop(queue_item*& item, waiter* who);
  void close();
  /// What a push would come to, if nobody else came first.
  queue_result can_push() noexcept;
  bool closed() noexcept;
  std::size_t size() noexcept;
  bool remove(waiter& who) noexcept;
  bool has_waiters() noexcept;
  /// Destroys the items.
  void clear() noexcept;

 private:
  spin_lock lock_;
  bool closed_ = false;
  std::size_t const capacity_;
  std::size_t size_ = 0;
  list_hook items_, pushers_, poppers_;
};

using queue_ref = target_ref<queue_state>;

}  // namespace curfew::detail

#endif
