#ifndef CURFEW_SERVE_HPP
#define CURFEW_SERVE_HPP

#include <curfew/impl/serve.hpp>
#include <curfew/serve_options.hpp>
#include <curfew/shutdown_control.hpp>
#include <type_traits>
#include <utility>

namespace curfew {

/// Accepts connections until the shutdown drains, each into a task of its own, and ends after all
/// of them: `co_await serve(acceptor, control, session);` for
/// `awaitable<void> session(tcp::socket socket)`.
///
/// Listening stops first: when draining begins nothing is accepted any more and the acceptor is
/// closed, while the sessions go on. What a session awaits with `idle` ends then; where the control
/// belongs to no `run`, with `idle(op, control.draining())`.
///
/// \par Forms
/// `serve(acceptor, control, session, options)`. The acceptor is one of Asio's, or has the same
/// `executor_type`, `get_executor`, `is_open`, `close(error_code&)` and `async_accept`.
/// The session is called as `session(socket)` or `session(socket, control)`.
/// \par Completes when
/// the drain has begun, or the acceptor was closed by somebody, and all sessions have ended.
/// \returns `awaitable<void>` of the acceptor's executor type. Sessions run on the executor of the
/// acceptor, or on strands: `serve_options::strand_per_session`.
/// \par Cancellation
/// Ends the accepting and goes to all sessions, who are waited for.
/// \par Errors
/// A failed accept is survived: the next one is tried, at once where only that connection failed,
/// after a pause where descriptors or memory ran out (EMFILE). It is reported, as is a session that
/// fails, which ends nobody else. Raised: `errc::invalid_state` where the acceptor is closed at the
/// start; the system's error where it cannot accept at all, when the sessions have ended;
/// `operation_aborted` when it was cancelled.
/// \par Result
/// No connection that was accepted is dropped, also when the drain begins in that moment.
/// \par Thread safety
/// Distinct calls: safe, also several with one `control`. The acceptor is used on the coroutine's
/// executor. Where sessions have strands, `session` is called by several at a time.
/// \par Lifetime
/// The acceptor outlives the call, and is closed at its end. `session` is kept as one decayed copy
/// that outlives all sessions, so that what a lambda captures is there. On g++ 12 a lambda that
/// captures a non-trivial object by value is given a name first, and moved in.
/// \par Example
/// \snippet serving.cpp serve
/// \see `run` makes the control, `idle`, `close_gracefully`. `with_task_group` for other servers.
struct serve_fn {
  template <class Acceptor, class F>
  auto operator()(Acceptor& acceptor, shutdown_control const& control, F&& session,
                  serve_options options = {}) const {
    return detail::serve<Acceptor, std::decay_t<F>>(&acceptor, control, std::forward<F>(session),
                                                    std::move(options));
  }
};

/// \copydoc serve_fn
inline constexpr serve_fn serve{};

}  // namespace curfew

#endif
