#ifndef CURFEW_DETAIL_ADOPT_HPP
#define CURFEW_DETAIL_ADOPT_HPP

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <boost/asio/this_coro.hpp>
#include <curfew/detail/region_stack.hpp>
#include <curfew/detail/result_traits.hpp>
#include <exception>
#include <memory>
#include <utility>

namespace curfew::detail {

/// A region stack for coroutines of one executor type.
template <class Executor>
class region_stack_on final : public region_stack {
  using allocator = boost::asio::recycling_allocator<region_stack_on>;

 public:
  static stack_ref make(Executor const& executor) {
    auto& context = boost::asio::query(executor, boost::asio::execution::context);
    auto& deadlines = deadline_service::of(context);
    auto* const memory = allocator().allocate(1);
    return stack_ref::adopt(new (memory) region_stack_on(executor, deadlines));
  }

  void deadline_expired(std::uint64_t id) override {
    boost::asio::dispatch(executor_, delivery{stack_ref::adopt(this), id});
  }

 private:
  struct delivery {
    stack_ref stack;
    std::uint64_t id;
    void operator()() const { static_cast<region_stack_on&>(*stack).deliver(id); }
  };

  region_stack_on(Executor const& executor, deadline_service& deadlines)
      : region_stack(deadlines), executor_(executor) {}

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

/// Runs `body` as the body of a coroutine that was started with a state whose parent is the
/// stack's signal, and fills `out`. Never throws, and leaves nothing latched behind.
template <class T, class Executor>
boost::asio::awaitable<void, Executor> run_on_stack(stack_ref stack, ended<T>* out,
                                                    boost::asio::awaitable<T, Executor> body,
                                                    bool refusing) {
  namespace this_coro = boost::asio::this_coro;
  co_await this_coro::reset_cancellation_state(tracking_filter(stack.get()), tracking_filter());
  co_await this_coro::throw_if_cancelled(refusing);
  struct run {
    region_stack* stack;
    ~run() { stack->finish(); }
  } const running{stack.get()};
  try {
    stack->set_refusing(refusing);
    stack->attach(co_await this_coro::cancellation_state);
    // Asked before it started, so it does not start. A latched state could not even await it.
    if (stack->regions().wants()) {
      out->error = std::make_exception_ptr(
          boost::system::system_error(boost::asio::error::operation_aborted, "co_await"));
    } else if constexpr (std::is_void_v<T>) {
      co_await std::move(body);
    } else {
      out->value.emplace(co_await std::move(body));
    }
  } catch (...) {
    out->error = std::current_exception();
  }
  stack->finish();
  // What is latched would make co_spawn's own way out throw.
  auto state = co_await this_coro::cancellation_state;
  state.clear();
}

template <class Handler>
struct adopted_handler {
  using cancellation_slot_type = boost::asio::cancellation_slot;
  using allocator_type =
      boost::asio::associated_allocator_t<Handler, boost::asio::recycling_allocator<void>>;

  adopted_handler(stack_ref s, Handler&& h) : stack(std::move(s)), handler(std::move(h)) {}

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

  stack_ref stack;
  Handler handler;
};

template <class T, class Executor>
struct initiate_adopted {
  struct relay {
    stack_ref stack;
    void operator()(boost::asio::cancellation_type) const {
      auto const keep = stack;  // ending inside the call destroys this relay
      keep->cancel_from_outside({cancellation_cause::parent, {}, {}});
    }
  };

  template <class Handler>
  void operator()(Handler handler, ended<T>* out, boost::asio::awaitable<T, Executor> body,
                  Executor const& executor, bool refusing) const {
    auto stack = region_stack_on<Executor>::make(executor);
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) slot.template emplace<relay>(relay{stack});
    boost::asio::co_spawn(executor, run_on_stack(stack, out, std::move(body), refusing),
                          adopted_handler<Handler>(stack, std::move(handler)));
  }
};

/// Awaits `body` as a coroutine of its own with a region stack, for callers that have none: plain
/// `co_spawn` started them, or user code replaced their state. Cancelling the caller cancels it.
template <class T, class Executor>
boost::asio::awaitable<T, Executor> adopt(boost::asio::awaitable<T, Executor> body) {
  Executor const executor = co_await boost::asio::this_coro::executor;
  bool const refusing = co_await boost::asio::this_coro::throw_if_cancelled();
  ended<T> out;
  co_await boost::asio::async_initiate<boost::asio::deferred_t const, void()>(
      initiate_adopted<T, Executor>(), boost::asio::deferred, &out, std::move(body), executor,
      refusing);
  if (out.error) std::rethrow_exception(std::move(out.error));
  if constexpr (!std::is_void_v<T>) co_return std::move(*out.value);
}

}  // namespace curfew::detail

#endif
