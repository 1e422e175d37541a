#include <curfew/detail/group_core.hpp>
#include <curfew/detail/task_registry.hpp>
#include <curfew/error.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <mutex>
#include <new>
#include <numeric>
#include <utility>

namespace curfew::detail {

group_core::group_core(group_facts&& facts, registry_ref registry) noexcept
    : rule_(facts.rule), facts_(std::move(facts)), registry_(std::move(registry)) {}

group_ref group_core::make(group_facts facts, registry_ref registry) {
  auto made = group_ref::adopt(new group_core(std::move(facts), std::move(registry)));
  if (auto const bound = made->facts_.max_concurrency)
    made->slots_ = std::make_unique<semaphore>(bound);
  made->token_ = token_state::make();
  made->told_.target = made.get();
  made->token_->add(made->told_);
  made->registry_->add(made->in_registry_);
  return made;
}

group_core::~group_core() = default;

bool group_core::enter(task_core& child) noexcept {
  std::lock_guard guard(lock_);
  // A root takes them still, asked to stop as they are: who is dying may spawn to clean up, and
  // what it spawned is joined.
  if (refuses_here()) return false;
  children_.push_back(child.in_group_);
  ++count_;
  return true;
}

bool group_core::refuses() const noexcept {
  std::lock_guard guard(lock_);
  return refuses_here();
}

void group_core::leave(task_core& child, member_end const& how, std::exception_ptr const& error,
                       bool wake_own_context) noexcept {
  bool const failed = has_failed(how);
  if (failed) add_failure(error, &child);
  if (ends_others(rule_, how)) stop_others(&child, error);
  std::unique_lock guard(lock_);
  child.in_group_.unlink();
  cut_short_ |= how.how != ending::value && !failed && token_->cancelled();
  if (--count_ != 0 || !waiter_) return;
  if (!wake_own_context && waiter_->context == &child.deadlines()) return;
  auto* const node = std::exchange(waiter_, nullptr);
  telling chosen(*node->target, node->id);
  node->where.store(token_node::state::fired, std::memory_order_release);
  guard.unlock();
  chosen.tell_quietly();
}

void group_core::fail(std::exception_ptr const& error) noexcept {
  add_failure(error, nullptr);
  stop_others(nullptr, error);
}

// The task is kept, so that it reports itself where the failure is never raised: the group has no
// end, or the one who waits for it was destroyed with its context.
void group_core::add_failure(std::exception_ptr const& error, task_core* child) noexcept {
  if (child && rule_ == group_rule::report) return;  // it reports itself
  if (child && !raises(rule_)) return child->set_looked_at();
  std::lock_guard guard(lock_);
  if (child && (!owner_ || closed_)) return;
  try {
    failures_.push_back({error, task_ref::share(child)});
  } catch (std::bad_alloc const&) {
    if (!unkept_) unkept_ = error;  // of further ones their tasks report themselves
  }
}

void group_core::stop_others(task_core* because, std::exception_ptr const& error) noexcept {
  try {
    {
      std::lock_guard guard(lock_);
      if (!first_) first_ = task_ref::share(because);
    }
    if (token_->cancelled()) return;
    std::string text;
    std::source_location where;
    if (because) {
      text = because->name().empty() ? "task #" + std::to_string(because->number())
                                     : std::string(because->name());
      where = because->where();
    }
    if (error) {
      try {
        std::rethrow_exception(error);
      } catch (std::exception const& e) {
        text += text.empty() ? e.what() : std::string(": ") + e.what();
      } catch (...) {
      }
    }
    bool const won = because && is_won(rule_);
    token_->cancel({won ? cancellation_cause::requested : cancellation_cause::sibling_failed,
                    std::move(text), where});
  } catch (...) {  // somebody could not be told for want of memory, and is waited for
  }
}

bool group_core::cancel(cancellation_reason reason) {
  {
    std::lock_guard guard(lock_);
    if (ended_) return false;
  }
  return token_->cancel(std::move(reason));
}

void group_core::set_owner(target_ref<region_stack> owner) noexcept {
  std::lock_guard guard(lock_);
  std::swap(owner_, owner);
}

target_ref<region_stack> group_core::owner() const noexcept {
  std::lock_guard guard(lock_);
  return owner_;
}

std::uint64_t group_core::owner_number() const noexcept {
  std::lock_guard guard(lock_);
  auto* const task = owner_ ? owner_->as_task() : nullptr;
  return task ? task->number() : 0;
}

std::size_t group_core::size() const noexcept {
  std::lock_guard guard(lock_);
  return count_;
}

std::vector<task_ref> group_core::children() const {
  std::vector<task_ref> all;
  for (;;) {
    all.reserve(size() + 16);
    std::lock_guard guard(lock_);
    if (count_ > all.capacity()) continue;
    for (auto const* list : {&children_, &untold_})
      for (auto* at = list->next; at != list; at = at->next)
        all.push_back(task_ref::share(static_cast<group_hook*>(at)->task));
    return all;
  }
}

boost::asio::any_io_executor group_core::executor() const {
  std::lock_guard guard(lock_);
  return executor_;
}

void group_core::set_executor(boost::asio::any_io_executor executor) noexcept {
  std::lock_guard guard(lock_);
  executor_.swap(executor);
}

bool group_core::add(task_waiter& node) noexcept {
  std::lock_guard guard(lock_);
  if (count_ == 0) return false;
  node.where.store(token_node::state::linked, std::memory_order_release);
  waiter_ = &node;
  return true;
}

bool group_core::forget(task_waiter& node) noexcept {
  std::lock_guard guard(lock_);
  if (waiter_ != &node) return false;
  waiter_ = nullptr;
  return true;
}

bool group_core::close_if_empty() noexcept {
  std::lock_guard guard(lock_);
  if (count_ != 0) return false;
  closed_ = true;
  return true;
}

bool group_core::has_children_outside(deadline_service const& context) const noexcept {
  std::lock_guard guard(lock_);
  for (auto const* list : {&children_, &untold_})
    for (auto* at = list->next; at != list; at = at->next)
      if (&static_cast<group_hook*>(at)->task->deadlines() != &context) return true;
  return false;
}

void group_core::refuse() noexcept {
  std::lock_guard guard(lock_);
  closed_ = true;
}

void group_core::close() noexcept {
  {
    std::lock_guard guard(lock_);
    closed_ = ended_ = true;
  }
  token_->remove(told_);
  registry_->remove(in_registry_);
  set_executor({});
}

namespace {

// One that several met, by joining, is one. They have no order but that of their bytes.
void drop_repeated(std::vector<std::exception_ptr>& failures) {
  std::vector<std::size_t> order(failures.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    auto const less = std::memcmp(&failures[a], &failures[b], sizeof(std::exception_ptr));
    return less < 0 || (less == 0 && a < b);
  });
  std::vector<bool> repeated(failures.size());
  for (std::size_t i = 1; i < order.size(); ++i)
    repeated[order[i]] = failures[order[i]] == failures[order[i - 1]];
  std::size_t at = 0;
  std::erase_if(failures, [&](std::exception_ptr const&) { return repeated[at++]; });
}

}  // namespace

