#include <algorithm>
#include <curfew/this_task.hpp>

namespace curfew {

bool task_view::cancelled() const noexcept { return stack_ && stack_->has_to_stop(); }

bool task_view::cancel_requested() const noexcept { return stack_ && stack_->was_asked(); }

cancellation_reason task_view::reason() const {
  return stack_ ? stack_->why_to_stop() : cancellation_cause::none;
}

clock::time_point task_view::effective_deadline() const noexcept {
  return stack_ ? stack_->has_to_end_by(stack_->regions().top()) : clock::time_point::max();
}

clock::duration task_view::remaining() const noexcept {
  auto const ends = effective_deadline();
  if (ends == clock::time_point::max()) return clock::duration::max();
  return std::max(detail::time_between(now(), ends), clock::duration::zero());
}

std::string_view task_view::name() const noexcept {
  return stack_ ? stack_->name() : std::string_view();
}

clock::time_point task_view::now() const noexcept { return deadlines_->now(); }

}  // namespace curfew
