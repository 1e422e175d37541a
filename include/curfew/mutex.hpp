#ifndef CURFEW_MUTEX_HPP
#define CURFEW_MUTEX_HPP

#include <curfew/detail/handler_executor.hpp>
#include <curfew/detail/permit_pool.hpp>
#include <curfew/impl/acquire.hpp>
#include <utility>

namespace curfew {

/// The lock of a `mutex`, which it gives back when it is destroyed or assigned to.
///
/// \par Thread safety
/// Distinct objects: safe. It may be unlocked on any thread.
/// \par Lifetime
/// Movable, not copyable. It may outlive its mutex.
/// \par Example
/// \snippet sync.cpp mutex
class [[nodiscard]] mutex_guard {
 public:
  /// Empty.
  mutex_guard() = default;

  /// Whether it has the lock.
  explicit operator bool() const noexcept { return static_cast<bool>(held_); }
  /// Gives it back early; then it is empty.
  void unlock() noexcept { held_.give_back(); }

 private:
  friend struct detail::permit_access;
  template <class Holder>
  friend class detail::acquire_operation;
  static constexpr char const* waits_for = "mutex";
  explicit mutex_guard(detail::held_permits held) noexcept : held_(std::move(held)) {}

  detail::held_permits held_;
};

/// One at a time, across `co_await`: a coroutine that waits for its turn blocks no thread.
///
/// Whoever waits gets the lock in the order of arrival. Not recursive.
///
/// \par Thread safety
/// Shared objects: safe, but for destroying it.
/// \par Lifetime
/// It outlives whoever waits for it: debug builds stop where it does not. Guards may outlive it. A
/// context that is destroyed takes what waits in it along; a lock that was on its way to it goes to
/// the next.
/// \par Example
/// \snippet sync.cpp mutex
/// \see `std::mutex` for sections without a `co_await`: it costs less.
class mutex {
 public:
  /// \throws std::bad_alloc
  mutex() : pool_(detail::pool_ref::adopt(new detail::permit_pool(1))) {}
  mutex(mutex const&) = delete;
  mutex& operator=(mutex const&) = delete;
  ~mutex() {
    detail::require_no_waiters(
        *pool_,
        "a mutex is destroyed while somebody waits for it. Let it outlive its waiters, or cancel "
        "and await them first.");
  }

  /// Waits for the lock: `auto const guard = co_await accounts.lock();`.
  ///
  /// \par Completes when
  /// it is its turn; mostly without a trip through the loop when that is so at once.
  /// \par Completion signature
  /// A deferred operation of `void(error_code, mutex_guard)`.
  /// \par Cancellation
  /// Every type ends it at once, unless it was given the lock before: then it completes with it. In
  /// a coroutine that curfew runs it also ends at once when the coroutine is asked to stop and has
  /// not been told yet.
  /// \par Errors
  /// `operation_aborted` when it was cancelled. Then the guard is empty.
  /// \par Lifetime
  /// A handler without an executor of its own needs one first, as in `lock(executor)`.
  /// \par Example
  /// \snippet sync.cpp mutex
  auto lock() { return detail::acquire<mutex_guard>(detail::no_executor(), pool_, 1); }
  /// \overload
  template <detail::executor_or_context Where>
  auto lock(Where&& where) {
    return detail::acquire<mutex_guard>(detail::executor_from(where), pool_, 1);
  }

  /// The lock if nobody has it; else an empty guard.
  mutex_guard try_lock() noexcept { return detail::try_acquire<mutex_guard>(pool_, 1); }

 private:
  detail::pool_ref pool_;
};

}  // namespace curfew

#endif
