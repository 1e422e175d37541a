#ifndef CURFEW_IMPL_SPAWN_HPP
#define CURFEW_IMPL_SPAWN_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <curfew/detail/group_core.hpp>
#include <curfew/detail/spawned_task.hpp>
#include <curfew/detail/task_registry.hpp>
#include <curfew/impl/as_awaitable.hpp>
#include <curfew/impl/scope.hpp>
#include <curfew/impl/task.hpp>
#include <curfew/operation.hpp>
#include <curfew/spawn_options.hpp>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// Throws `errc::group_closed`, or `errc::shutting_down` where the group is that of a `run`.
[[noreturn]] CURFEW_EXPORT void throw_refused(spawn_options const& options,
                                              group_core const& group);

/// Keeps the task for as long as its coroutine: Asio holds the handler in the coroutine's first
/// frame, which dies last.
template <class Task>
class task_handler {
 public:
  using cancellation_slot_type = boost::asio::cancellation_slot;

  explicit task_handler(target_ref<Task> task) noexcept : task_(std::move(task)) {}
  task_handler(task_handler&&) noexcept = default;
  task_handler& operator=(task_handler&&) = delete;
  ~task_handler() {
    if (task_) task_->abandon_task();
  }

  cancellation_slot_type get_cancellation_slot() const noexcept { return task_->slot(); }
  void operator()(std::exception_ptr error) {
    auto const ended = std::move(task_);
    if (error && !ended->done()) ended->fail_with(std::move(error));  // no memory to begin
  }

 private:
  target_ref<Task> task_;
};

/// In a frame of its own, which most tasks do without.
template <class Executor>
boost::asio::awaitable<permit, Executor> take_turn(semaphore* slots) {
  co_return co_await slots->acquire();
}

/// The coroutine of a task. What it was given is destroyed before anybody hears of its end.
template <class T, class Executor, class Body>
boost::asio::awaitable<void, Executor> run_task(spawned_task<T, Executor>* task,
                                                std::optional<Body> body) {
  namespace this_coro = boost::asio::this_coro;
  ended<T> out;
  try {
    co_await this_coro::reset_cancellation_state(tracking_filter(task), tracking_filter());
  } catch (std::bad_alloc const&) {
    out.error = std::current_exception();
  }
  if (out.error) {
    // Asio gave back the old state before it found no memory for the new one, which is larger.
    co_await this_coro::reset_cancellation_state();
  } else {
    permit turn;
    on_stack running(task);
    if (running.begin(co_await this_coro::cancellation_state) && task->may_begin()) {
      try {
        if (auto* const slots = task->group()->slots()) turn = co_await take_turn<Executor>(slots);
        task->begin();
        no_handle none;
        auto op = (*body)(none);
        require_awaitable(op.valid());
        if constexpr (std::is_void_v<T>)
          co_await std::move(op);
        else
          out.value.emplace(co_await std::move(op));
      } catch (...) {
        out.error = std::current_exception();
      }
    } else {
      out.error = aborted_before_start();
    }
    running.end(co_await this_coro::cancellation_state);
  }
  body.reset();
  task->end_with(std::move(out));
}

/// The executor of a task: a strand of its own where several threads run the context.
template <class Where>
auto task_executor(Where& where) {
  if constexpr (std::is_convertible_v<Where&, boost::asio::thread_pool&>)
    return boost::asio::make_strand(static_cast<boost::asio::thread_pool&>(where));
  else
    return executor_from(where);
}

/// Starts a task in a group; in that of its context where none is given.
template <class Executor, class Body>
auto spawn_body(Executor const& executor, group_ref const& group, spawn_options const& options,
                Body&& body) {
  using T = typename body_traits<Body, no_handle>::value_type;
  using state = spawned_task<T, Executor>;
  auto& deadlines =
      deadline_service::of(boost::asio::query(executor, boost::asio::execution::context));
  task_facts facts{options.name(), options.where()};
  if (group && options.deadline() == task_deadline::inherit)
    facts.deadline = group->deadline().load(std::memory_order_relaxed);
  group_ref root;
  auto const& owner = group ? group : (root = task_registry::of(deadlines).root());
  auto made = state::make(executor, deadlines, std::move(facts), owner);
  if (!made) throw_refused(options, *owner);
  auto handle = task_access::make<T>(target_ref<task_state<T>>::share(made.get()));
  auto* const task = made.get();
  // Ends the task if there is no memory to start it.
  task_handler<state> handler(std::move(made));
  auto coroutine = run_task<T, Executor, Body>(task, std::optional<Body>(std::move(body)));
  boost::asio::co_spawn(executor, std::move(coroutine), std::move(handler));
  return handle;
}

/// The executor type of a coroutine, from what the caller named.
template <class Executor, class Given>
Executor converted_executor(Given&& given) {
  static_assert(std::is_convertible_v<Given, Executor>,
                "curfew: the coroutine's executor type cannot be made from this executor; on an "
                "asio::thread_pool a task is given a strand, so its coroutines are of "
                "any_io_executor or of asio::strand<asio::thread_pool::executor_type>");
  return std::forward<Given>(given);
}

/// The executor of a group's owner, as the type of a child's coroutine.
template <class Executor>
Executor group_executor(group_core const& group) {
  auto found = group.executor();
  if constexpr (std::is_same_v<Executor, boost::asio::any_io_executor>) {
    if (found) return found;
  } else {
    if (auto* const known = found.template target<Executor>()) return *known;
  }
  throw_no_executor(static_cast<bool>(found));
}

/// What is spawned as it is: an operation, also where it was not handed over, which is an error.
/// Known by its type alone: to ask of a generic function whether it is one would call it.
template <class Op>
concept spawnable =
    awaitable_operation<Op> || boost::asio::is_deferred<std::remove_cvref_t<Op>>::value;

/// What can be spawned without arguments: not an awaitable, an executor or a name.
template <class F>
concept plain_function =
    !spawnable<F> && !executor_or_context<F> && !std::is_convertible_v<F, spawn_options>;

template <class F>
constexpr void require_options_first() {
  static_assert(!plain_function<F>,
                "curfew: a function with arguments is spawned with options first, which hold the "
                "place of the call and a name: spawn(where, {\"name\"}, f, args...)");
}

template <class Op>
auto body_of(Op&& op) {
  auto coroutine = as_awaitable<boost::asio::any_io_executor>(std::forward<Op>(op));
  return awaited<decltype(coroutine)>(std::move(coroutine));
}

template <class Handle, class F, class... Args>
auto body_of_call(F&& f, Args&&... args) {
  static_assert((require_body<Handle, std::decay_t<F>, std::decay_t<Args>...>(), true));
  return called<Handle, std::decay_t<F>, std::decay_t<Args>...>(std::in_place, std::forward<F>(f),
                                                                std::forward<Args>(args)...);
}

template <class Body, class Handle = no_handle>
using body_executor = typename body_traits<Body, Handle>::executor_type;

template <class Where, class Body>
auto spawn_on(Where& where, group_ref const& group, spawn_options const& options, Body&& body) {
  return spawn_body(converted_executor<body_executor<Body>>(task_executor(where)), group, options,
                    std::move(body));
}

}  // namespace curfew::detail

#endif
