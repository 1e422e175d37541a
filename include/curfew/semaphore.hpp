#ifndef CURFEW_SEMAPHORE_HPP
#define CURFEW_SEMAPHORE_HPP

#include <cstddef>
#include <curfew/detail/handler_executor.hpp>
#include <curfew/detail/permit_pool.hpp>
#include <curfew/impl/acquire.hpp>
#include <utility>

namespace curfew {

/// Permits of a `semaphore`, which go back to it when this is destroyed or assigned to.
///
/// \par Thread safety
/// Distinct objects: safe. It may be released on any thread.
/// \par Lifetime
/// Movable, not copyable. It may outlive its semaphore.
/// \par Example
/// \snippet sync.cpp semaphore
class [[nodiscard]] permit {
 public:
  /// Empty.
  permit() = default;

  /// Whether it was acquired and not released yet.
  explicit operator bool() const noexcept { return static_cast<bool>(held_); }
  /// How many permits it holds.
  std::size_t count() const noexcept { return held_.count(); }
  /// Gives them back early; then it is empty.
  void release() noexcept { held_.give_back(); }

 private:
  friend struct detail::permit_access;
  template <class Holder>
  friend class detail::acquire_operation;
  static constexpr char const* waits_for = "semaphore";
  explicit permit(detail::held_permits held) noexcept : held_(std::move(held)) {}

  detail::held_permits held_;
};

/// So many at a time: a number of permits, which are acquired and given back.
///
/// Whoever waits gets his permits in the order of arrival: a large request is not overtaken by
/// smaller ones that would find enough.
///
/// \par Thread safety
/// Shared objects: safe, but for destroying it.
/// \par Lifetime
/// It outlives whoever waits for it: debug builds stop where it does not. Permits may outlive it. A
/// context that is destroyed takes what waits in it along; permits that were on their way to it go
/// back to the semaphore.
/// \par Example
/// \snippet sync.cpp semaphore
/// \see `mutex` is for one at a time.
class semaphore {
 public:
  /// With so many permits, for ever. \throws std::bad_alloc
  explicit semaphore(std::size_t permits)
      : pool_(detail::pool_ref::adopt(new detail::permit_pool(permits))) {}
  semaphore(semaphore const&) = delete;
  semaphore& operator=(semaphore const&) = delete;
  ~semaphore() {
    detail::require_no_waiters(
        *pool_,
        "a semaphore is destroyed while somebody waits for it. Let it outlive its waiters, or "
        "cancel and await them first.");
  }

  /// Waits for permits: `auto const permit = co_await connections.acquire();`.
  ///
  /// \par Completes when
  /// there are as many and nobody is before it; mostly without a trip through the loop when that is
  /// so at once. None at all are there at once.
  /// \par Completion signature
  /// A deferred operation of `void(error_code, permit)`.
  /// \par Cancellation
  /// Every type ends it at once, unless it was given its permits before: then it completes with
  /// them. In a coroutine that curfew runs it also ends at once when the coroutine is asked to stop
  /// and has not been told yet.
  /// \par Errors
  /// `operation_aborted` when it was cancelled; `errc::invalid_state` for more permits than the
  /// semaphore has in all. Then the permit is empty.
  /// \par Lifetime
  /// A handler without an executor of its own needs one first, as in `acquire(executor)`.
  /// \par Example
  /// \snippet sync.cpp semaphore
  auto acquire(std::size_t permits = 1) {
    return detail::acquire<permit>(detail::no_executor(), pool_, permits);
  }
  /// \overload
  template <detail::executor_or_context Where>
  auto acquire(Where&& where, std::size_t permits = 1) {
    return detail::acquire<permit>(detail::executor_from(where), pool_, permits);
  }

  /// Permits if that many are there and nobody waits; else an empty one.
  permit try_acquire(std::size_t permits = 1) noexcept {
    return detail::try_acquire<permit>(pool_, permits);
  }
  /// How many are there now.
  std::size_t available() const noexcept { return pool_->available(); }

 private:
  detail::pool_ref pool_;
};

}  // namespace curfew

#endif
