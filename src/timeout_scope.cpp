#include <curfew/timeout_scope.hpp>

#include <algorithm>
#include <curfew/detail/scoped_region.hpp>
#include <curfew/detail/words.hpp>
#include <curfew/error.hpp>
#include <ostream>
#include <string>
#include <utility>

namespace curfew {
namespace detail {

verdict scoped_region::close(ending how, boost::asio::cancellation_state state) {
  stack_->hear_what_was_seen();
  happenings happened;
  happened.how = how;
  if (how == ending::abort) {
    happened.deadline_fired = cause() == cancellation_cause::deadline;
    happened.cancelled = asks() && !happened.deadline_fired;
    happened.outside_asked = stack_->asked_around(*this);
  }
  if (record_) keep_record();
  open_ = false;
  stack_->close(*this, state);
  return decide(happened);
}

std::exception_ptr scoped_region::timed_out() const noexcept {
  try {
    bool const known = began_ != clock::time_point(), late = deadline() <= began_;
    auto const took = time_between(began_, stack_->deadlines().now());
    std::string text = late ? "passed before it began" : "passed";
    if (known && !late) text = in_words(time_between(began_, deadline())) + ' ' + text;
    if (auto const name = stack_->name(); !name.empty()) text += " in " + in_quotes(name);
    if (known && took > clock::duration::zero()) text += ", left after " + in_words(took);
    throw boost::system::system_error(
        make_error_code(errc::timed_out),
        to_string(cancellation_reason(cancellation_cause::deadline, std::move(text), where())));
  } catch (...) {
    return std::current_exception();
  }
}

cancellation_reason scoped_region::why() const { return stack_->regions().reason(this); }

scope_record* scoped_region::share() {
  if (!record_) {
    record_ = new scope_record;
    record_->open = this;
  }
  record_->references.fetch_add(1, std::memory_order_relaxed);
  return record_;
}

void scoped_region::keep_record() noexcept {
  auto* const record = std::exchange(record_, nullptr);
  record->deadline = deadline();
  record->cause = cause();
  record->token = token();
  try {
    record->reason = why();
  } catch (...) {
    // Without memory for its words the cause alone is kept.
    record->reason = cancellation_reason(cause(), {}, {});
  }
  record->open = nullptr;
  record->release();
}

}  // namespace detail

timeout_scope::timeout_scope(timeout_scope const& other) {
  if (other.live_) {
    record_ = other.live_->share();
  } else {
    record_ = other.record_;
    record_->references.fetch_add(1, std::memory_order_relaxed);
  }
}

timeout_scope& timeout_scope::operator=(timeout_scope const& other) {
  timeout_scope copy(other);
  std::swap(live_, copy.live_);
  std::swap(record_, copy.record_);
  return *this;
}

timeout_scope::~timeout_scope() {
  if (record_) record_->release();
}

detail::scoped_region* timeout_scope::open() const noexcept {
  return live_ ? live_ : record_->open;
}

clock::time_point timeout_scope::deadline() const noexcept {
  auto const* scope = open();
  return scope ? scope->deadline() : record_->deadline;
}

clock::duration timeout_scope::remaining() const noexcept {
  auto const ends = deadline();
  if (ends == clock::time_point::max()) return clock::duration::max();
  auto const* scope = open();
  if (!scope) return clock::duration::zero();
  return std::max(detail::time_between(scope->stack().deadlines().now(), ends),
                  clock::duration::zero());
}

clock::time_point timeout_scope::effective_deadline() const noexcept {
  auto const* scope = open();
  return scope ? scope->stack().has_to_end_by(scope) : record_->deadline;
}

bool timeout_scope::reschedule_to(detail::limit limit) {
  auto* scope = open();
  return scope && scope->stack().reschedule(*scope, limit);
}

void timeout_scope::cancel(cancellation_reason reason) {
  if (auto* scope = open()) scope->stack().cancel(*scope, std::move(reason));
}

bool timeout_scope::expired() const noexcept {
  auto const* scope = open();
  return (scope ? scope->cause() : record_->cause) == cancellation_cause::deadline;
}

bool timeout_scope::cancelled() const noexcept {
  auto const* scope = open();
  auto const cause = scope ? scope->cause() : record_->cause;
  return cause != cancellation_cause::none && cause != cancellation_cause::deadline;
}

cancellation_reason timeout_scope::reason() const {
  auto const* scope = open();
  return scope ? scope->why() : record_->reason;
}

cancellation_token timeout_scope::token() const {
  if (auto* scope = open()) return detail::token_access::token_of(scope->share_token());
  auto& token = record_->token;
  if (!token) {
    token = detail::token_state::make();
    if (record_->reason) token->cancel(record_->reason);
  }
  return detail::token_access::token_of(token);
}

std::string to_string(timeout_scope const& scope) {
  if (scope.expired() || scope.cancelled()) {
    std::string const how = scope.open() ? (scope.expired() ? "expiring" : "cancelling")
                                         : (scope.expired() ? "expired" : "cancelled");
    return how + " by " + to_string(scope.reason());
  }
  if (!scope.open()) return "finished in time";
  auto const left = scope.remaining();
  if (left == clock::duration::max()) return "active, without a deadline";
  return "active, " + detail::in_words(left) + " left";
}

std::ostream& operator<<(std::ostream& out, timeout_scope const& scope) {
  return out << to_string(scope);
}

}  // namespace curfew
