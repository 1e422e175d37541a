#ifndef CURFEW_TIMEOUT_SCOPE_HPP
#define CURFEW_TIMEOUT_SCOPE_HPP

#include <curfew/cancellation_reason.hpp>
#include <curfew/cancellation_token.hpp>
#include <curfew/clock.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/export.hpp>
#include <iosfwd>
#include <string>

namespace curfew {

namespace detail {
class scoped_region;
struct scope_record;
}  // namespace detail

/// The handle of a block that has a deadline: what `timeout` and `move_on_after` pass to the block.
///
/// Through it the block, or whoever got a copy, reads and moves the deadline, ends the block early
/// and learns why it ended. A copy refers to the same scope and may outlive it: it then answers how
/// the scope ended, and changes nothing any more.
///
/// \par Thread safety
/// Distinct objects: safe when they refer to different scopes. Objects that refer to one scope: use
/// them on the executor of the scope's coroutine.
/// \par Lifetime
/// The reference that the block is given is valid as long as the block runs; a copy always.
/// \par Example
/// \snippet scopes.cpp reschedule
/// \see timeout, move_on_after. `this_task::self` asks about everything around, not one scope.
class CURFEW_EXPORT timeout_scope {
 public:
  /// Refers to the same scope. \throws std::bad_alloc
  timeout_scope(timeout_scope const& other);
  timeout_scope& operator=(timeout_scope const& other);
  ~timeout_scope();

  /// When this scope ends; `time_point::max()` when it has no deadline.
  clock::time_point deadline() const noexcept;
  /// The time until then, zero when it has passed or the scope has ended;
  /// `duration::max()` when there is none.
  clock::duration remaining() const noexcept;
  /// The earlier of this deadline and those around it, up to the nearest shield: what to tell a
  /// server that works for this block. `time_point::min()` once it was asked to stop otherwise,
  /// from which nothing is to be subtracted. After the scope's end, its own.
  clock::time_point effective_deadline() const noexcept;

  /// Moves the deadline; one that has passed ends the block at its next wait, and is not taken
  /// back. An extension beats an expiry of the clock that has not reached the block yet.
  /// \returns false, and nothing changed, once the scope expired, was cancelled or has ended.
  template <detail::absolute_limit TimePoint>
  [[nodiscard]] bool reschedule(TimePoint deadline) {
    return reschedule_to(deadline);
  }
  /// The same, counted from now; `never` removes the deadline.
  template <detail::relative_limit Limit>
  [[nodiscard]] bool reschedule_after(Limit limit) {
    return reschedule_to(limit);
  }

  /// Ends the block: what it waits for ends with `operation_aborted`, and so does `timeout`;
  /// `move_on_after` ends with nothing. Not a timeout. Nothing happens once the scope expired, was
  /// cancelled or has ended: the first reason sticks.
  void cancel(cancellation_reason reason = {});

  /// Whether the deadline passed and asked the block to stop, also when the block then returned a
  /// value.
  bool expired() const noexcept;
  /// Whether `cancel` did, before the deadline.
  bool cancelled() const noexcept;
  /// Why the block was asked to stop, by the outermost cause; empty when nobody asked.
  cancellation_reason reason() const;
  /// A token for work that is handed elsewhere, on other threads or in other tasks: cancelled when
  /// this block is asked to stop, by its deadline, by `cancel` or by what encloses it up to the
  /// nearest shield. A block that ends by itself does not cancel it. \throws std::bad_alloc
  cancellation_token token() const;

 private:
  friend class detail::scoped_region;
  friend std::string to_string(timeout_scope const& scope);
  explicit timeout_scope(detail::scoped_region& scope) noexcept : live_(&scope) {}

  detail::scoped_region* open() const noexcept;
  bool reschedule_to(detail::limit limit);

  detail::scoped_region* live_ = nullptr;   ///< In the block's own handle.
  detail::scope_record* record_ = nullptr;  ///< In copies.
};

/// How far the scope has come, in one line: `active, 4.5 s left`, `active, without a deadline`;
/// `expiring by deadline (server.cpp:41)` while the block cleans up, and `expired by …` after it,
/// `cancelling` and `cancelled by requested: superseded (api.cpp:7)`; `finished in time`.
/// \par Source
/// asyncio's names of the states of a `Timeout`.
CURFEW_EXPORT std::string to_string(timeout_scope const& scope);
/// Writes what `to_string` says.
CURFEW_EXPORT std::ostream& operator<<(std::ostream& out, timeout_scope const& scope);

}  // namespace curfew

#endif
