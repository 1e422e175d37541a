#ifndef CURFEW_WITH_TASK_GROUP_HPP
#define CURFEW_WITH_TASK_GROUP_HPP

#include <concepts>
#include <curfew/group_options.hpp>
#include <curfew/impl/with_task_group.hpp>
#include <curfew/task_group.hpp>
#include <curfew/timeout_scope.hpp>
#include <source_location>
#include <type_traits>
#include <utility>

namespace curfew {

/// A block that owns tasks and ends after all of them:
/// `co_await with_task_group([&](task_group& group) -> awaitable<void> { ... });`.
///
/// \par Completes when
/// the body has ended, and then every child, those that children spawned included.
/// \returns `awaitable<T, Executor>` for a body `f(task_group&, args...)` that returns that.
/// \par Cancellation
/// Goes to the body and to all children, who are waited for. Children hear it also while the body
/// is in a shield.
/// \par Errors
/// A failure, of a child or of the body, cancels all others (`on_failure::cancel_siblings`); their
/// being cancelled is no failure. When all have ended, a single failure is rethrown as it is,
/// several as `exception_group`, in the order in which they happened. With `on_failure::keep_going`
/// a child's failure cancels nobody, and is raised only if nobody looked at it; the body's cancels
/// the children. With `on_failure::report` a child's failure is never raised, but given to whoever
/// joins it; one that nobody looks at is printed on `std::cerr` when the last handle goes, and an
/// observer hears of it at the end of the child. Where nothing failed: `operation_aborted` when
/// what encloses the group asked it to stop and the body or a child was stopped by that. A child
/// that is cancelled by its handle is no failure. A child's `errc::timed_out` is one.
/// \par Result
/// The body's value is lost when a child fails or the group is aborted from outside.
/// \par Thread safety
/// Distinct calls: safe. The coroutine must be on its own executor.
/// \par Lifetime
/// `f` and `args` are kept as decayed copies as long as the body runs, not as long as the children:
/// what they need is handed to `spawn`. Locals of the coroutine that awaits the block outlive all
/// children. Destroying the context destroys all of them.
/// \par Example
/// \snippet groups.cpp with_task_group
/// \see `gather`, `race`, `wait` for operations whose number is known; `timeout` around a block.
/// \par Source
/// Trio's nursery, Python's `asyncio.TaskGroup`, Kotlin's `coroutineScope` and `supervisorScope`.
struct with_task_group_fn {
  template <class F, class... Args>
    requires(!std::convertible_to<F, group_options> &&
             !std::same_as<std::remove_cvref_t<F>, timeout_scope>)
  auto operator()(F&& f, Args&&... args) const {
    return detail::run_in_group(group_options(std::source_location()), std::forward<F>(f),
                                std::forward<Args>(args)...);
  }
  template <class F, class... Args>
  auto operator()(group_options const& options, F&& f, Args&&... args) const {
    return detail::run_in_group(options, std::forward<F>(f), std::forward<Args>(args)...);
  }
};

/// \copydoc with_task_group_fn
inline constexpr with_task_group_fn with_task_group{};

}  // namespace curfew

#endif
