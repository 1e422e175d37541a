#include <curfew/spdlog.hpp>

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/ostream_sink.h>

#include "recorder.hpp"

#include <algorithm>
#include <curfew/detail/line_limit.hpp>
#include <curfew/wait_for.hpp>

BOOST_AUTO_TEST_SUITE(spdlog)

namespace {

namespace level = ::spdlog::level;

curfew::clock::time_point present;
curfew::clock::time_point tell_present() { return present; }

/// A logger of its own, whose lines are `[level] text`.
struct logged : fixture {
  explicit logged(curfew::spdlog_options options = {}) {
    logger->set_pattern("[%l] %v");
    logger->set_level(level::trace);
    to = curfew::make_spdlog_observer(logger, options.now(tell_present));
    curfew::set_observer(context, to);
  }
  ~logged() { curfew::set_observer(context, nullptr); }

  /// What has been written, with `<n>` for the numbers of the tasks in their order and `@` for
  /// places in this file.
  lines written() const {
    lines all;
    std::istringstream in(out.str());
    for (std::string line; std::getline(in, line);) all.push_back(normal(line));
    return all;
  }
  /// Destroys the observer.
  void finish() {
    curfew::set_observer(context, nullptr);
    to.reset();
  }

  std::ostringstream out;
  std::shared_ptr<::spdlog::logger> logger = std::make_shared<::spdlog::logger>(
      "test", std::make_shared<::spdlog::sinks::ostream_sink_mt>(out));
  std::shared_ptr<curfew::observer> to;

 private:
  static std::string normal(std::string line) {
    for (auto at = line.find('#'); at != std::string::npos; at = line.find('#', at + 1))
      while (at + 1 < line.size() && std::isdigit(static_cast<unsigned char>(line[at + 1])))
        line.erase(at + 1, 1);
    std::string const file = "spdlog_test.cpp:";
    for (auto at = line.find(file); at != std::string::npos; at = line.find(file)) {
      auto end = at + file.size();
      while (end < line.size() && std::isdigit(static_cast<unsigned char>(line[end]))) ++end;
      line.replace(at, end - at, "@");
    }
    return line;
  }
};

/// A sink that fails.
struct broken_sink : ::spdlog::sinks::base_sink<std::mutex> {
  void sink_it_(::spdlog::details::log_msg const&) override { throw 42; }
  void flush_() override {}
};

#define WROTE(l, ...) \
  BOOST_TEST((l).written() == (lines{__VA_ARGS__}), boost::test_tools::per_element())

}  // namespace

BOOST_AUTO_TEST_CASE(the_life_of_a_task_is_a_line_for_each_thing_that_happens) {
  logged f;
  auto const limited = []() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(sleepy(1h), 1s));
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_forever(), 1s));
  };
  curfew::spawn(f.context, {"a"}, limited);
  f.time.run();
  WROTE(f, R"([trace] task # "a" (@) is spawned)",
        R"([debug] task # "a" (@): a limit at @ has passed)",
        R"([debug] task # "a" (@): a limit has passed)", R"([trace] task # "a" (@) has completed)");
}

BOOST_AUTO_TEST_CASE(a_failure_and_what_is_asked_because_of_it_have_their_reasons) {
  logged f;
  auto const body = [](curfew::task_group& group) -> awaitable<> {
    group.spawn({"fails"}, []() -> awaitable<> { co_await fail("out of paper", 1s); });
    group.spawn(rest());
    co_return;
  };
  auto const main = [&]() -> awaitable<> {
    SAYS("out of paper", curfew::with_task_group(curfew::group_options().name("printers"), body));
  };
  curfew::spawn(f.context, main);
  f.time.run();
  WROTE(f, "[trace] task # (@) is spawned",
        R"([trace] task # "fails" (@) is spawned by task # in group "printers")",
        R"([trace] task # (@) is spawned by task # in group "printers")",
        R"([debug] task # "fails" (@) has failed: out of paper)",
        "[debug] task # (@) is asked to stop: sibling failed: fails: out of paper (@)",
        "[trace] task # (@) has ended cancelled", "[trace] task # (@) has completed");
}

BOOST_AUTO_TEST_CASE(what_concerns_the_operator_is_louder) {
  logged f;
  curfew::task_event task;
  task.id = 7;
  task.name = "stubborn";
  f.to->on_expiry({}, {}, {}, 1500us);
  f.to->on_late_delivery({}, 250ms);
  f.to->on_stage_change(curfew::stage::running, curfew::stage::draining,
                        {curfew::cancellation_cause::shutdown, "SIGTERM", {}});
  f.to->on_refusal(task, {curfew::cancellation_cause::shutdown, {}, {}}, 5s);
  WROTE(f, "[debug] a limit has passed, heard 2 ms late",
        "[warning] the loop was busy: a deadline came 250 ms late",
        "[info] the shutdown goes from running to draining: shutdown: SIGTERM",
        R"([error] task # "stubborn" does not stop, asked 5.0 s ago: shutdown)");
}

BOOST_AUTO_TEST_CASE(a_line_is_one_line_whatever_a_name_holds) {
  logged f;
  curfew::task_event task;
  task.name = "two\nlines\r\x1b[31m {} %v";
  f.to->on_spawn(task);
  WROTE(f, "[trace] task # \"two lines  [31m {} %v\" is spawned");
}

