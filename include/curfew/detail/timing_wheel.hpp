#ifndef CURFEW_DETAIL_TIMING_WHEEL_HPP
#define CURFEW_DETAIL_TIMING_WHEEL_HPP

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <curfew/detail/deadline_node.hpp>
#include <curfew/export.hpp>
#include <limits>

namespace curfew::detail {

/// Deadlines by tick, without a clock, a lock or an event loop: a hierarchical timing wheel
/// (Varghese and Lauck, "Hashed and hierarchical timing wheels", 1987, scheme 7).
///
/// Invariants:
/// 1. A node at level L, slot S differs from `now()` in digit L (base 64) and in none above; S is
///    its digit there and greater than that of `now()`. So a lower level is always due earlier.
/// 2. Bit S of `occupied_[L]` is set exactly when slot S of level L holds a node.
/// 3. Within a slot nodes stand in the order of arming; a slot that expires is sorted by exact
///    deadline, stably.
/// Insertion and removal are O(1) however many are pending.
class CURFEW_EXPORT timing_wheel {
 public:
  static constexpr std::uint64_t none = (std::numeric_limits<std::uint64_t>::max)();

  explicit timing_wheel(std::uint64_t now = 0) noexcept : now_(now) {}

  std::uint64_t now() const noexcept { return now_; }
  std::size_t size() const noexcept { return size_; }
  /// Sets the present. \pre Empty.
  void restart(std::uint64_t now) noexcept { now_ = now; }

  /// Inserts a node that is in no list. A tick that is not in the future becomes the next one.
  void insert(deadline_node& node, std::uint64_t tick) noexcept {
    node.tick = tick > now_ ? tick : now_ + 1;
    place(node);
    ++size_;
  }
  /// Removes a node that is in this wheel, also one that has expired and was not yet popped.
  void remove(deadline_node& node) noexcept {
    node.unlink();
    --size_;
    if (node.level == expired_level) return;
    auto const slot = slot_of(node.tick, node.level);
    if (lists_[node.level][slot].empty()) occupied_[node.level] &= ~(std::uint64_t{1} << slot);
  }

  /// A lower bound for the next expiry, exact within 64 ticks of it; `none` when empty. Going on
  /// to that tick and asking again ends at the exact one.
  std::uint64_t next_tick() const noexcept;
  /// The earliest tick of any node; `none` when empty. Linear in the nodes of one slot.
  std::uint64_t earliest() const noexcept;

  /// Removes and returns the next node that is due at `until`, earliest deadline first; null, with
  /// `now()` moved to `until`, when there is none left.
  deadline_node* pop_due(std::uint64_t until) noexcept;
  /// Removes and returns any node, due or not; null when there is none.
  deadline_node* pop_any() noexcept;

 private:
  static constexpr unsigned bits = 6, slots = 1U << bits, levels = 11;
  static constexpr std::uint8_t expired_level = levels;

  static unsigned slot_of(std::uint64_t tick, unsigned level) noexcept {
    return static_cast<unsigned>(tick >> (level * bits)) % slots;
  }
  void place(deadline_node& node) noexcept {
    auto const differing = node.tick ^ now_;
    auto const level = (63U - static_cast<unsigned>(std::countl_zero(differing | 1))) / bits;
    auto const slot = slot_of(node.tick, level);
    node.level = static_cast<std::uint8_t>(level);
    lists_[level][slot].push_back(node);
    occupied_[level] |= std::uint64_t{1} << slot;
  }
  void expire(std::uint64_t tick) noexcept;
  deadline_node* pop_expired() noexcept;

  std::uint64_t now_;
  std::size_t size_ = 0;
  list_hook expired_;
  std::array<std::uint64_t, levels> occupied_{};
  std::array<std::array<list_hook, slots>, levels> lists_;
};

}  // namespace curfew::detail

#endif
