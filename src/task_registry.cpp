#include <curfew/detail/task_registry.hpp>

#include <mutex>

namespace curfew::detail {
namespace {

class registry_service final : public boost::asio::execution_context::service {
 public:
  static boost::asio::execution_context::id id;

  explicit registry_service(boost::asio::execution_context& context)
      : service(context), registry(registry_ref::adopt(new task_registry)) {
    registry->set_root(group_core::make({group_rule::keep_going, 0, {}, {}}, registry));
  }

  ~registry_service() override { registry->set_root({}); }  // they keep each other

  registry_ref const registry;

 private:
  // Newer versions of Boost call it twice.
  void shutdown() override { registry->root()->close(); }
};

boost::asio::execution_context::id registry_service::id;

}  // namespace

task_registry& task_registry::of(deadline_service& context) {
  auto& found = context.beside();
  if (auto* const known = found.load(std::memory_order_acquire))
    return *static_cast<task_registry*>(known);
  auto& made = *boost::asio::use_service<registry_service>(context.owner()).registry;
  found.store(&made, std::memory_order_release);
  return made;
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
    std::lock_guard guard(lock_);
    for (auto* at = groups_.next; at != &groups_ && all.size() != room; at = at->next)
      all.push_back(group_ref::share(static_cast<registry_hook*>(at)->group));
    if (all.size() != room) return all;
    all.clear();
  }
}

std::vector<task_ref> task_registry::tasks() const {
  std::vector<task_ref> all;
  for (auto const& group : groups())
    for (auto& child : group->children()) all.push_back(std::move(child));
  return all;
}

}  // namespace curfew::detail
