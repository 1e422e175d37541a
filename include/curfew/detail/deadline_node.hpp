#ifndef CURFEW_DETAIL_DEADLINE_NODE_HPP
#define CURFEW_DETAIL_DEADLINE_NODE_HPP

#include <atomic>
#include <cstdint>
#include <curfew/clock.hpp>
#include <curfew/export.hpp>

namespace curfew::detail {

/// Who is told that a deadline passed. Counted, because the telling may still be on its way to
/// the operation's executor when the operation ends.
class CURFEW_EXPORT deadline_target {
 public:
  void add_ref() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }

  /// Called once per expiry, on a thread of the context, outside every lock, with a reference
  /// that now belongs to the callee. Hands the news to the target's own executor.
  virtual void deadline_expired(std::uint64_t id) = 0;
  /// The context is being destroyed and nothing else owns what waits here.
  virtual void context_destroyed() noexcept {}

 protected:
  deadline_target() = default;
  deadline_target(deadline_target const&) = delete;
  deadline_target& operator=(deadline_target const&) = delete;
  virtual ~deadline_target();
  virtual void destroy() noexcept = 0;

 private:
  std::atomic<std::uint32_t> references_{1};
};

/// One reference to a target or to a class derived from it.
template <class Target>
class target_ref {
 public:
  target_ref() = default;
  /// Takes over a reference that the caller owns.
  static target_ref adopt(Target* target) noexcept { return target_ref(target); }
  /// Adds a reference.
  static target_ref share(Target* target) noexcept {
    if (target) target->add_ref();
    return target_ref(target);
  }
  target_ref(target_ref const& other) noexcept : target_ref(share(other.target_)) {}
  target_ref(target_ref&& other) noexcept : target_(other.target_) { other.target_ = nullptr; }
  target_ref& operator=(target_ref other) noexcept {
    Target* mine = target_;
    target_ = other.target_;
    other.target_ = mine;
    return *this;
  }
  ~target_ref() {
    if (target_) target_->release();
  }

  Target* get() const noexcept { return target_; }
  Target* operator->() const noexcept { return target_; }
  Target& operator*() const noexcept { return *target_; }
  explicit operator bool() const noexcept { return target_ != nullptr; }

 private:
  explicit target_ref(Target* target) noexcept : target_(target) {}
  Target* target_ = nullptr;
};

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

/// A deadline, living in whatever has it: the state of an operation or the frame of a scope. The
/// fields belong to the deadline service; `due` and `state` are also read without its lock.
struct deadline_node : list_hook {
  enum class state : std::uint8_t { idle, linked, fired };

  std::atomic<clock::rep> due{0};
  std::uint64_t tick = 0;
  std::uint64_t id = 0;
  deadline_target* target = nullptr;
  std::uint8_t level = 0;
  std::atomic<state> where{state::idle};

  clock::time_point deadline() const noexcept {
    return clock::time_point(clock::duration(due.load(std::memory_order_relaxed)));
  }
  void set_deadline(clock::time_point at) noexcept {
    due.store(at.time_since_epoch().count(), std::memory_order_relaxed);
  }
};

}  // namespace curfew::detail

#endif
