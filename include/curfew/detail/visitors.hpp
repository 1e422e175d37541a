#ifndef CURFEW_DETAIL_VISITORS_HPP
#define CURFEW_DETAIL_VISITORS_HPP

#include <atomic>
#include <cstdint>
#include <thread>

namespace curfew::detail {

/// Who brings news into a context from threads that do not run it.
///
/// The news may be the last that the context waits for: then its threads have nothing left to do,
/// and it is destroyed, while whoever brought it is on the way out of Asio's `post` still. So the
/// end of the context waits for that one, and lets nobody in from then on.
class visitors {
 public:
  /// \pre Whoever waits for the news still does: then the context lives, if closed perhaps.
  bool enter() noexcept {
    if (count_.fetch_add(1, std::memory_order_relaxed) < closed) return true;
    leave();
    return false;
  }
  void leave() noexcept {
    if ((count_.fetch_sub(1, std::memory_order_acq_rel) & ~closed) == 1) delete this;
  }
  /// Waits until nobody is here.
  void wait() const noexcept {
    while ((count_.load(std::memory_order_acquire) & ~closed) != 1) std::this_thread::yield();
  }
  /// The same, and lets nobody in any more.
  void close() noexcept {
    for (std::uint32_t alone = 1;; alone = 1) {
      if (count_.compare_exchange_weak(alone, closed | 1, std::memory_order_acq_rel)) return;
      if (alone >= closed) return wait();
      std::this_thread::yield();
    }
  }

 private:
  static constexpr std::uint32_t closed = std::uint32_t{1} << 31;

  std::atomic<std::uint32_t> count_{1};  // the context itself is one
};

/// From the choice of whom to tell, under the lock of what it waits for, until it has been told.
class visit {
 public:
  /// \param of Null where the news goes to no context.
  explicit visit(visitors* of) noexcept : of_(of), open_(!of || of->enter()) {}
  visit(visit const&) = delete;
  visit& operator=(visit const&) = delete;
  ~visit() {
    if (of_ && open_) of_->leave();
  }

  /// Whether the context takes news.
  bool is_open() const noexcept { return open_; }

 private:
  visitors* of_;
  bool open_;
};

}  // namespace curfew::detail

#endif
