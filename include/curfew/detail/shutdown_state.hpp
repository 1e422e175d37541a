#ifndef CURFEW_DETAIL_SHUTDOWN_STATE_HPP
#define CURFEW_DETAIL_SHUTDOWN_STATE_HPP

#include <atomic>
#include <curfew/cancellation_reason.hpp>
#include <curfew/detail/shutdown_stages.hpp>
#include <curfew/detail/spin_lock.hpp>
#include <curfew/detail/token_state.hpp>
#include <curfew/detail/waiter.hpp>
#include <curfew/export.hpp>
#include <curfew/shutdown_report.hpp>
#include <utility>

namespace curfew::detail {

class deadline_service;
class shutdown_state;
using shutdown_ref = target_ref<shutdown_state>;

/// Who acts on the stages of a shutdown. Called outside every lock, one call at a time, on whatever
/// thread the stage came from.
class shutdown_actor {
 public:
  /// Something has changed by which the next stage may be due earlier.
  virtual void rescheduled() = 0;
  virtual void entered(stage from, stage to) = 0;

 protected:
  ~shutdown_actor() = default;
};

/// What the handles of a shutdown share.
///
/// A stage is entered by whoever finds it due, in a loop that only one thread at a time is in:
/// `applying_` says whether one is; whoever comes meanwhile sets `again_` and leaves it to that
/// one.
class CURFEW_EXPORT shutdown_state : public counted<shutdown_state> {
 public:
  /// One without a run: its time stands still. \throws std::bad_alloc
  static shutdown_ref make();
  /// \throws std::bad_alloc
  static shutdown_ref make(shutdown_limits const& limits, deadline_service& deadlines,
                           shutdown_actor& actor);

  stage current() const noexcept { return stage_.load(std::memory_order_acquire); }
  bool requested() const noexcept;
  /// Why tasks are asked to stop: somebody asked, or the main coroutine has ended.
  cancellation_reason reason() const;
  /// Who asked first, or what failed; empty where the main coroutine just ended.
  cancellation_reason asked() const;
  token_ref const& draining() const noexcept { return draining_; }
  token_ref const& cancelling() const noexcept { return cancelling_; }
  shutdown_report report() const;

  void request(cancellation_reason reason);
  /// What is left is cancelled, without a request: something has failed.
  void fail(cancellation_reason reason);
  /// The same, where the main coroutine has ended.
  void main_ended();
  /// Enters what is due.
  void apply();
  /// When the next stage is due by itself.
  clock::time_point next_change() const;
  /// A copy, for whoever writes the report.
  shutdown_stages stages() const;

  /// Whether several threads run the context.
  bool concurrent() const noexcept { return concurrent_; }
  /// \pre Nobody else has it yet.
  void set_concurrent(bool on) noexcept { concurrent_ = on; }

  /// The run has ended: nobody acts any more. Not from inside the actor.
  void end(shutdown_report report);

 private:
  friend class counted<shutdown_state>;
  shutdown_state(shutdown_limits const& limits, deadline_service* deadlines, shutdown_actor* actor);
  ~shutdown_state() = default;

  clock::time_point now() const noexcept;
  void cancel(cancellation_reason reason, bool is_asked);
  void enter(stage from, stage to);

  mutable spin_lock lock_;
  shutdown_stages stages_;
  bool applying_ = false, again_ = false, ended_ = false;
  bool concurrent_ = false;
  std::atomic<stage> stage_{stage::running};
  token_ref draining_, cancelling_;
  cancellation_reason reason_ = cancellation_cause::none, asked_ = cancellation_cause::none;
  shutdown_report report_;
  deadline_service* deadlines_;
  shutdown_actor* actor_;
};

/// Makes handles.
struct control_access;

}  // namespace curfew::detail

#endif
