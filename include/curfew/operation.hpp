#ifndef CURFEW_OPERATION_HPP
#define CURFEW_OPERATION_HPP

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <curfew/fwd.hpp>
#include <type_traits>

namespace curfew {

namespace detail {

template <class T>
inline constexpr bool is_awaitable = false;
template <class T, class Executor>
inline constexpr bool is_awaitable<boost::asio::awaitable<T, Executor>> = true;

/// An operation that waits for the end of a task, and knows whether it has to.
template <class Op>
class joining;
template <class T>
inline constexpr bool is_joining = false;
template <class Op>
inline constexpr bool is_joining<joining<Op>> = true;
template <class Op>
inline constexpr bool is_awaitable<joining<Op>> = is_awaitable<Op>;

template <class T>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<task<T>> = true;

template <class T>
struct awaitable_traits;
template <class T, class Executor>
struct awaitable_traits<boost::asio::awaitable<T, Executor>> {
  using type = boost::asio::awaitable<T, Executor>;
  using value_type = T;
  using executor_type = Executor;
};
template <class Op>
struct awaitable_traits<joining<Op>> : awaitable_traits<Op> {};

/// Whether something can be awaited as one of this very type.
template <class T, class Awaitable>
inline constexpr bool is_awaitable_of = false;
template <class T, class Awaitable>
  requires is_awaitable<T>
inline constexpr bool is_awaitable_of<T, Awaitable> =
    std::is_same_v<typename awaitable_traits<T>::type, Awaitable>;

/// Whether an operation has nothing to wait for, so that no limit keeps it from its result.
template <class Op>
bool is_ready([[maybe_unused]] Op const& op) noexcept {
  if constexpr (is_joining<Op>)
    return op.is_ready();
  else
    return false;
}

}  // namespace detail

/// An asynchronous operation that has not started and takes any completion token: what Asio's
/// functions return for the token `asio::deferred`, and what curfew's return for such.
template <class T>
concept deferred_operation =
    std::is_object_v<std::remove_cvref_t<T>> && !detail::is_awaitable<std::remove_cvref_t<T>> &&
    boost::asio::is_async_operation<std::remove_cvref_t<T>>::value;

/// A coroutine that has not started: `asio::awaitable<T, Executor>` of any result and executor.
template <class T>
concept awaitable_operation = detail::is_awaitable<std::remove_cvref_t<T>>;

/// What curfew's functions that take an operation accept: either of the two, or what another
/// curfew function returned, which is one of them. An awaitable can be awaited once, so it is
/// handed over as an rvalue: `std::move(op)`.
///
/// \par Example
/// \snippet operations.cpp operation
template <class T>
concept operation =
    deferred_operation<T> || (awaitable_operation<T> && !std::is_lvalue_reference_v<T>);

namespace detail {

/// Says at compile time why something is no operation.
template <class Op>
constexpr void require_operation() {
  constexpr bool is_lvalue_awaitable = awaitable_operation<Op> && std::is_lvalue_reference_v<Op>;
  static_assert(!is_lvalue_awaitable,
                "curfew: an awaitable can be awaited only once, so hand it over: std::move(op)");
  static_assert(!is_task<std::remove_cvref_t<Op>>,
                "curfew: a task is no operation, but to join it is one: t.join(). It goes on when "
                "the one who joins it is cancelled, so it needs no shield");
  static_assert(operation<Op> || is_lvalue_awaitable || is_task<std::remove_cvref_t<Op>>,
                "curfew: this is no operation. An operation is an asio::awaitable, or what an Asio "
                "function returns for the token asio::deferred. For a coroutine function use "
                "timeout(limit, f, args...), or call it: wait_for(f(), limit)");
}

}  // namespace detail
}  // namespace curfew

#endif
