#ifndef CURFEW_IMPL_BRANCHES_OP_HPP
#define CURFEW_IMPL_BRANCHES_OP_HPP

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/associator.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <cstddef>
#include <curfew/detail/associated_request.hpp>
#include <curfew/detail/group_verdict.hpp>
#include <curfew/detail/inline_depth.hpp>
#include <curfew/detail/result_traits.hpp>
#include <curfew/export.hpp>
#include <curfew/impl/as_awaitable.hpp>
#include <curfew/outcome.hpp>
#include <memory>
#include <new>
#include <utility>

namespace curfew::detail {

/// What happened to all of them.
struct branches_state {
  static constexpr std::size_t nobody = static_cast<std::size_t>(-1);

  group_rule rule;
  std::size_t first = nobody;    ///< Who asked the others to stop, by how it ended.
  std::exception_ptr failure{};  ///< The first.
  std::exception_ptr broken{};   ///< There was no memory to begin.
  bool stopped = false, outside_asked = false, cut_short = false;
};

/// How one of them ended, by the rule.
template <class T>
ending ending_of(group_rule rule, outcome<T> const& how) noexcept {
  if (!how.has_value()) return is_aborted(how) ? ending::abort : ending::error;
  if constexpr (carries_error<T>) {
    if (looks_into_values(rule)) return how_ended(*how);
  }
  return ending::value;
}

/// Its error as an exception; null where there is none.
template <class T>
std::exception_ptr error_of(outcome<T> const& how) {
  if constexpr (carries_error<T>) {
    if (how.has_value()) return error_said_by(*how);
  }
  return how.error();
}

/// Throws `operation_aborted`: some did not start, for what encloses them was asked to stop.
[[noreturn]] CURFEW_EXPORT void throw_not_started();

/// What is given of one that did not start: that it was aborted, in its result where that says so.
template <class T>
T value_of_unstarted() {
  if constexpr (carries_error<T> && std::is_default_constructible_v<T>) {
    T value{};
    set_error(value, boost::asio::error::operation_aborted);
    return value;
  } else {
    throw_not_started();
  }
}

template <class Branches, class Handler>
class branches_op;

/// What each of them completes: the caller's executor, allocator and other associated
/// characteristics, and a slot of its own.
template <class Branches, class Handler, class Index>
class branch_handler {
  using op_type = branches_op<Branches, Handler>;

 public:
  using executor_type = boost::asio::associated_executor_t<Handler>;
  using allocator_type =
      boost::asio::associated_allocator_t<Handler, boost::asio::recycling_allocator<void>>;
  using cancellation_slot_type = boost::asio::cancellation_slot;

  branch_handler(op_type* op, Index index) noexcept : op_(op), index_(index) {}
  branch_handler(branch_handler&& other) noexcept
      : op_(std::exchange(other.op_, nullptr)), index_(other.index_) {}
  branch_handler& operator=(branch_handler&&) = delete;
  ~branch_handler() {
    if (op_) op_->leave();
  }

  executor_type get_executor() const noexcept {
    return boost::asio::get_associated_executor(op_->handler());
  }
  allocator_type get_allocator() const noexcept { return op_type::allocator_of(op_->handler()); }
  cancellation_slot_type get_cancellation_slot() const noexcept {
    return op_->branches().at(index_).signal.slot();
  }
  Handler const& caller() const noexcept { return op_->handler(); }
  bool asks(clock::time_point at) const { return op_->asks(at); }

  template <class... Results>
  void operator()(Results&&... results) {
    std::exchange(op_, nullptr)->complete(index_, std::forward<Results>(results)...);
  }

 private:
  op_type* op_;
  [[no_unique_address]] Index index_;
};

/// Keeps the caller's handler until all have ended. What they ended with is in the caller's frame.
template <class Branches, class Handler>
class branches_op {
  using allocator_type =
      boost::asio::associated_allocator_t<Handler, boost::asio::recycling_allocator<void>>;
  using rebound =
      typename std::allocator_traits<allocator_type>::template rebind_alloc<branches_op>;

 public:
  static void start(Handler& handler, Branches& branches) {
    rebound allocator(allocator_of(handler));
    auto* const memory = std::allocator_traits<rebound>::allocate(allocator, 1);
    auto* const op = new (memory) branches_op(std::move(handler), branches);
    op->start_all();
  }

  Handler const& handler() const noexcept { return handler_; }
  Branches& branches() const noexcept { return *branches_; }
  static allocator_type allocator_of(Handler const& handler) noexcept {
    return boost::asio::get_associated_allocator(handler, boost::asio::recycling_allocator<void>());
  }
  bool asks(clock::time_point at) const {
    return branches_->stopped || branches_->outside_asked || asked(handler_, at);
  }

  template <class Index, class... Results>
  void complete(Index index, Results&&... results) {
    auto& one = branches_->at(index);
    using operation = typename std::remove_reference_t<decltype(one)>::operation;
    ended(index, outcome_of<value_of<operation>>(
                     completion_tuple<operation>(std::forward<Results>(results)...)));
    drop();
  }
  /// One was destroyed instead of ended.
  void leave() noexcept {
    abandoned_ = true;
    try {
      drop();
    } catch (...) {  // whoever destroyed it knows
    }
  }