std::exception_ptr group_core::raise() noexcept {
  auto failures = std::move(failures_);
  if (rule_ == group_rule::keep_going)
    std::erase_if(failures, [](group_failure const& f) { return f.task && f.task->looked_at(); });
  if (failures.empty()) return std::exchange(unkept_, nullptr);
  for (auto const& each : failures)
    if (each.task) each.task->set_looked_at();
  if (failures.size() == 1 || rule_ == group_rule::first_failure) return failures.front().error;
  try {
    std::vector<std::exception_ptr> all;
    all.reserve(failures.size());
    for (auto& each : failures) all.push_back(std::move(each.error));
    drop_repeated(all);
    if (all.size() == 1) return all.front();
    return std::make_exception_ptr(exception_group(std::move(all)));
  } catch (...) {
    return std::current_exception();
  }
}

void group_core::requested(std::uint64_t) {
  auto const kept = group_ref::adopt(this);
  {
    std::lock_guard guard(lock_);
    untold_.take(children_);
  }
  std::exception_ptr failure;
  present_time present;
  for (bool more = true; more;) {
    try {
      more = tell_next(present);
    } catch (...) {
      if (!failure) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

bool group_core::tell_next(present_time& present) {
  std::unique_lock guard(lock_);
  if (untold_.empty()) return false;
  auto& hook = *untold_.next;
  hook.unlink();
  children_.push_back(hook);
  auto* const child = static_cast<group_hook&>(hook).task;
  child->add_ref();
  guard.unlock();
  child->tell(present);
  return true;
}

semaphore& endless_slots() noexcept {
  static semaphore endless(std::numeric_limits<std::size_t>::max());
  return endless;
}

bool is_consequence(std::exception_ptr const& error) noexcept {
  auto const code = code_of(error);
  return code == errc::task_cancelled || code == errc::group_closed || code == errc::shutting_down;
}

}  // namespace curfew::detail
