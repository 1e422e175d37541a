#ifndef CURFEW_DETAIL_CHECK_HPP
#define CURFEW_DETAIL_CHECK_HPP

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <curfew/export.hpp>

namespace curfew::detail {

/// Prints what was done wrong and what to do, and aborts.
[[noreturn]] CURFEW_EXPORT void misused(char const* what) noexcept;

/// Throws when an awaitable is empty: moved from, or awaited before.
CURFEW_EXPORT void require_awaitable(bool valid);

/// Whether the calling thread certainly is not running the executor. Executors that cannot tell
/// are believed.
template <class Executor>
bool certainly_elsewhere(Executor const& executor) noexcept {
  if constexpr (requires { executor.running_in_this_thread(); })
    return !executor.running_in_this_thread();
  else
    return false;
}
CURFEW_EXPORT bool certainly_elsewhere(boost::asio::any_io_executor const& executor) noexcept;

/// Whether the calling thread certainly is running the executor. Executors that cannot tell are not
/// believed.
template <class Executor>
bool certainly_here(Executor const& executor) noexcept {
  if constexpr (requires { executor.running_in_this_thread(); })
    return executor.running_in_this_thread();
  else
    return false;
}
CURFEW_EXPORT bool certainly_here(boost::asio::any_io_executor const& executor) noexcept;

/// Notices two threads inside the state of one task. Costs nothing where NDEBUG is defined.
class exclusive {
 public:
  class entered {
   public:
#ifndef NDEBUG
    explicit entered(exclusive& what) noexcept : what_(&what) {
      if (what_->inside_.exchange(true, std::memory_order_acq_rel))
        misused(
            "two threads are inside one task. A context that several threads run needs a strand "
            "per task: spawn on asio::make_strand(context).");
    }
    ~entered() { what_->inside_.store(false, std::memory_order_release); }
    entered(entered const&) = delete;
    entered& operator=(entered const&) = delete;

   private:
    exclusive* what_;
#else
    explicit entered(exclusive&) noexcept {}
    ~entered() {}  // not trivial, so that a guard is no unused variable
#endif
  };

 private:
  std::atomic<bool> inside_{false};  // in every build, so that builds can be mixed
};

}  // namespace curfew::detail

#endif
