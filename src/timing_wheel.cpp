#include <curfew/detail/timing_wheel.hpp>

#include <algorithm>
#include <bit>

namespace curfew::detail {
namespace {

deadline_node& node_of(list_hook& hook) noexcept { return static_cast<deadline_node&>(hook); }

// Who is told soon is fetched while the others are sorted: of a crowd of deadlines it is long cold.
void prefetch([[maybe_unused]] request_target const* target) noexcept {
#if defined(__GNUC__)
  __builtin_prefetch(target);
#endif
}

bool sorted(list_hook const& list) noexcept {
  for (auto* hook = list.next; hook->next != &list && hook != &list; hook = hook->next)
    if (static_cast<deadline_node*>(hook)->deadline() >
        static_cast<deadline_node*>(hook->next)->deadline())
      return false;
  return true;
}

void merge(list_hook& into, list_hook& left, list_hook& right) noexcept {
  while (!left.empty() && !right.empty()) {
    // Equal deadlines keep the order of arming: the left half goes first.
    auto& from = node_of(*right.next).deadline() < node_of(*left.next).deadline() ? right : left;
    auto* hook = from.next;
    hook->unlink();
    into.push_back(*hook);
  }
  into.take(left);
  into.take(right);
}

// Stable merge sort by exact deadline; recursion depth is the logarithm of the size.
void sort_by_deadline(list_hook& list, std::size_t size) noexcept {
  if (size < 2 || sorted(list)) return;
  list_hook left, right;
  for (std::size_t i = 0; i < size / 2; ++i) {
    auto* hook = list.next;
    hook->unlink();
    left.push_back(*hook);
  }
  right.take(list);
  sort_by_deadline(left, size / 2);
  sort_by_deadline(right, size - size / 2);
  merge(list, left, right);
}

}  // namespace

std::uint64_t timing_wheel::next_tick() const noexcept {
  if (!expired_.empty()) return now_;
  for (unsigned level = 0; level < levels; ++level) {
    if (occupied_[level] == 0) continue;
    auto const slot = static_cast<unsigned>(std::countr_zero(occupied_[level]));
    auto const digits_above = level + 1 < levels ? now_ >> ((level + 1) * bits) : 0;
    return ((digits_above << bits) | slot) << (level * bits);
  }
  return none;
}

std::uint64_t timing_wheel::earliest() const noexcept {
  if (!expired_.empty()) return now_;
  for (unsigned level = 0; level < levels; ++level) {
    if (occupied_[level] == 0) continue;
    auto const& list = lists_[level][static_cast<unsigned>(std::countr_zero(occupied_[level]))];
    std::uint64_t first = none;
    for (auto* hook = list.next; hook != &list; hook = hook->next)
      first = std::min(first, static_cast<deadline_node*>(hook)->tick);
    return first;
  }
  return none;
}

deadline_node* timing_wheel::pop_due(std::uint64_t until) noexcept {
  for (;;) {
    if (auto* node = pop_expired()) return node;
    auto const tick = next_tick();
    if (tick > until) break;
    expire(tick);
  }
  now_ = std::max(now_, until);
  return nullptr;
}

deadline_node* timing_wheel::pop_any() noexcept {
  if (auto* node = pop_expired()) return node;
  for (unsigned level = 0; level < levels; ++level) {
    if (occupied_[level] == 0) continue;
    auto& list = lists_[level][static_cast<unsigned>(std::countr_zero(occupied_[level]))];
    auto& node = node_of(*list.next);
    remove(node);
    return &node;
  }
  return nullptr;
}

deadline_node* timing_wheel::pop_expired() noexcept {
  if (expired_.empty()) return nullptr;
  auto& node = node_of(*expired_.next);
  remove(node);
  return &node;
}

// Goes to a tick before which nothing is due: what a higher level held for the range that begins
// there moves down, and what is due at the tick itself moves to the expired list.
void timing_wheel::expire(std::uint64_t tick) noexcept {
  now_ = tick;
  list_hook due;
  std::size_t count = 0;
  for (unsigned level = levels; level-- > 0;) {
    auto const slot = slot_of(tick, level);
    if ((occupied_[level] >> slot & 1) == 0) continue;
    if ((tick & ((std::uint64_t{1} << (level * bits)) - 1)) != 0) continue;
    list_hook moving;
    moving.take(lists_[level][slot]);
    occupied_[level] &= ~(std::uint64_t{1} << slot);
    while (!moving.empty()) {
      auto& node = node_of(*moving.next);
      node.unlink();
      if (node.tick > tick) {
        place(node);
        continue;
      }
      node.level = expired_level;
      prefetch(node.target);
      due.push_back(node);
      ++count;
    }
  }
  sort_by_deadline(due, count);
  expired_.take(due);
}

}  // namespace curfew::detail
