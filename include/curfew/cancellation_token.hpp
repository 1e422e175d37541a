#ifndef CURFEW_CANCELLATION_TOKEN_HPP
#define CURFEW_CANCELLATION_TOKEN_HPP

#include <concepts>
#include <cstddef>
#include <curfew/cancellation_callback.hpp>
#include <curfew/cancellation_reason.hpp>
#include <curfew/detail/token_state.hpp>
#include <curfew/export.hpp>
#include <curfew/impl/token_wait.hpp>
#include <functional>
#include <initializer_list>
#include <ranges>
#include <utility>
#include <vector>

namespace curfew {

namespace detail {
struct token_access;
}

/// Whether somebody asked for something to stop, and why: a level that rises once, which anyone may
/// read, wait for and pass on, from any thread.
///
/// A token comes from a `cancellation_source`, a `timeout_scope`, a `std::stop_token` or other
/// tokens. One token serves any number of operations, callbacks and derived sources, and what ends
/// leaves nothing behind in it. Who comes late is told at once, with the first reason.
///
/// \par Thread safety
/// Distinct objects: safe, also for one source. Shared objects: safe to read.
/// \par Lifetime
/// A copyable handle of one pointer; it keeps what it needs. A token whose sources are all gone is
/// never cancelled any more. A token that was made without a source is empty and never cancelled.
/// \par Example
/// \snippet tokens.cpp token
/// \see `cancel_when` cancels an operation by a token. `asio::cancellation_slot` serves one
/// operation, on one thread, and says no reason.
class CURFEW_EXPORT cancellation_token {
 public:
  /// Empty: never cancelled.
  cancellation_token() = default;

  /// Whether somebody has asked.
  bool cancelled() const noexcept { return state_ && state_->cancelled(); }
  /// Why, by the first request; empty while nobody asked.
  cancellation_reason reason() const {
    return state_ ? state_->reason() : cancellation_reason(cancellation_cause::none);
  }
  /// Whether it was made by a source, which need not live any more.
  explicit operator bool() const noexcept { return static_cast<bool>(state_); }

  /// Waits until the token is cancelled: `co_await token.wait();`.
  ///
  /// \par Completes when
  /// it is cancelled, on the waiting operation's own executor; at once when it was.
  /// \par Completion signature
  /// A deferred operation of `void(error_code)`: no error when the token was cancelled.
  /// \par Cancellation
  /// Every type ends the wait at once, and leaves nothing behind in the token.
  /// \par Errors
  /// `operation_aborted` when the wait itself was cancelled.
  /// \par Lifetime
  /// Destroying the context destroys what waits in it. A handler without an executor of its own
  /// needs one first: `token.wait(executor)(use_future)`.
  /// \par Example
  /// \snippet tokens.cpp wait
  auto wait() const { return detail::wait_for_token(detail::no_executor(), state_); }
  /// \overload
  template <detail::executor_or_context Where>
  auto wait(Where&& where) const {
    return detail::wait_for_token(detail::executor_from(where), state_);
  }

  /// Has `function` called when the token is cancelled; at once, before this returns, when it was.
  /// See `cancellation_callback`.
  template <class F>
  [[nodiscard]] cancellation_callback on_cancel(F&& function) const {
    detail::require_callback<std::decay_t<F>>();
    using node = detail::callback_of<std::decay_t<F>>;
    if (!state_) return {};
    auto made = detail::target_ref<detail::callback_node>::adopt(
        new node(state_, std::forward<F>(function)));
    made->start();
    return cancellation_callback(std::move(made));
  }

  /// A token that is cancelled when any of the given is, with the first reason; of
  /// several that are cancelled already, with that of the first here. Of none: empty.
  template <std::same_as<cancellation_token>... Tokens>
  static cancellation_token any_of(Tokens const&... tokens) {
    return any_of({tokens...});
  }
  /// \overload
  static cancellation_token any_of(std::initializer_list<cancellation_token> tokens) {
    return any(tokens.begin(), tokens.size());
  }
  /// \overload
  template <std::ranges::input_range Range>
    requires std::same_as<std::ranges::range_value_t<Range>, cancellation_token>
  static cancellation_token any_of(Range&& tokens) {
    std::vector<cancellation_token> all;
    for (auto&& each : tokens) all.push_back(each);
    return any(all.data(), all.size());
  }

  /// Whether both come from the same source; a derived source is another one.
  friend bool operator==(cancellation_token const& a, cancellation_token const& b) noexcept {
    return a.state_.get() == b.state_.get();
  }

 private:
  friend struct detail::token_access;
  explicit cancellation_token(detail::token_ref state) noexcept : state_(std::move(state)) {}
  static cancellation_token any(cancellation_token const* tokens, std::size_t count);

  detail::token_ref state_;
};

namespace detail {

/// The way from a token to its state and back.
struct token_access {
  static token_ref const& state_of(cancellation_token const& token) noexcept {
    return token.state_;
  }
  static cancellation_token token_of(token_ref state) noexcept {
    return cancellation_token(std::move(state));
  }
};

}  // namespace detail
}  // namespace curfew

template <>
struct std::hash<curfew::cancellation_token> {
  std::size_t operator()(curfew::cancellation_token const& token) const noexcept {
    return std::hash<void const*>()(curfew::detail::token_access::state_of(token).get());
  }
};

#endif
