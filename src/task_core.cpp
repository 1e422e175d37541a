#include <curfew/detail/group_core.hpp>
#include <curfew/detail/task_core.hpp>
#include <curfew/error.hpp>

#include <iostream>
#include <mutex>
#include <utility>

namespace curfew::detail {
namespace {

std::atomic<std::uint64_t> last_number{0};

}  // namespace

task_core::task_core(deadline_service& deadlines, task_facts&& facts)
    : region_stack(deadlines),
      name_(std::move(facts.name)),
      where_(facts.where),
      spawned_at_(deadlines.now()),
      number_(last_number.fetch_add(1, std::memory_order_relaxed) + 1) {
  set_base_deadline(facts.deadline);
}

task_core::~task_core() {
  // An abort is how most end that nobody waits for, and no failure then.
  if (failure_ && !looked_at() && !is_cancellation(failure_)) report();
}

void task_core::report() const noexcept {
  try {
    std::string what = "an exception that is no std::exception";
    try {
      std::rethrow_exception(failure_);
    } catch (std::exception const& e) {
      what = e.what();
    } catch (...) {
    }
    std::cerr << "curfew: task #" + std::to_string(number_) +
                     (name_.empty() ? "" : " \"" + name_ + '"') +
                     (where_.line() == 0 ? ","
                                         : std::string(", spawned at ") + where_.file_name() + ':' +
                                               std::to_string(where_.line()) + ',') +
                     " failed and nobody looked at it: " + what + '\n';
  } catch (...) {  // nothing can be done about it
  }
}

bool task_core::join_group(group_ref const& group) noexcept {
  group_ = group;
  if (group->enter(*this)) return true;
  group_ = {};
  return false;
}

bool task_core::begin() noexcept {
  begun_.store(true, std::memory_order_relaxed);
  return !asked();
}

bool task_core::cancel(cancellation_reason reason) {
  if (done() || asked_.load(std::memory_order_acquire)) return false;
  auto why = std::make_unique<cancellation_reason>(std::move(reason));
  {
    std::lock_guard guard(lock_);
    if (done() || why_ || (group_ && group_->cancelled())) return false;
    why_ = std::move(why);
    asked_.store(true, std::memory_order_release);
    add_ref();
  }
  requested(outside);
  return true;
}

bool task_core::asked() const noexcept {
  return asked_.load(std::memory_order_acquire) || (group_ && group_->cancelled());
}

cancellation_reason task_core::reason() const {
  token_ref token;
  {
    std::lock_guard guard(lock_);
    if (!why_ && !(group_ && group_->cancelled())) return cancellation_cause::none;
    if (!why_) token = group_->token();
  }
  // Once written it stays; copying it may throw, so not under the lock.
  return token ? token->reason() : *why_;
}

bool task_core::hear_outside() { return asked() && ask_outside(reason()); }

bool task_core::is_within(task_core const* other) const noexcept {
  for (task_core const* at = this; at;) {
    if (at == other) return true;
    auto* const owner = at->group_ ? at->group_->owner() : nullptr;
    at = owner ? owner->as_task() : nullptr;
  }
  return false;
}

bool task_core::add(task_waiter& node) noexcept {
  std::lock_guard guard(lock_);
  if (done()) return false;
  waiters_.push_back(node);
  node.where.store(token_node::state::linked, std::memory_order_release);
  return true;
}

bool task_core::remove(task_waiter& node) noexcept {
  std::lock_guard guard(lock_);
  auto const where = node.where.load(std::memory_order_relaxed);
  if (where != token_node::state::linked) return where == token_node::state::idle;
  node.unlink();
  node.where.store(token_node::state::idle, std::memory_order_release);
  return true;
}

void task_core::end(ending how, std::exception_ptr error) noexcept {
  bool const asked = this->asked();
  member_end const ended{how, asked, asked && is_consequence(error)};
  finish(ended, std::move(error), true);
}

void task_core::abandon() noexcept {
  if (done()) return;
  finish({ending::abort, true, true}, nullptr, false);
}

void task_core::finish(member_end how, std::exception_ptr error, bool wake_own_context) noexcept {
  if (has_failed(how)) {
    failure_ = error;
    if (abandoned()) how = {};  // it is reported, and nobody else's failure
  }
  bool const asked = group_->cancelled();
  if (asked && !why_) keep_reason();
  group_ref group;
  bool waited_for = false;
  {
    std::lock_guard guard(lock_);
    ended_.store(true, std::memory_order_release);
    waited_for = !waiters_.empty();
    group = std::exchange(group_, {});
  }
  drop_executor();
  if (waited_for) wake_all(wake_own_context);
  group->leave(*this, how, error, wake_own_context);
}

// What waits in a context that is being destroyed is destroyed with it.
void task_core::wake_all(bool own_context) noexcept {
  list_hook left;
  std::unique_lock guard(lock_);
  while (!waiters_.empty()) {
    auto& node = static_cast<task_waiter&>(*waiters_.next);
    node.unlink();
    if (!own_context && node.context == &deadlines()) {
      left.push_back(node);
      continue;
    }
    auto* const target = node.target;
    auto const id = node.id;
    target->add_ref();
    node.where.store(token_node::state::fired, std::memory_order_release);
    guard.unlock();
    try {
      target->requested(id);
    } catch (...) {  // no memory to tell it: it is destroyed with its context
    }
    guard.lock();
  }
  waiters_.take(left);
}

// The group goes, and with it what only it knew.
void task_core::keep_reason() noexcept {
  try {
    auto why = std::make_unique<cancellation_reason>(group_->token()->reason());
    std::lock_guard guard(lock_);
    if (!why_) why_ = std::move(why);
  } catch (...) {  // without memory nobody learns why
  }
}

}  // namespace curfew::detail
