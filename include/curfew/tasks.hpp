#ifndef CURFEW_TASKS_HPP
#define CURFEW_TASKS_HPP

#include <boost/asio/execution_context.hpp>
#include <curfew/export.hpp>
#include <curfew/task_info.hpp>
#include <iosfwd>
#include <string>
#include <vector>

namespace curfew {

/// The living tasks of a context, in the order of their groups: each with where and when it was
/// spawned, what it waits for, by when it has to be done, and who asked it to stop.
///
/// Those in groups of the context's tasks are among them also where they run in another context.
/// Coroutines that plain `co_spawn` started are no tasks and are not seen.
///
/// \par Errors
/// `std::bad_alloc`.
/// \par Units
/// Durations are of `curfew::clock`, up to the call; under `testing::virtual_time` virtual ones.
/// \par Thread safety
/// From any thread, while everything goes on. Each task is looked at by itself, so that the list
/// may be of slightly different moments. Not while the context is being destroyed.
/// \par Example
/// \snippet looking_in.cpp tasks
/// \see `dump_tasks` writes it as a tree. `set_observer` tells what happens as it happens.
CURFEW_EXPORT std::vector<task_info> tasks(boost::asio::execution_context& context);

/// How `dump_tasks` writes.
enum class dump_format {
  tree,  ///< For people: who owns whom, a line for each.
  json,  ///< An object with `groups` and `tasks`; durations in milliseconds.
  dot,   ///< For Graphviz: owners, and who waits for whom.
};

/// Writes the living tasks of a context and the groups that own them.
///
/// `run` does so on SIGUSR1. A debugger can call it while the program stands.
/// \par Errors
/// `std::bad_alloc`, and what the stream raises. A stream that fails is left as it is.
/// \par Thread safety
/// As for `tasks`. The stream is written to in one go.
/// \par Example
/// \snippet looking_in.cpp dump
/// \see `tasks` for programs.
CURFEW_EXPORT void dump_tasks(boost::asio::execution_context& context, std::ostream& out,
                              dump_format format = dump_format::tree);

/// The same as a string.
CURFEW_EXPORT std::string dump_tasks(boost::asio::execution_context& context,
                                     dump_format format = dump_format::tree);

/// One line for a task: `#7 "reader" waits 1.2 s for queue; spawned 3.4 s ago at server.cpp:41`.
CURFEW_EXPORT std::string to_string(task_info const& task);
/// \overload
CURFEW_EXPORT std::ostream& operator<<(std::ostream& out, task_info const& task);

}  // namespace curfew

#endif
