#include <curfew/detail/group_core.hpp>
#include <curfew/detail/task_core.hpp>
#include <curfew/detail/task_registry.hpp>
#include <curfew/detail/words.hpp>
#include <curfew/error.hpp>
#include <curfew/observer.hpp>

#include <iostream>
#include <mutex>
#include <optional>
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
  if (failure_ && !looked_at() && !dismissed_.load(std::memory_order_relaxed) &&
      !is_cancellation(failure_))
    report();
}

void task_core::report() const noexcept {
  try {
    std::string const what = in_words(failure_);
    std::cerr << "curfew: task #" + std::to_string(number_) +
                     (name_.empty() ? "" : " \"" + name_ + '"') +
                     (where_.line() == 0 ? "," : ", spawned at " + in_words(where_) + ',') +
                     " failed and nobody looked at it: " + what + '\n';
  } catch (...) {  // nothing can be done about it
  }
}

bool task_core::join_group(group_ref const& group) noexcept {
  group_ = group;
  if (group->enter(*this)) {
    observe_spawn();
    if (group->cancelled()) {
      auto never = clock::time_point::max();
      if (asked_at_.compare_exchange_strong(never, spawned_at_, std::memory_order_relaxed))
        observe_request();
    }
    return true;
  }
  group_ = {};
  return false;
}

bool task_core::cancel(cancellation_reason reason) {
  if (done() || asked_.load(std::memory_order_acquire)) return false;
  auto why = std::make_unique<cancellation_reason>(std::move(reason));
  bool first = false;
  std::optional<visit> here;
  {
    std::lock_guard guard(lock_);
    if (done() || why_ || (group_ && group_->cancelled())) return false;
    here.emplace(host());
    why_ = std::move(why);
    first = set_asked(deadlines().now());
    asked_.store(true, std::memory_order_release);
    add_ref();
  }
  if (!here->is_open()) {
    release();
    return true;
  }
  if (first) observe_request();
  requested(outside);
  return true;
}

// It may have ended, and not left the group yet: by its failure perhaps. Its context may be gone.
void task_core::tell(present_time& present) {
  std::optional<visit> here;
  {
    std::lock_guard guard(lock_);
    if (!done()) here.emplace(host());
  }
  if (!here || !here->is_open()) return release();
  if (set_asked(present.in(deadlines()))) observe_request();
  requested(outside);
}

bool task_core::set_asked(clock::time_point present) noexcept {
  auto never = clock::time_point::max();
  return asked_at_.compare_exchange_strong(never, present, std::memory_order_relaxed);
}

group_ref task_core::owner() const noexcept {
  std::lock_guard guard(lock_);
  return group_;
}

namespace {

task_event event_of(task_core const& task, group_core const* group) {
  task_event event;
  event.id = task.number();
  event.name = task.name();
  event.where = task.where();
  event.spawned_at = task.spawned_at();
  if (group) {
    event.owner = group->owner_number();
    event.group = group->name();
  }
  return event;
}

}  // namespace

task_event task_core::about() const { return event_of(*this, group()); }

void task_core::observe_spawn() const noexcept {
  if (!deadlines().observed()) return;
  if (auto const told = deadlines().observers().get()) told->on_spawn(about());
}

void task_core::observe_request() const noexcept {
  if (!deadlines().observed()) return;
  auto const told = deadlines().observers().get();
  if (!told) return;
  auto const group = owner();
  try {
    told->on_request(event_of(*this, group.get()), reason());
  } catch (std::bad_alloc const&) {  // for the words of the reason
  }
}

void task_core::observe_refusal(cancellation_reason const& why,
                                clock::duration ago) const noexcept {
  auto const told = deadlines().observers().get();
  if (!told) return;
  auto const group = owner();
  told->on_refusal(event_of(*this, group.get()), why, ago);
}

void task_core::observe_end(group_core const& group, ending how,
                            std::exception_ptr const& error) const noexcept {
  group.registry().count_end(how);
  if (!deadlines().observed()) return;
  auto const told = deadlines().observers().get();
  if (!told) return;
  auto const ended = how == ending::value   ? task_ending::completed
                     : how == ending::error ? task_ending::failed
                                            : task_ending::cancelled;
  told->on_end(event_of(*this, &group), ended, error);
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

// Those further out may have left this one behind, and end on other threads.
bool task_core::is_within(task_core const* other) const noexcept {
  if (this == other) return true;
  auto group = owner();
  while (group) {
    auto const stack = group->owner();
    auto* const at = stack ? stack->as_task() : nullptr;
    if (at == other) return true;
    group = at ? at->owner() : group_ref();
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
  if (asked) keep_reason();
  // It may have heard of the request before the news of it came.
  if (asked && set_asked(deadlines().now())) observe_request();
  group_ref group;
  bool waited_for = false;
  {
    std::lock_guard guard(lock_);
    ended_.store(true, std::memory_order_release);
    waited_for = !waiters_.empty();
    group = std::exchange(group_, {});
  }
  observe_end(*group, how.how, error);
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
    telling chosen(*node.target, node.id);
    node.where.store(token_node::state::fired, std::memory_order_release);
    guard.unlock();
    chosen.tell_quietly();
    guard.lock();
  }
  waiters_.take(left);
}

// The group goes, and with it what only it knew.
void task_core::keep_reason() noexcept {
  {
    std::lock_guard guard(lock_);
    if (why_) return;
  }
  try {
    auto why = std::make_unique<cancellation_reason>(group_->token()->reason());
    std::lock_guard guard(lock_);
    if (!why_) why_ = std::move(why);
  } catch (...) {  // without memory nobody learns why
  }
}

}  // namespace curfew::detail
