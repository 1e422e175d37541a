#include <curfew/detail/dump.hpp>

#include <chrono>
#include <cstdio>
#include <curfew/detail/limit.hpp>
#include <curfew/detail/words.hpp>
#include <curfew/tasks.hpp>
#include <map>
#include <utility>

namespace curfew::detail {
namespace {

std::string number_of(std::size_t count, char const* noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

std::string heading(group_sight const& group) {
  std::string text = group.is_root ? "root" : "group";
  if (!group.name.empty()) text += ' ' + in_quotes(group.name);
  if (auto const place = in_words(group.where); !place.empty()) text += " opened at " + place;
  if (group.reason) text += "; asked to stop: " + to_string(group.reason);
  return text;
}

class tree {
 public:
  explicit tree(task_snapshot const& seen) {
    for (auto const& group : seen.groups) groups_of_[group.owner].push_back(&group);
    std::size_t tasks = 0, asked = 0;
    for (auto const& group : seen.groups)
      for (auto const& task : group.tasks) {
        alive_[task.id] = true;
        ++tasks;
        asked += task.reason ? 1 : 0;
      }
    text_ = number_of(tasks, "task") + " in " + number_of(seen.groups.size(), "group");
    if (asked != 0) text_ += ", " + std::to_string(asked) + " asked to stop";
    text_ += '\n';
    // An owner that has gone since its group was looked at leaves it at the root.
    for (auto const& [owner, groups] : groups_of_)
      if (owner == 0 || !alive_.contains(owner))
        for (auto const* group : groups) add(*group, "", "");
  }
  std::string text() && { return std::move(text_); }

 private:
  void add(group_sight const& group, std::string const& first, std::string const& rest) {
    text_ += first + heading(group) + '\n';
    for (std::size_t i = 0; i != group.tasks.size(); ++i) {
      bool const last = i + 1 == group.tasks.size();
      add(group.tasks[i], rest + (last ? "`-- " : "|-- "), rest + (last ? "    " : "|   "));
    }
  }
  void add(task_info const& task, std::string const& first, std::string const& rest) {
    text_ += first + to_string(task) + '\n';
    auto const owned = groups_of_.find(task.id);
    if (owned == groups_of_.end()) return;
    for (auto const* group : owned->second) {
      bool const last = group == owned->second.back();
      add(*group, rest + (last ? "`-- " : "|-- "), rest + (last ? "    " : "|   "));
    }
  }

  std::map<std::uint64_t, std::vector<group_sight const*>> groups_of_;
  std::map<std::uint64_t, bool> alive_;
  std::string text_;
};

std::string milliseconds(clock::duration duration) {
  char text[40];
  std::snprintf(text, sizeof text, "%.3f",
                std::chrono::duration<double, std::milli>(duration).count());
  return text;
}

std::string until(clock::time_point deadline, clock::time_point at) {
  return deadline == clock::time_point::max() ? "null" : milliseconds(time_between(at, deadline));
}

std::string json(cancellation_reason const& reason) {
  return "\"cause\":" + in_quotes(to_string(reason.cause())) +
         ",\"text\":" + in_quotes(reason.text()) +
         ",\"where\":" + in_quotes(in_words(reason.where()));
}

std::string json(task_info const& task) {
  std::string text =
      "{\"id\":" + std::to_string(task.id) + ",\"name\":" + in_quotes(task.name) +
      ",\"owner\":" + std::to_string(task.owner) + ",\"group\":" + in_quotes(task.group) +
      ",\"where\":" + in_quotes(in_words(task.where)) + ",\"age_ms\":" + milliseconds(task.age) +
      ",\"begun\":" + (task.begun ? "true" : "false") +
      ",\"abandoned\":" + (task.abandoned ? "true" : "false") +
      ",\"due_in_ms\":" + until(task.deadline, task.seen_at);
  text += ",\"waits_for\":";
  if (task.waits_for) {
    auto const& wait = *task.waits_for;
    text += "{\"what\":" + in_quotes(wait.what) + ",\"task\":" + std::to_string(wait.task) +
            ",\"for_ms\":" + milliseconds(wait.lasted) +
            ",\"left_ms\":" + until(wait.until, task.seen_at) + '}';
  } else {
    text += "null";
  }
  text += ",\"asked\":";
  if (task.reason)
    text += '{' + json(task.reason) + ",\"ago_ms\":" + milliseconds(task.asked) + '}';
  else
    text += "null";
  return text + '}';
}

std::string json(group_sight const& group) {
  std::string text = "{\"name\":" + in_quotes(group.name) +
                     ",\"owner\":" + std::to_string(group.owner) +
                     ",\"root\":" + (group.is_root ? "true" : "false") +
                     ",\"where\":" + in_quotes(in_words(group.where)) + ",\"asked\":";
  text += group.reason ? '{' + json(group.reason) + '}' : "null";
  text += ",\"tasks\":[";
  char const* comma = "";
  for (auto const& task : group.tasks) text += std::exchange(comma, ",") + std::to_string(task.id);
  return text + "]}";
}

std::string dot_string(std::string_view text) {
  std::string quoted = "\"";
  for (char const c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '\n')
      quoted += "\\n";
    else
      quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string dump_tree(task_snapshot const& seen) { return tree(seen).text(); }

std::string dump_json(task_snapshot const& seen) {
  std::string text = "{\"groups\":[";
  char const* comma = "";
  for (auto const& group : seen.groups) text += std::exchange(comma, ",\n") + json(group);
  text += "],\n\"tasks\":[";
  comma = "";
  for (auto const& group : seen.groups)
    for (auto const& task : group.tasks) text += std::exchange(comma, ",\n") + json(task);
  return text + "]}\n";
}

std::string dump_dot(task_snapshot const& seen) {
  std::string text = "digraph tasks {\n  rankdir=LR;\n  node [shape=box];\n";
  for (std::size_t i = 0; i != seen.groups.size(); ++i) {
    auto const& group = seen.groups[i];
    auto const node = "g" + std::to_string(i);
    text += "  " + node + " [shape=ellipse, label=" + dot_string(heading(group)) + "];\n";
    if (group.owner != 0) text += "  t" + std::to_string(group.owner) + " -> " + node + ";\n";
    for (auto const& task : group.tasks) {
      auto const name = "t" + std::to_string(task.id);
      auto words = to_string(task);
      for (auto at = words.find("; "); at != std::string::npos; at = words.find("; ", at))
        words.replace(at, 2, "\n");
      text += "  " + name + " [label=" + dot_string(words) +
              (task.reason ? ", style=filled, fillcolor=lightpink];\n" : "];\n");
      text += "  " + node + " -> " + name + ";\n";
      if (task.waits_for && task.waits_for->task != 0)
        text += "  " + name + " -> t" + std::to_string(task.waits_for->task) +
                " [style=dashed, label=\"waits for\"];\n";
    }
  }
  return text + "}\n";
}

}  // namespace curfew::detail
