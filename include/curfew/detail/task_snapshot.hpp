#ifndef CURFEW_DETAIL_TASK_SNAPSHOT_HPP
#define CURFEW_DETAIL_TASK_SNAPSHOT_HPP

#include <cstdint>
#include <curfew/cancellation_reason.hpp>
#include <curfew/clock.hpp>
#include <curfew/detail/group_core.hpp>
#include <curfew/export.hpp>
#include <curfew/task_info.hpp>
#include <source_location>
#include <string>
#include <vector>

namespace curfew::detail {

/// A group that is open, with its living children.
struct group_sight {
  std::string name;
  std::source_location where;
  std::uint64_t owner = 0;  ///< The number of its task; zero where it has none.
  bool is_root = false;     ///< It belongs to a context or a run, not to a coroutine.
  cancellation_reason reason = cancellation_cause::none;
  std::vector<task_info> tasks;
};

struct task_snapshot {
  clock::time_point at;
  std::vector<group_sight> groups;  ///< In the order in which they were opened.
};

/// From any thread. \throws std::bad_alloc
CURFEW_EXPORT task_info look_at(task_core const& task, group_core const* group,
                                clock::time_point present);
/// The trees of tasks of a context, from any thread. \throws std::bad_alloc
CURFEW_EXPORT task_snapshot take_snapshot(deadline_service& deadlines);

}  // namespace curfew::detail

#endif
