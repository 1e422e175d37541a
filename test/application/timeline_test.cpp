#include <curfew/detail/words.hpp>
#include <curfew/timeline.hpp>

#include "../interop/task_threads.hpp"
#include "recorder.hpp"

#include <boost/property_tree/json_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <curfew/run.hpp>
#include <curfew/shield.hpp>
#include <curfew/wait_for.hpp>
#include <set>

// What is written is read back as JSON, as a viewer does.

BOOST_AUTO_TEST_SUITE(timeline)

namespace {

using boost::property_tree::ptree;

/// What a timeline has written.
class trace {
 public:
  explicit trace(curfew::timeline const& from) {
    std::ostringstream out;
    from.write(out);
    text = out.str();
    std::istringstream in(text);
    boost::property_tree::read_json(in, all);
    for (auto const& [none, event] : all.get_child("traceEvents")) events.push_back(event);
  }

  /// A line for each event of this kind: where, when and for how long in microseconds, and what.
  lines of(std::string const& phase) const {
    lines found;
    for (auto const& event : events) {
      if (event.get<std::string>("ph") != phase) continue;
      auto line = event.get<std::string>("tid") + " at " + event.get("ts", "no time");
      if (auto const duration = event.get_optional<std::string>("dur")) line += " for " + *duration;
      found.push_back(line + ": " + event.get<std::string>("name"));
    }
    return found;
  }
  /// The first event of this name, and what it says of itself.
  ptree const& named(std::string const& name, std::string const& phase) const {
    for (auto const& event : events)
      if (event.get<std::string>("name") == name && event.get<std::string>("ph") == phase)
        return event;
    BOOST_FAIL("there is no " + name);
    return all;
  }
  std::string said(std::string const& name, std::string const& what,
                   std::string const& phase = "i") const {
    return named(name, phase).get_child("args").get<std::string>(ptree::path_type(what, '/'));
  }
  /// The name of the track of a task.
  std::string track(std::uint64_t task) const {
    for (auto const& event : events)
      if (event.get<std::string>("name") == "thread_name" &&
          event.get<std::uint64_t>("tid") == task)
        return event.get<std::string>("args.name");
    return {};
  }

  std::string text;
  ptree all;
  std::vector<ptree> events;
};

/// A context under virtual time with a timeline of it.
struct watched : fixture {
  explicit watched(std::size_t limit = curfew::timeline::default_limit)
      : line(std::make_shared<curfew::timeline>(context, limit)) {
    curfew::set_observer(context, line);
  }
  ~watched() { curfew::set_observer(context, nullptr); }
  std::shared_ptr<curfew::timeline> const line;
};

std::string on(curfew::task<void> const& task, std::string const& rest) {
  return std::to_string(task.id()) + rest;
}

#define SAME(actual, ...) \
  BOOST_TEST(actual == (lines{__VA_ARGS__}), boost::test_tools::per_element())

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_is_a_trace_too) {
  watched f;
  trace const seen(*f.line);
  SAME(seen.of("X"));
  SAME(seen.of("i"));
  BOOST_TEST(f.line->size() == 0U);
  BOOST_TEST(seen.all.get<int>("otherData.left out") == 0);
}

BOOST_AUTO_TEST_CASE(a_task_lasts_from_its_spawn_to_its_end_on_a_track_of_its_own) {
  watched f;
  f.time.advance(1h);  // the picture begins with the first event
  auto const one = curfew::spawn(f.context, {"one"}, sleepy, 1500us);
  f.time.advance(1ms);
  auto const two = curfew::spawn(f.context, sleepy(2s));
  f.time.run();
  trace const seen(*f.line);
  SAME(seen.of("X"), on(one, " at 0.000 for 1500.000: one"),
       on(two, " at 1000.000 for 2000000.000: task #") + std::to_string(two.id()));
  BOOST_TEST(seen.track(one.id()) == "one");
  BOOST_TEST(seen.track(two.id()) == "task #" + std::to_string(two.id()));
  BOOST_TEST(seen.said("one", "ended", "X") == "completed");
  BOOST_TEST(seen.said("one", "spawned at", "X").starts_with("timeline_test.cpp:"));
  BOOST_TEST(f.line->size() == 2U);
}

BOOST_AUTO_TEST_CASE(an_end_says_how_and_by_which_error) {
  watched f;
  curfew::spawn(f.context, {"fails"}, []() -> awaitable<> { co_await fail("out of paper", 1ms); });
  curfew::spawn(f.context, {"cancelled"}, rest).cancel("no need");
  f.time.run();
  trace const seen(*f.line);
  BOOST_TEST(seen.said("fails", "ended", "X") == "failed");
  BOOST_TEST(seen.said("fails", "error", "X") == "out of paper");
  BOOST_TEST(seen.said("cancelled", "ended", "X") == "cancelled");
}

