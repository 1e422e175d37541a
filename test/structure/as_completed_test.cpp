#include "../operations/manual_op.hpp"
#include "beside.hpp"

// Tasks one after the other, in the order in which they end.

BOOST_AUTO_TEST_SUITE(as_completed)

namespace {

std::vector<curfew::task<int>> sleepers(asio::io_context& context, std::vector<int> seconds) {
  std::vector<curfew::task<int>> all;
  for (int const s : seconds)
    all.push_back(curfew::spawn(context, give(s, std::chrono::seconds(s))));
  return all;
}

/// The values of those that are left, as far as they have one.
awaitable<std::string> rest_of(curfew::completed_tasks<int>& all) {
  std::string values;
  while (auto const t = co_await all.next()) {
    if (!t->result().has_value()) continue;
    values += (values.empty() ? "" : ", ") + std::to_string(t->result().value());
  }
  co_return values;
}

}  // namespace

EACH_OWNER(tasks_come_in_the_order_in_which_they_end) {  // AC-01, AC-03
  auto const tasks = sleepers(context, {3, 1, 2});
  run([&]() -> awaitable<> {
    auto all = curfew::as_completed(tasks, 10s);
    BOOST_TEST(all.remaining() == 3U);
    auto const first = co_await all.next();
    BOOST_TEST((*first == tasks[1]));  // AC-05
    BOOST_TEST((elapsed() == 1s));
    BOOST_TEST(all.remaining() == 2U);
    BOOST_TEST(co_await rest_of(all) == "2, 3");
    BOOST_TEST(all.remaining() == 0U);
    BOOST_TEST(!(co_await all.next()).has_value());
    BOOST_TEST(time.pending() == 0U);
  });
  BOOST_TEST((elapsed() == 3s));
}

EACH_OWNER(from_when_the_limit_has_passed_each_step_says_so_and_the_tasks_go_on) {  // AC-02
  auto const tasks = sleepers(context, {5, 1, 4});
  run([&]() -> awaitable<> {
    auto all = curfew::as_completed(tasks, 2s);
    co_await curfew::sleep_for(500ms);  // it counts from the first next
    BOOST_TEST((*co_await all.next() == tasks[1]));
    SAYS("timed_out", all.next());
    BOOST_TEST((elapsed() == 2500ms));
    SAYS("timed_out", all.next());
    BOOST_TEST((elapsed() == 2500ms));
    BOOST_TEST(all.remaining() == 2U);
    co_await curfew::checkpoint();
  });
  time.run();
  BOOST_TEST(tasks[0].result().value() == 5);
}

EACH_OWNER(what_ended_in_time_comes_though_it_is_asked_for_late) {
  auto const tasks = sleepers(context, {1, 2, 9});
  run([&]() -> awaitable<> {
    auto all = curfew::as_completed(tasks, 3s);
    co_await all.next();
    co_await curfew::sleep_for(4s);
    BOOST_TEST((*co_await all.next() == tasks[1]));
    SAYS("timed_out", all.next());
  });
  time.run();
}

EACH_OWNER(nothing_is_lost_or_repeated_when_it_is_asked_in_pieces) {  // AC-04
  auto const tasks = sleepers(context, {4, 1, 3, 2});
  auto all = curfew::as_completed(tasks);
  int first = 0;
  run([&]() -> awaitable<> { first = (co_await all.next())->result().value(); });
  time.run();  // the others end and nobody asks
  run([&]() -> awaitable<> { BOOST_TEST(co_await rest_of(all) == "2, 3, 4"); });
  BOOST_TEST(first == 1);
}

EACH_OWNER(those_that_ended_before_come_first_in_their_order) {
  auto const tasks = sleepers(context, {2, 1, 5});
  run([&]() -> awaitable<> {
    co_await curfew::sleep_for(3s);
    auto all = curfew::as_completed(tasks);
    BOOST_TEST((*co_await all.next() == tasks[0]));
    BOOST_TEST((*co_await all.next() == tasks[1]));
    BOOST_TEST((elapsed() == 3s));
    BOOST_TEST((*co_await all.next() == tasks[2]));
  });
}

