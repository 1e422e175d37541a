#ifndef CURFEW_SHUTDOWN_CONTROL_HPP
#define CURFEW_SHUTDOWN_CONTROL_HPP

#include <curfew/cancellation_reason.hpp>
#include <curfew/cancellation_token.hpp>
#include <curfew/detail/shutdown_state.hpp>
#include <curfew/export.hpp>
#include <curfew/shutdown_report.hpp>
#include <curfew/stage.hpp>
#include <utility>

namespace curfew {

/// The handle of a shutdown: what `run` passes to the main coroutine. It says how far the shutdown
/// has come, and asks for it.
///
/// A handle that is made by itself belongs to no `run`: each `request` goes to the next stage at
/// once, and nothing is cancelled but its tokens. That is for tests, and for programs that have a
/// main loop of their own.
///
/// \par Thread safety
/// All functions: from any thread.
/// \par Lifetime
/// Handles are copies of each other, and may outlive the run.
/// \par Example
/// \snippet running.cpp control
/// \see run, serve, idle
class CURFEW_EXPORT shutdown_control {
 public:
  /// One that belongs to no `run`. \throws std::bad_alloc
  shutdown_control();

  /// The present stage.
  stage current() const noexcept { return state_->current(); }
  /// Whether somebody has asked, also while the delay before draining lasts: what to tell a load
  /// balancer that asks whether to send more.
  bool requested() const noexcept { return state_->requested(); }
  /// Who asked first, or what failed; empty while nobody has, also where the main coroutine ended
  /// by itself. What is cancelled then says so of its own reason.
  cancellation_reason reason() const { return state_->asked(); }

  /// Cancelled when draining begins: listeners stop, what is idle ends.
  cancellation_token draining() const;
  /// Cancelled when what is left is cancelled.
  cancellation_token cancelling() const;

  /// Asks for the shutdown, as a signal does: the first request drains, after the delay if there is
  /// one, the second cancels, the third forces. Further ones do nothing. It returns without
  /// waiting; the caller may be one of those who are cancelled. Whoever is stopped by it is told
  /// the cause `shutdown`, with the text and the place of the first request. \throws std::bad_alloc
  void request(cancellation_reason reason = {cancellation_cause::shutdown});

  /// How it ended. Until the run has, it says what is known so far. A copy, because threads meet
  /// here; constant, so that it can be held by reference.
  shutdown_report const report() const { return state_->report(); }

 private:
  friend struct detail::control_access;  // of run and serve
  explicit shutdown_control(detail::shutdown_ref state) noexcept : state_(std::move(state)) {}

  detail::shutdown_ref state_;
};

struct detail::control_access {
  static shutdown_control make(shutdown_ref state) noexcept {
    return shutdown_control(std::move(state));
  }
  static shutdown_state const& state_of(shutdown_control const& control) noexcept {
    return *control.state_;
  }
};

}  // namespace curfew

#endif
