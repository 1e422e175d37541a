#ifndef CURFEW_DETAIL_DEADLINE_SERVICE_HPP
#define CURFEW_DETAIL_DEADLINE_SERVICE_HPP

#include <atomic>
#include <boost/asio/execution_context.hpp>
#include <curfew/clock.hpp>
#include <curfew/detail/deadline_node.hpp>
#include <curfew/detail/observing.hpp>
#include <curfew/detail/spin_lock.hpp>
#include <curfew/detail/timing_wheel.hpp>
#include <curfew/detail/visitors.hpp>
#include <curfew/export.hpp>
#include <memory>

namespace curfew::detail {

/// Every deadline of one execution context, driven by one timer of it at a time.
///
/// Invariants, all under `lock_`:
/// 1. A node is in the wheel exactly while its state is `linked`.
/// 2. While the wheel holds a node and time is real, the timer is set for no later than the
///    wheel's next tick (`set_for_`), or its handler is running. While `set_for_` is none, the
///    timer is not set: whoever takes the last node out sees whether it keeps the context alive.
/// 3. A node that becomes `fired` has had a reference to its target added for the telling.
/// 4. After shutdown nothing is linked, so that whatever dies later does not come back here.
/// Lock order: `lock_` is taken last but for Asio's own; nothing of a user runs under it.
///
/// Disarming does not touch the timer, so a deadline that does not fire costs no system call; only
/// the last one moves a distant expiry to one millisecond from now, lest it keep the context alive.
class CURFEW_EXPORT deadline_service : public boost::asio::execution_context::service {
 public:
  static boost::asio::execution_context::id id;

  explicit deadline_service(boost::asio::execution_context& context);
  ~deadline_service() override;

  /// The service of a context, made on first use.
  static deadline_service& of(boost::asio::execution_context& context);
  /// The same; null when there is no memory to make it.
  static deadline_service* try_of(boost::asio::execution_context& context) noexcept;

  clock::time_point now() const noexcept {
    return virtual_.load(std::memory_order_relaxed) ? virtual_now() : clock::now();
  }

  /// Has `node.target` told when the deadline passes. A node that is never due is not linked.
  /// \pre The node is idle and has a target. \throws std::bad_alloc The node is idle still.
  void arm(deadline_node& node, clock::time_point deadline, clock::time_point present);
  /// Links a node that is never due, so that it keeps the context running and is destroyed with it.
  void arm_forever(deadline_node& node);
  /// Returns whether the target is certain not to be told, now or later.
  bool disarm(deadline_node& node) noexcept {
    auto const where = node.where.load(std::memory_order_acquire);
    if (where == deadline_node::state::linked) return unlink(node);
    return where == deadline_node::state::idle;
  }
  /// Moves the deadline of a node that was armed or idle. Of one that has fired it changes only
  /// the instant, which whoever is told has to look at.
  void move(deadline_node& node, clock::time_point deadline, clock::time_point present);

  /// \name Virtual time
  /// @{
  /// \param holds How many hold its jumps back; null where nobody can.
  void start_virtual_time(clock::time_point start,
                          std::shared_ptr<std::atomic<int> const> holds = nullptr);
  void stop_virtual_time();
  bool has_virtual_time() const noexcept { return virtual_.load(std::memory_order_relaxed); }
  /// Whether it is not to jump, because something real is under way.
  bool is_held_back() const noexcept { return holds_ && *holds_ != 0; }
  /// The earliest deadline; `max()` when there is none.
  clock::time_point next_deadline() noexcept;
  /// Sets the time and tells whom it concerns, earliest first. \pre `to` is not earlier than now.
  void advance_to(clock::time_point to);
  /// How many deadlines are pending, those that never come included.
  std::size_t pending() noexcept;
  /// @}

  /// \name Who is told of what happens in the context
  /// @{
  bool observed() const noexcept { return observers_.watched(); }
  observer_slot& observers() noexcept { return observers_; }
  /// From when on a delivery counts as late.
  void set_late_after(clock::duration late) noexcept {
    late_after_.store(late.count(), std::memory_order_relaxed);
  }
  /// @}

  boost::asio::execution_context& owner() noexcept { return context(); }
  /// \pre The context lives, or somebody who waits in it has not been destroyed yet.
  visitors& visited_by() noexcept { return *visitors_; }
  /// What else belongs to the context, found without a search among its services.
  std::atomic<void*>& beside() noexcept { return beside_; }

 private:
  struct timers;
  struct timer_handler;

  void shutdown() override;
  bool unlink(deadline_node& node) noexcept;
  void link(deadline_node& node, clock::time_point deadline);
  void rest() noexcept;
  void note_thread() noexcept;
  void keep_timer() noexcept;
  void set_timer(std::uint64_t tick);
  void set_timer_for_next();
  void on_timer(std::uint64_t set_for);
  void fire_due(clock::time_point present);
  void tell_late(clock::time_point deadline, clock::time_point present) noexcept;
  void rebuild_wheel(unsigned shift, clock::time_point now);
  std::uint64_t tick_of(clock::time_point at) const noexcept;
  clock::time_point time_of(std::uint64_t tick) const noexcept;
  clock::time_point virtual_now() const noexcept {
    return clock::time_point(clock::duration(virtual_now_.load(std::memory_order_relaxed)));
  }

  spin_lock lock_;
  unsigned shift_;  ///< A tick is 2^shift_ nanoseconds.
  bool shut_down_ = false;
  bool several_threads_ = false;  ///< Deadlines were armed or told on more than one.
  void const* thread_ = nullptr;  ///< The first, known by what is its own.
  std::atomic<bool> virtual_{false};
  std::atomic<void*> beside_{nullptr};
  std::atomic<clock::rep> virtual_now_{0};
  std::atomic<clock::rep> late_after_{(clock::duration::max)().count()};
  observer_slot observers_;
  std::uint64_t set_for_ = timing_wheel::none;
  std::uint64_t last_seen_ = 0;  ///< The tick of the last arming: the present, near enough.
  std::unique_ptr<timers> timers_;
  std::shared_ptr<std::atomic<int> const> holds_;
  visitors* visitors_ = nullptr;
  timing_wheel wheel_;
};

}  // namespace curfew::detail

#endif