BOOST_AUTO_TEST_CASE(what_has_not_ended_is_open) {
  watched f;
  auto const task = curfew::spawn(f.context, {"lasts"}, rest);
  f.time.advance(1s);
  trace const before(*f.line);
  SAME(before.of("B"), on(task, " at 0.000: lasts"));
  SAME(before.of("X"));
  BOOST_TEST(before.said("lasts", "ended", "B") == "not yet");
  f.time.run();
  trace const after(*f.line);
  SAME(after.of("B"));
  SAME(after.of("X"), on(task, " at 0.000 for 3600000000.000: lasts"));
}

BOOST_AUTO_TEST_CASE(an_arrow_leads_from_the_owner_to_a_child) {
  watched f;
  std::optional<curfew::task<void>> child;
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    co_await curfew::sleep_for(1ms);
    child = group.spawn({"child"}, sleepy, 1ms);
  };
  auto const main = [&]() -> awaitable<> {
    co_await curfew::with_task_group(curfew::group_options().name("the group"), body);
  };
  auto const owner = curfew::spawn(f.context, {"owner"}, main);
  f.time.run();
  trace const seen(*f.line);
  SAME(seen.of("s"), on(owner, " at 1000.000: spawn"));
  SAME(seen.of("f"), on(*child, " at 1000.000: spawn"));
  BOOST_TEST(seen.named("spawn", "s").get<std::string>("id") ==
             seen.named("spawn", "f").get<std::string>("id"));
  BOOST_TEST(seen.said("child", "group", "X") == "the group");
}

BOOST_AUTO_TEST_CASE(requests_and_limits_are_marked_on_the_track_of_their_task) {
  watched f;
  auto const body = []() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(sleepy(1h), 2ms));
    co_await rest();
  };
  auto task = curfew::spawn(f.context, {"a"}, body);
  f.time.advance(5ms);
  task.cancel("superseded");
  f.time.run();
  trace const seen(*f.line);
  SAME(seen.of("i"), on(task, " at 2000.000: limit passed"),
       on(task, " at 5000.000: asked to stop"));
  BOOST_TEST(seen.named("limit passed", "i").get<std::string>("s") == "t");
  BOOST_TEST(seen.said("limit passed", "deadline") == "2000.000");
  BOOST_TEST(seen.said("limit passed", "late") == "0.000");
  BOOST_TEST(seen.said("limit passed", "limit at").starts_with("timeline_test.cpp:"));
  BOOST_TEST(seen.said("asked to stop", "reason").starts_with("requested: superseded (timeline_"));
}

BOOST_AUTO_TEST_CASE(what_happens_outside_of_tasks_is_marked_across_all_of_them) {
  watched f;
  auto const deadline = f.time.now();
  f.time.advance(2ms);
  f.line->on_late_delivery(deadline, 2ms);
  f.line->on_stage_change(curfew::stage::running, curfew::stage::draining, "SIGTERM");
  f.line->on_expiry({}, {}, deadline, 2ms);
  trace const seen(*f.line);
  SAME(seen.of("i"), "0 at 0.000: late delivery", "0 at 0.000: stage: draining",
       "0 at 0.000: limit passed");
  BOOST_TEST(seen.named("late delivery", "i").get<std::string>("s") == "p");
  BOOST_TEST(seen.said("late delivery", "deadline") == "-2000.000");
  BOOST_TEST(seen.said("late delivery", "late") == "2000.000");
  BOOST_TEST(seen.named("stage: draining", "i").get<std::string>("s") == "p");
  BOOST_TEST(seen.said("stage: draining", "from") == "running");
  BOOST_TEST(seen.said("stage: draining", "reason").starts_with("requested: SIGTERM"));
  BOOST_TEST(seen.track(0) == "context");
}

BOOST_AUTO_TEST_CASE(a_run_is_drawn_with_its_stages_and_with_who_refused) {
  watched f;
  auto const main = [](curfew::shutdown_control& control) -> awaitable<> {
    auto const executor = co_await asio::this_coro::executor;
    auto const stubborn = []() -> awaitable<> { co_await curfew::shield(rest()); };
    curfew::spawn(executor, {"stubborn"}, stubborn);
    control.request();
    co_await curfew::sleep_forever();
  };
  auto const options =
      curfew::run_options().signals({}).dump_signal(0).drain_limit(1ms).cancel_limit(1ms).observer(
          f.line);
  BOOST_TEST(curfew::run(f.context, main, options) == 1);
  trace const seen(*f.line);
  BOOST_TEST(seen.named("stage: draining", "i").get<std::string>("ts") == "0.000");
  BOOST_TEST(seen.named("stage: cancelling", "i").get<std::string>("ts") == "1000.000");
  BOOST_TEST(seen.named("stage: forced", "i").get<std::string>("ts") == "2000.000");
  BOOST_TEST(seen.said("does not stop", "asked ago") == "1000.000");
  BOOST_TEST(seen.said("does not stop", "reason").starts_with("shutdown (timeline_test"));
  SAME(seen.of("B"), seen.named("stubborn", "B").get<std::string>("tid") + " at 0.000: stubborn");
  f.time.run();
}

