#include <curfew/error.hpp>
#include <curfew/impl/spawn.hpp>
#include <curfew/impl/task.hpp>

namespace curfew::detail {

void require_task(bool valid) {
  if (!valid)
    throw boost::system::system_error(
        make_error_code(errc::invalid_state),
        "this handle refers to no task: it was moved from, or never given one");
}

void require_ended(bool ended) {
  if (!ended)
    throw boost::system::system_error(
        make_error_code(errc::invalid_state),
        "the task has not ended: await join() or wait() before looking at its result");
}

void throw_task_cancelled(task_core const& task) {
  auto text = task.name().empty() ? "task #" + std::to_string(task.number())
                                  : "task \"" + std::string(task.name()) + '"';
  if (auto const why = task.reason()) text += ", " + to_string(why);
  throw boost::system::system_error(make_error_code(errc::task_cancelled), text);
}

std::exception_ptr aborted_before_start() noexcept {
  try {
    return std::make_exception_ptr(boost::system::system_error(
        error_code(boost::asio::error::operation_aborted), "cancelled before it began"));
  } catch (...) {
    return std::current_exception();
  }
}

void throw_no_executor(bool of_another_type) {
  throw boost::system::system_error(
      make_error_code(of_another_type ? errc::invalid_state : errc::group_closed),
      of_another_type ? "the group runs on an executor of another type than the child's coroutine: "
                        "name one, as in group.spawn(executor, ...)"
                      : "the group has ended");
}

void throw_refused(spawn_options const& options, group_core const& group) {
  // The root of a context that is being destroyed was never asked to stop.
  bool const shutting_down = group.is_root() && group.cancelled();
  throw boost::system::system_error(
      make_error_code(shutting_down ? errc::shutting_down : errc::group_closed),
      options.name().empty() ? "spawn" : "spawn of \"" + options.name() + '"');
}

}  // namespace curfew::detail