EACH_OWNER(one_that_is_given_twice_comes_once) {  // AC-06
  auto const tasks = sleepers(context, {2, 1});
  std::vector const twice{tasks[0], tasks[1], tasks[1], tasks[0]};
  run([&]() -> awaitable<> {
    auto all = curfew::as_completed(twice);
    BOOST_TEST(co_await rest_of(all) == "1, 2");
  });
}

EACH_OWNER(several_consumers_get_each_another_one) {  // AC-07
  auto const tasks = sleepers(context, {1, 2, 3, 4, 5});
  auto all = curfew::as_completed(tasks);
  std::vector<int> got;
  auto const consume = [&]() -> awaitable<int> {
    int count = 0;
    while (auto const t = co_await all.next()) {
      got.push_back(t->result().value());
      ++count;
    }
    co_return count;
  };
  run([&]() -> awaitable<> {
    auto const counts = co_await curfew::gather(consume(), consume(), consume());
    BOOST_TEST(std::get<0>(counts) + std::get<1>(counts) + std::get<2>(counts) == 5);
  });
  BOOST_TEST((got == std::vector{1, 2, 3, 4, 5}));
  BOOST_TEST((elapsed() == 5s));
}

EACH_OWNER(a_failure_is_seen_in_its_turn_only) {  // AC-08
  std::vector const tasks{curfew::spawn(context, sleepy(3s)),
                          curfew::spawn(context, fail("broken", 2s)),
                          curfew::spawn(context, sleepy(1s))};
  run([&]() -> awaitable<> {
    auto all = curfew::as_completed(tasks);
    std::string said;
    while (auto const t = co_await all.next()) said += words_of(t->result().error()) + ' ';
    BOOST_TEST(said == "value broken value ");
  });
}

EACH_OWNER(a_consumer_that_leaves_loses_no_element) {  // AC-09
  auto const tasks = sleepers(context, {2, 3});
  auto all = curfew::as_completed(tasks);
  start([&]() -> awaitable<> { co_await all.next(); });
  time.advance(1s);
  ask_and_settle();
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(all.remaining() == 2U);
  auto const body = [&]() -> awaitable<> { co_await all.next(); };
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::timeout(500ms, body));
    BOOST_TEST(co_await rest_of(all) == "2, 3");
  });
}

EACH_OWNER(an_element_that_ends_in_the_tick_of_a_request_is_not_lost) {  // AC-09
  for (bool const ask_first : {false, true}) {
    manual_op<> ready;
    auto const work = [&]() -> awaitable<int> {
      co_await ready();
      co_return 7;
    };
    std::vector const tasks{curfew::spawn(context, work)};
    auto all = curfew::as_completed(tasks);
    int got = 0;
    start([&]() -> awaitable<> { got = (co_await all.next())->result().value(); });
    settle();
    if (ask_first) asio::post(context, [&] { ask(); });
    ready.post();
    if (!ask_first) asio::post(context, [&] { ask(); });
    settle();
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST((got == 7) == (*ended == end::value));
    BOOST_TEST(all.remaining() == (got == 7 ? 0U : 1U));
    run([&]() -> awaitable<> {
      auto const left = co_await rest_of(all);
      BOOST_TEST(left == (got == 7 ? "" : "7"));
    });
  }
}

EACH_OWNER(it_may_be_dropped_early_and_the_tasks_go_on) {  // AC-10
  auto const argument = make_held();
  auto const t = curfew::spawn(context, give(1, 2s, argument));
  run([&]() -> awaitable<> {
    std::vector const tasks{t, curfew::spawn(context, give(2, 1s, argument))};
    auto all = curfew::as_completed(tasks);
    auto moved = std::move(all);
    BOOST_TEST((*co_await moved.next() == tasks[1]));
    auto const unused = curfew::as_completed(tasks);
    BOOST_TEST(unused.remaining() == 2U);
  });
  time.run();
  BOOST_TEST(t.result().value() == 1);
  BOOST_TEST(argument.use_count() == 1);
}

BOOST_FIXTURE_TEST_CASE(it_works_on_executors_of_any_type, fixture) {
  auto const tasks = sleepers(context, {2, 1});
  auto const body = [&]() -> asio::awaitable<int, io_executor> {
    auto all = curfew::as_completed(tasks);
    auto const first = co_await all.next<io_executor>();
    co_return first->result().value();
  };
  auto const t = curfew::spawn(context, body);
  time.run();
  BOOST_TEST(t.result().value() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
