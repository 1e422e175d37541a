#ifndef CURFEW_DETAIL_TASK_REGISTRY_HPP
#define CURFEW_DETAIL_TASK_REGISTRY_HPP

#include <array>
#include <atomic>
#include <cstddef>
#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/group_core.hpp>
#include <curfew/detail/list_hook.hpp>
#include <curfew/detail/spin_lock.hpp>
#include <curfew/detail/verdict.hpp>
#include <curfew/detail/waiter.hpp>
#include <curfew/export.hpp>
#include <vector>

namespace curfew::detail {

/// The groups whose owners are in one context, and those of their children, wherever these run: so
/// the trees of tasks that have their root here. A group is in it from its making to its close, and
/// keeps it, which may be longer than the context lives.
class CURFEW_EXPORT task_registry : public counted<task_registry> {
 public:
  /// What a `run` that is under way has put in force.
  struct run {
    group_ref root;      ///< In place of the context's own.
    token_ref draining;  ///< Ends what is idle.
  };
  using endings = std::array<std::size_t, 3>;  ///< By `ending`.

  /// That of a context, made on first use. \throws std::bad_alloc
  static task_registry& of(deadline_service& context);
  /// The same; null where there is none yet.
  static task_registry* find(deadline_service& context) noexcept;

  /// The group of the tasks that are in no other. It takes tasks until the context, or the run
  /// that is under way, ends.
  group_ref root() const noexcept;
  /// That of the context itself, whatever is under way. \pre The context lives.
  group_ref const& own_root() const noexcept { return own_root_; }
  void set_own_root(group_ref root) noexcept;
  /// The context is being destroyed: nothing is taken any more.
  void close_roots() noexcept;
  /// Puts it in force; false when another is.
  bool begin_run(run const& with) noexcept;
  /// What is left of its root stays known until the context ends. \throws std::bad_alloc
  void end_run();
  bool has_run() const noexcept;
  /// That of the run that is under way; null where there is none.
  token_ref draining() const noexcept;

  void add(registry_hook& hook) noexcept;
  void remove(registry_hook& hook) noexcept;
  /// The groups that are open now, in the order in which they were opened. \throws std::bad_alloc
  std::vector<group_ref> groups() const;
  /// All tasks that are alive now, of other contexts too where a group of this one owns them.
  /// \throws std::bad_alloc
  std::vector<task_ref> tasks() const;

  /// Counts how tasks end, from here on.
  void start_counting() noexcept;
  /// How many ended since, and how. Nothing is counted any more.
  endings stop_counting() noexcept;
  void count_end(ending how) noexcept {
    if (!counting_.load(std::memory_order_relaxed)) return;
    ended_[static_cast<std::size_t>(how)].fetch_add(1, std::memory_order_relaxed);
  }

 private:
  friend class counted<task_registry>;
  ~task_registry() = default;

  mutable spin_lock lock_;
  list_hook groups_;
  group_ref own_root_;
  run run_;
  std::vector<group_ref> left_behind_;
  std::atomic<bool> counting_{false};
  std::array<std::atomic<std::size_t>, 3> ended_{};
};

}  // namespace curfew::detail

#endif
