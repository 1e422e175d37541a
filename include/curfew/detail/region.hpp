#ifndef CURFEW_DETAIL_REGION_HPP
#define CURFEW_DETAIL_REGION_HPP

#include <cstddef>
#include <cstdint>
#include <curfew/cancellation_reason.hpp>
#include <curfew/clock.hpp>
#include <curfew/detail/token_state.hpp>
#include <curfew/export.hpp>
#include <memory>

namespace curfew::detail {

/// A part of a coroutine's run that can ask it to stop, or that holds such requests back. It lives
/// in the frame of the function that opened it.
class CURFEW_EXPORT region {
 public:
  enum class kind : std::uint8_t {
    scope,   ///< Asks when its deadline passes, or when it is told to.
    token,   ///< Asks when a token is cancelled.
    group,   ///< The same, with a token of its own that it also tells.
    shield,  ///< Never asks; holds back what asks around it, until its deadline if it has one.
  };

  region(kind what, std::source_location where) noexcept : where_(where), kind_(what) {}
  region(region const&) = delete;
  region& operator=(region const&) = delete;

  region* outer() noexcept { return outer_; }
  region const* outer() const noexcept { return outer_; }
  kind what() const noexcept { return kind_; }
  /// Tells it apart from every other of its list, also after its end.
  std::uint64_t id() const noexcept { return id_; }
  /// Whether it asks everything inside it to stop.
  bool asks() const noexcept { return cause_ != cancellation_cause::none; }
  /// Who made it ask; the first cause sticks.
  cancellation_cause cause() const noexcept { return cause_; }
  cancellation_reason reason() const { return reason(cause_); }
  /// The same where it may not have been told yet: of a deadline that has passed at `present`, or
  /// of a token that is cancelled.
  cancellation_cause cause_at(clock::time_point present) const noexcept;
  cancellation_reason reason_at(clock::time_point present) const {
    return reason(cause_at(present));
  }
  clock::time_point deadline() const noexcept { return deadline_; }
  void set_deadline(clock::time_point deadline) noexcept { deadline_ = deadline; }
  /// Whether it holds back what asks around it.
  bool shields() const noexcept { return shields_; }
  bool shields_at(clock::time_point present) const noexcept {
    return shields_ && (kind_ != kind::shield || deadline_ > present);
  }
  /// Whether it is asked to stop by a token.
  bool listens() const noexcept { return kind_ == kind::token || kind_ == kind::group; }
  /// Of a region that listens the token that it listens to; of a scope the one that says outside
  /// that it was asked to stop, or null.
  token_ref const& token() const noexcept { return token_; }
  void set_token(token_ref token) noexcept { token_ = std::move(token); }
  std::source_location const& where() const noexcept { return where_; }
  /// The effective deadline outside it.
  clock::time_point deadline_around() const noexcept { return deadline_around_; }
  void set_deadline_around(clock::time_point deadline) noexcept { deadline_around_ = deadline; }
  /// Whether an observer has been told that its deadline passed; from here on it has.
  bool set_observed() noexcept { return std::exchange(observed_, true); }

 protected:
  ~region() = default;

 private:
  friend class region_list;

  cancellation_reason reason(cancellation_cause cause) const;

  region* outer_ = nullptr;
  std::uint64_t id_ = 0;
  clock::time_point deadline_ = (clock::time_point::max)();
  clock::time_point deadline_around_ = (clock::time_point::max)();
  std::source_location where_;
  std::unique_ptr<cancellation_reason> reason_;  ///< Null where the cause or the token says it all.
  token_ref token_;
  cancellation_cause cause_ = cancellation_cause::none;
  kind kind_;
  bool shields_ = false, observed_ = false;
};

/// The regions of one coroutine, innermost on top, and the one rule that decides whether it must
/// see a cancellation: some region asks for it, or somebody outside did, and no shield lies
/// between that and the top. No I/O, no clock, no signal.
class CURFEW_EXPORT region_list {
 public:
  /// What to do so that the coroutine's cancellation state says what the rule says.
  enum class action { none, emit, clear };

