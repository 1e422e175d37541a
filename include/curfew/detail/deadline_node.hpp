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
  std::uint64_t id = 0;
  request_target* target = nullptr;
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
