#ifndef CURFEW_IMPL_TASK_GROUP_HPP
#define CURFEW_IMPL_TASK_GROUP_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>
#include <curfew/detail/completion.hpp>
#include <curfew/detail/group_core.hpp>
#include <curfew/detail/kept_arguments.hpp>
#include <curfew/detail/start_core.hpp>
#include <curfew/fwd.hpp>
#include <curfew/impl/spawn.hpp>
#include <curfew/semaphore.hpp>
#include <memory>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// Waits until a turn could be had at once; where nobody is taken any more there is none.
inline auto wait_for_room(group_ref const& group) {
  auto* const slots = group->slots();
  return (slots ? slots : &endless_slots())
      ->acquire()(boost::asio::deferred([kept = group](error_code error, permit) {
        if (!error && kept->refuses()) error = errc::group_closed;
        return boost::asio::deferred.values(error);
      }));
}

// ---- start

template <class R>
class start_state final : public start_core {
 public:
  // The value is made before the lock is taken, and not moved under it: moving may throw.
  template <class Value>
  bool set(Value&& value) {
    auto made = std::make_unique<R>(std::forward<Value>(value));
    if (!begin_ready()) return false;
    value_ = std::move(made);
    end_ready();
    return true;
  }
  R take() {
    check();
    return std::move(*value_);
  }

 private:
  ~start_state() override = default;
  std::unique_ptr<R> value_;
};
template <>
class start_state<void> final : public start_core {
 public:
  bool set() {
    if (!begin_ready()) return false;
    end_ready();
    return true;
  }
  void take() { check(); }

 private:
  ~start_state() override = default;
};

/// The child's part: tells the other also where the child never begins.
template <class R>
class start_end {
 public:
  explicit start_end(target_ref<start_state<R>> state) noexcept : state_(std::move(state)) {}
  start_end(start_end&&) noexcept = default;
  start_end& operator=(start_end&&) = delete;
  ~start_end() {
    if (state_) state_->child_ended(nullptr);
  }

  start_state<R>& state() const noexcept { return *state_; }
  /// Throws what is the group's.
  void end(std::exception_ptr error) {
    auto const state = std::move(state_);
    if (state->child_ended(error) && error) std::rethrow_exception(std::move(error));
  }

 private:
  target_ref<start_state<R>> state_;
};

struct start_access {
  template <class R>
  static task_started<R> make(start_state<R>& state) noexcept {
    return task_started<R>(state);
  }
};

template <class R, class Executor, class Body>
boost::asio::awaitable<void, Executor> run_started(start_end<R> end, Body body) {
  std::exception_ptr error;
  try {
    auto started = start_access::make<R>(end.state());
    auto op = body(started);
    require_awaitable(op.valid());
    co_await std::move(op);
  } catch (...) {
    error = std::current_exception();
  }
  end.end(std::move(error));
}

template <class R, class Executor, class Body>
boost::asio::awaitable<R, Executor> run_start(group_ref group, spawn_options options, Body body) {
  namespace this_coro = boost::asio::this_coro;
  auto const state = target_ref<start_state<R>>::adopt(new start_state<R>);
  {
    auto coroutine = run_started<R, Executor, Body>(start_end<R>(state), std::move(body));
    auto const child =
        spawn_body(group_executor<Executor>(*group), group, options, awaited(std::move(coroutine)));
    state->set_child(task_access::core_of(child));
  }
  // The child may have asked the one who starts it to stop: Asio must not refuse the waiting, which
  // would lose what the child has said, and the child.
  bool const refusing = co_await this_coro::throw_if_cancelled();
  boost::asio::cancellation_state const asked = co_await this_coro::cancellation_state;
  if (asked.cancelled() != boost::asio::cancellation_type::none) state->give_up();
  co_await this_coro::throw_if_cancelled(false);
  auto const waited =
      co_await as_results(wait_until_told(target_ref<start_core>::share(state.get())));
  co_await this_coro::throw_if_cancelled(refusing);
  if (std::get<0>(waited)) {
    state->give_up();
    throw_if(std::get<0>(waited));
  }
  co_return state->take();
}

/// What a function that is started reports, by its first parameter.
template <class Parameters>
struct first_reported {
  static_assert(!std::is_void_v<Parameters>,
                "curfew: what this function reports is not known from its type: name it, as in "
                "group.start<int>(f)");
};
template <class First, class... Rest>
struct first_reported<parameters<First, Rest...>> : first_reported<std::remove_cvref_t<First>> {};
template <class R>
struct first_reported<task_started<R>> {
  using type = R;
};
template <class F>
using reported_by = typename first_reported<typename parameters_of<std::decay_t<F>>::type>::type;

template <class R, class F, class... Args>
auto start_child(group_ref group, spawn_options options, F&& f, Args&&... args) {
  using handle = task_started<R>;
  auto body = body_of_call<handle>(std::forward<F>(f), std::forward<Args>(args)...);
  using body_type = decltype(body);
  return run_start<R, body_executor<body_type, handle>, body_type>(
      std::move(group), std::move(options), std::move(body));
}

}  // namespace curfew::detail

#endif