  void push(region& r) noexcept {
    r.outer_ = top_;
    r.id_ = ++last_id_;
    r.shields_ = r.kind_ == region::kind::shield;
    listening_ += r.listens();
    top_ = &r;
  }
  /// Removes a region, and with it what it asked for. It need not be on top: the frames of a
  /// coroutine that is destroyed may die in another order.
  void remove(region& r) noexcept;

  region* top() const noexcept { return top_; }
  /// The deadline of what encloses all of them: asked for, never acted upon.
  void set_base_deadline(clock::time_point deadline) noexcept { base_deadline_ = deadline; }
  clock::time_point base_deadline() const noexcept { return base_deadline_; }

  /// Whether any of them listens to a token.
  bool listens() const noexcept { return listening_ != 0; }
  /// The open region with this id; null when it was closed.
  region* find(std::uint64_t id) const noexcept;

  /// Makes a region ask. The first reason sticks: returns whether this one does.
  bool ask(region& r, cancellation_cause cause) noexcept;
  bool ask(region& r, cancellation_reason reason);
  /// Makes every region ask whose deadline has passed or whose token is cancelled, and takes down
  /// every shield whose deadline has passed; returns whether there was one.
  bool ask_due(clock::time_point present) noexcept;
  /// Makes the region a shield, or no longer one; returns whether that is a change.
  bool set_shield(region& r, bool on) noexcept;
  /// Somebody outside this coroutine asks it to stop.
  bool ask_outside(cancellation_reason reason);
  bool asked_outside() const noexcept { return outside_ != nullptr; }
  cancellation_reason const* outside_reason() const noexcept { return outside_.get(); }

  /// The rule, seen from the top.
  bool wants() const noexcept { return asking_ != 0 && asked(top_); }
  /// The rule, seen from outside `r`: what encloses it asked it to stop.
  bool asked_around(region const& r) const noexcept { return !r.shields_ && asked_behind(r); }
  /// The same, whether or not `r` shields what is in it.
  bool asked_behind(region const& r) const noexcept { return asking_ != 0 && asked(r.outer_); }
  /// Whether `r` or what encloses it asks what is in it to stop.
  bool asked_inside(region const& r) const noexcept { return asking_ != 0 && asked(&r); }
  action reconcile(bool latched) const noexcept {
    bool const wanted = wants();
    if (wanted == latched) return action::none;
    return wanted ? action::emit : action::clear;
  }

  /// The earliest deadline that ends what is inside `from`, up to the nearest shield.
  clock::time_point effective_deadline(region const* from) const noexcept;
  clock::time_point effective_deadline() const noexcept { return effective_deadline(top_); }
  /// Why what is inside `from` is asked to stop, by the outermost cause; empty when it is not.
  cancellation_reason reason(region const* from) const;
  cancellation_reason reason() const { return reason(top_); }
  /// The outermost that has a reason to ask, told or not, and that no shield holds back; null where
  /// there is none. `to_the_end` is then whether no shield holds back who is outside.
  region const* asking_at(clock::time_point present, bool& to_the_end) const noexcept;
  /// Whether something up to the nearest shield asks what is inside `from` to stop, told or not,
  /// which is no deadline. `to_the_end` as above.
  bool asked_by_name(region const* from, bool& to_the_end) const noexcept;
  /// Whether anything asks or has a reason to, behind shields too.
  bool asked_anywhere(clock::time_point present) const noexcept;

 private:
  bool asked(region const* from) const noexcept;

  region* top_ = nullptr;
  std::uint64_t last_id_ = 0;
  std::size_t asking_ = 0;  ///< How many ask, the outside included: mostly none.
  std::size_t listening_ = 0;
  clock::time_point base_deadline_ = (clock::time_point::max)();
  std::unique_ptr<cancellation_reason> outside_;
};

}  // namespace curfew::detail

#endif
