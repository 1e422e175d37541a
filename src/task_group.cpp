#include <curfew/detail/task_registry.hpp>
#include <curfew/error.hpp>
#include <curfew/impl/with_task_group.hpp>
#include <curfew/task_group.hpp>

namespace curfew {

cancellation_token task_group::token() const {
  return detail::token_access::token_of(core_->token());
}

group_options& group_options::max_concurrency(std::size_t children) & {
  if (children == 0)
    throw boost::system::system_error(
        make_error_code(errc::invalid_limit),
        "a group with a concurrency of zero would run nothing: give it one or more");
  max_concurrency_ = children;
  return *this;
}

namespace detail {

group_region::~group_region() {
  if (!handle_.core_) return;
  // Destroyed with its context: nobody waits any more for children that live in others.
  if (open_ && handle_.core_->has_children_outside(stack_->deadlines())) {
    try {
      handle_.core_->cancel({cancellation_cause::parent, "its owner was destroyed"});
    } catch (std::bad_alloc const&) {
    }
  }
  handle_.core_->close();
  handle_.core_->set_owner({});  // it may hold what belongs to its context
}

void group_region::open(group_facts const& facts) {
  // The tree of a task is in one registry, also where it reaches into other contexts.
  auto* const task = stack_->as_task();
  auto& registry =
      task && task->group() ? task->group()->registry() : task_registry::of(stack_->deadlines());
  auto executor = stack_->executor_beside_it();  // may throw
  auto core = group_core::make(facts, registry_ref::share(&registry));
  core->set_owner(stack_ref::share(stack_));
  core->set_executor(std::move(executor));
  told_deadline = &core->deadline();
  handle_.core_ = std::move(core);
  open_ = stack_->open(*this, handle_.core_->token());
  handle_.core_->deadline().store(stack_->regions().effective_deadline(this),
                                  std::memory_order_relaxed);
  // Whoever goes on although asked already (`throw_if_cancelled(false)`) opens it all the same, but
  // no news would come any more by which the children are told.
  auto const& regions = stack_->regions();
  if (regions.asked_inside(*this)) handle_.core_->cancel(regions.reason(this));
}

void group_region::body_ended(std::exception_ptr const& error) {
  if (!error) return;
  auto& core = *handle_.core_;
  body_.how = how_ended(error);
  body_.asked = core.cancelled() || stack_->asked_around(*this);
  body_.consequence = body_.asked && is_consequence(error);
  if (has_failed(body_)) core.fail(error);
}

verdict group_region::close(boost::asio::cancellation_state state, std::exception_ptr& error) {
  auto& core = *handle_.core_;
  core.close();
  group_happenings happened;
  happened.body = body_;
  if (auto raised = core.raise()) {
    happened.failures = true;
    error = std::move(raised);
  }
  happened.outside_asked = !core.first() && stack_->asked_around(*this);
  happened.withdrawn = core.cancelled();
  happened.cut_short = core.cut_short();
  auto const decided = decide_group(happened);
  open_ = false;
  stack_->close(*this, state);
  core.set_owner({});
  return decided;
}

}  // namespace detail
}  // namespace curfew
