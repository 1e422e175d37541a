#ifndef CURFEW_DETAIL_WAIT_NOTE_HPP
#define CURFEW_DETAIL_WAIT_NOTE_HPP

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <curfew/clock.hpp>
#include <curfew/export.hpp>

namespace curfew::detail {

/// Whether operations under a limit are noted too, which costs a tenth of the limit: from the first
/// `run`, observer or look at the tasks of any context on.
CURFEW_EXPORT extern std::atomic<bool> notes_operations;
inline void note_operations() noexcept { notes_operations.store(true, std::memory_order_relaxed); }

/// What a coroutine waits for, written on its executor and readable from any thread. What is read
/// while it changes may be of two waits, but of nothing else.
class wait_note {
 public:
  struct content {
    char const* what = nullptr;  ///< Words that live for ever; null where nothing is known.
    std::uint64_t task = 0;      ///< The task that is waited for, if it is one.
    clock::time_point since{}, until = (clock::time_point::max)();
  };

  /// The innermost wait counts; what encloses it has set the limit, and the beginning of one that
  /// did not need the time and has `time_point::min()`.
  void begin(void const* owner, char const* what, clock::time_point since,
             clock::time_point until = (clock::time_point::max)(),
             std::uint64_t task = 0) noexcept {
    if (what_.load(std::memory_order_relaxed)) {
      until = (std::min)(until, until_.load(std::memory_order_relaxed));
      if (since == (clock::time_point::min)()) since = since_.load(std::memory_order_relaxed);
    }
    owner_.store(owner, std::memory_order_relaxed);
    task_.store(task, std::memory_order_relaxed);
    since_.store(since, std::memory_order_relaxed);
    until_.store(until, std::memory_order_relaxed);
    what_.store(what, std::memory_order_release);
  }
  /// Nothing where somebody else has written since.
  void end(void const* owner) noexcept {
    if (owner_.load(std::memory_order_relaxed) == owner) clear();
  }
  void clear() noexcept {
    owner_.store(nullptr, std::memory_order_relaxed);
    what_.store(nullptr, std::memory_order_relaxed);
  }
  content read() const noexcept {
    content seen;
    seen.what = what_.load(std::memory_order_acquire);
    seen.task = task_.load(std::memory_order_relaxed);
    seen.since = since_.load(std::memory_order_relaxed);
    seen.until = until_.load(std::memory_order_relaxed);
    return seen;
  }

 private:
  std::atomic<void const*> owner_{nullptr};
  std::atomic<char const*> what_{nullptr};
  std::atomic<std::uint64_t> task_{0};
  std::atomic<clock::time_point> since_{}, until_{(clock::time_point::max)()};
};

}  // namespace curfew::detail

#endif
