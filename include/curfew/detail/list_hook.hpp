#ifndef CURFEW_DETAIL_LIST_HOOK_HPP
#define CURFEW_DETAIL_LIST_HOOK_HPP

namespace curfew::detail {

/// A node of a circular list, and a list: the head is a node like the others.
struct list_hook {
  list_hook* prev = this;
  list_hook* next = this;

  list_hook() = default;
  list_hook(list_hook const&) = delete;
  list_hook& operator=(list_hook const&) = delete;

  bool empty() const noexcept { return next == this; }
  void push_back(list_hook& node) noexcept {
    node.prev = prev;
    node.next = this;
    prev->next = &node;
    prev = &node;
  }
  void unlink() noexcept {
    prev->next = next;
    next->prev = prev;
    prev = next = this;
  }
  /// Moves every node of `other` to the end of this list.
  void take(list_hook& other) noexcept {
    if (other.empty()) return;
    other.next->prev = prev;
    prev->next = other.next;
    other.prev->next = this;
    prev = other.prev;
    other.prev = other.next = &other;
  }
};

}  // namespace curfew::detail

#endif
