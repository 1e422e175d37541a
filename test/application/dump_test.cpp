#include "looking.hpp"

#include <algorithm>
#include <boost/property_tree/json_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <curfew/event.hpp>
#include <curfew/shield.hpp>
#include <curfew/sleep.hpp>
#include <curfew/timeout.hpp>
#include <curfew/wait_for.hpp>

BOOST_AUTO_TEST_SUITE(dump)

namespace {

using boost::property_tree::ptree;
using curfew::dump_format;

std::string const nasty = "say \"hi\"\n\tto C:\\ \x01\x7f, é; spawned";

awaitable<> rest() { co_await curfew::sleep_for(1h); }
awaitable<> stubborn() { co_await curfew::shield(curfew::sleep_for(1h)); }

/// A little of everything, after ten seconds.
class program : public fixture {
 public:
  curfew::event event;
  curfew::task<void> server, client;

  program() {
    curfew::detail::note_operations();
    server = curfew::spawn(context, {"server"}, &program::serve, this);
    client = curfew::spawn(context, {"client"}, curfew::wait_for(server.wait(), 1min));
    start([this] { return plain(); });
    time.settle();
    time.advance(8s);
    asked.cancel({"superseded"});
    time.advance(2s);
  }
  ~program() {
    event.set();
    time.run();
  }

 private:
  awaitable<> serve() {
    auto const options = curfew::group_options().name("sessions").max_concurrency(2);
    co_await curfew::timeout(1h, [&]() -> awaitable<> {
      co_await curfew::with_task_group(options, [&](curfew::task_group& group) -> awaitable<> {
        asked = group.spawn({"first"}, stubborn);
        group.spawn({"second"}, &program::own_two, this);
        group.spawn({"third"}, rest);
        co_return;
      });
    });
  }
  awaitable<> own_two() {
    co_await curfew::with_task_group([&](curfew::task_group& group) -> awaitable<> {
      group.spawn(event.wait());
      co_await curfew::with_task_group([&](curfew::task_group& inner) -> awaitable<> {
        inner.spawn({"inner"}, event.wait());
        co_return;
      });
    });
  }
  awaitable<> plain() {
    co_await curfew::with_task_group([&](curfew::task_group& group) -> awaitable<> {
      group.spawn({"child of a plain coroutine"}, event.wait());
      co_return;
    });
  }

