#ifndef CURFEW_ERROR_HPP
#define CURFEW_ERROR_HPP

#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>
#include <curfew/export.hpp>
#include <exception>
#include <string>
#include <type_traits>
#include <vector>

namespace curfew {

using boost::system::error_code;

/// The errors that curfew itself raises, as values of `boost::system::error_code`.
///
/// A cancellation is not among them: it keeps Asio's `asio::error::operation_aborted`, so that
/// code which knows Asio needs nothing new. Awaited without `as_tuple`, each arrives as a
/// `boost::system::system_error` that carries the code.
///
/// \par Example
/// \snippet errors.cpp errc
enum class errc : int {
  /// A deadline of curfew passed and ended the operation. Equal to the condition
  /// `boost::system::errc::timed_out`; different from the system's own `ETIMEDOUT`, which a peer
  /// or a network caused. Never a kind of cancellation.
  timed_out = 1,
  /// A task was spawned into a group that is closing or closed. Nothing was started.
  group_closed,
  /// Work was refused because the server is shutting down. Nothing was started.
  shutting_down,
  /// A queue was closed: nothing can be pushed, or nothing is left to pop.
  queue_closed,
  /// The object cannot do this in its present state (an awaitable that was moved from or awaited
  /// before, a scope that has ended).
  invalid_state,
  /// A limit is not a number, or contradicts another. Raised by the call that was given it, before
  /// anything starts.
  invalid_limit,
  /// Waiting could never end: a task that joins itself, a test in which nothing can happen.
  deadlock,
  /// A task that was joined had been cancelled. Not a cancellation of the one who joins it.
  task_cancelled,
};

/// The category of `errc`; its name is `"curfew"`.
CURFEW_EXPORT boost::system::error_category const& error_category() noexcept;

/// Lets `errc` convert to `error_code`.
inline error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), error_category()};
}

namespace detail {

/// What an exception says about itself, as an error code; none for foreign exceptions.
CURFEW_EXPORT error_code code_of(std::exception_ptr const& error) noexcept;

}  // namespace detail

/// Whether the error says that something was asked to stop: `asio::error::operation_aborted`, its
/// relatives `boost::system::errc::operation_canceled` and `asio::experimental::error::
/// channel_cancelled`. A timeout is not: see `is_timeout`.
CURFEW_EXPORT bool is_cancellation(error_code error) noexcept;

/// The same for an exception: a `system_error` with such a code, or `asio::multiple_exceptions`
/// (thrown by Asio's `a && b`) whose first exception is one. False for a null pointer.
CURFEW_EXPORT bool is_cancellation(std::exception_ptr const& error) noexcept;

/// Whether a deadline of curfew ended the operation: `errc::timed_out` and nothing else, so that
/// a connection that the network timed out (`ETIMEDOUT`) is not taken for it.
CURFEW_EXPORT bool is_timeout(error_code error) noexcept;

/// The same for an exception. False for a null pointer.
CURFEW_EXPORT bool is_timeout(std::exception_ptr const& error) noexcept;

/// Several failures at once, in the order in which they happened. Thrown where more than one
/// child of a group failed; a single failure is rethrown as it is.
struct CURFEW_EXPORT exception_group : std::exception {
  /// \pre `exceptions` holds no null pointer.
  explicit exception_group(std::vector<std::exception_ptr> exceptions);
  ~exception_group() override;

  /// What failed; first the one that failed first.
  std::vector<std::exception_ptr> const& exceptions() const noexcept { return exceptions_; }
  /// How many failed, and the message of the first.
  char const* what() const noexcept override;

 private:
  std::vector<std::exception_ptr> exceptions_;
  std::string what_;
};

}  // namespace curfew

template <>
struct boost::system::is_error_code_enum<curfew::errc> : std::true_type {};

#endif
