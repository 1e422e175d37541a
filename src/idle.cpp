#include <curfew/impl/idle.hpp>

#include <curfew/detail/task_registry.hpp>

namespace curfew::detail {
namespace {

token_ref draining_around(region_stack& stack) {
  auto* const task = stack.as_task();
  if (task && task->group()) return task->group()->registry().draining();
  auto* const registry = task_registry::find(stack.deadlines());
  return registry ? registry->draining() : token_ref();
}

}  // namespace

bool idle_region::open(by_draining const& by, verdict& decided) {
  auto const token = by.given ? by.token : draining_around(*stack_);
  auto const present = stack_->deadlines().now();
  if (token && !token_region::open(token)) {
    decided = stack_->must_stop(present) ? verdict::aborted : verdict::withdrawn;
    return false;
  }
  stack_->note().begin(this, "idle operation", present);
  return true;
}

verdict idle_region::close(ending how, boost::asio::cancellation_state state) {
  return open_ ? token_region::close(how, state) : verdict::deliver;
}

}  // namespace curfew::detail
