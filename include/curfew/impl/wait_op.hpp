#ifndef CURFEW_IMPL_WAIT_OP_HPP
#define CURFEW_IMPL_WAIT_OP_HPP

#include <atomic>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associator.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <curfew/detail/associated_stack.hpp>
#include <curfew/detail/handler_executor.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/detail/result_traits.hpp>
#include <memory>
#include <thread>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// The state of one limited deferred operation, in memory from its handler's allocator, which is
/// given back before the handler is called. The operation owns it, through its `wait_handler`; news
/// of its deadline on the way to the executor only know where it is. Everything but
/// `deadline_expired` happens on the executor, which is the handler's own, or where that has none
/// is kept here; then it may be started on another thread, and its end waits until it has been.
template <class Handler, class Executor, class... Args>
class wait_op final : public deadline_target {
 public:
  using any_memory = boost::asio::recycling_allocator<void>;
  using allocator_type = boost::asio::associated_allocator_t<Handler, any_memory>;

  static allocator_type allocator_of(Handler const& handler) noexcept {
    return boost::asio::get_associated_allocator(handler, any_memory());
  }

  /// \param deadlines Null while no context is known.
  static wait_op* make(Handler& handler, Executor const& executor, deadline_service* deadlines) {
    rebound allocator(allocator_of(handler));
    wait_op* const memory = std::allocator_traits<rebound>::allocate(allocator, 1);
    return new (memory) wait_op(std::move(handler), executor, deadlines);
  }

  Handler const& handler() const noexcept { return handler_; }
  Executor executor() const noexcept { return executor_.of(handler_); }
  boost::asio::cancellation_slot slot() noexcept { return signal_.slot(); }

  /// Connects the caller's slot.
  void connect() {
    auto outer = boost::asio::get_associated_cancellation_slot(handler_);
    if (outer.is_connected()) outer.template emplace<relay>(relay{this});
    node_.target = this;
  }
  void arm(clock::time_point deadline, clock::time_point present) {
    deadlines_->arm(node_, deadline, present);
  }
  /// Where this is, for as long as it is.
  std::shared_ptr<wait_op*> const& tell() {
    if (!news_) news_ = std::allocate_shared<wait_op*>(any_memory(), this);
    return news_;
  }
  /// The limit passed at `deadline`, and was not armed.
  void expire_at(clock::time_point deadline) {
    node_.set_deadline(deadline);
    expire();
  }
  /// The executor of whatever the operation works on, where the handler has none.
  void find(Executor const& executor, deadline_service& deadlines) noexcept {
    executor_.kept = executor;
    deadlines_ = &deadlines;
  }
  bool has_found() const noexcept { return deadlines_ != nullptr; }

  /// Starts it by `start`, from whatever thread, and arms the deadline when that has been done.
  template <class Start>
  void start_elsewhere(limit given, Start start) {
    bool ended_here = false;
    start_.ended_here = &ended_here;
    start_.thread = std::this_thread::get_id();
    start_.under_way.store(true, std::memory_order_relaxed);
    start(this);
    if (ended_here) return;
    if (has_found()) {
      arm_from(given);
    } else {  // nothing can drive the limit
      late_error_ = errc::invalid_state;
      expire();
      if (ended_here) return;
    }
    start_.under_way.store(false, std::memory_order_release);
  }

  void expire() {
    if (done_) return;
    expired_ = true;
    signal_.emit(boost::asio::cancellation_type::all);
  }

  /// The operation has ended: decides, gives the memory back and calls the handler.
  template <class... As>
  void complete(As&&... results) {
    end();
    auto outer = boost::asio::get_associated_cancellation_slot(handler_);
    if (outer.is_connected()) outer.clear();
    if (expired_ || outside_asked_) settle(results...);
    Handler handler(std::move(handler_));
    destroy();
    std::move(handler)(std::forward<As>(results)...);
  }

  /// The operation was destroyed instead of ended.
  void leave() noexcept {
    end();
    destroy();
  }

  // The operation may end meanwhile, on another thread; it waits there for `told_`, and no longer.
  void deadline_expired(std::uint64_t) override {
    struct told {
      wait_op* op;
      ~told() {
        op->release();  // the service's reference; the operation has its own still
        op->told_.store(true, std::memory_order_release);
      }
    };
    auto const where = executor();
    std::shared_ptr<wait_op*> news;
    {
      told const at_the_end{this};
      news = tell();
    }
    boost::asio::dispatch(where, delivery{std::move(news)});
  }

 private:
  using rebound = typename std::allocator_traits<allocator_type>::template rebind_alloc<wait_op>;

  struct relay {
    wait_op* op;
    void operator()(boost::asio::cancellation_type type) const {
      op->outside_asked_ = true;
      op->signal_.emit(type);  // may complete the operation and destroy this
    }
  };
  struct delivery {
    std::shared_ptr<wait_op*> news;
    void operator()() const {
      if (*news) (*news)->expire();
    }
  };
  struct starting {
    std::atomic<bool> under_way{false};
    std::thread::id thread;
    bool* ended_here = nullptr;
  };
  struct started {};

