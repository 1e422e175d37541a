#ifndef CURFEW_SPAWN_OPTIONS_HPP
#define CURFEW_SPAWN_OPTIONS_HPP

#include <source_location>
#include <string>
#include <utility>

namespace curfew {

/// Whether a task knows the deadlines around it.
enum class task_deadline {
  inherit,  ///< `this_task` in it knows the earliest deadline around its group when it is spawned.
  fresh,    ///< It knows its own only. A group whose time is up cancels it all the same.
};

/// How a task is spawned: `group.spawn({"reader"}, read_all, socket)`. Converts from a name.
///
/// \par Example
/// \snippet tasks.cpp options
class spawn_options {
 public:
  /// A task without a name, spawned here.
  spawn_options(std::source_location where = std::source_location::current()) : where_(where) {}
  /// A task with a name, which reports and `this_task::self` give.
  spawn_options(std::string name, std::source_location where = std::source_location::current())
      : name_(std::move(name)), where_(where) {}
  /// \overload
  spawn_options(char const* name, std::source_location where = std::source_location::current())
      : spawn_options(std::string(name), where) {}

  /// \name Setters, for chains: `spawn_options("job").deadline(task_deadline::fresh)`
  /// @{
  /// A name, which reports and `this_task::self` give.
  spawn_options& name(std::string to) & {
    name_ = std::move(to);
    return *this;
  }
  spawn_options&& name(std::string to) && { return std::move(name(std::move(to))); }
  /// Whether it knows the deadlines around it.
  spawn_options& deadline(task_deadline to) & {
    deadline_ = to;
    return *this;
  }
  spawn_options&& deadline(task_deadline to) && { return std::move(deadline(to)); }
  /// @}

  std::string const& name() const noexcept { return name_; }
  task_deadline deadline() const noexcept { return deadline_; }
  /// Where the task was spawned.
  std::source_location const& where() const noexcept { return where_; }

 private:
  std::string name_;
  std::source_location where_;
  task_deadline deadline_ = task_deadline::inherit;
};

}  // namespace curfew

#endif
