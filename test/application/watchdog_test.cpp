#include "running.hpp"

#include <algorithm>
#include <curfew/watchdog_options.hpp>

BOOST_AUTO_TEST_SUITE(watchdog)

namespace {

using curfew::watchdog_options;

/// Writes down who refused to stop: "stubborn asked 4 s ago at 5: no longer wanted".
class refusals final : public curfew::observer {
 public:
  explicit refusals(asio::io_context& context) : context_(&context) {}

  std::vector<std::string> told;
  std::vector<std::source_location> where;

  void on_refusal(curfew::task_event const& task, curfew::cancellation_reason const& why,
                  curfew::clock::duration ago) noexcept override {
    told.push_back(std::string(task.name) + " asked " + in_seconds(ago) + " s ago at " +
                   in_seconds(curfew::now(context_->get_executor()) - began_) + ": " + why.text());
    where.push_back(task.where);
  }

 private:
  asio::io_context* context_;
  curfew::clock::time_point began_ = curfew::now(context_->get_executor());
};

/// A run that is watched. Its main coroutine ends after everything that it spawned.
class watched : public fixture {
 public:
  std::ostringstream log;
  std::shared_ptr<refusals> seen = std::make_shared<refusals>(context);

  template <class F>
  void run(watchdog_options const& watchdog, F main, curfew::run_options options = {}) {
    curfew::run(context, std::move(main), options.watchdog(watchdog).log(log).observer(seen));
  }
  int lines() const {
    auto const text = log.str();
    return static_cast<int>(std::ranges::count(text, '\n'));
  }
  std::string told() const {
    std::string all;
    for (auto const& each : seen->told) all += (all.empty() ? "" : ", ") + each;
    return all;
  }
};

/// Refusals are reported when they are four seconds old, or up to a second later.
watchdog_options after_four_seconds() {
  return watchdog_options().refusal(4s).loop_lag(curfew::never);
}

}  // namespace

// ---- who does not stop

