#ifndef CURFEW_TASK_INFO_HPP
#define CURFEW_TASK_INFO_HPP

#include <cstdint>
#include <curfew/cancellation_reason.hpp>
#include <curfew/clock.hpp>
#include <optional>
#include <source_location>
#include <string>

namespace curfew {

/// What a task waits for.
struct task_wait {
  std::string what;        ///< In words: `"sleep"`, `"queue"`, `"idle operation"`.
  std::uint64_t task = 0;  ///< The `task_id` of the task that is waited for; zero where it is none.
  clock::duration lasted{};                              ///< For how long.
  clock::time_point until = (clock::time_point::max)();  ///< The limit of the wait itself.
};

/// A living task, as `tasks` saw it: a copy, which stays as it is.
///
/// \par Example
/// \snippet looking_in.cpp tasks
/// \see tasks
struct task_info {
  clock::time_point seen_at{};  ///< When: durations are up to then.
  std::uint64_t id = 0;         ///< Its `task_id`.
  std::string name;             ///< Empty when it has none.
  std::uint64_t owner = 0;      ///< The task that owns its group; zero where none does.
  std::string group;            ///< The name of its group; empty when that has none.
  std::source_location where;   ///< Where it was spawned.
  clock::duration age{};        ///< Since it was spawned.
  bool begun = false;           ///< Whether its body has begun: else it waits for its turn.
  bool abandoned = false;       ///< Whether `abandon_after` left it behind.
  /// By when it has to be done, by the limits that it is in; `max()` where there is none.
  clock::time_point deadline = (clock::time_point::max)();
  /// What it waits for. Empty while it runs, and while it awaits an operation that is not curfew's
  /// and stands under no limit. Outside a `run`, operations under a limit are known from the first
  /// call of `tasks` or `dump_tasks`, or the first observer, on.
  std::optional<task_wait> waits_for;
  cancellation_reason reason = cancellation_cause::none;  ///< Why it was asked to stop, if it was.
  clock::duration asked{};                                ///< How long ago.
};

}  // namespace curfew

#endif
