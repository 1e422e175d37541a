#ifndef CURFEW_DETAIL_START_CORE_HPP
#define CURFEW_DETAIL_START_CORE_HPP

#include <atomic>
#include <curfew/detail/task_core.hpp>

namespace curfew::detail {

/// What a child that is being started and the one who waits for it to be ready share.
///
/// Whoever comes first decides, under `lock_`: the child says that it is ready, it ends, or the one
/// who waits gives up, which cancels the child and goes on waiting for its end.
class CURFEW_EXPORT start_core {
 public:
  void add_ref() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  void set_child(task_ref child) noexcept;
  /// The child has ended, perhaps with an error, or will not begin. Returns whether the error is
  /// its group's.
  bool child_ended(std::exception_ptr error) noexcept;
  /// Nobody waits for it any more: cancels the child unless it is ready.
  void give_up() noexcept;
  /// After the waiting: throws unless the child is ready.
  void check() const;

  /// Has `node.target` told when the child is ready or has ended; false when it is or has.
  bool add(task_waiter& node) noexcept;
  /// Gives up. False: the child's end is waited for.
  bool remove(task_waiter& node) noexcept;
  bool forget(task_waiter& node) noexcept;
  static wait_note::content as_wait() noexcept { return {"start of a child"}; }

 protected:
  start_core() = default;
  virtual ~start_core();

  /// Returns whether it is still waited for; then the lock is held until `end_ready`, and the value
  /// stored in between.
  bool begin_ready() noexcept;
  void end_ready() noexcept;

 private:
  enum class phase : std::uint8_t { waiting, ready, given_up, ended };

  std::atomic<std::uint32_t> references_{1};
  mutable spin_lock lock_;
  phase phase_ = phase::waiting;
  task_waiter* waiter_ = nullptr;
  task_ref child_;
  std::exception_ptr error_;
};

}  // namespace curfew::detail

#endif
