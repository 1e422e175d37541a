#ifndef CURFEW_DETAIL_TASK_CORE_HPP
#define CURFEW_DETAIL_TASK_CORE_HPP

#include <atomic>
#include <cstdint>
#include <curfew/cancellation_reason.hpp>
#include <curfew/clock.hpp>
#include <curfew/detail/group_verdict.hpp>
#include <curfew/detail/list_hook.hpp>
#include <curfew/detail/region_stack.hpp>
#include <curfew/detail/spin_lock.hpp>
#include <curfew/export.hpp>
#include <exception>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>

namespace curfew::detail {

class group_core;
class task_core;
using group_ref = target_ref<group_core>;
using task_ref = target_ref<task_core>;

/// Who is told when a task has ended.
struct task_waiter : token_node {
  deadline_service const* context = nullptr;  ///< Where it waits: it dies with that.
};

/// A task in its group.
struct group_hook : list_hook {
  explicit group_hook(task_core* which) noexcept : task(which) {}
  task_core* const task;
};

/// The time of a context, asked for once for each.
struct present_time {
  deadline_service const* context = nullptr;
  clock::time_point at{};

  clock::time_point in(deadline_service const& where) noexcept {
    if (context != &where) at = (context = &where)->now();
    return at;
  }
};

/// What is known of a task when it is spawned.
struct task_facts {
  std::string name;
  std::source_location where;
  clock::time_point deadline = (clock::time_point::max)();
};

/// What a task is but for its coroutine and its result: a region stack with a name, an owner, a
/// request to stop that may come from any thread, and those who wait for its end.
///
/// Invariants, under `lock_`:
/// 1. `ended_` rises once; what the task ended with is written before that and never again.
/// 2. Nobody joins `waiters_` once it has.
/// 3. `why_` is written once, by the first request; none is accepted after the end.
/// 4. `group_` is the owner until the end, and null after it.
class CURFEW_EXPORT task_core : public region_stack {
 public:
  /// \name From any thread
  /// @{
  std::uint64_t number() const noexcept { return number_; }
  std::string_view name() const noexcept final { return name_; }
  std::source_location const& where() const noexcept { return where_; }
  clock::time_point spawned_at() const noexcept { return spawned_at_; }
  bool done() const noexcept { return ended_.load(std::memory_order_acquire); }
  /// Returns whether this is the first request. \throws std::bad_alloc
  bool cancel(cancellation_reason reason);
  /// Why it was asked to stop, by itself or with its group; empty when it was not.
  cancellation_reason reason() const;
  /// Whether it has begun to run its body.
  bool begun() const noexcept { return begun_.load(std::memory_order_relaxed); }
  /// Whether `other` is this, or waits for this to end because it owns the group that this is in.
  bool is_within(task_core const* other) const noexcept;
  /// When it was asked; `max()` when it was not.
  clock::time_point asked_at() const noexcept { return asked_at_.load(std::memory_order_relaxed); }
  /// Its group; null after the end.
  group_ref owner() const noexcept;
  /// It is asked to stop with its group.
  void tell(present_time& present);

  /// Has `node.target` told of the end. False, and the node is idle still, when it has come.
  bool add(task_waiter& node) noexcept;
  /// Returns whether the target is certain not to be told, now or later.
  bool remove(task_waiter& node) noexcept;
  bool forget(task_waiter& node) noexcept { return remove(node); }
  wait_note::content as_wait() const noexcept { return {"task", number_}; }
  /// Tells the observer that it does not stop.
  void observe_refusal(cancellation_reason const& why, clock::duration ago) const noexcept;

  /// Somebody knows how it ended.
  void set_looked_at() noexcept { looked_at_.store(true, std::memory_order_relaxed); }
  bool looked_at() const noexcept { return looked_at_.load(std::memory_order_relaxed); }
  /// Nobody wants to know it: a failure is not reported.
  void set_dismissed() noexcept { dismissed_.store(true, std::memory_order_relaxed); }
  /// Who waited for it has left: a failure is no longer its group's, and is reported.
  void set_abandoned() noexcept { abandoned_.store(true, std::memory_order_relaxed); }
  bool abandoned() const noexcept { return abandoned_.load(std::memory_order_relaxed); }
  /// @}

  task_core* as_task() noexcept final { return this; }
  task_event about() const final;
  group_core* group() const noexcept { return group_.get(); }

 protected:
  task_core(deadline_service& deadlines, task_facts&& facts);
  ~task_core() override;

  /// Puts it in a group; false when that takes no more.
  bool join_group(group_ref const& group) noexcept;
  /// The body may begin, when it has its turn: unless somebody asked already.
  bool may_begin() const noexcept { return !asked(); }
  /// The body begins.
  void begin() noexcept { begun_.store(true, std::memory_order_relaxed); }
  /// The body has ended; what it ended with can be read from now on.
  void end(ending how, std::exception_ptr error) noexcept;
  /// The context is being destroyed, or there was no memory to start: the body does not go on.
  void abandon() noexcept;

  bool asked() const noexcept;
  bool asked_from_outside() const noexcept override { return asked(); }
  cancellation_reason reason_from_outside() const override { return reason(); }
  /// The executor may be gone before the last handle.
  virtual void drop_executor() noexcept = 0;

  mutable spin_lock lock_;

 private:
  friend class group_core;

  void finish(member_end how, std::exception_ptr error, bool wake_own_context) noexcept;
  void wake_all(bool own_context) noexcept;
  void keep_reason() noexcept;
  /// Returns whether this is the first request, of whatever kind.
  bool set_asked(clock::time_point present) noexcept;
  void observe_spawn() const noexcept;
  void observe_request() const noexcept;
  void observe_end(group_core const& group, ending how,
                   std::exception_ptr const& error) const noexcept;
  void report() const noexcept;

  group_hook in_group_{this};  ///< Under the group's lock.
  group_ref group_;
  list_hook waiters_;
  std::unique_ptr<cancellation_reason> why_;
  std::exception_ptr failure_;
  std::string name_;
  std::source_location where_;
  clock::time_point spawned_at_;
  std::uint64_t number_;
  std::atomic<bool> asked_{false}, begun_{false}, ended_{false}, looked_at_{false},
      dismissed_{false}, abandoned_{false};
  std::atomic<clock::time_point> asked_at_{(clock::time_point::max)()};
};

}  // namespace curfew::detail

#endif
