#ifndef CURFEW_CANCELLATION_CALLBACK_HPP
#define CURFEW_CANCELLATION_CALLBACK_HPP

#include <curfew/cancellation_reason.hpp>
#include <curfew/detail/callback_node.hpp>
#include <curfew/export.hpp>
#include <utility>

namespace curfew {

/// A function that runs when a token is cancelled, for as long as this object lives:
/// `auto closing = token.on_cancel([&] { close(fd); });`.
///
/// The function is called as `f(cancellation_reason const&)` or `f()`, once, by whoever cancels the
/// token, on that thread, under no lock. It may register and remove callbacks, its own included,
/// cancel other sources, and destroy the source. It must not throw: a callback that does ends the
/// program with a message that says so, because nobody is there to catch it.
///
/// \par Completes when
/// the function has run, and has been destroyed after it; or this object is destroyed first.
/// \par Thread safety
/// Distinct objects: safe, also for one token. Shared objects: not safe. Destroying the object
/// while the function runs on another thread waits for it; from inside the function it does not.
/// \par Lifetime
/// The function is kept as a decayed copy. The source may die first.
/// \par Errors
/// Those of the function's constructors; `std::bad_alloc`.
/// \par Example
/// \snippet tokens.cpp on_cancel
/// \see `cancel_when` and `cancellation_token::wait` go on on a coroutine's own executor.
class [[nodiscard]] cancellation_callback {
 public:
  /// Refers to no function.
  cancellation_callback() = default;
  cancellation_callback(cancellation_callback&&) noexcept = default;
  cancellation_callback& operator=(cancellation_callback&& other) noexcept {
    cancellation_callback moved(std::move(other));
    std::swap(node_, moved.node_);  // also where both are one
    return *this;
  }
  ~cancellation_callback() { reset(); }

  /// Removes the function, and waits for it where it is running on another thread.
  /// \returns whether it has not run and never will; false where there is none.
  bool reset() noexcept {
    auto const node = std::move(node_);
    return node && node->remove();
  }

 private:
  friend class cancellation_token;
  explicit cancellation_callback(detail::target_ref<detail::callback_node> node) noexcept
      : node_(std::move(node)) {}

  detail::target_ref<detail::callback_node> node_;
};

}  // namespace curfew

#endif
