#ifndef CURFEW_DETAIL_CALLBACK_NODE_HPP
#define CURFEW_DETAIL_CALLBACK_NODE_HPP

#include <atomic>
#include <curfew/detail/token_state.hpp>
#include <curfew/export.hpp>
#include <functional>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// A function that listens to a token. Whoever registered it has a reference, and so has the call
/// while it runs.
class CURFEW_EXPORT callback_node : public request_target {
 public:
  /// Registers it, or runs it at once where the token was cancelled already.
  void start();
  /// No call runs any more, unless this is called from inside it. Returns whether it never ran.
  bool remove() noexcept;
  void requested(std::uint64_t) final;

 protected:
  explicit callback_node(token_ref token) noexcept : token_(std::move(token)) {}
  ~callback_node() override = default;

  /// Calls the function, and destroys it.
  virtual void call(cancellation_reason const& reason) = 0;

 private:
  void run() noexcept;

  token_ref token_;
  token_node node_;
  std::atomic<std::thread::id> runner_{};
  std::atomic<bool> done_{false};
};

template <class F>
class callback_of final : public callback_node {
 public:
  template <class G>
  callback_of(token_ref token, G&& function)
      : callback_node(std::move(token)), function_(std::in_place, std::forward<G>(function)) {}

 private:
  void call(cancellation_reason const& reason) override {
    if constexpr (std::is_invocable_v<F&, cancellation_reason const&>)
      std::invoke(*function_, reason);
    else
      std::invoke(*function_);
    function_.reset();
  }
  void destroy() noexcept override { delete this; }

  std::optional<F> function_;
};

template <class F>
constexpr void require_callback() {
  static_assert(std::is_invocable_v<F&, cancellation_reason const&> || std::is_invocable_v<F&>,
                "curfew: a cancellation callback is called as f(cancellation_reason const&) or "
                "f(); this one cannot be");
}

}  // namespace curfew::detail

#endif
