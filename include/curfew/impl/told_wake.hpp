#ifndef CURFEW_IMPL_TOLD_WAKE_HPP
#define CURFEW_IMPL_TOLD_WAKE_HPP

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <curfew/detail/associated_request.hpp>
#include <curfew/detail/associated_stack.hpp>
#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/group_core.hpp>
#include <curfew/detail/init_argument.hpp>
#include <curfew/detail/parked_op.hpp>
#include <curfew/operation.hpp>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// Woken by the end of a task, or of all tasks of a group. The context knows of it as of a deadline
/// that never comes.
template <class Source>
class told_wake {
 public:
  static constexpr bool wakes_from_code = true;
  static constexpr bool is_deaf = std::is_same_v<Source, group_core>;

  explicit told_wake(deadline_service& deadlines) noexcept : deadlines_(&deadlines) {
    node_.context = &deadlines;
  }

  bool start(request_target* op, target_ref<Source> const& source) {
    source_ = source;
    kept_.target = op;
    deadlines_->arm_forever(kept_);
    node_.target = op;
    if (source_->add(node_)) return true;
    stop_keeping();
    return false;
  }
  static wait_note::content note(target_ref<Source> const& source) noexcept {
    return source->as_wait();
  }
  bool stop() noexcept { return source_->remove(node_) && stop_keeping(); }
  void woken() noexcept { stop_keeping(); }
  deadline_service& deadlines() const noexcept { return *deadlines_; }
  bool destroyed() noexcept { return source_->forget(node_); }

 private:
  bool stop_keeping() noexcept { return deadlines_->disarm(kept_); }

  task_waiter node_;
  deadline_node kept_;
  target_ref<Source> source_;
  deadline_service* deadlines_;
};

template <class Given>
struct initiate_task_wait {
  template <class Handler>
  void operator()(Handler handler, task_ref task, Given const& where) const {
    auto const executor = executor_of(handler, where);
    using Executor = std::remove_const_t<decltype(executor)>;
    auto* const stack = get_associated_stack(handler);
    auto* const self = stack ? stack->as_task() : nullptr;
    error_code error;
    try {
      auto& deadlines = deadline_service::of(context_of(executor));
      auto const present = deadlines.now();
      if (task->done())
        ;  // whatever was asked
      else if (self && self->is_within(task.get()))
        error = errc::deadlock;
      else if (asked(handler, present))
        error = boost::asio::error::operation_aborted;
      else
        return parked_op<Handler, Executor, told_wake<task_core>>::start(handler, executor,
                                                                         deadlines, present, task);
    } catch (std::bad_alloc const&) {
      error = make_error_code(boost::system::errc::not_enough_memory);
    }
    complete_posted(std::move(handler), executor, error);
  }
};

template <class Op>
class [[nodiscard]] joining : public Op {
 public:
  joining(Op&& op, task_core const& task) : Op(std::move(op)), task_(&task) {}
  /// \pre It has been neither moved from nor started.
  bool is_ready() const noexcept { return task_->done(); }

 private:
  task_core const* task_;  ///< What it is made of holds it.
};

template <class Given>
auto wait_for_task(Given const& where, task_ref task) {
  auto const& known = *task;
  return joining(boost::asio::async_initiate<boost::asio::deferred_t const, void(error_code)>(
                     initiate_task_wait<Given>(), boost::asio::deferred,
                     init_argument(std::move(task)), where),
                 known);
}

/// Waits for what ends in any case, whoever asks it to stop: the children of a group, or one that
/// is being started.
template <class Source>
struct initiate_told_wait {
  template <class Handler>
  void operator()(Handler handler, target_ref<Source> const& source) const {
    auto const executor = executor_of(handler, no_executor());
    using Executor = std::remove_const_t<decltype(executor)>;
    try {
      auto& deadlines = deadline_service::of(context_of(executor));
      return parked_op<Handler, Executor, told_wake<Source>>::start(handler, executor, deadlines,
                                                                    deadlines.now(), source);
    } catch (std::bad_alloc const&) {
    }
    std::move(handler)(make_error_code(boost::system::errc::not_enough_memory));
  }
};

template <class Source>
auto wait_until_told(target_ref<Source> source) {
  return boost::asio::async_initiate<boost::asio::deferred_t const, void(error_code)>(
      initiate_told_wait<Source>(), boost::asio::deferred, init_argument(std::move(source)));
}

}  // namespace curfew::detail

template <class Op>
struct boost::asio::is_deferred<curfew::detail::joining<Op>> : boost::asio::is_deferred<Op> {};

// For `co_spawn` of a function that returns one. Where Asio has no such template it is never used.
namespace boost::asio::detail {
template <typename T>
struct awaitable_signature;
template <class Op>
struct awaitable_signature<curfew::detail::joining<Op>> : awaitable_signature<Op> {};
}  // namespace boost::asio::detail

#endif