 private:
  struct relay {
    branches_op* op;
    void operator()(boost::asio::cancellation_type type) const {
      op->branches_->outside_asked = true;
      op->emit(op->passed_on_ |= type);
    }
  };

  branches_op(Handler&& handler, Branches& branches) noexcept
      : handler_(std::move(handler)), branches_(&branches) {}

  // One counts while they are started: those that end at once do not end all of it.
  void start_all() {
    try {
      auto outer = boost::asio::get_associated_cancellation_slot(handler_);
      if (outer.is_connected()) outer.template emplace<relay>(relay{this});
    } catch (std::bad_alloc const&) {
      branches_->broken = std::current_exception();
      branches_->stopped = true;
    }
    branches_->each_operation([this](auto index, auto& op) {
      if (branches_->stopped || branches_->outside_asked) {
        branches_->cut_short = true;
        return;
      }
      branches_->at(index).started = true;
      ++running_;
      try {
        std::move(op)(branch_handler<Branches, Handler, decltype(index)>(this, index));
      } catch (...) {  // it did not start, and its handler is gone
        abandoned_ = false;
        using operation = std::remove_reference_t<decltype(op)>;
        ended(index, outcome<value_of<operation>>(std::current_exception()));
      }
    });
    if (running_ != 1 || abandoned_) return drop();
    auto const executor = boost::asio::get_associated_executor(handler_);
    complete_inline(finish(), executor);
  }

  template <class Index, class Outcome>
  void ended(Index index, Outcome&& how) {
    auto& state = *branches_;
    member_end end{ending_of(state.rule, how)};
    if (end.how != ending::value) {
      state.outside_asked |= asked(handler_, (clock::time_point::min)());
      end.asked = state.stopped || state.outside_asked;
      if (has_failed(end) && !state.failure) state.failure = error_of(how);
      state.cut_short |=
          !has_failed(end) && (!how.has_value() || state.rule == group_rule::first_value);
    }
    state.at(index).result.emplace(std::forward<Outcome>(how));
    if (state.stopped) return;
    if (ends_others(state.rule, end)) {
      state.first = index;
      state.stopped = true;
    } else if (end.how != ending::abort || !was_asked_weakly()) {
      return;
    }
    emit(passed_on_ = boost::asio::cancellation_type::all);
  }

  // In terms that some may not honour: once one has, all of them are to end, and are told so.
  bool was_asked_weakly() const noexcept {
    return passed_on_ != boost::asio::cancellation_type::none &&
           (passed_on_ & boost::asio::cancellation_type::terminal) ==
               boost::asio::cancellation_type::none;
  }

  // Each may end inside the call, and the last of them all of this.
  void emit(boost::asio::cancellation_type type) {
    ++running_;
    branches_->each_branch([this, type](auto& one) {
      try {
        if (one.is_running()) one.signal.emit(type);
      } catch (...) {  // no memory to end it, and its handler is gone
        lost_ = std::current_exception();
      }
    });
    drop();
  }

  void drop() {
    if (--running_ != 0) return;
    bool const abandoned = abandoned_;
    auto const lost = std::move(lost_);
    {
      auto handler = finish();
      if (!abandoned) return std::move(handler)();
    }
    if (lost) std::rethrow_exception(lost);
  }

  Handler finish() {
    auto outer = boost::asio::get_associated_cancellation_slot(handler_);
    if (outer.is_connected()) outer.clear();
    Handler handler(std::move(handler_));
    rebound allocator(allocator_of(handler));
    this->~branches_op();
    std::allocator_traits<rebound>::deallocate(allocator, this, 1);
    return handler;
  }

  Handler handler_;
  Branches* branches_;
  std::size_t running_ = 1;
  bool abandoned_ = false;
  boost::asio::cancellation_type passed_on_ = boost::asio::cancellation_type::none;
  std::exception_ptr lost_;
};

template <class Branches, class Handler, class Index, class Candidate>
struct associated_request<branch_handler<Branches, Handler, Index>, Candidate> {
  using type = bool;
  static bool get(branch_handler<Branches, Handler, Index> const& handler,
                  clock::time_point at = (clock::time_point::min)()) {
    return handler.asks(at);
  }
};

}  // namespace curfew::detail

template <template <class, class> class Associator, class Branches, class Handler, class Index,
          class Candidate>
struct boost::asio::associator<Associator, curfew::detail::branch_handler<Branches, Handler, Index>,
                               Candidate> : Associator<Handler, Candidate> {
  using branch = curfew::detail::branch_handler<Branches, Handler, Index>;

  static typename Associator<Handler, Candidate>::type get(branch const& handler) noexcept {
    return Associator<Handler, Candidate>::get(handler.caller());
  }
  static auto get(branch const& handler, Candidate const& candidate) noexcept
      -> decltype(Associator<Handler, Candidate>::get(handler.caller(), candidate)) {
    return Associator<Handler, Candidate>::get(handler.caller(), candidate);
  }
};

#endif
