#ifndef CURFEW_IMPL_WAIT_OP_HPP
#define CURFEW_IMPL_WAIT_OP_HPP

#include <atomic>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <curfew/detail/associated_request.hpp>
#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/handler_executor.hpp>
#include <curfew/detail/result_traits.hpp>
#include <curfew/detail/whereabouts.hpp>
#include <curfew/impl/triggers.hpp>
#include <memory>
#include <new>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

namespace curfew::detail {

/// The state of one deferred operation that something may ask to stop, in memory from its handler's
/// allocator, which is given back before the handler is called. The operation owns it, through its
/// `wait_handler`; news of a request on the way to the executor only know where it is. Everything
/// but `requested` happens on the executor, which is the handler's own, or where that has none is
/// kept here; then it may be started on another thread, and its end waits until it has been.
template <class Handler, class Executor, class By, class... Args>
class wait_op final : public request_target {
  using trigger = typename By::trigger;
  using news_of_it = target_ref<whereabouts<wait_op>>;

 public:
  using any_memory = boost::asio::recycling_allocator<void>;
  using allocator_type = boost::asio::associated_allocator_t<Handler, any_memory>;

  static allocator_type allocator_of(Handler const& handler) noexcept {
    return boost::asio::get_associated_allocator(handler, any_memory());
  }

  static wait_op* make(Handler& handler, Executor const& executor) {
    rebound allocator(allocator_of(handler));
    wait_op* const memory = std::allocator_traits<rebound>::allocate(allocator, 1);
    return new (memory) wait_op(std::move(handler), executor);
  }

  Handler const& handler() const noexcept { return handler_; }
  Executor executor() const noexcept { return executor_.of(handler_); }
  boost::asio::cancellation_slot slot() noexcept { return signal_.slot(); }

  /// Connects the caller's slot.
  void connect() {
    auto outer = boost::asio::get_associated_cancellation_slot(handler_);
    if (outer.is_connected()) outer.template emplace<relay>(relay{this});
  }
  /// False where it asks already.
  bool arm(By const& by) { return by.arm(trigger_, this); }
  /// What the coroutine waits for from now on, for whoever looks in.
  void note(clock::time_point present) {
    if (!notes_operations.load(std::memory_order_relaxed)) return;
    if (auto* const stack = get_associated_stack(handler_))
      stack->note().begin(this, "operation", present, trigger_.until());
  }
  /// Where this is, for as long as it is.
  news_of_it const& tell() {
    if (!news_) news_ = whereabouts<wait_op>::make(this);
    return news_;
  }
  /// It asked before it could be armed.
  void expire_unarmed(By const& by) {
    by.set_past(trigger_);
    expire();
  }
  /// The executor of what the operation works on, where the handler has none. The first offer
  /// counts, and only while the operation is being started, on that thread: one that consists of
  /// several offers it with each.
  template <class Offered>
  void find(Offered const& executor) {
    if (start_.found || start_.thread != std::this_thread::get_id() || !start_.by) return;
    start_.by->find(context_of(executor));
    executor_.kept = executor;
    start_.found = true;
    offer_to(handler_, executor);
  }

  /// Starts it by `start`, from whatever thread, and arms what may ask when that has been done.
  template <class Start>
  void start_elsewhere(By& by, Start start) {
    bool ended_here = false;
    start_.by = &by;
    start_.found = by.has_found();
    start_.ended_here = &ended_here;
    start_.thread = std::this_thread::get_id();
    start_.under_way.store(true, std::memory_order_relaxed);
    start(this);
    if (ended_here) return;
    until_started const over{start_, ended_here};
    start_.by = nullptr;
    if (start_.found) {
      by.begin();
      if (by.is_past() || !arm(by)) {
        by.set_past(trigger_);
        boost::asio::post(executor(), delivery{tell()});
      }
    } else {  // nothing can ask
      start_.unfound = true;
      expire();
    }
  }

  void expire() {
    if (done_) return;
    expired_ = true;
    if (trigger_.observed() && !observe()) return;
    signal_.emit(boost::asio::cancellation_type::all);
  }

  /// Whether what the operation consists of has to stop, by what has asked until `at`, told or not.
  /// What had not been told yet counts as told from here on.
  bool asks(clock::time_point at) {
    if constexpr (trigger::holds) {
      return expired_;
    } else {
      expired_ = expired_ || trigger_.asks(at);
      return expired_ || outside_asked_ || asked(handler_, at);
    }
  }

