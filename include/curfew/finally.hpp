#ifndef CURFEW_FINALLY_HPP
#define CURFEW_FINALLY_HPP

#include <boost/asio/any_io_executor.hpp>
#include <concepts>
#include <curfew/detail/limit.hpp>
#include <curfew/impl/finally.hpp>
#include <curfew/outcome.hpp>
#include <source_location>
#include <utility>

namespace curfew {

/// Runs an operation and then its cleanup, whatever the operation ended with:
/// `co_await finally(transfer(), [&] { return rollback(db); }, 5s);`.
///
/// Asio coroutines cannot await in a `catch` block or a destructor, and once cancelled cannot even
/// start a `co_await`. So asynchronous cleanup is written here, and is shielded.
///
/// \par Completes when
/// the operation and then its cleanup have ended. The cleanup runs once, after success, error and
/// cancellation alike: `cleanup(outcome<T> const&)`, which can look at how it went, or `cleanup()`;
/// a coroutine function that returns `awaitable<void, Executor>`, or a plain function that returns
/// void.
/// \returns `awaitable<T, Executor>` for an `awaitable<T, Executor>`. For a deferred operation the
/// executor type is the template argument, `finally.on<Executor>(op, cleanup)`, by default
/// `any_io_executor`.
/// \par Cancellation
/// Passed on to the operation. The cleanup is shielded: requests that came before and meanwhile are
/// held back, and surface at the caller's next `co_await`. With a limit, the cleanup is asked to
/// stop when that has passed, and waited for. Refused at its own `co_await` because a request is
/// pending, it runs neither: acquire inside the operation, not before it.
/// \par Errors
/// What the operation ended with, a value or an error. Only where that is a value, an error of the
/// cleanup is raised in its place, and `errc::timed_out` where the limit ended the cleanup.
/// `errc::invalid_limit` and `errc::invalid_state` are thrown by the call.
/// \par Units
/// Any `std::chrono` duration, counted from the beginning of the cleanup; zero and less interrupts
/// it where it first waits.
/// \par Result
/// The operation's value is lost when the cleanup fails.
/// \par Thread safety
/// Distinct calls: safe. The coroutine must be on its own executor.
/// \par Lifetime
/// The cleanup is kept as a decayed copy; on g++ 12 a lambda that captures a non-trivial object by
/// value must not stand in an expression that contains a `co_await`; `[&]` is safe. What the
/// operation had in its frame has been destroyed when the cleanup runs. Destroying the context
/// destroys both and runs no cleanup.
/// \par Example
/// \snippet cleanup.cpp finally
/// \see `shield` for work that must finish. A destructor, for cleanup that does not wait.
/// \par Source
/// Python's `try`/`finally` with `asyncio.shield`, Kotlin's `finally` with `NonCancellable`.
struct finally_fn {
  template <class Op, class F>
  auto operator()(Op&& op, F&& cleanup,
                  std::source_location where = std::source_location::current()) const {
    return on<boost::asio::any_io_executor>(std::forward<Op>(op), std::forward<F>(cleanup), where);
  }
  template <class Op, class F, class Limit>
    requires(!std::same_as<Limit, std::source_location>)
  auto operator()(Op&& op, F&& cleanup, Limit limit,
                  std::source_location where = std::source_location::current()) const {
    return on<boost::asio::any_io_executor>(std::forward<Op>(op), std::forward<F>(cleanup), limit,
                                            where);
  }
  /// For coroutines of another executor type than `any_io_executor`.
  template <class Executor, class Op, class F>
  auto on(Op&& op, F&& cleanup,
          std::source_location where = std::source_location::current()) const {
    return detail::finally<Executor>(std::forward<Op>(op), std::forward<F>(cleanup),
                                     detail::limit(never), where);
  }
  template <class Executor, class Op, class F, class Limit>
    requires(!std::same_as<Limit, std::source_location>)
  auto on(Op&& op, F&& cleanup, Limit limit,
          std::source_location where = std::source_location::current()) const {
    return detail::finally<Executor>(std::forward<Op>(op), std::forward<F>(cleanup),
                                     detail::duration_limit(limit, where).value(), where);
  }
};

/// \copydoc finally_fn
inline constexpr finally_fn finally{};

}  // namespace curfew

#endif
