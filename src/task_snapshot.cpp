#include <curfew/detail/task_snapshot.hpp>

#include <algorithm>
#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/task_registry.hpp>

namespace curfew::detail {

task_info look_at(task_core const& task, group_core const* group, clock::time_point present) {
  task_info seen;
  seen.seen_at = present;
  seen.id = task.number();
  seen.name = task.name();
  seen.where = task.where();
  // What happened since, while others were looked at, is of now.
  auto const since = [&](clock::time_point then) { return std::max(present, then) - then; };
  seen.age = since(task.spawned_at());
  seen.begun = task.begun();
  seen.abandoned = task.abandoned();
  seen.deadline = task.seen_deadline();
  if (group) {
    seen.owner = group->owner_number();
    seen.group = group->name();
  }
  seen.reason = task.reason();
  if (seen.reason) seen.asked = since(task.asked_at());
  auto const note = task.note().read();
  if (note.what && seen.begun) {
    task_wait wait;
    wait.what = note.what;
    wait.task = note.task;
    wait.until = note.until;
    // Unknown where the wait did not need the time to begin.
    if (note.since != clock::time_point::min()) wait.lasted = since(note.since);
    seen.waits_for = std::move(wait);
  }
  return seen;
}

task_snapshot take_snapshot(deadline_service& deadlines) {
  note_operations();
  task_snapshot seen;
  seen.at = deadlines.now();
  auto* const registry = task_registry::find(deadlines);
  if (!registry) return seen;
  for (auto const& group : registry->groups()) {
    group_sight sight;
    sight.name = group->name();
    sight.where = group->where();
    sight.owner = group->owner_number();
    sight.is_root = group->is_root();
    if (group->cancelled()) sight.reason = group->token()->reason();
    for (auto const& task : group->children())
      sight.tasks.push_back(look_at(*task, group.get(), seen.at));
    if (!sight.is_root || !sight.tasks.empty()) seen.groups.push_back(std::move(sight));
  }
  return seen;
}

}  // namespace curfew::detail