  /// The operation has ended: decides, gives the memory back and calls the handler.
  template <class... As>
  void complete(As&&... results) {
    end();
    auto outer = boost::asio::get_associated_cancellation_slot(handler_);
    if (outer.is_connected()) outer.clear();
    if constexpr (trigger::is_level)
      expired_ = expired_ || trigger_.asks((clock::time_point::min)());
    if (expired_ || outside_asked_) settle(results...);
    if (notes_operations.load(std::memory_order_relaxed)) {
      if (auto* const stack = get_associated_stack(handler_)) stack->note().end(this);
    }
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
  void requested(std::uint64_t) override {
    struct told {
      wait_op* op;
      ~told() {
        op->release();  // the reference for the telling; the operation has its own still
        op->told_.store(true, std::memory_order_release);
      }
    };
    // Entered before the operation can end, so that its context lives.
    std::optional<visit> visiting;
    auto const where = executor();
    news_of_it news;
    bool const here = certainly_here(where);
    {
      told const at_the_end{this};
      if (!here) {
        news = tell();
        auto* const found = deadline_service::try_of(context_of(where));
        visiting.emplace(found ? &found->visited_by() : nullptr);
      }
    }
    if (here) return expire();
    if (visiting->is_open()) boost::asio::dispatch(where, delivery{std::move(news)});
  }

 private:
  using rebound = typename std::allocator_traits<allocator_type>::template rebind_alloc<wait_op>;

  struct relay {
    wait_op* op;
    void operator()(boost::asio::cancellation_type type) const {
      op->outside_asked_ = true;
      if constexpr (trigger::holds) {
        if (op->trigger_.hold()) op->expire();
      } else {
        op->signal_.emit(type);  // may complete the operation and destroy this
      }
    }
  };
  struct delivery {
    news_of_it news;
    void operator()() const {
      if (auto* const op = news->op()) op->expire();
    }
  };
  struct starting {
    std::atomic<bool> under_way{false};
    std::thread::id thread;
    bool* ended_here = nullptr;
    bool found = false;    ///< An executor, by whose context what may ask goes.
    bool unfound = false;  ///< There is nothing that could ask.
    By* by = nullptr;      ///< While it is being started.
  };
  /// Also where there was no memory to arm what may ask.
  struct until_started {
    starting& start;
    bool const& ended_here;
    ~until_started() {
      if (!ended_here) start.under_way.store(false, std::memory_order_release);
    }
  };
  struct started {};

  wait_op(Handler&& handler, Executor const& executor) noexcept
      : handler_(std::move(handler)), executor_(executor), allocator_(allocator_of(handler_)) {}
  ~wait_op() override = default;

  // Whoever else knows of this operation lets go of it: who starts it, and who brings news.
  void end() noexcept {
    if constexpr (!has_executor<Handler>) wait_until_started();
    done_ = true;
    if (!trigger_.stop()) {
      while (!told_.load(std::memory_order_acquire)) std::this_thread::yield();
    }
    if (news_) news_->set_ended();
  }
  void wait_until_started() noexcept {
    if (!start_.under_way.load(std::memory_order_acquire)) return;
    if (start_.thread == std::this_thread::get_id()) {
      *start_.ended_here = true;
      return;
    }
    while (start_.under_way.load(std::memory_order_acquire)) std::this_thread::yield();
  }

  // Whoever is told may end the operation: false when that has happened.
  bool observe() {
    news_of_it self;
    try {
      self = tell();
    } catch (std::bad_alloc const&) {  // nobody is told, and the operation stops all the same
      return true;
    }
    trigger_.observe(handler_);
    return self->op() != nullptr;
  }

  // Changes the error that the operation ended with where the records say so.
  template <class First, class... Rest>
  void settle(First& first, Rest&...) {
    if constexpr (carries_error<First>) {
      happenings happened;
      happened.how = how_ended(first);
      if (happened.how != ending::abort) return;
      if constexpr (!has_executor<Handler>) {
        if (start_.unfound) return set_error(first, errc::invalid_state);
      }
      if (expired_) trigger_.happened(happened);
      if constexpr (!trigger::holds)
        happened.outside_asked = outside_asked_ || asked(handler_, trigger_.deadline());
      switch (decide(happened)) {
        case verdict::timed_out: set_error(first, errc::timed_out); break;
        case verdict::withdrawn:
        case verdict::aborted: set_error(first, boost::asio::error::operation_aborted); break;
        case verdict::deliver: break;
      }
    }
  }
  void settle() noexcept {}
  void destroy() noexcept override {
    rebound allocator(allocator_);
    this->~wait_op();
    std::allocator_traits<rebound>::deallocate(allocator, this, 1);
  }

  // In this order it is a block of 104 bytes for a limit in a coroutine: the size matters, because
  // there is one for each operation that is pending.
  bool expired_ = false, outside_asked_ = false, done_ = false;
  std::atomic<bool> told_{false};
  trigger trigger_;
  boost::asio::cancellation_signal signal_;
  Handler handler_;
  [[no_unique_address]] executor_beside<Handler, Executor> executor_;
  [[no_unique_address]] allocator_type allocator_;
  news_of_it news_;
  [[no_unique_address]] std::conditional_t<has_executor<Handler>, started, starting> start_;
};

}  // namespace curfew::detail

#endif