BOOST_AUTO_TEST_CASE(tasks_from_before_are_drawn_from_their_spawn_on) {
  watched f;
  curfew::set_observer(f.context, nullptr);
  auto const ends = curfew::spawn(f.context, {"ends"}, sleepy, 10ms);
  auto asked = curfew::spawn(f.context, {"asked"}, rest);
  f.time.advance(5ms);
  curfew::set_observer(f.context, f.line);
  asked.cancel("enough");
  f.time.run();
  trace const seen(*f.line);
  SAME(seen.of("X"), on(asked, " at 0.000 for 5000.000: asked"),
       on(ends, " at 0.000 for 10000.000: ends"));
  SAME(seen.of("i"), on(asked, " at 5000.000: asked to stop"));
}

BOOST_AUTO_TEST_CASE(any_text_is_a_string_of_json) {
  watched f;
  std::string const odd = "\"quoted\" \\ tab\t line\n bell\x07 \xc3\xa9";
  curfew::spawn(f.context, {odd}, rest).cancel(odd);
  f.time.run();
  trace const seen(*f.line);
  BOOST_TEST(seen.said(odd, "ended", "X") == "cancelled");
  BOOST_TEST(seen.said("asked to stop", "reason")
                 .starts_with("requested: " + curfew::detail::in_one_line(odd)));
}

BOOST_AUTO_TEST_CASE(of_more_than_the_limit_it_counts_what_it_leaves_out) {
  watched f(3);
  std::vector<curfew::task<void>> tasks;
  for (int i = 0; i < 5; ++i) {
    tasks.push_back(curfew::spawn(f.context, sleepy(1ms)));
    f.time.advance(1us);
  }
  tasks[0].cancel("not kept");
  f.time.run();
  trace const seen(*f.line);
  // The ends of those that it keeps need no more room.
  BOOST_TEST(seen.of("X").size() == 3U);
  SAME(seen.of("i"), "0 at 3.000: 5 events from here on are left out");
  BOOST_TEST(f.line->size() == 3U);
  BOOST_TEST(f.line->left_out() == 5U);  // two spawns, their ends, and a request
  BOOST_TEST(seen.all.get<int>("otherData.left out") == 5);
}

BOOST_AUTO_TEST_CASE(a_limit_of_zero_keeps_nothing) {
  watched f(0);
  curfew::spawn(f.context, nothing);
  f.time.run();
  trace const seen(*f.line);
  SAME(seen.of("X"));
  SAME(seen.of("i"), "0 at 0.000: 2 events from here on are left out");
}

BOOST_AUTO_TEST_CASE(numbers_are_written_the_same_in_every_locale) {
  struct with_commas : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  watched f(1);
  curfew::spawn(f.context, {"a"}, rest);
  f.time.run();
  for (int i = 0; i < 1234; ++i) f.line->on_late_delivery({}, 1s);
  std::ostringstream plain, commas;
  commas.imbue(std::locale(std::locale(), new with_commas));
  f.line->write(plain);
  f.line->write(commas);
  BOOST_TEST(plain.str() == commas.str());
}

BOOST_AUTO_TEST_CASE(it_may_outlive_the_context_whose_end_it_draws) {
  std::shared_ptr<curfew::timeline> line;
  {
    asio::io_context context;
    line = std::make_shared<curfew::timeline>(context);
    curfew::set_observer(context, line);
    curfew::spawn(context, {"a"}, rest);
    context.poll();
  }
  trace const seen(*line);
  BOOST_TEST(seen.said("a", "ended", "X") == "cancelled");
}

BOOST_AUTO_TEST_CASE(it_is_written_while_several_threads_tell_it_more) {
  asio::thread_pool pool(3);
  auto const line = std::make_shared<curfew::timeline>(pool, 300);
  curfew::set_observer(pool, line);
  auto const hops = [](int times) -> awaitable<> { (void)co_await hop(times); };
  std::vector<curfew::task<void>> tasks;
  for (int i = 0; i < 400; ++i) {
    tasks.push_back(curfew::spawn(pool, {"hops"}, hops, i % 5));
    if (i % 3 == 0) tasks.back().cancel("enough");
    if (i % 40 == 0) trace const seen(*line);
  }
  pool.wait();
  trace const seen(*line);
  BOOST_TEST(line->size() == 300U);
  BOOST_TEST(seen.of("B").empty());
  BOOST_TEST(seen.of("X").size() + seen.of("i").size() == 301U);  // one says what is left out
}

BOOST_AUTO_TEST_SUITE_END()
