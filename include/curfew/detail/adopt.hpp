#ifndef CURFEW_DETAIL_ADOPT_HPP
#define CURFEW_DETAIL_ADOPT_HPP

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <boost/asio/this_coro.hpp>
#include <curfew/detail/region_stack.hpp>
#include <curfew/detail/result_traits.hpp>
#include <exception>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// A region stack for coroutines of one executor type.
template <class Executor, class Base = region_stack>
class region_stack_on : public Base {
 public:
  /// \pre It has not been dropped.
  Executor const& executor() const noexcept { return *executor_; }

  void requested(std::uint64_t id) override { request_on(*executor_, id); }
  boost::asio::any_io_executor executor_beside_it() const override {
    if constexpr (std::is_convertible_v<Executor const&, boost::asio::any_io_executor>)
      return *executor_;
    else
      return {};
  }

 protected:
  template <class... Args>
  explicit region_stack_on(Executor executor, Args&&... args)
      : Base(std::forward<Args>(args)...), executor_(std::move(executor)) {}
  ~region_stack_on() override = default;

  void request_on(Executor const& where, std::uint64_t id) {
    boost::asio::dispatch(where, delivery{stack_ref::adopt(this), id});
  }

 private:
  struct delivery {
    stack_ref stack;
    std::uint64_t id;
    void operator()() const { static_cast<region_stack_on&>(*stack).deliver(id); }
  };

  void post_delivery(std::uint64_t id) override {
    boost::asio::post(*executor_, delivery{stack_ref::share(this), id});
  }
  bool is_elsewhere() const noexcept override { return certainly_elsewhere(*executor_); }

 protected:
  std::optional<Executor> executor_;
};

/// The beginning and the end of a coroutine with a region stack of its own.
class on_stack {
 public:
  explicit on_stack(region_stack* stack) noexcept : stack_(stack) {}
  on_stack(on_stack const&) = delete;
  on_stack& operator=(on_stack const&) = delete;
  ~on_stack() { stack_->finish(); }

  /// Returns whether the body may start. Asked before it started, it does not: a latched state
  /// could not even await it.
  bool begin(boost::asio::cancellation_state state) {
    stack_->attach(state);
    return !stack_->regions().wants();
  }
  /// Leaves nothing latched behind, which would make co_spawn's own way out throw.
  void end(boost::asio::cancellation_state state) noexcept {
    stack_->finish();
    state.clear();
  }

 private:
  region_stack* stack_;
};

/// The stack of a coroutine that runs for a caller, with the handler that resumes the caller.
template <class Executor, class Handler>
class adopted_stack final : public region_stack_on<Executor> {
  using allocator = boost::asio::recycling_allocator<adopted_stack>;

 public:
  static target_ref<adopted_stack> make(Handler& handler) {
    Executor executor = boost::asio::get_associated_executor(handler);
    auto& deadlines =
        deadline_service::of(boost::asio::query(executor, boost::asio::execution::context));
    auto* const memory = allocator().allocate(1);
    return target_ref<adopted_stack>::adopt(
        new (memory) adopted_stack(std::move(executor), deadlines, handler));
  }

  Handler const& handler() const noexcept { return *handler_; }
  /// While the coroutine is being spawned its end is not the caller's: there may be no memory.
  void set_starting(bool on) noexcept { starting_ = on; }
  void resume_caller() {
    auto slot = boost::asio::get_associated_cancellation_slot(*handler_);
    if (slot.is_connected()) slot.clear();
    Handler handler(std::move(*handler_));
    handler_.reset();
    std::move(handler)();
  }
  void abandon_caller() noexcept {
    if (!starting_) handler_.reset();
  }

 private:
  adopted_stack(Executor&& executor, deadline_service& deadlines, Handler& handler)
      : region_stack_on<Executor>(std::move(executor), deadlines), handler_(std::move(handler)) {}
  ~adopted_stack() override = default;

  void destroy() noexcept override {
    this->~adopted_stack();
    allocator().deallocate(this, 1);
  }

  std::optional<Handler> handler_;
  bool starting_ = false;
};

/// Keeps the stack for as long as its coroutine: Asio holds the handler in the coroutine's first
/// frame, which dies last.
template <class Stack>
class adopted_handler {
 public:
  using cancellation_slot_type = boost::asio::cancellation_slot;

  explicit adopted_handler(target_ref<Stack> stack) noexcept : stack_(std::move(stack)) {}
  adopted_handler(adopted_handler&&) noexcept = default;
  adopted_handler& operator=(adopted_handler&&) = delete;
  ~adopted_handler() {
    if (stack_) stack_->abandon_caller();
  }

  cancellation_slot_type get_cancellation_slot() const noexcept { return stack_->slot(); }
  void operator()(std::exception_ptr) {
    auto const ended = std::move(stack_);
    ended->resume_caller();
  }

