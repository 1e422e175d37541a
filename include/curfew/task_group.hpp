#ifndef CURFEW_TASK_GROUP_HPP
#define CURFEW_TASK_GROUP_HPP

#include <concepts>
#include <cstddef>
#include <curfew/cancellation_reason.hpp>
#include <curfew/cancellation_token.hpp>
#include <curfew/group_options.hpp>
#include <curfew/impl/task_group.hpp>
#include <curfew/spawn_options.hpp>
#include <curfew/task.hpp>
#include <source_location>
#include <utility>

namespace curfew {

namespace detail {
class group_region;
struct group_access;
}  // namespace detail

/// By which a child that `task_group::start` waits for says that it is ready: `started(port);`.
///
/// \par Thread safety
/// From any thread. The first call counts.
/// \par Lifetime
/// Valid as long as the child runs.
template <class R>
class task_started {
 public:
  /// The child is ready and reports `value`: `start` returns it. From here on a failure of the
  /// child is one of its group. \returns false when nobody waits any more.
  template <class Value>
    requires std::constructible_from<R, Value>
  bool operator()(Value&& value) const {
    return state_->set(std::forward<Value>(value));
  }

 private:
  friend struct detail::start_access;
  explicit task_started(detail::start_state<R>& state) noexcept : state_(&state) {}
  detail::start_state<R>* state_;
};

/// The same for a child that has nothing to report: `started();`.
template <>
class task_started<void> {
 public:
  /// See `task_started<R>`.
  bool operator()() const { return state_->set(); }

 private:
  friend struct detail::start_access;
  explicit task_started(detail::start_state<void>& state) noexcept : state_(&state) {}
  detail::start_state<void>* state_;
};

/// The handle of a block that owns tasks: what `with_task_group` passes to it. The block ends when
/// all of them have.
///
/// Children may be spawned from the block, from other children and from any thread, until the group
/// is asked to stop or has ended; then `spawn` throws `errc::group_closed` and what it was given is
/// destroyed.
///
/// \par Thread safety
/// All functions: from any thread.
/// \par Lifetime
/// The reference that the block is given is valid as long as the block and its children. A copy
/// refers to the same group and may outlive it.
/// \par Example
/// \snippet groups.cpp group
/// \see with_task_group. `gather` and `race` for a fixed number of operations.
class CURFEW_EXPORT task_group {
 public:
  /// Runs a coroutine as a child: as `curfew::spawn`, but that the executor may be left out, which
  /// is then that of the block: `group.spawn(work(1))`, `group.spawn({"work"}, work, 2)`,
  /// `group.spawn(pool, work(3))`.
  ///
  /// \par Errors
  /// Thrown by the call: `errc::group_closed`, when the group is asked to stop or has ended;
  /// `errc::invalid_state` for an empty awaitable, and where the block's executor is of another
  /// type than the coroutine's; `std::bad_alloc`. In each case nothing was started.
  template <detail::spawnable Op>
  auto spawn(Op&& op, std::source_location place = std::source_location::current()) {
    detail::require_operation<Op>();
    return here(spawn_options(place), detail::body_of(std::forward<Op>(op)));
  }
  /// \overload
  template <detail::plain_function F>
  auto spawn(F&& f, std::source_location place = std::source_location::current()) {
    return here(spawn_options(place), detail::body_of_call<detail::no_handle>(std::forward<F>(f)));
  }
  /// \overload
  template <detail::spawnable Op>
  auto spawn(spawn_options const& options, Op&& op) {
    detail::require_operation<Op>();
    return here(options, detail::body_of(std::forward<Op>(op)));
  }
  /// \overload
  template <class F, class... Args>
    requires(!detail::spawnable<F>)
  auto spawn(spawn_options const& options, F&& f, Args&&... args) {
    return here(options, detail::body_of_call<detail::no_handle>(std::forward<F>(f),
                                                                 std::forward<Args>(args)...));
  }
  /// \overload
  template <detail::executor_or_context Where, detail::spawnable Op>
  auto spawn(Where&& where, Op&& op, std::source_location place = std::source_location::current()) {
    detail::require_operation<Op>();
    return there(where, spawn_options(place), detail::body_of(std::forward<Op>(op)));
  }
  /// \overload
  template <detail::executor_or_context Where, detail::plain_function F>
  auto spawn(Where&& where, F&& f, std::source_location place = std::source_location::current()) {
    return there(where, spawn_options(place),
                 detail::body_of_call<detail::no_handle>(std::forward<F>(f)));
  }
  /// \overload
  template <detail::executor_or_context Where, detail::spawnable Op>
  auto spawn(Where&& where, spawn_options const& options, Op&& op) {
    detail::require_operation<Op>();
    return there(where, options, detail::body_of(std::forward<Op>(op)));
  }
  /// \overload
  template <detail::executor_or_context Where, class F, class... Args>
    requires(!detail::spawnable<F>)
  auto spawn(Where&& where, spawn_options const& options, F&& f, Args&&... args) {
    return there(
        where, options,
        detail::body_of_call<detail::no_handle>(std::forward<F>(f), std::forward<Args>(args)...));
  }

