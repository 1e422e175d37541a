#ifndef CURFEW_TEST_APPLICATION_LOOKING_HPP
#define CURFEW_TEST_APPLICATION_LOOKING_HPP

#include "../operations/manual_op.hpp"
#include "../structure/owners.hpp"

#include <curfew/tasks.hpp>
#include <map>
#include <regex>
#include <string>
#include <string_view>

/// What is seen of the task with this name, of which there must be one.
inline curfew::task_info see(asio::execution_context& context, std::string_view name) {
  curfew::task_info found;
  int count = 0;
  for (auto& task : curfew::tasks(context)) {
    if (task.name != name) continue;
    found = std::move(task);
    ++count;
  }
  if (count != 1) BOOST_ERROR("there are " << count << " tasks named " << name);
  return found;
}

inline bool is_there(asio::execution_context& context, std::string_view name) {
  for (auto const& task : curfew::tasks(context))
    if (task.name == name) return true;
  return false;
}

/// In seconds, or "never".
inline std::string seconds(curfew::clock::duration time) {
  if (time == curfew::clock::duration::max()) return "never";
  auto const count = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  return std::to_string(count / 1000) + (count % 1000 == 0 ? "" : "+");
}

/// What a task waits for: "queue for 3, until never". "nothing" where nothing is known.
inline std::string wait_in(curfew::task_info const& task) {
  if (!task.waits_for) return "nothing";
  auto const& wait = *task.waits_for;
  auto const ends = wait.until == curfew::clock::time_point::max()
                        ? curfew::clock::duration::max()
                        : wait.until - task.seen_at + wait.lasted;
  return wait.what + " for " + seconds(wait.lasted) + ", until " + seconds(ends);
}

/// How long a task has before its deadline.
inline std::string left_of(curfew::task_info const& task) {
  return seconds(task.deadline == curfew::clock::time_point::max() ? curfew::clock::duration::max()
                                                                   : task.deadline - task.seen_at);
}

/// The same text in every run: tasks are numbered as they come in it, and lines of this folder's
/// files are "here".
inline std::string normalized(std::string const& text) {
  static std::regex const number(R"((#|\bt|"id":|"owner":|"task":|\[|,)(\d+)\b(?!\.))");
  static std::regex const place(R"(\w+_test\.cpp:\d+)");
  std::map<std::string, std::string> numbers{{"0", "0"}};
  std::string out;
  auto const shown = std::regex_replace(text, place, "here");
  auto from = shown.cbegin();
  for (std::sregex_iterator at(shown.begin(), shown.end(), number), end; at != end; ++at) {
    auto const& match = *at;
    auto& mine = numbers[match[2]];
    if (mine.empty()) mine = std::to_string(numbers.size() - 1);
    out.append(from, match[2].first).append(mine);
    from = match[2].second;
  }
  return out.append(from, shown.cend());
}

/// Goes on until it is asked to stop, by something that nobody notes.
class unnoted {
 public:
  explicit unnoted(asio::io_context& context) : timer_(context) {
    timer_.expires_at(asio::steady_timer::time_point::max());
  }
  auto wait() { return timer_.async_wait(asio::deferred); }

 private:
  asio::steady_timer timer_;
};

#endif
