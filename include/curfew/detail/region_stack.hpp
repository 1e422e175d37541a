#ifndef CURFEW_DETAIL_REGION_STACK_HPP
#define CURFEW_DETAIL_REGION_STACK_HPP

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <curfew/detail/check.hpp>
#include <curfew/detail/deadline_node.hpp>
#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/detail/region.hpp>
#include <curfew/detail/stack_table.hpp>
#include <curfew/detail/wait_note.hpp>
#include <curfew/export.hpp>
#include <curfew/observer.hpp>
#include <string_view>
#include <utility>

namespace curfew::detail {

class task_core;

/// A region with a deadline of its own.
struct deadline_region : region {
  explicit deadline_region(std::source_location where) noexcept : region(kind::scope, where) {}
  numbered_deadline node;

 protected:
  deadline_region(kind what, std::source_location where) noexcept : region(what, where) {}
};

/// A region that is asked to stop by a token.
struct listening_region : region {
  explicit listening_region(std::source_location where) noexcept : region(kind::token, where) {}
  token_node node;

 protected:
  listening_region(kind what, std::source_location where) noexcept : region(what, where) {}
};

/// A region that also tells others, who are elsewhere, what it is asked and by when it ends.
struct telling_region : listening_region {
  explicit telling_region(std::source_location where) noexcept
      : listening_region(kind::group, where) {}
  std::atomic<clock::time_point>* told_deadline = nullptr;
};

/// A region that holds requests back, for a while after the first or for as long as it is open.
struct shielding_region : deadline_region {
  explicit shielding_region(std::source_location where) noexcept
      : deadline_region(kind::shield, where) {}
  limit grace = never;
  /// Whether the deadlines around it are to be seen inside: they are in force for those whom the
  /// coroutine waits for.
  bool shows_deadlines = false;
};

/// The regions of a coroutine that curfew runs, and the signal that is the parent of its
/// cancellation state. Everything here happens on the coroutine's executor, but for
/// `requested`, which leads there.
///
/// The stack is entered in the table from `attach` until the state that it knows dies: by then the
/// coroutine has ended, or user code has replaced its state and is on its own.
class CURFEW_EXPORT region_stack : public request_target {
 public:
  /// The id that stands for what somebody outside asks; no region has it.
  static constexpr std::uint64_t outside = 0;

  /// The stack of the coroutine whose cancellation state has this slot; null where curfew did not
  /// start the coroutine, or its state was replaced.
  static region_stack* find(boost::asio::cancellation_slot slot) noexcept {
    return find_stack(key_of(slot));
  }

  region_list const& regions() const noexcept { return regions_; }
  deadline_service& deadlines() const noexcept { return *deadlines_; }
  boost::asio::cancellation_slot slot() noexcept { return signal_.slot(); }

  /// The coroutine has started and has this state, made with a `tracking_filter` of this stack.
  void attach(boost::asio::cancellation_state state);
  /// The state is gone, or the coroutine.
  void detach() noexcept;
  /// The coroutine runs none of its body any more: nothing is emitted from here on.
  void finish() noexcept {
    running_ = false;
    detach();
  }

  /// Opens a region that ends at `deadline`.
  void open(deadline_region& r, clock::time_point deadline, clock::time_point present);
  /// Opens one whose deadline has passed, around a body that starts all the same: the request
  /// reaches it where it first waits.
  void open_expired(deadline_region& r, clock::time_point deadline);
  /// Opens one that ends when `token` is cancelled; false, and not open, when it was.
  bool open(listening_region& r, token_ref token);
  /// Opens a shield. A request that is pending is not, for as long as it is open.
  void open(shielding_region& r, boost::asio::cancellation_state state);
  /// Closes a region and takes back what it asked for. `state` is the coroutine's present one,
  /// which may not be the one that was attached.
  void close(region& r, boost::asio::cancellation_state state);
  /// Forgets it: the coroutine is being destroyed.
  void forget(region& r) noexcept;

  /// Moves the deadline of an open region; false, and nothing changed, once it has asked.
  bool reschedule(deadline_region& r, limit given);
  /// Makes an open region ask; false when it did already.
  bool cancel(deadline_region& r, cancellation_reason reason);
  /// Somebody outside asks the coroutine to stop, perhaps not for the first time.
  void cancel_from_outside(cancellation_reason reason);