  /// Arguments come after the options, which hold the place of the call.
  template <detail::plain_function F, class Arg, class... Args>
    requires(!std::convertible_to<Arg, std::source_location>)
  void spawn(F&&, Arg&&, Args&&...) {
    detail::require_options_first<F>();
  }

  /// Runs a coroutine function as a child and waits until it says that it is ready:
  /// `auto port = co_await group.start(serve, "localhost");` for
  /// `awaitable<void> serve(task_started<unsigned short> const& started, std::string host)`.
  ///
  /// \par Completes when
  /// the child has called `started`; or has ended without.
  /// \returns `awaitable<R, Executor>` of the child's executor type. `R` is taken from the type of
  /// the function; for one that is overloaded or generic it is named: `group.start<int>(f)`.
  /// \par Cancellation
  /// Cancels the child and waits for its end, unless it has said that it is ready.
  /// \par Errors
  /// What the child fails with before that; it is then no failure of the group.
  /// `errc::invalid_state` where it ends without having said it, `errc::task_cancelled` where it is
  /// cancelled with its group. `operation_aborted` when the waiting was cancelled. As for `spawn`.
  /// \par Result
  /// What a child reports while `start` is being cancelled is destroyed, and the child cancelled.
  template <class F, class... Args>
    requires(!std::convertible_to<F, spawn_options>)
  auto start(F&& f, Args&&... args) {
    return detail::start_child<detail::reported_by<F>>(core_, spawn_options(std::source_location()),
                                                       std::forward<F>(f),
                                                       std::forward<Args>(args)...);
  }
  /// \overload
  template <class F, class... Args>
  auto start(spawn_options const& options, F&& f, Args&&... args) {
    return detail::start_child<detail::reported_by<F>>(core_, options, std::forward<F>(f),
                                                       std::forward<Args>(args)...);
  }
  /// \overload
  template <class R, class F, class... Args>
    requires(!std::convertible_to<F, spawn_options>)
  auto start(F&& f, Args&&... args) {
    return detail::start_child<R>(core_, spawn_options(std::source_location()), std::forward<F>(f),
                                  std::forward<Args>(args)...);
  }
  /// \overload
  template <class R, class F, class... Args>
  auto start(spawn_options const& options, F&& f, Args&&... args) {
    return detail::start_child<R>(core_, options, std::forward<F>(f), std::forward<Args>(args)...);
  }

  /// Waits until a bounded group could run one more child at once, so that who spawns faster than
  /// the children work does not pile them up; at once in a group without a bound.
  /// \par Completion signature
  /// A deferred operation of `void(error_code)`.
  /// \par Cancellation
  /// Ends it with `operation_aborted`.
  /// \par Errors
  /// `errc::group_closed` where `spawn` would throw it: for who is not in the group, and still
  /// waits when it is asked to stop, once a child has ended.
  auto room() { return detail::wait_for_room(core_); }

  /// Asks the block and all children to stop, the caller of it included where it is one of them:
  /// its next `co_await` is refused. The block then ends quietly, with what its body returned; one
  /// with a result, whose body was stopped, ends with `operation_aborted`.
  /// \returns whether this was the first request, by whomever.
  bool cancel(cancellation_reason reason = {}) { return core_->cancel(std::move(reason)); }
  /// A token that is cancelled when the group is asked to stop: by `cancel`, by a failure, by what
  /// encloses it.
  cancellation_token token() const;
  /// How many children have not ended.
  std::size_t size() const noexcept { return core_->size(); }

 private:
  friend class detail::group_region;
  friend struct detail::group_access;
  explicit task_group(detail::group_ref core) noexcept : core_(std::move(core)) {}

  template <class Body>
  auto here(spawn_options const& options, Body&& body) {
    return detail::spawn_body(detail::group_executor<detail::body_executor<Body>>(*core_), core_,
                              options, std::move(body));
  }
  template <class Where, class Body>
  auto there(Where& where, spawn_options const& options, Body&& body) {
    return detail::spawn_body(
        detail::converted_executor<detail::body_executor<Body>>(detail::task_executor(where)),
        core_, options, std::move(body));
  }

  detail::group_ref core_;
};

}  // namespace curfew

#endif
