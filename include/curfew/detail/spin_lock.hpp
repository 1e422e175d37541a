#ifndef CURFEW_DETAIL_SPIN_LOCK_HPP
#define CURFEW_DETAIL_SPIN_LOCK_HPP

#include <atomic>
#include <thread>

// A build that looks for races lets threads come in between around each section.
#ifdef CURFEW_DETAIL_DELAYS
#include CURFEW_DETAIL_DELAYS
#else
#define CURFEW_DETAIL_DELAY() static_cast<void>(0)
#endif

namespace curfew::detail {

/// A lock for sections of a few instructions that are almost never contended: half the price of a
/// `std::mutex` there. Meets the requirements of Lockable.
class spin_lock {
 public:
  void lock() noexcept {
    CURFEW_DETAIL_DELAY();
    while (locked_.exchange(true, std::memory_order_acquire)) wait();
  }
  bool try_lock() noexcept { return !locked_.exchange(true, std::memory_order_acquire); }
  void unlock() noexcept {
    locked_.store(false, std::memory_order_release);
    CURFEW_DETAIL_DELAY();
  }

 private:
  // Yields soon: with fewer cores than threads the holder may not be running.
  void wait() const noexcept {
    for (int round = 0; locked_.load(std::memory_order_relaxed); ++round)
      if (round >= 32) std::this_thread::yield();
  }

  std::atomic<bool> locked_{false};
};

}  // namespace curfew::detail

#endif
