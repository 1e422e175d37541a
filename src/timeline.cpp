#include <curfew/timeline.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <curfew/detail/deadline_service.hpp>
#include <curfew/detail/dump.hpp>
#include <curfew/detail/words.hpp>
#include <mutex>
#include <new>
#include <optional>
#include <ostream>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace curfew {
namespace {

using detail::in_words;
using detail::json_string;

struct kept_task {
  std::uint64_t id, owner;
  std::string name, group;
  std::source_location where;
  clock::time_point began;
  std::optional<task_ending> how;  ///< Empty while it lives.
  clock::time_point ended{};
  std::string error;
};

enum class mark_kind { request, expiry, refusal, late_delivery, stage };

/// What happens at an instant.
struct kept_mark {
  mark_kind what;
  std::uint64_t task;  ///< Zero where it is of no task.
  clock::time_point at;
  std::string text;  ///< The reason in words, or the place of the limit.
  clock::time_point deadline{};
  clock::duration length{};  ///< How late, or how long ago it was asked.
  stage from{}, to{};
};

std::string_view in_words(task_ending how) noexcept {
  switch (how) {
    case task_ending::completed: return "completed";
    case task_ending::failed: return "failed";
    case task_ending::cancelled: return "cancelled";
  }
  return "unknown";
}

// By hand: a locale may write numbers with a comma.
std::string microseconds(clock::duration duration) {
  auto const count = std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count();
  if (count < 0) return '-' + microseconds(-duration);
  auto const rest = std::to_string(count % 1000);
  return std::to_string(count / 1000) + '.' + std::string(3 - rest.size(), '0') + rest;
}

std::string title_of(kept_task const& task) {
  return task.name.empty() ? "task #" + std::to_string(task.id) : task.name;
}

}  // namespace

/// What is kept, behind a lock; a copy of it is written.
class timeline::log {
 public:
  log(detail::deadline_service& deadlines, std::size_t limit)
      : deadlines_(&deadlines), limit_(limit) {}

  /// Does `change` to what is kept, under the lock. What it does not keep is counted.
  template <class F>
  void keep(F change) noexcept {
    std::lock_guard guard(lock_);
    try {
      if (change()) return;
    } catch (std::bad_alloc const&) {
    }
    if (kept_.left_out++ == 0) kept_.left_out_from = now();
  }
  clock::time_point now() const noexcept { return deadlines_->now(); }

  /// The task, known from now on; null where there is no room for it.
  kept_task* see(task_event const& task) {
    if (auto const known = places_.find(task.id); known != places_.end())
      return &kept_.tasks[known->second];
    if (full()) return nullptr;
    kept_.tasks.push_back({task.id,
                           task.owner,
                           std::string(task.name),
                           std::string(task.group),
                           task.where,
                           task.spawned_at,
                           {},
                           {},
                           {}});
    try {
      places_.emplace(task.id, kept_.tasks.size() - 1);
    } catch (...) {
      kept_.tasks.pop_back();
      throw;
    }
    return &kept_.tasks.back();
  }
  bool add(kept_mark what) {
    if (full()) return false;
    kept_.marks.push_back(std::move(what));
    return true;
  }
  /// The same on the track of a task, which may have been spawned before this was told of any.
  bool add(task_event const& task, kept_mark what) {
    if (task.id != 0) see(task);
    return add(std::move(what));
  }

  struct content {
    std::vector<kept_task> tasks;
    std::vector<kept_mark> marks;
    std::size_t left_out = 0;
    clock::time_point left_out_from{};
  };
  content copy() const {
    std::lock_guard guard(lock_);
    return kept_;
  }
  std::size_t size() const {
    std::lock_guard guard(lock_);
    return kept_.tasks.size() + kept_.marks.size();
  }
  std::size_t left_out() const {
    std::lock_guard guard(lock_);
    return kept_.left_out;
  }

 private:
  bool full() const noexcept { return kept_.tasks.size() + kept_.marks.size() >= limit_; }

  detail::deadline_service* const deadlines_;
  std::size_t const limit_;
  mutable std::mutex lock_;
  content kept_;
  std::unordered_map<std::uint64_t, std::size_t> places_;
};

timeline::timeline(boost::asio::execution_context& context, std::size_t limit)
    : log_(std::make_unique<log>(detail::deadline_service::of(context), limit)) {}

timeline::~timeline() = default;

std::size_t timeline::size() const { return log_->size(); }
std::size_t timeline::left_out() const { return log_->left_out(); }

void timeline::on_spawn(task_event const& task) noexcept {
  log_->keep([&] { return log_->see(task) != nullptr; });
}

void timeline::on_end(task_event const& task, task_ending how,
                      std::exception_ptr const& error) noexcept {
  auto const at = log_->now();
  log_->keep([&] {
    auto* const kept = log_->see(task);
    if (!kept) return false;
    kept->ended = at;
    kept->how = how;
    kept->error = in_words(error);
    return true;
  });
}

void timeline::on_request(task_event const& task, cancellation_reason const& why) noexcept {
  auto const at = log_->now();
  log_->keep([&] { return log_->add(task, {mark_kind::request, task.id, at, to_string(why)}); });
}

void timeline::on_expiry(task_event const& task, std::source_location const& where,
                         clock::time_point deadline, clock::duration late) noexcept {
  auto const at = log_->now();
  log_->keep([&] {
    return log_->add(task, {mark_kind::expiry, task.id, at, in_words(where), deadline, late});
  });
}

void timeline::on_late_delivery(clock::time_point deadline, clock::duration late) noexcept {
  auto const at = log_->now();
  log_->keep([&] { return log_->add({mark_kind::late_delivery, 0, at, {}, deadline, late}); });
}

