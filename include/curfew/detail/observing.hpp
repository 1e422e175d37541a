#ifndef CURFEW_DETAIL_OBSERVING_HPP
#define CURFEW_DETAIL_OBSERVING_HPP

#include <atomic>
#include <curfew/detail/spin_lock.hpp>
#include <curfew/export.hpp>
#include <memory>

namespace curfew {
class observer;
}

namespace curfew::detail {

/// The observer of a context, if there is one. The question whether there is costs a load.
class CURFEW_EXPORT observer_slot {
 public:
  bool watched() const noexcept { return watched_.load(std::memory_order_relaxed); }
  /// Kept by whoever calls it, for as long as the call takes.
  std::shared_ptr<observer> get() const noexcept;
  void set(std::shared_ptr<observer> to) noexcept;

 private:
  std::atomic<bool> watched_{false};
  mutable spin_lock lock_;
  std::shared_ptr<observer> kept_;
};

}  // namespace curfew::detail

#endif
