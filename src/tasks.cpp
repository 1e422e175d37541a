#include <curfew/tasks.hpp>

#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/dump.hpp>
#include <curfew/detail/limit.hpp>
#include <curfew/detail/task_snapshot.hpp>
#include <curfew/detail/words.hpp>
#include <ostream>
#include <utility>

namespace curfew {

std::vector<task_info> tasks(boost::asio::execution_context& context) {
  std::vector<task_info> all;
  for (auto& group : detail::take_snapshot(detail::deadline_service::of(context)).groups)
    for (auto& task : group.tasks) all.push_back(std::move(task));
  return all;
}

std::string dump_tasks(boost::asio::execution_context& context, dump_format format) {
  auto const seen = detail::take_snapshot(detail::deadline_service::of(context));
  switch (format) {
    case dump_format::json: return detail::dump_json(seen);
    case dump_format::dot: return detail::dump_dot(seen);
    case dump_format::tree: break;
  }
  return detail::dump_tree(seen);
}

void dump_tasks(boost::asio::execution_context& context, std::ostream& out, dump_format format) {
  out << dump_tasks(context, format) << std::flush;
}

namespace {

std::string waiting(task_info const& task) {
  if (!task.begun) return "waits for its turn";
  if (!task.waits_for) return "runs, or awaits an operation without a limit";
  auto const& wait = *task.waits_for;
  std::string text = "waits ";
  if (wait.lasted != clock::duration::zero()) text += detail::in_words(wait.lasted) + ' ';
  text += "for " + wait.what;
  if (wait.task != 0) text += " #" + std::to_string(wait.task);
  if (wait.until != clock::time_point::max())
    text += ", " + detail::in_words(detail::time_between(task.seen_at, wait.until)) + " left";
  return text;
}

}  // namespace

std::string to_string(task_info const& task) {
  std::string text = '#' + std::to_string(task.id);
  if (!task.name.empty()) text += ' ' + detail::in_quotes(task.name);
  text += ' ' + waiting(task) + "; spawned " + detail::in_words(task.age) + " ago";
  if (auto const place = detail::in_words(task.where); !place.empty()) text += " at " + place;
  if (task.deadline != clock::time_point::max())
    text += "; due in " + detail::in_words(detail::time_between(task.seen_at, task.deadline));
  if (task.reason)
    text += "; asked to stop " + detail::in_words(task.asked) + " ago: " + to_string(task.reason);
  if (task.abandoned) text += "; abandoned";
  return text;
}

std::ostream& operator<<(std::ostream& out, task_info const& task) {
  return out << to_string(task);
}

}  // namespace curfew
