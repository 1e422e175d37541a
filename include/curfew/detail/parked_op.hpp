#ifndef CURFEW_DETAIL_PARKED_OP_HPP
#define CURFEW_DETAIL_PARKED_OP_HPP

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <curfew/detail/associated_stack.hpp>
#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/handler_executor.hpp>
#include <curfew/detail/inline_depth.hpp>
#include <curfew/detail/plain_executor.hpp>
#include <curfew/detail/request_target.hpp>
#include <curfew/error.hpp>
#include <memory>
#include <new>
#include <tuple>
#include <utility>

namespace curfew::detail {

/// A handler that waits for something which no operation of Asio stands for: a deadline, a token, a
/// turn. The operation owns itself until it completes; once it is being woken, the
/// news on its way to the executor owns it.
///
/// \tparam Wake What it waits for, with these members. It must know of the operation until it wakes
/// it, so that the operation is destroyed with its context.
/// - a constructor from the service that keeps it;
/// - `bool start(request_target*, until...)`: begins to wait, unless it came to pass already;
/// - `bool stop() noexcept`: returns whether it is certain not to wake, now or later;
/// - `void woken() noexcept`: it has woken; on whatever thread;
/// - `bool destroyed() noexcept`: the context is being destroyed; returns as `stop` does;
/// - `wait_note::content note(until...) const`: it in words;
/// - optionally `wakes_from_code`: whoever wakes it is in the middle of something, perhaps on a
///   thread of no context. Then the handler is never called from inside that; and `deadlines()`
///   gives the service of the context where it waits;
/// - optionally `is_deaf`: true where `stop` never succeeds, so that no request need reach it;
/// - optionally `std::tuple<...> results(error_code) noexcept`: what the handler is called with, if
///   not just with the error.
template <class Handler, class Executor, class Wake>
class parked_op final : public request_target {
  using allocator_type =
      boost::asio::associated_allocator_t<Handler, boost::asio::recycling_allocator<void>>;
  using rebound = typename std::allocator_traits<allocator_type>::template rebind_alloc<parked_op>;

 public:
  /// Since `present`.
  template <class Service, class... Args>
  static void start(Handler& handler, Executor const& executor, Service& service,
                    clock::time_point present, Args const&... until) {
    rebound allocator(allocator_of(handler));
    auto* const memory = std::allocator_traits<rebound>::allocate(allocator, 1);
    auto* const op = new (memory) parked_op(std::move(handler), executor, service);
    op->wait(present, until...);
  }

  void requested(std::uint64_t) override {
    if constexpr (wakes_from_code) {
      with_plain(executor_.of(handler_), [this](auto const& where) {
        // Once it has stopped waiting, nothing else might keep the context running until the post.
        [[maybe_unused]] auto const working = keep_running(where);
        boost::asio::post(where, woken());
      });
    } else {
      boost::asio::dispatch(executor_.of(handler_), woken());
    }
  }
  visitors* host() const noexcept override {
    if constexpr (wakes_from_code)
      return &wake_.deadlines().visited_by();
    else
      return nullptr;  // a deadline wakes it, from inside the context
  }
  // Whoever is waking it, on another thread, brings that to its end.
  void context_destroyed() noexcept override {
    if (wake_.destroyed()) release();
  }

 private:
  static constexpr bool wakes_from_code = requires { Wake::wakes_from_code; };
  static constexpr bool is_deaf = requires { requires Wake::is_deaf; };
  static constexpr bool has_results =
      requires(Wake& wake, error_code error) { wake.results(error); };

  struct delivery {
    target_ref<parked_op> op;
    void operator()() const { op->finish({}); }
  };
  struct relay {
    parked_op* op;
    void operator()(boost::asio::cancellation_type) const { op->cancel(); }
  };

  template <class Service>
  parked_op(Handler&& handler, Executor const& executor, Service& service) noexcept
      : wake_(service),
        handler_(std::move(handler)),
        executor_(executor),
        allocator_(allocator_of(handler_)) {}
  ~parked_op() override = default;

  static allocator_type allocator_of(Handler const& handler) noexcept {
    return boost::asio::get_associated_allocator(handler, boost::asio::recycling_allocator<void>());
  }

  template <class... Args>
  void wait(clock::time_point present, Args const&... until) {
    if (auto* const stack = get_associated_stack(handler_)) {
      auto const note = wake_.note(until...);
      stack->note().begin(this, note.what, present, note.until, note.task);
    }
    try {
      if constexpr (!is_deaf) {
        auto slot = boost::asio::get_associated_cancellation_slot(handler_);
        if (slot.is_connected()) slot.template emplace<relay>(relay{this});
      }
      if (wake_.start(this, until...)) return;
    } catch (std::bad_alloc const&) {
      auto const keep = target_ref<parked_op>::adopt(this);
      return finish(make_error_code(boost::system::errc::not_enough_memory));
    }
    try {
      finish_posted({});
    } catch (std::bad_alloc const&) {  // it is destroyed, as in the end of its context
    }
  }

  // Not from inside the signal: the coroutine would go on in the middle of whoever emits.
  void cancel() {
    if (!wake_.stop()) return;  // it has ended; whoever asks is heard at the next wait
    finish_posted(boost::asio::error::operation_aborted);
  }

  delivery woken() noexcept {
    wake_.woken();
    release();  // what the operation had in itself goes to the delivery
    return delivery{target_ref<parked_op>::adopt(this)};
  }

  template <class Where>
  static auto keep_running(Where const& where) {
    if constexpr (boost::asio::execution::is_executor_v<Where>)
      return boost::asio::prefer(where, boost::asio::execution::outstanding_work.tracked);
    else
      return boost::asio::make_work_guard(where);  // an executor of Asio's older kind
  }

  void finish_posted(error_code error) {
    auto const keep = target_ref<parked_op>::adopt(this);
    auto const where = executor_.of(handler_);
    if constexpr (has_results) {
      auto results = wake_.results(error);
      Handler handler(take());
      std::apply(
          [&](auto&... all) { complete_posted(std::move(handler), where, std::move(all)...); },
          results);
    } else {
      Handler handler(take());
      complete_posted(std::move(handler), where, error);
    }
  }

  void finish(error_code error) {
    if constexpr (has_results) {
      auto results = wake_.results(error);
      auto handler = take();
      std::apply([&](auto&... all) { std::move(handler)(std::move(all)...); }, results);
    } else {
      std::move(take())(error);
    }
  }

  Handler take() {
    if (auto* const stack = get_associated_stack(handler_)) stack->note().end(this);
    if constexpr (!is_deaf) {
      auto slot = boost::asio::get_associated_cancellation_slot(handler_);
      if (slot.is_connected()) slot.clear();
    }
    return std::move(handler_);
  }

  void destroy() noexcept override {
    rebound allocator(allocator_);
    this->~parked_op();
    std::allocator_traits<rebound>::deallocate(allocator, this, 1);
  }

  Wake wake_;
  Handler handler_;
  [[no_unique_address]] executor_beside<Handler, Executor> executor_;
  [[no_unique_address]] allocator_type allocator_;
};

}  // namespace curfew::detail

#endif
