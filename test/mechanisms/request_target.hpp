#ifndef CURFEW_TEST_MECHANISMS_DEADLINE_TARGET_HPP
#define CURFEW_TEST_MECHANISMS_DEADLINE_TARGET_HPP

#include <atomic>
#include <cstdint>
#include <curfew/detail/deadline_service.hpp>
#include <functional>

/// A target with one deadline that records what it is told.
struct test_target final : curfew::detail::request_target {
  explicit test_target(curfew::detail::deadline_service& service) : deadlines(&service) {
    node.target = this;
  }
  ~test_target() override = default;

  void arm_at(curfew::clock::time_point deadline) {
    deadlines->arm(node, deadline, deadlines->now());
  }
  void arm_after(curfew::clock::duration limit) { arm_at(deadlines->now() + limit); }
  bool disarm() { return deadlines->disarm(node); }
  void move_to(curfew::clock::time_point deadline) {
    deadlines->move(node, deadline, deadlines->now());
  }
  /// What whoever was told has to do before it arms again.
  void reuse() { node.where.store(curfew::detail::deadline_node::state::idle); }

  void requested(std::uint64_t id) override {
    last_id = id;
    ++told;
    if (on_expiry) on_expiry();
    release();
  }
  void context_destroyed() noexcept override { ++context_deaths; }
  void destroy() noexcept override { ++destructions; }

  curfew::detail::deadline_service* deadlines;
  curfew::detail::numbered_deadline node;
  std::function<void()> on_expiry;
  std::atomic<int> told{0}, context_deaths{0}, destructions{0};
  std::atomic<std::uint64_t> last_id{0};
};

#endif
