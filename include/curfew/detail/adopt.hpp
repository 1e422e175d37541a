#ifndef CURFEW_DETAIL_ADOPT_HPP
#define CURFEW_DETAIL_ADOPT_HPP

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <curfew/detail/region_stack.hpp>
#include <exception>
#include <memory>
#include <utility>

namespace curfew::detail {

/// A region stack for coroutines of one executor type.
template <class Executor>
class region_stack_on final : public region_stack {
  using allocator = boost::asio::recycling_allocator<region_stack_on>;

 public:
  static target_ref<region_stack_on> make(Executor&& executor) {
    auto& context = boost::asio::query(executor, boost::asio::execution::context);
    auto& deadlines = deadline_service::of(context);
    auto* const memory = allocator().allocate(1);
    return target_ref<region_stack_on>::adopt(
        new (memory) region_stack_on(std::move(executor), deadlines));
  }

  Executor const& executor() const noexcept { return executor_; }

  void deadline_expired(std::uint64_t id) override {
    boost::asio::dispatch(executor_, delivery{stack_ref::adopt(this), id});
  }

 private:
  struct delivery {
    stack_ref stack;
    std::uint64_t id;
    void operator()() const { static_cast<region_stack_on&>(*stack).deliver(id); }
  };

  region_stack_on(Executor&& executor, deadline_service& deadlines) noexcept
      : region_stack(deadlines), executor_(std::move(executor)) {}

  void post_delivery(std::uint64_t id) override {
    boost::asio::post(executor_, delivery{stack_ref::share(this), id});
  }
  bool is_elsewhere() const noexcept override { return certainly_elsewhere(executor_); }
  void destroy() noexcept override {
    this->~region_stack_on();
    allocator().deallocate(this, 1);
  }

  Executor executor_;
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
  bool begin(boost::asio::cancellation_state state, bool refusing) {
    stack_->set_refusing(refusing);
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

/// Keeps the stack for as long as its coroutine: Asio holds the handler in the coroutine's first
/// frame, which dies last.
template <class Stack, class Handler>
struct adopted_handler {
  using cancellation_slot_type = boost::asio::cancellation_slot;
  using allocator_type =
      boost::asio::associated_allocator_t<Handler, boost::asio::recycling_allocator<void>>;

  adopted_handler(target_ref<Stack>&& s, Handler&& h)
      : stack(std::move(s)), handler(std::move(h)) {}

  cancellation_slot_type get_cancellation_slot() const noexcept { return stack->slot(); }
  allocator_type get_allocator() const noexcept {
    return boost::asio::get_associated_allocator(handler,
                                                 boost::asio::recycling_allocator<void>());
  }
  void operator()(std::exception_ptr) {
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) slot.clear();
    std::move(handler)();
  }

  target_ref<Stack> stack;
  Handler handler;
};

/// Starts `run_adopted(stack, run, refusing)` as a coroutine of its own with a region stack, for
/// callers that have none: plain `co_spawn` started them, or user code replaced their state. What
/// `run` points to lives in the caller's frame. Cancelling the caller cancels the coroutine.
template <class Executor>
struct initiate_adopted {
  struct relay {
    region_stack* stack;
    void operator()(boost::asio::cancellation_type) const {
      auto const keep = stack_ref::share(stack);  // ending inside the call destroys this relay
      keep->cancel_from_outside({cancellation_cause::parent, {}, {}});
    }
  };

  template <class Handler, class Run>
  void operator()(Handler handler, Run const* run, bool refusing) const {
    using stack_type = region_stack_on<Executor>;
    auto stack = stack_type::make(boost::asio::get_associated_executor(handler));
    Executor const& executor = stack->executor();
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) slot.template emplace<relay>(relay{stack.get()});
    auto coroutine = run_adopted<Executor>(stack.get(), run, refusing);
    boost::asio::co_spawn(executor, std::move(coroutine),
                          adopted_handler<stack_type, Handler>(std::move(stack), std::move(handler)));
  }
};

}  // namespace curfew::detail

#endif
