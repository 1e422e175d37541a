#ifndef CURFEW_THIS_TASK_HPP
#define CURFEW_THIS_TASK_HPP

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <curfew/cancellation_reason.hpp>
#include <curfew/clock.hpp>
#include <curfew/detail/associated_stack.hpp>
#include <curfew/detail/handler_executor.hpp>
#include <curfew/detail/inline_depth.hpp>
#include <curfew/export.hpp>
#include <string_view>
#include <utility>

namespace curfew {

namespace detail {
struct self_access;
}

/// What a coroutine can ask about itself at any time, also where nothing can be awaited: in a
/// `catch` block, a destructor, a function that is no coroutine.
///
/// It knows the scopes that are open when it is asked, not when it was taken. In a coroutine that
/// curfew does not run (one that plain `co_spawn` started, outside every scope) it knows the time
/// only.
///
/// \par Thread safety
/// Distinct objects: safe for different coroutines. Use it on the coroutine's executor.
/// \par Lifetime
/// A copyable handle; it may outlive its coroutine, and then reports no deadline. Not its context.
/// \par Example
/// \snippet this_task.cpp self
class CURFEW_EXPORT task_view {
 public:
  /// Whether the coroutine has to stop here: somebody asked, or a deadline has passed, and no
  /// shield holds that back. It sees that also where no news has arrived because nothing was
  /// awaited: a loop that computes can go by it.
  bool cancelled() const noexcept;
  /// Whether somebody asked, or a deadline has passed, also where a shield holds it back.
  bool cancel_requested() const noexcept;
  /// Why, by the outermost cause; empty when it is not.
  cancellation_reason reason() const;
  /// The earliest deadline of the scopes around, up to the nearest shield; `time_point::max()` when
  /// there is none, `time_point::min()` when it was asked to stop otherwise. What to pass to a
  /// server that works for this coroutine; for how long that is, ask `remaining`.
  clock::time_point effective_deadline() const noexcept;
  /// The time until then, zero when it has passed; `duration::max()` when there is none.
  clock::duration remaining() const noexcept;
  /// The context's time.
  clock::time_point now() const noexcept;
  /// The name of the task; empty when it has none, and in a coroutine that is no task. Valid as
  /// long as this.
  std::string_view name() const noexcept;

 private:
  friend struct detail::self_access;
  task_view(detail::stack_ref stack, detail::deadline_service& deadlines) noexcept
      : stack_(std::move(stack)), deadlines_(&deadlines) {}

  detail::stack_ref stack_;
  detail::deadline_service* deadlines_;
};

namespace detail {

struct self_access {
  template <class Handler>
  void operator()(Handler handler) const {
    auto const executor = executor_of(handler, no_executor());
    auto& deadlines = deadline_service::of(context_of(executor));
    auto stack = stack_ref::share(get_associated_stack(handler));
    complete_inline(std::move(handler), executor, task_view(std::move(stack), deadlines));
  }
};

}  // namespace detail

namespace this_task {

/// The coroutine that awaits it: `auto self = co_await this_task::self();`. Take it early: Asio
/// refuses the `co_await` once the coroutine was asked to stop.
///
/// \par Completion signature
/// A deferred operation of `void(task_view)`, which completes at once.
/// \par Example
/// \snippet this_task.cpp self
inline auto self() {
  return boost::asio::async_initiate<boost::asio::deferred_t const, void(task_view)>(
      detail::self_access(), boost::asio::deferred);
}

}  // namespace this_task
}  // namespace curfew

#endif