BOOST_FIXTURE_TEST_CASE(a_task_that_does_not_stop_is_reported_with_all_that_is_known, watched) {
  std::uint_least32_t line = 0;
  run(after_four_seconds(), [&]() -> awaitable<> {
    line = std::source_location::current().line() + 1;
    auto const task = curfew::spawn(context, {"stubborn"}, stubborn, 1h, held());
    co_await curfew::sleep_for(1s);
    task.cancel({"no longer wanted"});
    co_await task.join();
  });
  BOOST_TEST(told() == "stubborn asked 4 s ago at 5: no longer wanted");
  BOOST_TEST(seen->where.front().line() == line);
  BOOST_TEST(lines() == 1);
  auto const text = log.str();
  BOOST_TEST(text.starts_with("curfew: a task does not stop: #"));
  BOOST_TEST(text.find("\"stubborn\" waits 5.0 s for sleep") != std::string::npos);
  BOOST_TEST(text.find("watchdog_test.cpp:" + std::to_string(line)) != std::string::npos);
  BOOST_TEST(text.find("asked to stop 4.0 s ago: requested: no longer wanted") !=
             std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(it_is_reported_once_however_often_it_is_asked, watched) {
  run(
      after_four_seconds(),
      [&](curfew::shutdown_control& control) -> awaitable<> {
        auto const task = curfew::spawn(context, {"stubborn"}, stubborn, 1h, held());
        co_await curfew::sleep_for(1s);
        for (int i = 0; i < 10; ++i) {
          task.cancel({"again"});
          co_await curfew::sleep_for(10s);
        }
        control.request();
        co_await task.join();
      },
      stage_limits(24h, 5s));
  BOOST_TEST(told() == "stubborn asked 4 s ago at 5: again");
  BOOST_TEST(lines() == 1);
}

BOOST_FIXTURE_TEST_CASE(the_report_comes_up_to_a_quarter_late, watched) {
  run(after_four_seconds(), [&]() -> awaitable<> {
    auto const task = curfew::spawn(context, {"stubborn"}, stubborn, 1h, held());
    co_await curfew::sleep_for(1500ms);
    task.cancel({"no longer wanted"});
    co_await task.join();
  });
  BOOST_TEST(told() == "stubborn asked 4.5 s ago at 6: no longer wanted");
}

BOOST_FIXTURE_TEST_CASE(a_task_that_stops_in_time_is_not_reported, watched) {
  run(after_four_seconds(), [&]() -> awaitable<> {
    auto const task = curfew::spawn(context, {"slow"}, slow_to_stop, 3s, held());
    co_await curfew::sleep_for(1s);
    task.cancel();
    (void)co_await curfew::settle(task.join());
    co_await curfew::sleep_for(1h);
  });
  BOOST_TEST(told() == "");
  BOOST_TEST(log.str() == "");
}

BOOST_FIXTURE_TEST_CASE(a_task_that_nobody_asks_is_not_reported, watched) {
  run(after_four_seconds(), [&]() -> awaitable<> {
    auto const task = curfew::spawn(context, {"busy"}, busy, 1h, held());
    co_await task.join();
  });
  BOOST_TEST(told() == "");
}

BOOST_FIXTURE_TEST_CASE(each_of_several_is_reported_by_itself, watched) {
  auto const children = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({"left"}, stubborn, 1h, held());
    group.spawn({"right"}, stubborn, 1h, held());
    co_await curfew::sleep_for(1s);
    group.cancel({"all"});
  };
  run(after_four_seconds(), [&]() -> awaitable<> {
    auto const alone = curfew::spawn(context, {"alone"}, stubborn, 1h, held());
    co_await curfew::sleep_for(10s);
    alone.cancel({"one"});
    co_await curfew::with_task_group(children);
    co_await alone.join();
  });
  BOOST_TEST(
      told() ==
      "alone asked 4 s ago at 14: one, left asked 4 s ago at 15: all, right asked 4 s ago at 15: "
      "all");
  BOOST_TEST(lines() == 3);
}

BOOST_FIXTURE_TEST_CASE(those_that_the_shutdown_asks_are_watched_too, watched) {
  auto const main = [&](curfew::shutdown_control& control) -> awaitable<> {
    auto const task = curfew::spawn(context, {"stubborn"}, stubborn, 1min, held());
    control.request({"enough"});
    co_await curfew::idle(curfew::sleep_forever());
  };
  run(after_four_seconds(), main, stage_limits(10s, 1h));
  // Cancelled at once, because the main coroutine has ended.
  BOOST_TEST(told() == "stubborn asked 4 s ago at 4: enough");
}

BOOST_FIXTURE_TEST_CASE(who_is_left_behind_is_reported_by_the_run_once_more, watched) {
  auto const main = [&](curfew::shutdown_control& control) -> awaitable<> {
    auto const task = curfew::spawn(context, {"stubborn"}, stubborn, 1min, held());
    control.request({"enough"});
    co_await curfew::idle(curfew::sleep_forever());
  };
  run(after_four_seconds(), main, stage_limits(10s, 6s));
  BOOST_TEST(told() == "stubborn asked 4 s ago at 4: enough, stubborn asked 6 s ago at 6: enough");
  BOOST_TEST(lines() == 1);
  time.run();
}

BOOST_FIXTURE_TEST_CASE(never_reports_nobody, watched) {
  auto const main = [&]() -> awaitable<> {
    auto const task = curfew::spawn(context, {"stubborn"}, stubborn, 24h, held());
    co_await curfew::sleep_for(1s);
    task.cancel();
    co_await task.join();
  };
  run(watchdog_options().refusal(curfew::never), main);
  run(watchdog_options().refusal(curfew::never).loop_lag(curfew::never), main);
  BOOST_TEST(told() == "");
  BOOST_TEST(log.str() == "");
}

BOOST_FIXTURE_TEST_CASE(without_a_watchdog_nobody_is_reported, watched) {
  auto const main = [&]() -> awaitable<> {
    auto const task = curfew::spawn(context, {"stubborn"}, stubborn, 24h, held());
    co_await curfew::sleep_for(1s);
    task.cancel();
    co_await task.join();
  };
  curfew::run(context, main, curfew::run_options().log(log).observer(seen));
  BOOST_TEST(told() == "");
  BOOST_TEST(log.str() == "");
}

// ---- options

BOOST_AUTO_TEST_CASE(its_limits_are_positive) {
  watchdog_options options;
  BOOST_TEST(options.refusal() == 5s);
  BOOST_TEST(options.loop_lag() == 200ms);
  auto const refused = [](auto set) {
    try {
      set();
    } catch (system_error const& e) {
      return e.code() == curfew::errc::invalid_limit;
    }
    return false;
  };
  BOOST_TEST(refused([&] { options.refusal(0s); }));
  BOOST_TEST(refused([&] { options.refusal(-1s); }));
  BOOST_TEST(refused([&] { options.loop_lag(0s); }));
  BOOST_TEST(refused([&] { options.loop_lag(-1h); }));
  BOOST_TEST(options.refusal() == 5s);
  BOOST_TEST(options.loop_lag() == 200ms);
  options.refusal(1ms).loop_lag(curfew::never);
  BOOST_TEST(options.refusal() == 1ms);
  BOOST_TEST(options.loop_lag() == curfew::clock::duration::max());
  BOOST_TEST(watchdog_options().refusal(3s).loop_lag(4s).loop_lag() == 4s);
}

BOOST_AUTO_TEST_SUITE_END()
