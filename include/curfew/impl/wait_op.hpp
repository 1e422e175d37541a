#ifndef CURFEW_IMPL_WAIT_OP_HPP
#define CURFEW_IMPL_WAIT_OP_HPP

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associator.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <curfew/detail/associated_stack.hpp>
#include <curfew/detail/result_traits.hpp>
#include <memory>
#include <type_traits>
#include <utility>

namespace curfew::detail {

template <class Handler, class Executor, class... Args>
class wait_handler;

/// The state of one limited deferred operation, in memory from its handler's allocator. The
/// operation owns it, through its `wait_handler`; an expiry on its way to the executor shares it.
/// Everything but `deadline_expired` happens on the executor.
template <class Handler, class Executor, class... Args>
class wait_op final : public deadline_target {
 public:
  using allocator_type =
      boost::asio::associated_allocator_t<Handler, boost::asio::recycling_allocator<void>>;
  using handler_type = wait_handler<Handler, Executor, Args...>;

  static allocator_type allocator_of(Handler const& handler) noexcept {
    return boost::asio::get_associated_allocator(handler,
                                                 boost::asio::recycling_allocator<void>());
  }

  static wait_op* make(Handler& handler, Executor const& executor, deadline_service& deadlines) {
    rebound allocator(allocator_of(handler));
    wait_op* const memory = std::allocator_traits<rebound>::allocate(allocator, 1);
    return new (memory) wait_op(std::move(handler), executor, deadlines);
  }

  Handler const& handler() const noexcept { return handler_; }
  Executor const& executor() const noexcept { return executor_; }
  boost::asio::cancellation_slot slot() noexcept { return signal_.slot(); }

  /// Connects the caller's slot and arms the deadline.
  void prepare(clock::time_point deadline, clock::time_point present) {
    auto outer = boost::asio::get_associated_cancellation_slot(handler_);
    if (outer.is_connected()) outer.template emplace<relay>(relay{this});
    node_.target = this;
    deadlines_->arm(node_, deadline, present);
  }
  /// The same for a limit that passed at `deadline`: nothing is armed.
  void prepare_expired(clock::time_point deadline) {
    prepare(clock::time_point::max(), deadline);
    node_.set_deadline(deadline);
  }

  void expire() {
    if (done_) return;
    expired_ = true;
    signal_.emit(boost::asio::cancellation_type::all);
  }

  /// The operation has ended: decides, gives the memory back and calls the handler.
  template <class... As>
  void complete(As&&... results) {
    bool const untold = deadlines_->disarm(node_);
    if (expired_ || outside_asked_) settle(results...);
    auto outer = boost::asio::get_associated_cancellation_slot(handler_);
    if (outer.is_connected()) outer.clear();
    Handler handler(std::move(handler_));
    done_ = true;
    if (untold)
      destroy();
    else
      release();
    std::move(handler)(std::forward<As>(results)...);
  }

  /// The operation was destroyed instead of completed.
  void abandon() noexcept {
    bool const untold = deadlines_->disarm(node_);
    done_ = true;
    if (untold)
      destroy();
    else
      release();
  }

  void deadline_expired(std::uint64_t) override {
    boost::asio::dispatch(executor_, delivery{target_ref<wait_op>::adopt(this)});
  }

 private:
  using rebound =
      typename std::allocator_traits<allocator_type>::template rebind_alloc<wait_op>;

  struct relay {
    wait_op* op;
    void operator()(boost::asio::cancellation_type type) const {
      op->outside_asked_ = true;
      op->signal_.emit(type);  // may complete the operation and destroy this
    }
  };
  struct delivery {
    target_ref<wait_op> op;
    void operator()() const { op->expire(); }
  };

  wait_op(Handler&& handler, Executor const& executor, deadline_service& deadlines) noexcept
      : handler_(std::move(handler)),
        executor_(executor),
        allocator_(allocator_of(handler_)),
        deadlines_(&deadlines) {}
  ~wait_op() override = default;

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
        case verdict::timed_out: set_error(first, errc::timed_out); break;
        case verdict::aborted: set_error(first, boost::asio::error::operation_aborted); break;
        default: break;
      }
    }
  }
  void settle() noexcept {}

  // A request that the coroutine's regions know of and that is on its way here still.
  bool asked_around() const noexcept {
    auto const* const stack = get_associated_stack(handler_);
    return stack && stack->asked_before(node_.deadline());
  }

  void destroy() noexcept override {
    rebound allocator(allocator_);
    this->~wait_op();
    std::allocator_traits<rebound>::deallocate(allocator, this, 1);
  }

  deadline_node node_;
  boost::asio::cancellation_signal signal_;
  Handler handler_;
  Executor executor_;
  [[no_unique_address]] allocator_type allocator_;
  deadline_service* deadlines_;
  bool expired_ = false, outside_asked_ = false, done_ = false;
};

/// What a limited operation completes: it has the caller's executor, allocator and other associated
/// characteristics, and a slot of its own.
template <class Handler, class Executor, class... Args>
class wait_handler {
  using op_type = wait_op<Handler, Executor, Args...>;

 public:
  using executor_type = Executor;
  using allocator_type = typename op_type::allocator_type;
  using cancellation_slot_type = boost::asio::cancellation_slot;

  explicit wait_handler(op_type* op) noexcept : op_(op) {}
  wait_handler(wait_handler&& other) noexcept : op_(std::exchange(other.op_, nullptr)) {}
  wait_handler& operator=(wait_handler&&) = delete;
  ~wait_handler() {
    if (op_) op_->abandon();
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
