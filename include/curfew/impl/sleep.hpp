#ifndef CURFEW_IMPL_SLEEP_HPP
#define CURFEW_IMPL_SLEEP_HPP

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <curfew/detail/associated_stack.hpp>
#include <curfew/detail/handler_executor.hpp>
#include <curfew/detail/inline_depth.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/error.hpp>
#include <memory>
#include <utility>

namespace curfew::detail {

/// A handler that waits for a deadline. The operation owns itself until it completes; once the
/// deadline has fired, the news on its way to the executor owns it.
template <class Handler, class Executor>
class sleep_op final : public deadline_target {
  using allocator_type =
      boost::asio::associated_allocator_t<Handler, boost::asio::recycling_allocator<void>>;
  using rebound = typename std::allocator_traits<allocator_type>::template rebind_alloc<sleep_op>;

 public:
  static void start(Handler& handler, Executor const& executor, deadline_service& deadlines,
                    clock::time_point deadline, clock::time_point present) {
    rebound allocator(allocator_of(handler));
    auto* const memory = std::allocator_traits<rebound>::allocate(allocator, 1);
    auto* const op = new (memory) sleep_op(std::move(handler), executor, deadlines);
    op->wait(deadline, present);
  }

  void deadline_expired(std::uint64_t) override {
    auto const where = executor_.of(handler_);
    release();  // what the operation had in itself goes to the delivery
    boost::asio::dispatch(where, delivery{target_ref<sleep_op>::adopt(this)});
  }
  void context_destroyed() noexcept override { release(); }

 private:
  struct delivery {
    target_ref<sleep_op> op;
    void operator()() const { op->finish({}); }
  };
  struct relay {
    sleep_op* op;
    void operator()(boost::asio::cancellation_type) const { op->cancel(); }
  };

  sleep_op(Handler&& handler, Executor const& executor, deadline_service& deadlines) noexcept
      : handler_(std::move(handler)),
        executor_(executor),
        allocator_(allocator_of(handler_)),
        deadlines_(&deadlines) {}
  ~sleep_op() override = default;

  static allocator_type allocator_of(Handler const& handler) noexcept {
    return boost::asio::get_associated_allocator(handler, boost::asio::recycling_allocator<void>());
  }

  void wait(clock::time_point deadline, clock::time_point present) {
    try {
      auto slot = boost::asio::get_associated_cancellation_slot(handler_);
      if (slot.is_connected()) slot.template emplace<relay>(relay{this});
      node_.target = this;
      if (deadline == clock::time_point::max()) {
        deadlines_->arm_forever(node_);
      } else {
        deadlines_->arm(node_, deadline, present);
      }
    } catch (std::bad_alloc const&) {
      end(make_error_code(boost::system::errc::not_enough_memory));
    }
  }

  // Not from inside the signal: the coroutine would go on in the middle of whoever emits.
  void cancel() {
    if (!deadlines_->disarm(node_)) return;  // it has ended; whoever asks is heard at the next wait
    auto const keep = target_ref<sleep_op>::adopt(this);
    auto const where = executor_.of(handler_);
    Handler handler(take());
    complete_posted(std::move(handler), where, error_code(boost::asio::error::operation_aborted));
  }

  void finish(error_code error) { std::move(take())(error); }

  void end(error_code error) {
    auto const keep = target_ref<sleep_op>::adopt(this);
    finish(error);
  }

  Handler take() {
    auto slot = boost::asio::get_associated_cancellation_slot(handler_);
    if (slot.is_connected()) slot.clear();
    return std::move(handler_);
  }

  void destroy() noexcept override {
    rebound allocator(allocator_);
    this->~sleep_op();
    std::allocator_traits<rebound>::deallocate(allocator, this, 1);
  }

  deadline_node node_;
  Handler handler_;
  [[no_unique_address]] executor_beside<Handler, Executor> executor_;
  [[no_unique_address]] allocator_type allocator_;
  deadline_service* deadlines_;
};

template <class Given>
struct initiate_sleep {
  template <class Handler>
  void operator()(Handler handler, limit given, Given const& where) const {
    auto const executor = executor_of(handler, where);
    using Executor = std::remove_const_t<decltype(executor)>;
    auto* const deadlines = deadline_service::try_of(context_of(executor));
    if (!deadlines) return std::move(handler)(no_memory());
    auto const present = deadlines->now();
    auto const deadline = given.from(present);
    auto* const stack = get_associated_stack(handler);
    error_code error;
    if (stack && stack->must_stop(present)) {
      error = boost::asio::error::operation_aborted;
    } else if (deadline > present) {
      try {
        return sleep_op<Handler, Executor>::start(handler, executor, *deadlines, deadline, present);
      } catch (std::bad_alloc const&) {
        return std::move(handler)(no_memory());
      }
    }
    complete_posted(std::move(handler), executor, error);
  }

 private:
  static error_code no_memory() noexcept {
    return make_error_code(boost::system::errc::not_enough_memory);
  }
};

template <class Given>
auto sleep(Given const& where, limit given) {
  return boost::asio::async_initiate<boost::asio::deferred_t const, void(error_code)>(
      initiate_sleep<Given>(), boost::asio::deferred, given, where);
}

}  // namespace curfew::detail

#endif