  curfew::task<void> asked;
};

ptree parsed(std::string const& text) {
  std::istringstream in(text);
  ptree tree;
  boost::property_tree::read_json(in, tree);
  return tree;
}
ptree const& find(ptree const& dump, char const* what, char const* name) {
  for (auto const& [key, each] : dump.get_child(what))
    if (each.get<std::string>("name") == name) return each;
  BOOST_FAIL("nothing is named " << name);
  throw failure(name);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_context_without_tasks_gives_an_empty_dump) {
  asio::io_context context;
  BOOST_TEST(curfew::dump_tasks(context) == "0 tasks in 0 groups\n");
  BOOST_TEST(curfew::dump_tasks(context, dump_format::json) == "{\"groups\":[],\n\"tasks\":[]}\n");
  BOOST_TEST(curfew::dump_tasks(context, dump_format::dot) ==
             "digraph tasks {\n  rankdir=LR;\n  node [shape=box];\n}\n");
}

BOOST_FIXTURE_TEST_CASE(a_dump_goes_to_a_stream_as_well, program) {
  for (auto const format : {dump_format::tree, dump_format::json, dump_format::dot}) {
    std::ostringstream out;
    curfew::dump_tasks(context, out, format);
    BOOST_TEST(out.str() == curfew::dump_tasks(context, format));
  }
  std::ostringstream out;
  curfew::dump_tasks(context, out);
  BOOST_TEST(out.str() == curfew::dump_tasks(context, dump_format::tree));
}

template <class F>
bool thrown_by(F f) {
  try {
    f();
    return false;
  } catch (std::ios::failure const&) {
    return true;
  }
}

BOOST_FIXTURE_TEST_CASE(a_stream_that_fails_is_left_as_it_is, fixture) {
  std::ostringstream out;
  out.setstate(std::ios::failbit);
  curfew::dump_tasks(context, out);
  BOOST_TEST(out.fail());
  BOOST_TEST(out.str() == "");
  std::ostringstream raising;
  raising.setstate(std::ios::badbit);
  try {
    raising.exceptions(std::ios::badbit);
  } catch (std::ios::failure const&) {
  }
  // As `<<` does, which is not the same in every library.
  bool const throws = thrown_by([&] { raising << "text"; });
  BOOST_TEST(thrown_by([&] { curfew::dump_tasks(context, raising); }) == throws);
}

// ---- JSON

BOOST_FIXTURE_TEST_CASE(the_json_has_what_is_known_of_a_task, program) {
  auto const all = parsed(curfew::dump_tasks(context, dump_format::json));
  auto const& second = find(all, "tasks", "second");
  auto const seen = see(context, "second");
  BOOST_TEST(second.get<std::uint64_t>("id") == seen.id);
  BOOST_TEST(second.get<std::uint64_t>("owner") == server.id());
  BOOST_TEST(second.get<std::string>("group") == "sessions");
  BOOST_TEST(second.get<std::string>("where").starts_with("dump_test.cpp:"));
  BOOST_TEST(second.get<double>("age_ms") == 10000.);
  BOOST_TEST(second.get<bool>("begun"));
  BOOST_TEST(!second.get<bool>("abandoned"));
  BOOST_TEST(second.get<double>("due_in_ms") == 3590000.);
  BOOST_TEST(second.get<std::string>("waits_for.what") == "children");
  BOOST_TEST(second.get<std::uint64_t>("waits_for.task") == 0U);
  BOOST_TEST(second.get<double>("waits_for.for_ms") == 10000.);
  BOOST_TEST(second.get<std::string>("waits_for.left_ms") == "null");
  BOOST_TEST(second.get<std::string>("asked") == "null");

  auto const& client_seen = find(all, "tasks", "client");
  BOOST_TEST(client_seen.get<std::uint64_t>("owner") == 0U);
  BOOST_TEST(client_seen.get<std::string>("group") == "");
  BOOST_TEST(client_seen.get<std::string>("due_in_ms") == "null");
  BOOST_TEST(client_seen.get<std::uint64_t>("waits_for.task") == server.id());
  BOOST_TEST(client_seen.get<double>("waits_for.left_ms") == 50000.);

  auto const& first = find(all, "tasks", "first");
  BOOST_TEST(first.get<std::string>("asked.cause") == "requested");
  BOOST_TEST(first.get<std::string>("asked.text") == "superseded");
  BOOST_TEST(first.get<std::string>("asked.where").starts_with("dump_test.cpp:"));
  BOOST_TEST(first.get<double>("asked.ago_ms") == 2000.);

  auto const& third = find(all, "tasks", "third");
  BOOST_TEST(!third.get<bool>("begun"));
  BOOST_TEST(third.get<std::string>("waits_for") == "null");
}

BOOST_FIXTURE_TEST_CASE(the_json_has_the_groups_with_the_numbers_of_their_tasks, program) {
  auto const all = parsed(curfew::dump_tasks(context, dump_format::json));
  BOOST_TEST(all.get_child("groups").size() == 5U);
  BOOST_TEST(all.get_child("tasks").size() == 8U);
  auto const& sessions = find(all, "groups", "sessions");
  BOOST_TEST(sessions.get<std::uint64_t>("owner") == server.id());
  BOOST_TEST(!sessions.get<bool>("root"));
  BOOST_TEST(sessions.get<std::string>("where").starts_with("dump_test.cpp:"));
  BOOST_TEST(sessions.get<std::string>("asked") == "null");
  std::vector<std::uint64_t> ids, expected;
  for (auto const& [key, id] : sessions.get_child("tasks"))
    ids.push_back(id.get_value<std::uint64_t>());
  for (auto const* name : {"first", "second", "third"}) expected.push_back(see(context, name).id);
  BOOST_TEST(ids == expected, boost::test_tools::per_element());
  auto const& root = all.get_child("groups").front().second;
  BOOST_TEST(root.get<bool>("root"));
  BOOST_TEST(root.get<std::string>("where") == "");
}

// ---- strange names

class strange : public fixture {
 public:
  curfew::event event;
  curfew::task<void> owner, other;

