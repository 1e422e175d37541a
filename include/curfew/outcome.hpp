#ifndef CURFEW_OUTCOME_HPP
#define CURFEW_OUTCOME_HPP

#include <curfew/detail/words.hpp>
#include <curfew/error.hpp>
#include <curfew/impl/settle.hpp>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace curfew {

namespace detail {

/// Whether it was cancelled itself.
template <class T>
bool is_aborted(outcome<T> const& how) noexcept {
  return is_cancellation(how.code());
}

}  // namespace detail

/// How an operation ended: with a value, an error, or a cancellation. Looking at it throws nothing.
///
/// \tparam T May be void, move-only, without a default value.
/// \par Thread safety
/// Distinct objects: safe. Shared objects: safe to read.
/// \par Example
/// \snippet outcomes.cpp outcome
/// \see `settle` makes one.
template <class T>
class outcome {
  using stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

 public:
  /// A success. For void: `outcome<void>(std::in_place)`.
  template <class... Args>
  explicit outcome(std::in_place_t, Args&&... args)
      : how_(std::in_place_index<0>, std::forward<Args>(args)...) {}
  /// A failure. \pre `error` is an error, not the default.
  explicit outcome(error_code error) noexcept : how_(std::in_place_index<1>, error) {}
  /// A failure. \pre `error` is not null.
  explicit outcome(std::exception_ptr error) noexcept
      : how_(std::in_place_index<2>, std::move(error)) {}

  /// Whether it ended with a value.
  bool has_value() const noexcept { return how_.index() == 0; }
  /// \overload
  explicit operator bool() const noexcept { return has_value(); }

  /// The value. Where there is none it throws what `error()` says; so an unlooked-at error is not
  /// mistaken for a value.
  std::add_lvalue_reference_t<T> value() & {
    rethrow();
    if constexpr (!std::is_void_v<T>) return *std::get_if<0>(&how_);
  }
  /// \overload
  std::add_lvalue_reference_t<std::add_const_t<T>> value() const& {
    rethrow();
    if constexpr (!std::is_void_v<T>) return *std::get_if<0>(&how_);
  }
  /// \overload
  T value() && {
    rethrow();
    if constexpr (!std::is_void_v<T>) return std::move(*std::get_if<0>(&how_));
  }

  /// As `value()`: it throws where there is none.
  template <class U = T>
  std::add_lvalue_reference_t<U> operator*() & {
    return value();
  }
  /// \overload
  template <class U = T>
  std::add_lvalue_reference_t<std::add_const_t<U>> operator*() const& {
    return value();
  }
  /// \overload
  template <class U = T>
  U operator*() && {
    return std::move(*this).value();
  }
  /// As `value()`, of which it takes a member.
  template <class U = T>
  std::add_pointer_t<U> operator->() {
    return &value();
  }
  /// \overload
  template <class U = T>
  std::add_pointer_t<std::add_const_t<U>> operator->() const {
    return &value();
  }

  /// The error as an exception, whichever way it was reported; null where there is a value.
  std::exception_ptr error() const {
    if (auto const* code = std::get_if<1>(&how_))
      return std::make_exception_ptr(boost::system::system_error(*code));
    auto const* exception = std::get_if<2>(&how_);
    return exception ? *exception : nullptr;
  }

  /// Whether it was cancelled: itself, see `is_cancellation`, or the task that it joined, whose
  /// error is `errc::task_cancelled`.
  bool cancelled() const noexcept {
    auto const said = code();
    return is_cancellation(said) || said == errc::task_cancelled;
  }
  /// Whether a deadline of curfew ended it: see `is_timeout`.
  bool timed_out() const noexcept { return is_timeout(code()); }

  /// The error in words, as its `what()`; empty where there is a value.
  std::string message() const { return detail::in_words(error()); }

 private:
  template <class U>
  friend bool detail::is_aborted(outcome<U> const& how) noexcept;

  error_code code() const noexcept {
    if (auto const* code = std::get_if<1>(&how_)) return *code;
    auto const* exception = std::get_if<2>(&how_);
    return exception ? detail::code_of(*exception) : error_code();
  }
  void rethrow() const {
    if (auto const* code = std::get_if<1>(&how_)) throw boost::system::system_error(*code);
    if (auto const* exception = std::get_if<2>(&how_)) std::rethrow_exception(*exception);
  }

  std::variant<stored, error_code, std::exception_ptr> how_;
};

/// Awaits an operation and says how it ended: `auto r = co_await settle(op);`. Never throws the
/// operation's error.
///
/// \par Completes when
/// the operation has ended.
/// \returns `awaitable<outcome<T>, Executor>`, where `T` is what awaiting the operation gives. The
/// executor type is that of the awaitable that went in; for a deferred operation it is the template
/// argument, `settle.on<Executor>(op)`, by default `any_io_executor`.
/// \par Cancellation
/// Passed on to the operation. Asio refuses the `co_await` itself, by throwing `operation_aborted`,
/// when a request is already pending.
/// \par Errors
/// None but that; `errc::invalid_state`, thrown by the call, for an empty awaitable.
/// \par Result
/// Never lost.
/// \par Example
/// \snippet outcomes.cpp settle
struct settle_fn {
  template <class Op>
  auto operator()(Op&& op) const {
    return on<boost::asio::any_io_executor>(std::forward<Op>(op));
  }
  /// For coroutines of another executor type than `any_io_executor`.
  template <class Executor, class Op>
  auto on(Op&& op) const {
    return detail::settle<Executor>(std::forward<Op>(op));
  }
};

/// \copydoc settle_fn
inline constexpr settle_fn settle{};

}  // namespace curfew

#endif
