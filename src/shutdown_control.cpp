#include <curfew/shutdown_control.hpp>

#include <curfew/detail/deadline_service.hpp>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace curfew {
namespace detail {

shutdown_state::shutdown_state(shutdown_limits const& limits, deadline_service* deadlines,
                               shutdown_actor* actor)
    : stages_(limits),
      draining_(token_state::make()),
      cancelling_(token_state::make()),
      deadlines_(deadlines),
      actor_(actor) {}

shutdown_ref shutdown_state::make() {
  return shutdown_ref::adopt(new shutdown_state({}, nullptr, nullptr));
}

shutdown_ref shutdown_state::make(shutdown_limits const& limits, deadline_service& deadlines,
                                  shutdown_actor& actor) {
  return shutdown_ref::adopt(new shutdown_state(limits, &deadlines, &actor));
}

clock::time_point shutdown_state::now() const noexcept {
  return deadlines_ ? deadlines_->now() : clock::time_point();
}

bool shutdown_state::requested() const noexcept {
  std::lock_guard guard(lock_);
  return stages_.requested();
}

// A copy of strings may throw, and takes longer than a spin lock should be held: but it is asked
// for once or twice in the life of a program.
cancellation_reason shutdown_state::reason() const {
  std::lock_guard guard(lock_);
  return reason_;
}

cancellation_reason shutdown_state::asked() const {
  std::lock_guard guard(lock_);
  return asked_;
}

shutdown_report shutdown_state::report() const {
  std::lock_guard guard(lock_);
  shutdown_report copy = report_;
  if (!ended_) {
    copy.reason = asked_;
    copy.stage = stages_.current();
  }
  return copy;
}

shutdown_stages shutdown_state::stages() const {
  std::lock_guard guard(lock_);
  return stages_;
}

clock::time_point shutdown_state::next_change() const {
  std::lock_guard guard(lock_);
  return stages_.next_change();
}

namespace {

// A request by name is one for the shutdown, and what is cancelled by it hears that.
cancellation_reason as_shutdown(cancellation_reason reason) {
  if (reason.cause() != cancellation_cause::none && reason.cause() != cancellation_cause::requested)
    return reason;
  return {cancellation_cause::shutdown, reason.text(), reason.where()};
}

}  // namespace

void shutdown_state::request(cancellation_reason reason) {
  {
    std::lock_guard guard(lock_);
    if (ended_) return;
    if (!asked_) asked_ = as_shutdown(std::move(reason));
    if (!reason_) reason_ = asked_;
    // Without a run there is no delay, and nobody waits.
    stages_.request(now());
  }
  apply();
}

void shutdown_state::fail(cancellation_reason reason) { cancel(std::move(reason), true); }

void shutdown_state::main_ended() {
  cancel({cancellation_cause::shutdown, "the main coroutine has ended", {}}, false);
}

void shutdown_state::cancel(cancellation_reason reason, bool is_asked) {
  {
    std::lock_guard guard(lock_);
    if (ended_) return;
    if (is_asked && !asked_) asked_ = reason;
    if (!reason_) reason_ = std::move(reason);
    stages_.cancel();
  }
  apply();
}

void shutdown_state::apply() {
  std::unique_lock guard(lock_);
  again_ = true;
  if (applying_) return;
  applying_ = true;
  std::exception_ptr failure;
  auto const unlocked = [&](auto&& call) {
    guard.unlock();
    try {
      call();
    } catch (...) {  // no memory to tell somebody; the others were told
      failure = std::current_exception();
    }
    guard.lock();
  };
  while (std::exchange(again_, false)) {
    for (auto from = stages_.current(); !ended_ && stages_.step(now());) {
      auto const to = stages_.current();
      stage_.store(to, std::memory_order_release);
      unlocked([&] { enter(from, to); });
      from = to;
    }
    if (actor_ && !ended_) unlocked([&] { actor_->rescheduled(); });
  }
  applying_ = false;
  guard.unlock();
  if (failure) std::rethrow_exception(failure);
}

void shutdown_state::enter(stage from, stage to) {
  auto const why = reason();
  if (actor_) actor_->entered(from, to);
  if (to == stage::draining) draining_->cancel(why);
  if (to == stage::cancelling) cancelling_->cancel(why);
}

void shutdown_state::end(shutdown_report report) {
  std::unique_lock guard(lock_);
  ended_ = true;
  while (applying_) {  // on another thread, which may be in the middle of telling the actor
    guard.unlock();
    std::this_thread::yield();
    guard.lock();
  }
  report_ = std::move(report);
}

}  // namespace detail

shutdown_control::shutdown_control() : state_(detail::shutdown_state::make()) {}

cancellation_token shutdown_control::draining() const {
  return detail::token_access::token_of(state_->draining());
}

cancellation_token shutdown_control::cancelling() const {
  return detail::token_access::token_of(state_->cancelling());
}

void shutdown_control::request(cancellation_reason reason) { state_->request(std::move(reason)); }

}  // namespace curfew
