#ifndef CURFEW_SHIELD_HPP
#define CURFEW_SHIELD_HPP

#include <curfew/detail/limit.hpp>
#include <curfew/impl/shield.hpp>
#include <functional>
#include <source_location>
#include <type_traits>
#include <utility>

namespace curfew {

/// For how long a shield holds a request back, counted from the request.
///
/// \par Units
/// Any `std::chrono` duration; zero and less lets every request through at once, `never` none.
/// \par Errors
/// `errc::invalid_limit`, thrown by the constructor, for a duration that is not a number.
class grace {
 public:
  /// From the request on.
  explicit grace(detail::duration_limit limit) : limit_(limit.value()) {}

 private:
  friend struct shield_fn;
  detail::limit limit_;
};

/// An operation that the caller's cancellation does not reach: `co_await shield(commit())`.
///
/// \par Completes when
/// the operation has ended by itself. With `grace{limit}` it is asked to stop when that much time
/// has passed since the caller was, and still waited for.
/// \par Completion signature
/// Of the same kind as what went in: a deferred operation of the same signature, or
/// `awaitable<T, Executor>`.
/// \par Cancellation
/// Requests from outside (the caller's, a deadline's, a token's) are held back, and surface at the
/// caller's next `co_await` after the shield: not lost, not early. Scopes inside the shield work
/// as ever. A shield that is awaited when a request is already pending does not start. (A deferred
/// operation whose results have no default value, or whose signature has no error, cannot be
/// refused where Asio was told not to.)
/// \par Errors
/// Those of the operation; `operation_aborted` where it did not start, or a request that was let
/// through ended it. `errc::invalid_state`, thrown by the call, for an empty awaitable.
/// \par Result
/// Never lost: it is delivered although the caller was asked to stop meanwhile.
/// \par Thread safety
/// Distinct operations: safe. Requests meet it on the handler's executor.
/// \par Lifetime
/// The operation is moved in. What it spawns elsewhere is not shielded. What a shielded operation
/// acquires is not given back by a `finally` after it, which a request that came meanwhile refuses:
/// acquire inside the body of the `finally`.
/// \par Executor
/// The handler's own; for a handler without one it is the one that is given first,
/// `shield(executor, op)(use_future)`, or else, with `grace`, that of the object that the operation
/// works on, as for `wait_for`. Given first with an awaitable, the executor is where that is
/// spawned.
/// \par Example
/// \snippet shields.cpp shield
/// \see `finally` shields a cleanup. `shielded` makes a function of it. A limit inside,
/// `shield(wait_for(op, 5s))`, ends the work; one outside is held back like any request.
/// \par Source
/// Trio's `CancelScope(shield=True)`, Kotlin's `NonCancellable`; asyncio's `shield` lets its caller
/// go instead.
struct shield_fn {
  template <class Op>
  auto operator()(Op&& op, std::source_location where = std::source_location::current()) const {
    return detail::shield(detail::no_executor(), std::forward<Op>(op), where);
  }
  template <class Op>
  auto operator()(Op&& op, grace how_long,
                  std::source_location where = std::source_location::current()) const {
    return detail::shield(detail::no_executor(), std::forward<Op>(op), how_long.limit_, where);
  }
  template <detail::executor_or_context Where, class Op>
  auto operator()(Where&& executor, Op&& op,
                  std::source_location where = std::source_location::current()) const {
    return detail::shield(detail::executor_from(executor), std::forward<Op>(op), where);
  }
  template <detail::executor_or_context Where, class Op>
  auto operator()(Where&& executor, Op&& op, grace how_long,
                  std::source_location where = std::source_location::current()) const {
    return detail::shield(detail::executor_from(executor), std::forward<Op>(op), how_long.limit_,
                          where);
  }
  template <class Op, detail::any_limit Limit>
  void operator()(Op&&, Limit) const {
    static_assert(!detail::any_limit<Limit>,
                  "curfew: for how long a shield holds requests back is said as grace{5s}");
  }
};

/// \copydoc shield_fn
inline constexpr shield_fn shield{};

/// What `shielded` returns.
template <class F>
class shielded_function {
 public:
  /// Keeps the function.
  explicit shielded_function(F function) : function_(std::move(function)) {}

  /// `shield(function(args...))`.
  template <class... Args>
    requires std::is_invocable_v<F const&, Args...>
  auto operator()(Args&&... args) const {
    return shield(std::invoke(function_, std::forward<Args>(args)...));
  }
  /// \overload
  template <class... Args>
    requires(std::is_invocable_v<F&, Args...> && !std::is_invocable_v<F const&, Args...>)
  auto operator()(Args&&... args) {
    return shield(std::invoke(function_, std::forward<Args>(args)...));
  }

 private:
  F function_;
};

/// A function whose every call is shielded: `auto commit = shielded(commit_to_database);`.
///
/// \returns a function object; calling it with some arguments is `shield(f(args...))`.
/// \par Lifetime
/// `f` is kept as a decayed copy. As with any coroutine lambda, the object must outlive its calls,
/// and so must what they were given by reference.
/// \par Example
/// \snippet shields.cpp shielded
/// \see shield
struct shielded_fn {
  template <class F>
  auto operator()(F&& f) const {
    return shielded_function<std::decay_t<F>>(std::forward<F>(f));
  }
};

/// \copydoc shielded_fn
inline constexpr shielded_fn shielded{};

}  // namespace curfew

#endif
