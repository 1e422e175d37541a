#ifndef CURFEW_DETAIL_DEADLINE_NODE_HPP
#define CURFEW_DETAIL_DEADLINE_NODE_HPP

#include <atomic>
#include <cstdint>
#include <curfew/clock.hpp>
#include <curfew/detail/list_hook.hpp>
#include <curfew/detail/request_target.hpp>

namespace curfew::detail {

/// A deadline, living in whatever has it: the state of an operation or the frame of a scope. The
/// fields belong to the deadline service; `due` and `state` are also read without its lock.
struct deadline_node : list_hook {
  enum class state : std::uint8_t { idle, linked, fired };

  std::atomic<clock::rep> due{0};
  std::uint64_t tick = 0;
  request_target* target = nullptr;
  std::uint8_t level = 0;
  std::atomic<state> where{state::idle};
  bool const numbered = false;  ///< Whether it is a `numbered_deadline`.

  deadline_node() = default;

  clock::time_point deadline() const noexcept {
    return clock::time_point(clock::duration(due.load(std::memory_order_relaxed)));
  }
  void set_deadline(clock::time_point at) noexcept {
    due.store(at.time_since_epoch().count(), std::memory_order_relaxed);
  }
  /// What the target is told with it.
  std::uint64_t number() const noexcept;

 protected:
  explicit deadline_node(bool has_number) noexcept : numbered(has_number) {}
};

/// One of several deadlines of the same target.
struct numbered_deadline : deadline_node {
  numbered_deadline() noexcept : deadline_node(true) {}
  std::uint64_t id = 0;
};

inline std::uint64_t deadline_node::number() const noexcept {
  return numbered ? static_cast<numbered_deadline const*>(this)->id : 0;
}

}  // namespace curfew::detail

#endif
