#ifndef CURFEW_CANCELLATION_SOURCE_HPP
#define CURFEW_CANCELLATION_SOURCE_HPP

#include <curfew/cancellation_reason.hpp>
#include <curfew/cancellation_token.hpp>
#include <curfew/export.hpp>
#include <utility>

namespace curfew {

/// Asks whoever has its tokens to stop, and says why: `source.cancel({"superseded"});`.
///
/// A source that is made from a token is cancelled with it, not the other way round; so sources
/// form a tree, and a request goes down from where it was made. The first reason sticks, for each
/// source.
///
/// \par Thread safety
/// Distinct objects: safe, also copies of one source. Shared objects: safe, `cancel` included.
/// \par Lifetime
/// A copyable handle; a copy is the same source. Dropping the last one cancels nothing (see
/// `cancellation_guard`). A derived source leaves nothing behind in what it was derived from.
/// \par Example
/// \snippet tokens.cpp source
/// \see `cancellation_token` is the other end. `timeout_scope::cancel` ends one block.
class CURFEW_EXPORT cancellation_source {
 public:
  /// \throws std::bad_alloc
  cancellation_source();
  /// Cancelled with `parent`, at once when that was. \throws std::bad_alloc
  explicit cancellation_source(cancellation_token const& parent);
  // Moving copies, so that there is no source without a state.
  cancellation_source(cancellation_source const&) = default;
  cancellation_source& operator=(cancellation_source const&) = default;

  /// What is handed to those who are to be asked.
  cancellation_token token() const noexcept { return detail::token_access::token_of(state_); }
  /// Whether somebody has asked.
  bool cancelled() const noexcept { return state_->cancelled(); }
  /// Why, by the first request; empty while nobody asked.
  cancellation_reason reason() const { return state_->reason(); }

  /// Asks everybody who has a token of this source or of one derived from it to stop. Callbacks
  /// run before it returns; operations of `cancel_when` on the calling executor are told before it
  /// returns, others on theirs; in the order in which they came. Waits for nobody's end. It may be
  /// called under no lock that they take.
  /// \returns whether it was the first request.
  /// \throws std::bad_alloc when there is no memory for the reason, and nothing has happened, or to
  /// tell some executor; all others have been told.
  bool cancel(cancellation_reason reason = {});

  /// Whether both are the same source.
  friend bool operator==(cancellation_source const& a, cancellation_source const& b) noexcept {
    return a.state_.get() == b.state_.get();
  }

 private:
  detail::token_ref state_;
};

}  // namespace curfew

#endif
