#include <curfew/detail/task_registry.hpp>

#include <boost/asio/execution_context.hpp>
#include <mutex>
#include <utility>

namespace curfew::detail {
namespace {

class registry_service final : public boost::asio::execution_context::service {
 public:
  static boost::asio::execution_context::id id;

  explicit registry_service(boost::asio::execution_context& context)
      : service(context), registry(registry_ref::adopt(new task_registry)) {
    registry->set_own_root(group_core::make({group_rule::keep_going, 0, {}, {}, true}, registry));
  }

  ~registry_service() override { registry->set_own_root({}); }  // they keep each other

  registry_ref const registry;

 private:
  // Newer versions of Boost call it twice.
  void shutdown() override { registry->close_roots(); }
};

boost::asio::execution_context::id registry_service::id;

}  // namespace

task_registry* task_registry::find(deadline_service& context) noexcept {
  return static_cast<task_registry*>(context.beside().load(std::memory_order_acquire));
}

task_registry& task_registry::of(deadline_service& context) {
  if (auto* const known = find(context)) return *known;
  auto& made = *boost::asio::use_service<registry_service>(context.owner()).registry;
  context.beside().store(&made, std::memory_order_release);
  return made;
}

group_ref task_registry::root() const noexcept {
  std::lock_guard guard(lock_);
  return run_.root ? run_.root : own_root_;
}

void task_registry::set_own_root(group_ref root) noexcept {
  std::vector<group_ref> left;
  std::lock_guard guard(lock_);
  std::swap(own_root_, root);
  if (!own_root_) left.swap(left_behind_);
}

void task_registry::close_roots() noexcept {
  std::vector<group_ref> left;
  {
    std::lock_guard guard(lock_);
    left.swap(left_behind_);
  }
  own_root_->close();
  for (auto const& each : left) each->close();
}

bool task_registry::begin_run(run const& with) noexcept {
  std::lock_guard guard(lock_);
  if (run_.root) return false;
  run_ = with;
  return true;
}

void task_registry::end_run() {
  run ended;
  {
    std::lock_guard guard(lock_);
    left_behind_.reserve(left_behind_.size() + 1);
    std::swap(run_, ended);
  }
  if (ended.root && !ended.root->close_if_empty()) {
    std::lock_guard guard(lock_);
    left_behind_.push_back(std::move(ended.root));
  } else if (ended.root) {
    ended.root->close();
  }
}

bool task_registry::has_run() const noexcept {
  std::lock_guard guard(lock_);
  return static_cast<bool>(run_.root);
}

token_ref task_registry::draining() const noexcept {
  std::lock_guard guard(lock_);
  return run_.draining;
}

void task_registry::add(registry_hook& hook) noexcept {
  std::lock_guard guard(lock_);
  groups_.push_back(hook);
}

void task_registry::remove(registry_hook& hook) noexcept {
  std::lock_guard guard(lock_);
  hook.unlink();
}

std::vector<group_ref> task_registry::groups() const {
  std::vector<group_ref> all;
  for (std::size_t room = 16;; room *= 2) {
    all.reserve(room);
    {
      std::lock_guard guard(lock_);
      for (auto* at = groups_.next; at != &groups_ && all.size() != room; at = at->next)
        all.push_back(group_ref::share(static_cast<registry_hook*>(at)->group));
    }
    if (all.size() != room) return all;
    all.clear();  // not under the lock: some may end by it
  }
}

std::vector<task_ref> task_registry::tasks() const {
  std::vector<task_ref> all;
  for (auto const& group : groups())
    for (auto& child : group->children()) all.push_back(std::move(child));
  return all;
}

void task_registry::start_counting() noexcept {
  for (auto& each : ended_) each.store(0, std::memory_order_relaxed);
  counting_.store(true, std::memory_order_relaxed);
}

task_registry::endings task_registry::stop_counting() noexcept {
  counting_.store(false, std::memory_order_relaxed);
  endings all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = ended_[i].load(std::memory_order_relaxed);
  return all;
}

}  // namespace curfew::detail
