#ifndef CURFEW_DETAIL_VISITORS_HPP
#define CURFEW_DETAIL_VISITORS_HPP

#include <atomic>
#include <cstdint>

namespace curfew::detail {

/// Who brings news into a context from threads that do not run it.
///
/// The news may be the last that the context waits for: then its threads have nothing left to do,
/// and it is destroyed, while whoever brought it is on the way out of Asio's `post` still. So the
/// end of the context waits for that one.
class visitors {
 public:
  void enter() noexcept { count_.fetch_add(1, std::memory_order_relaxed); }
  void leave() noexcept {
    if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  bool none() const noexcept { return count_.load(std::memory_order_acquire) == 1; }

 private:
  std::atomic<std::uint32_t> count_{1};  // the context itself is one
};

/// From before the news is brought until its bringer has done with the context.
class visit {
 public:
  explicit visit(visitors& of) noexcept : of_(&of) { of_->enter(); }
  visit(visit const&) = delete;
  visit& operator=(visit const&) = delete;
  ~visit() { of_->leave(); }

 private:
  visitors* of_;
};

}  // namespace curfew::detail

#endif