  strange() {
    owner = curfew::spawn(context, {nasty}, &strange::own, this);
    other = curfew::spawn(context, {"other"}, owner.wait());
    time.settle();
    owner.cancel({nasty});
    time.settle();
  }
  ~strange() {
    event.set();
    time.run();
  }

 private:
  awaitable<> own() {
    co_await curfew::with_task_group(curfew::group_options().name(nasty),
                                     [&](curfew::task_group& group) -> awaitable<> {
                                       group.spawn(nasty, curfew::shield(event.wait()));
                                       co_return;
                                     });
  }
};

BOOST_FIXTURE_TEST_CASE(whatever_it_is_called_a_task_is_one_line_of_the_tree, strange) {
  auto const text = curfew::dump_tasks(context);
  BOOST_TEST(std::ranges::count(text, '\n') == 1 + 2 + 3);  // the summary, groups and tasks
  BOOST_TEST(std::ranges::count_if(
                 text, [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; }) == 0);
  BOOST_TEST(text.find(R"("say \"hi\"\n\tto C:\\ \u0001\u007f, é; spawned")") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(the_json_gives_every_name_back, strange) {
  auto const all = parsed(curfew::dump_tasks(context, dump_format::json));
  BOOST_TEST(all.get_child("tasks").front().second.get<std::string>("name") == nasty);
  BOOST_TEST(all.get_child("tasks").front().second.get<std::string>("asked.text") == nasty);
  auto const& child = all.get_child("tasks").back().second;
  BOOST_TEST(child.get<std::string>("name") == nasty);
  BOOST_TEST(child.get<std::string>("group") == nasty);
  BOOST_TEST(all.get_child("groups").back().second.get<std::string>("name") == nasty);
}

BOOST_FIXTURE_TEST_CASE(the_graph_has_all_that_is_strange_in_quotes, strange) {
  std::istringstream lines(curfew::dump_tasks(context, dump_format::dot));
  for (std::string line; std::getline(lines, line);) {
    bool inside = false;
    for (std::size_t i = 0; i != line.size(); ++i) {
      if (inside && line[i] == '\\')
        ++i;
      else if (line[i] == '"')
        inside = !inside;
      else
        BOOST_TEST((inside || std::string(" {}[];=,->_").find(line[i]) != std::string::npos ||
                    std::isalnum(static_cast<unsigned char>(line[i]))));
    }
    BOOST_TEST(!inside, line);
  }
}

// ---- one line

BOOST_AUTO_TEST_CASE(a_task_in_one_line) {
  curfew::task_info task;
  task.id = 7;
  task.seen_at = curfew::clock::time_point(1h);
  task.age = 3400ms;
  BOOST_TEST(to_string(task) == "#7 waits for its turn; spawned 3.4 s ago");
  task.begun = true;
  task.name = "reader";
  BOOST_TEST(to_string(task) ==
             "#7 \"reader\" runs, or awaits an operation without a limit; spawned 3.4 s ago");
  task.where = std::source_location::current();
  task.waits_for = curfew::task_wait{"queue", 0, 0s, curfew::clock::time_point::max()};
  BOOST_TEST(normalized(to_string(task)) ==
             "#1 \"reader\" waits for queue; spawned 3.4 s ago at here");
  task.waits_for = curfew::task_wait{"task", 9, 1200ms, task.seen_at + 2s};
  BOOST_TEST(normalized(to_string(task)) ==
             "#1 \"reader\" waits 1.2 s for task #2, 2.0 s left; spawned 3.4 s ago at here");
  task.where = {};
  task.deadline = task.seen_at + 1min;
  task.reason = {curfew::cancellation_cause::shutdown, "SIGTERM", {}};
  task.asked = 5s;
  task.abandoned = true;
  std::ostringstream out;
  out << task;
  BOOST_TEST(out.str() ==
             "#7 \"reader\" waits 1.2 s for task #9, 2.0 s left; spawned 3.4 s ago; "
             "due in 1 min 0 s; asked to stop 5.0 s ago: shutdown: SIGTERM; abandoned");
  task.deadline = curfew::clock::time_point::min();
  BOOST_TEST(to_string(task).find("; due in -2562047 h 47 min") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