  wait_op(Handler&& handler, Executor const& executor, deadline_service* deadlines) noexcept
      : handler_(std::move(handler)),
        executor_(executor),
        allocator_(allocator_of(handler_)),
        deadlines_(deadlines) {}
  ~wait_op() override = default;

  // Whoever else knows of this operation lets go of it: who starts it, and who brings news.
  void end() noexcept {
    if constexpr (!has_executor<Handler>) wait_until_started();
    done_ = true;
    if (deadlines_ && !deadlines_->disarm(node_)) {
      while (!told_.load(std::memory_order_acquire)) std::this_thread::yield();
    }
    if (news_) *news_ = nullptr;
  }
  void wait_until_started() noexcept {
    if (!start_.under_way.load(std::memory_order_acquire)) return;
    if (start_.thread == std::this_thread::get_id()) {
      *start_.ended_here = true;
      return;
    }
    while (start_.under_way.load(std::memory_order_acquire)) std::this_thread::yield();
  }

  void arm_from(limit given) {
    auto const present = deadlines_->now();
    auto const deadline = given.from(present);
    if (deadline > present) return arm(deadline, present);
    node_.set_deadline(deadline);
    boost::asio::post(executor(), delivery{tell()});
  }

  // Changes the error that the operation ended with where the records say so.
  template <class First, class... Rest>
  void settle(First& first, Rest&...) {
    if constexpr (carries_error<First>) {
      happenings happened;
      happened.how = how_ended(first);
      if (happened.how != ending::abort) return;
      happened.deadline_fired = expired_;
      happened.outside_asked = outside_asked_ || asked_around();
      switch (decide(happened)) {
        case verdict::timed_out: set_error(first, late_error_); break;
        case verdict::aborted: set_error(first, boost::asio::error::operation_aborted); break;
        default: break;
      }
    }
  }
  void settle() noexcept {}

  // A request that the coroutine's regions know of and that is on its way here still. A deadline
  // around this one that is not later has passed as well.
  bool asked_around() const {
    auto* const stack = get_associated_stack(handler_);
    return stack && stack->must_stop(node_.deadline());
  }

  void destroy() noexcept override {
    rebound allocator(allocator_);
    this->~wait_op();
    std::allocator_traits<rebound>::deallocate(allocator, this, 1);
  }

  deadline_node node_;
  boost::asio::cancellation_signal signal_;
  Handler handler_;
  [[no_unique_address]] executor_beside<Handler, Executor> executor_;
  [[no_unique_address]] allocator_type allocator_;
  deadline_service* deadlines_;
  std::shared_ptr<wait_op*> news_;
  errc late_error_ = errc::timed_out;
  bool expired_ = false, outside_asked_ = false, done_ = false;
  std::atomic<bool> told_{false};
  [[no_unique_address]] std::conditional_t<has_executor<Handler>, started, starting> start_;
};

/// What a limited operation completes: it has the caller's executor, allocator and other associated
/// characteristics, and a slot of its own.
template <class Handler, class Executor, class... Args>
class wait_handler {
 protected:
  using op_type = wait_op<Handler, Executor, Args...>;

 public:
  using executor_type = Executor;
  using allocator_type = typename op_type::allocator_type;
  using cancellation_slot_type = boost::asio::cancellation_slot;

  explicit wait_handler(op_type* op) noexcept : op_(op) {}
  wait_handler(wait_handler&& other) noexcept : op_(std::exchange(other.op_, nullptr)) {}
  wait_handler& operator=(wait_handler&&) = delete;
  ~wait_handler() {
    if (op_) op_->leave();
  }

  executor_type get_executor() const noexcept { return op_->executor(); }
  allocator_type get_allocator() const noexcept { return op_type::allocator_of(op_->handler()); }
  cancellation_slot_type get_cancellation_slot() const noexcept { return op_->slot(); }
  Handler const& caller() const noexcept { return op_->handler(); }

  void operator()(Args... results) {
    std::exchange(op_, nullptr)->complete(static_cast<Args&&>(results)...);
  }

 private:
  op_type* op_;
};

}  // namespace curfew::detail

template <template <class, class> class Associator, class Handler, class Executor, class... Args,
          class Candidate>
struct boost::asio::associator<Associator, curfew::detail::wait_handler<Handler, Executor, Args...>,
                               Candidate> : Associator<Handler, Candidate> {
  using waits = curfew::detail::wait_handler<Handler, Executor, Args...>;

  static typename Associator<Handler, Candidate>::type get(waits const& handler) noexcept {
    return Associator<Handler, Candidate>::get(handler.caller());
  }
  static auto get(waits const& handler, Candidate const& candidate) noexcept
      -> decltype(Associator<Handler, Candidate>::get(handler.caller(), candidate)) {
    return Associator<Handler, Candidate>::get(handler.caller(), candidate);
  }
};

#endif
