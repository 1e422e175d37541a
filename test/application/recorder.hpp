#ifndef CURFEW_TEST_APPLICATION_RECORDER_HPP
#define CURFEW_TEST_APPLICATION_RECORDER_HPP

#include "../structure/owners.hpp"

#include <curfew/observer.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

/// An observer that writes down what it is told, a line each, and then does what the test says.
class recorder : public curfew::observer {
 public:
  /// Times are written as milliseconds after `origin`.
  explicit recorder(curfew::clock::time_point origin = {}) : origin_(origin) {}

  struct entry {
    std::string line;
    std::uint64_t id = 0, owner = 0;
    std::string group;
    std::source_location where;  ///< Of the task, or of the limit where one has passed.
    curfew::clock::time_point spawned_at;
    std::exception_ptr error;
    std::thread::id thread;
  };

  std::vector<entry> entries() const {
    std::lock_guard guard(lock_);
    return entries_;
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (auto& each : entries()) all.push_back(each.line);
    return all;
  }
  std::size_t count(std::string const& line) const {
    std::size_t found = 0;
    for (auto const& each : lines()) found += each == line;
    return found;
  }
  void clear() {
    std::lock_guard guard(lock_);
    entries_.clear();
  }

  /// Called after each line, on the thread and at the place of the hook.
  std::function<void(std::string const& line)> also;
  curfew::clock::duration told_after = 100ms;

  void on_spawn(curfew::task_event const& task) noexcept override {
    add("spawn " + name_of(task), task);
  }
  void on_end(curfew::task_event const& task, curfew::task_ending how,
              std::exception_ptr const& error) noexcept override {
    static char const* const words[] = {"completed", "failed", "cancelled"};
    add("end " + name_of(task) + ": " + words[static_cast<int>(how)], task, task.where, error);
  }
  void on_request(curfew::task_event const& task,
                  curfew::cancellation_reason const& why) noexcept override {
    add("request " + name_of(task) + ": " + words_of(why), task);
  }
  void on_expiry(curfew::task_event const& task, std::source_location const& where,
                 curfew::clock::time_point deadline,
                 curfew::clock::duration late) noexcept override {
    add("expiry in " + name_of(task) + " at " + in_ms(deadline - origin_) + ", late " + in_ms(late),
        task, where);
  }
  void on_late_delivery(curfew::clock::time_point deadline,
                        curfew::clock::duration late) noexcept override {
    late_deadline = deadline;
    was_late = late;
    add("late delivery");
  }
  void on_refusal(curfew::task_event const& task, curfew::cancellation_reason const& why,
                  curfew::clock::duration ago) noexcept override {
    add("refusal " + name_of(task) + ": " + words_of(why) + ", " + in_ms(ago) + " ago", task);
  }
  void on_stage_change(curfew::stage from, curfew::stage to,
                       curfew::cancellation_reason const& why) noexcept override {
    add(std::string(to_string(from)) + " to " + std::string(to_string(to)) + ": " + words_of(why));
  }
  curfew::clock::duration late_after() const noexcept override { return told_after; }

  curfew::clock::time_point late_deadline;
  curfew::clock::duration was_late{};

 private:
  static std::string name_of(curfew::task_event const& task) {
    if (task.id == 0) return "no task";
    return task.name.empty() ? "a task" : std::string(task.name);
  }
  static std::string words_of(curfew::cancellation_reason const& why) {
    std::string text(to_string(why.cause()));
    return why.text().empty() ? text : text + ": " + why.text();
  }
  static std::string in_ms(curfew::clock::duration duration) {
    return std::to_string(std::chrono::round<std::chrono::milliseconds>(duration).count());
  }
  void add(std::string line, curfew::task_event const& task = {}) {
    add(std::move(line), task, task.where);
  }
  void add(std::string line, curfew::task_event const& task, std::source_location const& where,
           std::exception_ptr error = nullptr) {
    {
      std::lock_guard guard(lock_);
      entries_.push_back({line, task.id, task.owner, std::string(task.group), where,
                          task.spawned_at, std::move(error), std::this_thread::get_id()});
    }
    if (also) also(line);
  }

  curfew::clock::time_point origin_;
  mutable std::mutex lock_;
  std::vector<entry> entries_;
};

/// A context under virtual time whose observer writes down what happens.
struct observed : fixture {
  observed() { curfew::set_observer(context, record); }
  ~observed() { curfew::set_observer(context, nullptr); }
  std::shared_ptr<recorder> const record = std::make_shared<recorder>(time.now());
};

using lines = std::vector<std::string>;

inline awaitable<> rest() { co_await curfew::sleep_for(1h); }
inline awaitable<> nothing() { co_return; }

#define TOLD(record, ...) \
  BOOST_TEST((record).lines() == (lines{__VA_ARGS__}), boost::test_tools::per_element())

#endif