  /// Whether what encloses `r` asked, or would have by the time `r` ends by its deadline: of equal
  /// deadlines the outermost wins. Those that would have, ask from here on.
  bool asked_around(region const& r);
  /// The task whose coroutine this is; null where it is none.
  virtual task_core* as_task() noexcept { return nullptr; }
  visitors* host() const noexcept final { return &deadlines_->visited_by(); }
  /// The same for an observer. \pre On the executor, before the task's end.
  virtual task_event about() const { return {}; }
  /// Its name; empty when it has none.
  virtual std::string_view name() const noexcept { return {}; }
  /// Its executor, for what is started beside it; empty where that has no such form.
  virtual boost::asio::any_io_executor executor_beside_it() const { return {}; }
  void set_base_deadline(clock::time_point deadline) noexcept {
    regions_.set_base_deadline(deadline);
    seen_deadline_.store(deadline, std::memory_order_relaxed);
  }

  /// \name From any thread
  /// @{
  /// What the coroutine waits for.
  wait_note& note() noexcept { return note_; }
  wait_note const& note() const noexcept { return note_; }
  /// Its effective deadline.
  clock::time_point seen_deadline() const noexcept {
    return seen_deadline_.load(std::memory_order_relaxed);
  }
  /// @}

  /// The token that is cancelled when what is in `r` is asked to stop.
  token_ref token_of(region& r);
  /// Whether the coroutine has to stop: asked by somebody, told or not, or by a deadline that has
  /// passed at `present` and asks from here on.
  bool must_stop(clock::time_point present);
  /// The same as a question, which changes nothing; and why.
  bool has_to_stop() const noexcept;
  /// What the coroutine has seen by that counts as told, where a region of it ends.
  void hear_what_was_seen();
  cancellation_reason why_to_stop() const;
  /// By when what is inside `from` has to end: the beginning of time once somebody asked by name,
  /// the end of it once the coroutine has ended.
  clock::time_point has_to_end_by(region const* from) const noexcept;
  /// Whether it was asked to stop, perhaps behind a shield.
  bool was_asked() const noexcept;

 protected:
  explicit region_stack(deadline_service& deadlines) noexcept : deadlines_(&deadlines) {}
  ~region_stack() override;

  /// On the executor: a deadline of the region with this id passed, unless the region was closed
  /// or its deadline moved in the meantime.
  void deliver(std::uint64_t id);
  virtual void post_delivery(std::uint64_t id) = 0;
  virtual bool is_elsewhere() const noexcept = 0;
  /// Whether somebody outside has asked, whether or not the news of it has arrived; and why.
  virtual bool asked_from_outside() const noexcept { return false; }
  virtual cancellation_reason reason_from_outside() const { return cancellation_cause::none; }
  /// Records it. Returns whether that is new.
  bool hear_outside() { return asked_from_outside() && ask_outside(reason_from_outside()); }
  /// Records it, and tells nobody yet.
  bool ask_outside(cancellation_reason reason) {
    return !regions_.asked_outside() && regions_.ask_outside(std::move(reason));
  }

 private:
  clock::time_point present_if_needed() const noexcept;
  exclusive::entered enter() noexcept;
  exclusive::entered enter_running() noexcept;
  void quieten(region& r) noexcept;
  bool ask_by_news_of(region& r);
  void reconcile();
  void start_graces();
  bool start_grace(shielding_region& r);
  void tell_tokens();
  void tell_deadlines() noexcept;
  void see_deadline(region& r) noexcept;
  clock::time_point see_deadlines(region* from) noexcept;
  void observe_expiries(clock::time_point present);

  region_list regions_;
  deadline_service* deadlines_;
  boost::asio::cancellation_state state_;
  void* key_ = nullptr;
  wait_note note_;
  std::atomic<clock::time_point> seen_deadline_{(clock::time_point::max)()};
  exclusive exclusive_;
  bool running_ = false;
  mutable bool seen_unheard_ = false;
  // Last, so that it dies first: what it holds in the end are the filters of the coroutine's
  // states, which come back to `detach`.
  boost::asio::cancellation_signal signal_;
};

using stack_ref = target_ref<region_stack>;

/// Tells the observer that a limit around an operation has passed; `stack` may be null.
CURFEW_EXPORT void observe_expiry(deadline_service& deadlines, region_stack* stack,
                                  clock::time_point deadline);

/// Lets every request through, and tells the stack when the state that it belongs to dies.
class tracking_filter {
 public:
  tracking_filter() = default;
  explicit tracking_filter(region_stack* stack) noexcept : stack_(stack) {}
  tracking_filter(tracking_filter const&) noexcept {}  // a copy tracks nothing
  tracking_filter(tracking_filter&& other) noexcept
      : stack_(std::exchange(other.stack_, nullptr)) {}
  tracking_filter& operator=(tracking_filter const&) = delete;
  ~tracking_filter() {
    if (stack_) stack_->detach();
  }
  boost::asio::cancellation_type operator()(boost::asio::cancellation_type type) const noexcept {
    return type;
  }

 private:
  region_stack* stack_ = nullptr;
};

}  // namespace curfew::detail

#endif
