#ifndef CURFEW_TEST_APPLICATION_RUNNING_HPP
#define CURFEW_TEST_APPLICATION_RUNNING_HPP

#include "../structure/owners.hpp"

#include <csignal>
#include <curfew/run.hpp>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

inline std::string in_seconds(curfew::clock::duration time) {
  std::ostringstream out;
  out << std::chrono::duration<double>(time).count();
  return out.str();
}

/// Writes down the stages with their times: "draining 0 cancelling 20".
class stage_times final : public curfew::observer {
 public:
  explicit stage_times(asio::io_context& context) : context_(&context) {}

  std::string text;
  std::map<std::string, int> ended, asked, refused;
  int spawned = 0;

  void on_spawn(curfew::task_event const&) noexcept override { ++spawned; }
  void on_end(curfew::task_event const& task, curfew::task_ending,
              std::exception_ptr const&) noexcept override {
    ++ended[std::string(task.name)];
  }
  void on_request(curfew::task_event const& task,
                  curfew::cancellation_reason const&) noexcept override {
    ++asked[std::string(task.name)];
  }
  void on_refusal(curfew::task_event const& task, curfew::cancellation_reason const&,
                  curfew::clock::duration) noexcept override {
    ++refused[std::string(task.name)];
  }
  void on_stage_change(curfew::stage from, curfew::stage to,
                       curfew::cancellation_reason const&) noexcept override {
    if (from != last_) text += "! ";
    last_ = to;
    text += (text.empty() ? "" : " ") + std::string(to_string(to)) + ' ' +
            in_seconds(curfew::now(context_->get_executor()) - began_);
  }

 private:
  asio::io_context* context_;
  curfew::clock::time_point began_ = curfew::now(context_->get_executor());
  curfew::stage last_ = curfew::stage::running;
};

/// A run on a context under virtual time, and what it left: a report, an exit code or an error, the
/// times of its stages.
class runner {
 public:
  runner() : time(context), stacks_before_(curfew::detail::count_stacks()) {}
  runner(runner const&) = delete;
  runner& operator=(runner const&) = delete;

  /// Something outside of all tasks, that long after the beginning.
  template <class F>
  void at(curfew::clock::duration when, F f) {
    asio::co_spawn(context, do_at<F>(when, std::move(f)), asio::detached);
  }
  void raise_at(curfew::clock::duration when, int signal = SIGTERM) {
    at(when, [signal] { std::raise(signal); });
  }
  void request_at(curfew::clock::duration when, std::string text = "enough") {
    at(when, [this, text] { control->request({curfew::cancellation_cause::shutdown, text}); });
  }

  template <class F>
  void run(F f, curfew::run_options options = {}) {
    auto const started = time.now();
    stages = std::make_shared<stage_times>(context);
    exit_code.reset();
    error = nullptr;
    options.report(report).log(log).observer(stages);
    auto const main = [&](curfew::shutdown_control& by) {
      control = by;
      if constexpr (std::is_invocable_v<F&, curfew::shutdown_control&>)
        return f(by);
      else
        return f();
    };
    try {
      exit_code = curfew::run(context, main, options);
    } catch (...) {
      error = std::current_exception();
    }
    lasted = time.now() - started;
  }
  /// "0" where it returned that, else what it threw.
  std::string said() const { return exit_code ? std::to_string(*exit_code) : words_of(error); }
  std::string counts() const {
    return std::to_string(report.completed) + " completed, " + std::to_string(report.failed) +
           " failed, " + std::to_string(report.cancelled) + " cancelled";
  }
  /// The names of those that were left behind.
  std::string refused() const {
    std::string names;
    for (auto const& each : report.refused) names += (names.empty() ? "" : " ") + each.name;
    return names;
  }
  bool is_clean() {
    time.settle();
    return time.pending() == 0 && curfew::detail::count_stacks() == stacks_before_;
  }

  asio::io_context context{1};
  curfew::testing::virtual_time time;
  std::shared_ptr<stage_times> stages;
  std::optional<curfew::shutdown_control> control;
  curfew::shutdown_report report;
  std::ostringstream log;
  std::optional<int> exit_code;
  std::exception_ptr error;
  curfew::clock::duration lasted{};

 private:
  template <class F>
  static awaitable<> do_at(curfew::clock::duration when, F f) {
    co_await curfew::sleep_for(when);
    f();
  }

  std::size_t stacks_before_;
};

/// Works for a time, and cannot be asked to stop meanwhile.
inline awaitable<> stubborn(curfew::clock::duration limit, held = {}) {
  co_await curfew::shield(curfew::sleep_for(limit));
}
/// Works for a time, or until it is asked to stop.
inline awaitable<> busy(curfew::clock::duration limit, held = {}) {
  co_await curfew::sleep_for(limit);
}
/// Needs a time for its cleanup.
inline awaitable<> slow_to_stop(curfew::clock::duration cleanup, held = {}) {
  auto const clean_up = [cleanup](auto const&) -> awaitable<> {
    co_await curfew::sleep_for(cleanup);
  };
  co_await curfew::finally(curfew::sleep_forever(), clean_up);
}
/// Ends when the shutdown drains.
inline awaitable<> until_drained() { (void)co_await curfew::idle(curfew::sleep_forever()); }

inline curfew::run_options stage_limits(curfew::clock::duration drain,
                                        curfew::clock::duration cancel) {
  return std::move(curfew::run_options().drain_limit(drain).cancel_limit(cancel));
}

#endif
