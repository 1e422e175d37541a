#ifndef CURFEW_DETAIL_PERMIT_POOL_HPP
#define CURFEW_DETAIL_PERMIT_POOL_HPP

#include <cstddef>
#include <curfew/detail/spin_lock.hpp>
#include <curfew/detail/waiter.hpp>
#include <curfew/export.hpp>
#include <utility>

namespace curfew::detail {

/// The permits of a semaphore, or the one of a mutex, and who waits for them.
///
/// Invariant: the first who waits wants more than is available. Lock order: nothing is called under
/// `lock_`.
class CURFEW_EXPORT permit_pool : public counted<permit_pool> {
 public:
  explicit permit_pool(std::size_t permits) noexcept : total_(permits), available_(permits) {}

  std::size_t total() const noexcept { return total_; }
  std::size_t available() noexcept;
  /// Takes permits if nobody is before the caller. If not, `who`, where given, waits for as many.
  bool acquire(std::size_t permits, waiter* who) noexcept;
  void give_back(std::size_t permits) noexcept;
  /// Whoever waited behind `who` may have his turn.
  bool remove(waiter& who) noexcept;
  bool has_waiters() noexcept;

 private:
  void grant(chosen& to) noexcept;

  spin_lock lock_;
  std::size_t const total_;
  std::size_t available_;
  list_hook waiters_;
};

using pool_ref = target_ref<permit_pool>;

/// Permits that go back to their pool, which they keep.
class held_permits {
 public:
  held_permits() = default;
  held_permits(pool_ref pool, std::size_t count) noexcept : pool_(std::move(pool)), count_(count) {}
  held_permits(held_permits&& other) noexcept = default;
  held_permits& operator=(held_permits&& other) noexcept {
    auto taken = std::move(other);
    give_back();
    pool_ = std::move(taken.pool_);
    count_ = taken.count_;
    return *this;
  }
  ~held_permits() { give_back(); }

  void give_back() noexcept {
    if (auto const pool = std::move(pool_)) pool->give_back(count_);
  }
  std::size_t count() const noexcept { return pool_ ? count_ : 0; }
  explicit operator bool() const noexcept { return static_cast<bool>(pool_); }

 private:
  pool_ref pool_;
  std::size_t count_ = 0;
};

}  // namespace curfew::detail

#endif