BOOST_AUTO_TEST_CASE(what_the_loggers_level_leaves_out_is_neither_written_nor_counted) {
  logged f(curfew::spdlog_options().lines_per_second(1));
  f.logger->set_level(level::debug);
  for (int i = 0; i < 3; ++i) f.to->on_spawn({});
  f.logger->set_level(level::trace);
  f.to->on_spawn({});
  f.finish();
  WROTE(f, "[trace] task # is spawned");
}

BOOST_AUTO_TEST_CASE(of_a_flood_so_many_lines_a_second_are_written_and_the_others_counted) {
  logged f;
  present = {};
  for (int i = 0; i < 25; ++i) f.to->on_spawn({});
  BOOST_TEST(f.written().size() == 20U);
  f.to->on_request({}, "another kind");
  BOOST_TEST(f.written().size() == 21U);
  present += 999ms;
  f.to->on_spawn({});
  BOOST_TEST(f.written().size() == 21U);
  present += 1ms;
  f.to->on_spawn({});
  auto const all = f.written();
  BOOST_REQUIRE(all.size() == 23U);
  BOOST_TEST(all[21] == "[trace] 6 more spawns were left out");
  BOOST_TEST(all[22] == "[trace] task # is spawned");
  for (int i = 0; i < 25; ++i) f.to->on_spawn({});
  f.finish();  // says what it has not said yet
  BOOST_TEST(f.written().size() == 23U + 19U + 1U);
  BOOST_TEST(f.written().back() == "[trace] 6 more spawns were left out");
}

BOOST_AUTO_TEST_CASE(each_kind_has_its_own_lines_and_what_matters_is_always_written) {
  logged f(curfew::spdlog_options().lines_per_second(1));
  for (int i = 0; i < 3; ++i) {
    f.to->on_spawn({});
    f.to->on_end({}, curfew::task_ending::completed, nullptr);
    f.to->on_end({}, curfew::task_ending::failed, nullptr);
    f.to->on_request({}, "stop");
    f.to->on_expiry({}, {}, {}, {});
    f.to->on_late_delivery({}, 1s);
    f.to->on_refusal({}, "stop", 1s);
    f.to->on_stage_change(curfew::stage::running, curfew::stage::draining, "stop");
  }
  f.finish();
  auto const all = f.written();
  BOOST_TEST(all.size() == 6U + 6U + 6U);
  for (char const* const left :
       {"[trace] 2 more spawns were left out", "[trace] 2 more ends were left out",
        "[debug] 2 more failures were left out", "[debug] 2 more requests to stop were left out",
        "[debug] 2 more expiries were left out", "[warning] 2 more late deliveries were left out"})
    BOOST_TEST(std::ranges::count(all, left) == 1);
}

BOOST_AUTO_TEST_CASE(a_limit_of_lines_counts_by_seconds_that_begin_with_a_line) {
  using namespace curfew;
  detail::line_limit limit(2);
  clock::time_point const start{};
  auto const ask = [&](clock::duration at) {
    auto const decided = limit.ask(start + at);
    return std::to_string(decided.write) + ' ' + std::to_string(decided.left_out);
  };
  BOOST_TEST(ask(500ms) == "1 0");
  BOOST_TEST(ask(1400ms) == "1 0");
  BOOST_TEST(ask(1400ms) == "0 0");
  BOOST_TEST(ask(1499ms) == "0 0");
  BOOST_TEST(ask(1500ms) == "1 2");
  BOOST_TEST(ask(1500ms) == "1 0");
  BOOST_TEST(ask(2499ms) == "0 0");
  BOOST_TEST(limit.take_left_out() == 1U);
  BOOST_TEST(ask(1h) == "1 0");
}

BOOST_AUTO_TEST_CASE(it_says_from_when_on_late_is_worth_a_line) {
  auto const logger = std::make_shared<::spdlog::logger>("none");
  BOOST_TEST((curfew::make_spdlog_observer(logger)->late_after() == 100ms));
  auto const options = curfew::spdlog_options().late_after(2s);
  BOOST_TEST((curfew::make_spdlog_observer(logger, options)->late_after() == 2s));
}

BOOST_AUTO_TEST_CASE(no_logger_and_no_lines_are_refused_in_words) {
  try {
    (void)curfew::make_spdlog_observer(nullptr);
    BOOST_ERROR("it is not refused");
  } catch (system_error const& e) {
    BOOST_TEST((e.code() == curfew::errc::invalid_state));
    BOOST_TEST(std::string(e.what()).find("no logger") != std::string::npos);
  }
  auto const logger = std::make_shared<::spdlog::logger>("none");
  try {
    (void)curfew::make_spdlog_observer(logger, curfew::spdlog_options().lines_per_second(0));
    BOOST_ERROR("it is not refused");
  } catch (system_error const& e) {
    BOOST_TEST((e.code() == curfew::errc::invalid_limit));
  }
}

BOOST_AUTO_TEST_CASE(nothing_that_a_sink_throws_leaves_a_hook) {
  auto const logger = std::make_shared<::spdlog::logger>("broken", std::make_shared<broken_sink>());
  logger->set_level(level::trace);
  logger->set_error_handler([](std::string const&) { throw 43; });
  auto to = curfew::make_spdlog_observer(logger, curfew::spdlog_options().lines_per_second(1));
  for (int i = 0; i < 2; ++i) {
    to->on_spawn({});
    to->on_end({}, curfew::task_ending::failed, std::make_exception_ptr(42));
    to->on_refusal({}, "stop", 1s);
    to->on_stage_change(curfew::stage::running, curfew::stage::draining, "stop");
  }
  to.reset();
}

BOOST_AUTO_TEST_SUITE_END()
