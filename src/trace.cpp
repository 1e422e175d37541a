#include <curfew/detail/trace.hpp>

#include <algorithm>
#include <chrono>
#include <curfew/detail/limit.hpp>
#include <curfew/detail/words.hpp>
#include <ostream>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace curfew::detail {
namespace {

using kind = traced_mark::kind;

std::string_view word_for(task_ending how) noexcept {
  switch (how) {
    case task_ending::completed: return "completed";
    case task_ending::failed: return "failed";
    case task_ending::cancelled: return "cancelled";
  }
  return "unknown";
}

// By hand: a locale may write numbers with a comma.
std::string microseconds(clock::duration duration) {
  std::chrono::nanoseconds::rep const count = std::chrono::nanoseconds(duration).count();
  if (count < 0) return '-' + microseconds(-duration);
  auto const rest = std::to_string(count % 1000);
  return std::to_string(count / 1000) + '.' + std::string(3 - rest.size(), '0') + rest;
}

std::string title_of(traced_task const& task) {
  return task.name.empty() ? "task #" + std::to_string(task.id) : task.name;
}

class trace {
 public:
  trace(std::ostream& out, clock::time_point origin) : out_(&out), origin_(origin) {}

  void add(traced_task const& task) {
    auto const title = in_quotes(title_of(task)), track = on_track(task.id);
    put("\"ph\":\"M\",\"name\":\"thread_name\"" + track + ",\"args\":{\"name\":" + title + '}');
    put("\"ph\":\"M\",\"name\":\"thread_sort_index\"" + track +
        ",\"args\":{\"sort_index\":" + std::to_string(task.id) + '}');
    std::string event = ",\"cat\":\"task\",\"name\":" + title + track + at(task.began);
    if (task.how)
      event = "\"ph\":\"X\"" + event + ",\"dur\":" + microseconds(task.ended - task.began);
    else
      event = "\"ph\":\"B\"" + event;
    put(event + ",\"args\":{\"task\":" + std::to_string(task.id) + also("group", task.group) +
        also("spawned at", in_words(task.where)) +
        also("ended", std::string(task.how ? word_for(*task.how) : "not yet")) +
        also("error", task.error) + '}');
  }
  /// From the task that owns it.
  void add_arrow(traced_task const& child) {
    auto const flow = "\"cat\":\"spawn\",\"name\":\"spawn\",\"id\":" + std::to_string(child.id);
    put("\"ph\":\"s\"," + flow + on_track(child.owner) + at(child.began));
    put("\"ph\":\"f\",\"bp\":\"e\"," + flow + on_track(child.id) + at(child.began));
  }
  void add(traced_mark const& mark) {
    switch (mark.what) {
      case kind::request: return put_mark(mark, 't', "asked to stop", reason(mark));
      case kind::expiry:
        return put_mark(mark, 't', "limit passed", deadline(mark) + also("limit at", mark.text));
      case kind::refusal:
        return put_mark(mark, 't', "does not stop",
                        reason(mark) + ",\"asked ago\":" + microseconds(mark.length));
      case kind::late_delivery: return put_mark(mark, 'p', "late delivery", deadline(mark));
      case kind::stage:
        return put_mark(mark, 'p', "stage: " + std::string(to_string(mark.to)),
                        reason(mark) + also("from", std::string(to_string(mark.from))));
    }
  }
  void name_process() {
    put("\"ph\":\"M\",\"name\":\"process_name\",\"pid\":1,\"args\":{\"name\":\"curfew\"}");
    put("\"ph\":\"M\",\"name\":\"thread_name\"" + on_track(0) + ",\"args\":{\"name\":\"context\"}");
  }
  void add_left_out(std::size_t count, clock::time_point when) {
    traced_mark const last{kind::stage, 0, when, {}};
    put_mark(last, 'p', std::to_string(count) + " events from here on are left out",
             "\"count\":" + std::to_string(count));
  }

 private:
  void put(std::string const& event) {
    *out_ << std::exchange(comma_, ",\n") << '{' << event << '}';
  }
  void put_mark(traced_mark const& mark, char scope, std::string const& name,
                std::string const& args) {
    put(std::string("\"ph\":\"i\",\"s\":\"") + scope + "\",\"name\":" + in_quotes(name) +
        on_track(mark.task) + at(mark.at) + ",\"args\":{" + args + '}');
  }
  std::string at(clock::time_point when) const { return ",\"ts\":" + microseconds(when - origin_); }
  static std::string on_track(std::uint64_t task) {
    return ",\"pid\":1,\"tid\":" + std::to_string(task);
  }
  /// One more argument, if there is something to say.
  static std::string also(char const* name, std::string const& text) {
    return text.empty() ? "" : std::string(",\"") + name + "\":" + in_quotes(text);
  }
  static std::string reason(traced_mark const& mark) {
    return "\"reason\":" + in_quotes(mark.text);
  }
  std::string deadline(traced_mark const& mark) const {
    return "\"deadline\":" + microseconds(time_between(origin_, mark.deadline)) +
           ",\"late\":" + microseconds(mark.length);
  }

  std::ostream* out_;
  clock::time_point origin_;
  char const* comma_ = "\n";
};

}  // namespace

void write_trace(trace_content const& content, std::ostream& out) {
  auto origin = content.left_out != 0 ? content.left_out_from : clock::time_point::max();
  std::unordered_set<std::uint64_t> known;
  for (auto const& task : content.tasks) {
    known.insert(task.id);
    origin = std::min(origin, task.began);
  }
  for (auto const& mark : content.marks) origin = std::min(origin, mark.at);

  out << "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"left out\":"
      << std::to_string(content.left_out) << "},\"traceEvents\":[";
  trace to(out, origin);
  to.name_process();
  for (auto const& task : content.tasks) {
    to.add(task);
    if (known.contains(task.owner)) to.add_arrow(task);
  }
  for (auto const& mark : content.marks) to.add(mark);
  if (content.left_out != 0) to.add_left_out(content.left_out, content.left_out_from);
  out << "\n]}\n" << std::flush;
}

}  // namespace curfew::detail
