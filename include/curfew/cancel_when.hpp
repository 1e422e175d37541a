#ifndef CURFEW_CANCEL_WHEN_HPP
#define CURFEW_CANCEL_WHEN_HPP

#include <concepts>
#include <curfew/cancellation_token.hpp>
#include <curfew/impl/cancel_when.hpp>
#include <source_location>
#include <type_traits>
#include <utility>

namespace curfew {

/// One operation that is cancelled when a token is:
/// `co_await cancel_when(socket.async_read_some(buffer, deferred), token)`.
///
/// One token serves any number of operations, on any executors and threads.
///
/// \par Completes when
/// the operation has ended, never before.
/// \par Completion signature
/// Of the same kind as what went in: a deferred operation of the same signature, or
/// `awaitable<T, Executor>`.
/// \par Cancellation
/// When the token is cancelled, from whatever thread, the operation is asked to stop on its own
/// executor, with every cancellation type. Requests from outside are passed on with their own type.
/// With a token that is cancelled already the operation does not start; its arguments are
/// destroyed. (One whose results have no default value, or whose signature has no error, is started
/// and cancelled at once instead.)
/// \par Errors
/// `operation_aborted`, when the operation ended with a cancellation and the token, or something
/// outside, had asked for it; a limit around it makes that `errc::timed_out`. The operation's own
/// errors and values are passed on whatever was asked. `errc::invalid_state`, thrown by the call,
/// for an empty awaitable. An empty token never asks.
/// \par Reason
/// Inside a coroutine, `this_task::self` and scopes give the token's reason, with the cause `token`
/// where the source said no more than `requested`.
/// \par Result
/// Never lost.
/// \par Thread safety
/// Distinct operations: safe, also with one token. The token may be cancelled from any thread while
/// the operation starts, runs and ends.
/// \par Lifetime
/// The operation and the token are kept. The source may die first; then nobody asks.
/// \par Executor
/// The handler's own; for a handler without one as for `wait_for`: `cancel_when(executor, op,
/// token)(use_future)`.
/// \par Example
/// \snippet tokens.cpp cancel_when
/// \see `wait_for` for a limit; nested, the outermost cause wins. `cancellation_token::wait` waits
/// for the token itself.
struct cancel_when_fn {
  template <class Op>
    requires(!detail::executor_or_context<Op>)
  auto operator()(Op&& op, cancellation_token const& token,
                  std::source_location where = std::source_location::current()) const {
    return detail::cancel_when(detail::no_executor(), std::forward<Op>(op),
                               detail::token_access::state_of(token), where);
  }
  template <class Op, class Token>
    requires(!detail::executor_or_context<Op> &&
             !std::convertible_to<Token, cancellation_token const&>)
  void operator()(Op&&, Token&&) const {
    static_assert(!std::is_object_v<Op> && std::is_object_v<Op>,
                  "curfew: cancel_when takes a cancellation_token, such as source.token()");
  }
  template <class Where, class Op>
    requires detail::executor_or_context<Where>
  auto operator()(Where&& where, Op&& op, cancellation_token const& token,
                  std::source_location place = std::source_location::current()) const {
    return detail::cancel_when(detail::executor_from(where), std::forward<Op>(op),
                               detail::token_access::state_of(token), place);
  }
};

/// \copydoc cancel_when_fn
inline constexpr cancel_when_fn cancel_when{};

}  // namespace curfew

#endif
