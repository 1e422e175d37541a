#ifndef CURFEW_IMPL_TRIGGERS_HPP
#define CURFEW_IMPL_TRIGGERS_HPP

#include <boost/asio/execution_context.hpp>
#include <curfew/clock.hpp>
#include <curfew/detail/associated_stack.hpp>
#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/detail/token_state.hpp>
#include <curfew/detail/verdict.hpp>
#include <new>
#include <type_traits>
#include <utility>

/// \file
/// What asks an operation to stop: for each what the caller gave, which waits in a deferred
/// operation and is small, a description, which is made of it when the operation is started, and a
/// trigger, which lives in its state.

namespace curfew::detail {

/// The part of a trigger that has a deadline.
class deadline_trigger {
 public:
  static constexpr bool holds = false, is_level = false;

  deadline_trigger() noexcept { node_.set_deadline((clock::time_point::max)()); }

  bool arm(request_target* op, deadline_service* deadlines, clock::time_point deadline,
           clock::time_point present) {
    deadlines_ = deadlines;
    node_.target = op;
    deadlines_->arm(node_, deadline, present);
    return true;
  }
  bool stop() noexcept { return !deadlines_ || deadlines_->disarm(node_); }
  /// Whether it has asked by an instant, told or not.
  bool asks(clock::time_point at) const noexcept { return node_.deadline() <= at; }
  clock::time_point deadline() const noexcept { return node_.deadline(); }
  clock::time_point until() const noexcept { return node_.deadline(); }
  /// It has passed before it could be armed.
  void set_past(deadline_service* deadlines, clock::time_point deadline) noexcept {
    deadlines_ = deadlines;
    node_.set_deadline(deadline);
  }
  void happened(happenings& with) const noexcept { with.deadline_fired = true; }
  bool observed() const noexcept { return deadlines_ && deadlines_->observed(); }
  template <class Handler>
  void observe(Handler const& handler) const {
    observe_expiry(*deadlines_, get_associated_stack(handler), node_.deadline());
  }

 private:
  deadline_node node_;
  deadline_service* deadlines_ = nullptr;
};

/// Asks when a limit passes, counted from the start.
class by_limit {
 public:
  using trigger = deadline_trigger;
  using given = packed_limit;

  explicit by_limit(given from) noexcept : given_(from) {}

  /// \throws std::bad_alloc
  void find(boost::asio::execution_context& context) {
    deadlines_ = &deadline_service::of(context);
  }
  bool has_found() const noexcept { return deadlines_ != nullptr; }
  /// Takes the time, where the limit needs it.
  void begin() noexcept {
    present_ = given_.is_never() ? (clock::time_point::min)() : deadlines_->now();
    deadline_ = given_.from(present_);
  }
  bool is_past() const noexcept { return deadline_ <= present_; }
  verdict unstarted(bool outside_asked) const noexcept { return decide_unstarted(outside_asked); }
  clock::time_point present() const noexcept { return present_; }

  bool arm(trigger& in, request_target* op) const {
    return in.arm(op, deadlines_, deadline_, present_);
  }
  void set_past(trigger& in) const noexcept { in.set_past(deadlines_, deadline_); }

 private:
  given given_;
  deadline_service* deadlines_ = nullptr;
  clock::time_point present_{}, deadline_{};
};

class token_trigger {
 public:
  static constexpr bool holds = false, is_level = true;

  bool arm(request_target* op, token_ref const& token) noexcept {
    token_ = token;
    node_.target = op;
    return token_->add(node_);
  }
  bool stop() noexcept { return !token_ || token_->remove(node_); }
  bool asks(clock::time_point) const noexcept { return token_ && token_->cancelled(); }
  clock::time_point deadline() const noexcept { return (clock::time_point::min)(); }
  clock::time_point until() const noexcept { return (clock::time_point::max)(); }
  void happened(happenings& with) const noexcept { with.cancelled = true; }
  static constexpr bool observed() noexcept { return false; }
  void observe(auto const&) const noexcept {}

 private:
  token_node node_;
  token_ref token_;
};

/// Asks when a token is cancelled.
class by_token {
 public:
  using trigger = token_trigger;
  using given = token_ref;

  explicit by_token(given token) noexcept : token_(std::move(token)) {}

  void find(boost::asio::execution_context&) noexcept { found_ = true; }
  bool has_found() const noexcept { return found_; }
  void begin() noexcept {}
  bool is_past() const noexcept { return token_ && token_->cancelled(); }
  verdict unstarted(bool) const noexcept { return verdict::aborted; }
  clock::time_point present() const noexcept { return (clock::time_point::min)(); }

  bool arm(trigger& in, request_target* op) const noexcept { return !token_ || in.arm(op, token_); }
  void set_past(trigger&) const noexcept {}

 private:
  given token_;
  bool found_ = false;
};

/// Holds requests back, and lets them through some time after the first.
class grace_trigger {
 public:
  static constexpr bool holds = true, is_level = false;

  /// False where a request has come already and is to be let through.
  bool arm(request_target* op, deadline_service* deadlines, limit grace) noexcept {
    node_.target = op;
    deadlines_ = deadlines;
    grace_ = grace;
    return !std::exchange(holding_, false) || !hold();
  }
  /// There is a request; returns whether its time is over at once. It is as well where that cannot
  /// be taken for want of memory: it was promised not to hold back for longer.
  bool hold() noexcept {
    if (std::exchange(holding_, true) || !deadlines_) return false;
    auto const present = deadlines_->now();
    auto const deadline = grace_.from(present);
    if (deadline <= present) return true;
    try {
      deadlines_->arm(node_, deadline, present);
    } catch (std::bad_alloc const&) {
      return true;
    }
    return false;
  }
  bool stop() noexcept { return !deadlines_ || deadlines_->disarm(node_); }
  clock::time_point deadline() const noexcept { return (clock::time_point::min)(); }
  clock::time_point until() const noexcept { return (clock::time_point::max)(); }
  void happened(happenings& with) const noexcept { with.outside_asked = true; }
  static constexpr bool observed() noexcept { return false; }
  void observe(auto const&) const noexcept {}

 private:
  deadline_node node_;
  deadline_service* deadlines_ = nullptr;
  limit grace_ = never;
  bool holding_ = false;
};

/// Holds requests back, and lets them through a limit after the first.
class by_grace {
 public:
  using trigger = grace_trigger;
  using given = limit;

  explicit by_grace(given from) noexcept : given_(from) {}

  /// \throws std::bad_alloc
  void find(boost::asio::execution_context& context) {
    deadlines_ = &deadline_service::of(context);
  }
  bool has_found() const noexcept { return deadlines_ != nullptr; }
  void begin() noexcept {}
  bool is_past() const noexcept { return false; }
  verdict unstarted(bool) const noexcept { return verdict::aborted; }
  clock::time_point present() const noexcept { return (clock::time_point::min)(); }

  bool arm(trigger& in, request_target* op) const noexcept {
    return in.arm(op, deadlines_, given_);
  }
  void set_past(trigger&) const noexcept {}

 private:
  given given_;
  deadline_service* deadlines_ = nullptr;
};

/// Whether an operation does not start when a request is pending: Asio refuses the `co_await` of
/// others itself, and where it was told not to, they take their chance.
template <class By>
inline constexpr bool refuses_when_asked = std::is_same_v<By, by_grace>;

}  // namespace curfew::detail

#endif