 private:
  target_ref<Stack> stack_;
};

/// What a coroutine of its own runs for a caller, in whose frame this lives: something that does
/// all it needs itself. A scope has another one, see `scope_run`.
template <class T, class Executor>
struct adoption {
  using executor_type = Executor;
  using value_type = T;

  explicit adoption(boost::asio::awaitable<T, Executor>&& given) : op(std::move(given)) {}

  static bool open(region_stack&, boost::asio::cancellation_state const&) noexcept { return true; }
  boost::asio::awaitable<T, Executor> start() noexcept { return std::move(op); }
  static void close(boost::asio::cancellation_state const&) noexcept {}
  static void forget() noexcept {}

  boost::asio::awaitable<T, Executor> op;
  ended<T> out;
  bool started = false;  ///< Else it was asked to stop before that.
};

/// What was opened on the stack is forgotten before that dies, also where the coroutine is
/// destroyed.
template <class Run>
struct forgetting {
  Run* run;
  ~forgetting() { run->forget(); }
};

template <class Run>
boost::asio::awaitable<void, typename Run::executor_type> run_adopted(region_stack* stack, Run* run,
                                                                      bool refusing) {
  namespace this_coro = boost::asio::this_coro;
  try {
    co_await this_coro::reset_cancellation_state(tracking_filter(stack), tracking_filter());
  } catch (std::bad_alloc const&) {
    run->out.error = std::current_exception();
  }
  if (run->out.error) {
    // Asio gave back the old state before it found no memory for the new one, which is larger.
    co_await this_coro::reset_cancellation_state();
    co_return;
  }
  if (!refusing) co_await this_coro::throw_if_cancelled(false);
  on_stack running(stack);
  auto const state = co_await this_coro::cancellation_state;
  bool begins = false;
  try {
    begins = running.begin(state);
  } catch (std::bad_alloc const&) {
    run->out.error = std::current_exception();
  }
  if (begins) {
    run->started = true;
    forgetting<Run> const at_the_end{run};
    try {
      if (run->open(*stack, state)) {
        auto op = run->start();
        if constexpr (std::is_void_v<typename Run::value_type>)
          co_await std::move(op);
        else
          run->out.value.emplace(co_await std::move(op));
      }
    } catch (...) {
      run->out.error = std::current_exception();
    }
    run->close(co_await this_coro::cancellation_state);
  }
  running.end(co_await this_coro::cancellation_state);
}

/// Starts `run_adopted` as a coroutine of its own with a region stack, for callers that have none:
/// plain `co_spawn` started them, or user code replaced their state. Cancelling the caller cancels
/// the coroutine; a caller that has been cancelled already, and goes on all the same, has it not
/// start.
template <class Executor>
struct initiate_adopted {
  static cancellation_reason from_caller() { return {cancellation_cause::parent, {}, {}}; }

  struct relay {
    region_stack* stack;
    void operator()(boost::asio::cancellation_type) const {
      auto const keep = stack_ref::share(stack);  // ending inside the call destroys this relay
      keep->cancel_from_outside(from_caller());
    }
  };

  template <class Handler, class Run>
  void operator()(Handler handler, Run* run, bool refusing, bool cancelled) const {
    using stack_type = adopted_stack<Executor, Handler>;
    target_ref<stack_type> stack;
    try {
      stack = stack_type::make(handler);
      if (cancelled) stack->cancel_from_outside(from_caller());
      stack->set_starting(true);
      start(stack, run, refusing);
      return stack->set_starting(false);
    } catch (...) {
      run->out.error = std::current_exception();
    }
    if (!stack) return std::move(handler)();
    stack->resume_caller();
  }

 private:
  template <class Stack, class Run>
  static void start(target_ref<Stack> const& stack, Run* run, bool refusing) {
    auto slot = boost::asio::get_associated_cancellation_slot(stack->handler());
    if (slot.is_connected()) slot.template emplace<relay>(relay{stack.get()});
    auto coroutine = run_adopted(static_cast<region_stack*>(stack.get()), run, refusing);
    boost::asio::co_spawn(stack->executor(), std::move(coroutine), adopted_handler<Stack>(stack));
  }
};

/// Awaits an operation as a coroutine of its own with a region stack, from a coroutine that has the
/// state `from`; see `initiate_adopted`.
template <class Run>
auto adopt(Run& run, bool refusing, boost::asio::cancellation_state const& from) {
  bool const cancelled = from.cancelled() != boost::asio::cancellation_type::none;
  return boost::asio::async_initiate<boost::asio::deferred_t const, void()>(
      initiate_adopted<typename Run::executor_type>(), boost::asio::deferred, &run, refusing,
      cancelled);
}

}  // namespace curfew::detail

#endif