void timeline::on_refusal(task_event const& task, cancellation_reason const& why,
                          clock::duration ago) noexcept {
  auto const at = log_->now();
  log_->keep(
      [&] { return log_->add(task, {mark_kind::refusal, task.id, at, to_string(why), {}, ago}); });
}

void timeline::on_stage_change(stage from, stage to, cancellation_reason const& why) noexcept {
  auto const at = log_->now();
  log_->keep(
      [&] { return log_->add({mark_kind::stage, 0, at, to_string(why), {}, {}, from, to}); });
}

// ---- writing

namespace {

class trace {
 public:
  trace(std::ostream& out, clock::time_point origin) : out_(&out), origin_(origin) {}

  void add(kept_task const& task) {
    auto const title = json_string(title_of(task)), track = on_track(task.id);
    put("\"ph\":\"M\",\"name\":\"thread_name\"" + track + ",\"args\":{\"name\":" + title + '}');
    put("\"ph\":\"M\",\"name\":\"thread_sort_index\"" + track +
        ",\"args\":{\"sort_index\":" + std::to_string(task.id) + '}');
    std::string event = ",\"cat\":\"task\",\"name\":" + title + track + at(task.began);
    if (task.how)
      event = "\"ph\":\"X\"" + event + ",\"dur\":" + microseconds(task.ended - task.began);
    else
      event = "\"ph\":\"B\"" + event;
    event += ",\"args\":{\"task\":" + std::to_string(task.id) +
             ",\"group\":" + json_string(task.group) +
             ",\"spawned at\":" + json_string(in_words(task.where)) +
             ",\"ended\":" + json_string(task.how ? in_words(*task.how) : "not yet");
    if (!task.error.empty()) event += ",\"error\":" + json_string(task.error);
    put(event + '}');
  }
  /// From the task that owns it.
  void add_arrow(kept_task const& child) {
    auto const flow = "\"cat\":\"spawn\",\"name\":\"spawn\",\"id\":" + std::to_string(child.id);
    put("\"ph\":\"s\"," + flow + on_track(child.owner) + at(child.began));
    put("\"ph\":\"f\",\"bp\":\"e\"," + flow + on_track(child.id) + at(child.began));
  }
  void add(kept_mark const& mark) {
    switch (mark.what) {
      case mark_kind::request: return put_mark(mark, 't', "asked to stop", reason(mark));
      case mark_kind::expiry:
        return put_mark(mark, 't', "limit passed",
                        deadline(mark) + ",\"limit at\":" + json_string(mark.text));
      case mark_kind::refusal:
        return put_mark(mark, 't', "does not stop",
                        reason(mark) + ",\"asked ago\":" + microseconds(mark.length));
      case mark_kind::late_delivery: return put_mark(mark, 'p', "late delivery", deadline(mark));
      case mark_kind::stage:
        return put_mark(mark, 'p', "stage: " + std::string(to_string(mark.to)),
                        reason(mark) + ",\"from\":" + json_string(to_string(mark.from)));
    }
  }
  void name_process() {
    put("\"ph\":\"M\",\"name\":\"process_name\",\"pid\":1,\"args\":{\"name\":\"curfew\"}");
    put("\"ph\":\"M\",\"name\":\"thread_name\"" + on_track(0) + ",\"args\":{\"name\":\"context\"}");
  }
  void add_left_out(std::size_t count, clock::time_point when) {
    kept_mark const last{mark_kind::stage, 0, when, {}};
    put_mark(last, 'p', std::to_string(count) + " events from here on are left out",
             "\"count\":" + std::to_string(count));
  }

 private:
  void put(std::string const& event) {
    *out_ << std::exchange(comma_, ",\n") << '{' << event << '}';
  }
  void put_mark(kept_mark const& mark, char scope, std::string const& name,
                std::string const& args) {
    put(std::string("\"ph\":\"i\",\"s\":\"") + scope + "\",\"name\":" + json_string(name) +
        on_track(mark.task) + at(mark.at) + ",\"args\":{" + args + '}');
  }
  std::string at(clock::time_point when) const { return ",\"ts\":" + microseconds(when - origin_); }
  static std::string on_track(std::uint64_t task) {
    return ",\"pid\":1,\"tid\":" + std::to_string(task);
  }
  static std::string reason(kept_mark const& mark) {
    return "\"reason\":" + json_string(mark.text);
  }
  std::string deadline(kept_mark const& mark) const {
    return "\"deadline\":" + microseconds(mark.deadline - origin_) +
           ",\"late\":" + microseconds(mark.length);
  }

  std::ostream* out_;
  clock::time_point origin_;
  char const* comma_ = "\n";
};

}  // namespace

void timeline::write(std::ostream& out) const {
  auto const kept = log_->copy();
  auto origin = kept.left_out != 0 ? kept.left_out_from : clock::time_point::max();
  std::unordered_set<std::uint64_t> known;
  for (auto const& task : kept.tasks) {
    known.insert(task.id);
    origin = std::min(origin, task.began);
  }
  for (auto const& mark : kept.marks) origin = std::min(origin, mark.at);

  out << "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"left out\":" << std::to_string(kept.left_out)
      << "},\"traceEvents\":[";
  trace to(out, origin);
  to.name_process();
  for (auto const& task : kept.tasks) {
    to.add(task);
    if (known.contains(task.owner)) to.add_arrow(task);
  }
  for (auto const& mark : kept.marks) to.add(mark);
  if (kept.left_out != 0) to.add_left_out(kept.left_out, kept.left_out_from);
  out << "\n]}\n" << std::flush;
}

}  // namespace curfew
