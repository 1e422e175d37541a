#ifndef CURFEW_IMPL_ABANDON_AFTER_HPP
#define CURFEW_IMPL_ABANDON_AFTER_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <curfew/detail/group_core.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/detail/region_stack.hpp>
#include <curfew/detail/result_traits.hpp>
#include <curfew/impl/as_awaitable.hpp>
#include <curfew/impl/scope.hpp>
#include <curfew/impl/settle.hpp>
#include <curfew/impl/spawn.hpp>
#include <curfew/impl/task.hpp>
#include <curfew/operation.hpp>
#include <curfew/outcome.hpp>
#include <curfew/spawn_options.hpp>
#include <curfew/task.hpp>
#include <curfew/timeout_scope.hpp>
#include <exception>
#include <source_location>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// Asks work to stop. Returns whether it has ended; if not, it is left behind, and is on its own.
CURFEW_EXPORT bool stop_or_leave(task_core& work, timeout_scope const& asked);
/// Throws what work failed with that somebody waited for.
[[noreturn]] CURFEW_EXPORT void throw_of_work(task_core& work, std::exception_ptr error,
                                              timeout_scope const& asked);

/// The work. How it ends is for the one who waits; where that one has left, an error is its own.
template <class T, class Executor>
boost::asio::awaitable<outcome<T>, Executor> run_work(boost::asio::awaitable<T, Executor> op) {
  auto const state = co_await boost::asio::this_coro::cancellation_state;
  auto const& self = *region_stack::find(state.slot())->as_task();
  auto ended = co_await settle_awaitable(std::move(op));
  if (self.abandoned() && !ended) std::rethrow_exception(ended.error());
  co_return ended;
}

/// Gives what work ended with that somebody waited for.
template <class T>
T take_work(task<outcome<T>> const& work, timeout_scope const& asked) {
  auto& state = *task_access::state_of(work);
  state.set_looked_at();
  auto& ran = state.result();
  auto error = ran.has_value() ? ran.value().error() : ran.error();
  if (error) throw_of_work(state, std::move(error), asked);
  return std::move(ran.value()).value();
}

/// What the scope around is given where work was left behind: an abort, in which it then says why.
template <class T>
T abort_instead(std::exception_ptr const& refused) {
  if constexpr (carries_error<T> && std::is_default_constructible_v<T>) {
    if (is_cancellation(refused)) {
      T none{};
      set_error(none, boost::asio::error::operation_aborted);
      return none;
    }
  }
  std::rethrow_exception(refused);
}

/// Starts work in a group and waits for it, as the body of a scope.
template <class T, class Executor>
class waiting_for_work {
 public:
  static constexpr past_limit if_past() noexcept { return past_limit::refuses; }

  waiting_for_work(boost::asio::awaitable<T, Executor>&& op, group_ref owner,
                   spawn_options const& options)
      : op_(std::move(op)), owner_(std::move(owner)), options_(options) {}
  boost::asio::awaitable<T, Executor> operator()(timeout_scope& scope) {
    return run(scope, std::move(op_), std::move(owner_), std::move(options_));
  }

 private:
  static boost::asio::awaitable<T, Executor> run(timeout_scope& scope,
                                                 boost::asio::awaitable<T, Executor> op,
                                                 group_ref owner, spawn_options options) {
    Executor const here = co_await boost::asio::this_coro::executor;
    auto const work = spawn_body(here, owner, options, awaited(run_work(std::move(op))));
    std::exception_ptr refused;
    try {
      co_await work.wait();
    } catch (...) {
      refused = std::current_exception();
    }
    auto& state = *task_access::state_of(work);
    if (!state.done() && !stop_or_leave(state, scope)) co_return abort_instead<T>(refused);
    co_return take_work(work, scope);
  }

  boost::asio::awaitable<T, Executor> op_;
  group_ref owner_;
  spawn_options options_;
};

/// In a group; in that of the context where none is given.
template <class T, class Executor>
auto abandon_after(boost::asio::awaitable<T, Executor> op, limit given, group_ref owner,
                   spawn_options const& options, std::source_location where) {
  return run_scope<raising<T>>(
      by_deadline{given}, waiting_for_work<T, Executor>(std::move(op), std::move(owner), options),
      where);
}

}  // namespace curfew::detail

#endif
