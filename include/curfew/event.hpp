#ifndef CURFEW_EVENT_HPP
#define CURFEW_EVENT_HPP

#include <boost/asio/error.hpp>
#include <curfew/detail/event_state.hpp>
#include <curfew/detail/handler_executor.hpp>
#include <curfew/error.hpp>
#include <curfew/impl/queued_wait.hpp>
#include <tuple>
#include <utility>

namespace curfew {

namespace detail {

/// The operation of `event::wait`.
struct event_wait {
  static constexpr char const* waits_for = "event";
  event_ref state;

  bool begin(waiter* who) noexcept { return who ? state->wait(*who) : state->is_set(); }
  bool remove(waiter& who) noexcept { return !state || state->remove(who); }
  void chosen(waiter&) noexcept {}
  std::tuple<error_code> results(error_code error) noexcept { return {error}; }
};

template <class Given>
auto wait_for_event(Given const& where, event_ref state) {
  return queued_wait<void(error_code)>(where, event_wait{std::move(state)});
}

}  // namespace detail

/// A gate that is shut or open, and whoever waits goes on when it is opened.
///
/// It is shut at first. Opening it wakes all who wait; a waiter that was woken goes on, also where
/// the gate is shut again before he runs.
///
/// \par Thread safety
/// Shared objects: safe, but for destroying it.
/// \par Lifetime
/// It outlives whoever waits for it: debug builds stop where it does not. A context that is
/// destroyed takes what waits in it along, and whoever was woken needs it no more.
/// \par Example
/// \snippet sync.cpp event
/// \see A `cancellation_token` opens once, and says why. A `semaphore` lets through so many.
class event {
 public:
  /// \throws std::bad_alloc
  event() : state_(detail::event_ref::adopt(new detail::event_state)) {}
  event(event const&) = delete;
  event& operator=(event const&) = delete;
  ~event() {
    detail::require_no_waiters(
        *state_,
        "an event is destroyed while somebody waits for it. Let it outlive its waiters, or cancel "
        "and await them first.");
  }

  /// Opens it: whoever waits goes on, in the order of arrival, each on his own executor.
  /// \throws std::bad_alloc It is open, but for want of memory somebody is not told, ever.
  void set() { state_->set(); }
  /// Shuts it for those who come from now on.
  void reset() noexcept { state_->reset(); }
  /// Whether it is open.
  bool is_set() const noexcept { return state_->is_set(); }

  /// Waits until it is open: `co_await gate.wait();`.
  ///
  /// \par Completes when
  /// it is opened; at once, and mostly without a trip through the loop, when it is open.
  /// \par Completion signature
  /// A deferred operation of `void(error_code)`.
  /// \par Cancellation
  /// Every type ends it at once, unless it was woken before. In a coroutine that curfew runs it
  /// also ends at once when the coroutine is asked to stop and has not been told yet.
  /// \par Errors
  /// `operation_aborted` when the wait was cancelled.
  /// \par Lifetime
  /// A handler without an executor of its own needs one first: `gate.wait(executor)(use_future)`.
  /// \par Example
  /// \snippet sync.cpp event
  auto wait() { return detail::wait_for_event(detail::no_executor(), state_); }
  /// \overload
  template <detail::executor_or_context Where>
  auto wait(Where&& where) {
    return detail::wait_for_event(detail::executor_from(where), state_);
  }

 private:
  detail::event_ref state_;
};

}  // namespace curfew

#endif
