#include <deque>

#include "../operations/manual_op.hpp"
#include "beside.hpp"

// All values of operations that run beside each other, or the first failure.

BOOST_AUTO_TEST_SUITE(gather)

namespace {

awaitable<move_only> give_movable(int value) { co_return std::make_unique<int>(value); }
awaitable<no_default> give_made(int value) {
  co_await curfew::sleep_for(1s);
  co_return no_default(value);
}
awaitable<std::tuple<int, std::string>> give_tuple() { co_return std::tuple(1, std::string("x")); }

template <class Executor>
asio::awaitable<int, Executor> sum_of_gathered() {
  auto const found = co_await curfew::gather(curfew::sleep_for(1s), give_on<Executor>(1, 2s));
  auto const named = co_await curfew::gather.on<Executor>(curfew::sleep_for(1s));
  static_assert(std::tuple_size_v<std::remove_const_t<decltype(named)>> == 1);
  std::vector<asio::awaitable<int, Executor>> ops;
  ops.push_back(give_on<Executor>(2, 1s));
  auto const ranged = co_await curfew::gather(std::move(ops));
  co_return std::get<1>(found) + ranged[0];
}

}  // namespace

EACH_OWNER(values_come_in_the_order_of_the_arguments) {  // GA-01
  run([&]() -> awaitable<> {
    auto const all = co_await curfew::gather(give(1, 3s), give(2, 1s), give(3, 2s));
    BOOST_TEST((all == std::tuple(1, 2, 3)));
    BOOST_TEST((elapsed() == 3s));
  });
}

EACH_OWNER(awaitables_deferred_operations_and_tasks_may_be_mixed) {
  auto const t = curfew::spawn(context, give(3, 3s));
  run([&]() -> awaitable<> {
    auto const all = co_await curfew::gather(sleepy(1s), curfew::sleep_for(2s), t, give(4, 1s));
    static_assert(
        std::is_same_v<decltype(all), std::tuple<std::monostate, std::monostate, int, int> const>);
    BOOST_TEST(std::get<2>(all) + std::get<3>(all) == 7);
    BOOST_TEST((elapsed() == 3s));
  });
}

EACH_OWNER(values_of_any_kind_are_handed_over) {
  run([&]() -> awaitable<> {
    auto all = co_await curfew::gather(give_movable(1), give_made(2), give_tuple());
    move_only const first = std::move(std::get<0>(all));
    BOOST_TEST(*first + std::get<1>(all).value == 3);
    BOOST_TEST(std::get<1>(std::get<2>(all)) == "x");
    auto const single = co_await curfew::gather(give_tuple());
    BOOST_TEST(std::get<0>(std::get<0>(single)) == 1);
    auto const one = co_await curfew::gather(give_movable(3));
    BOOST_TEST(*std::get<0>(one) == 3);
  });
}

EACH_OWNER(a_range_gives_a_vector_in_its_order) {
  std::vector<curfew::task<int>> tasks;
  for (int i = 0; i < 3; ++i)
    tasks.push_back(curfew::spawn(context, give(i, std::chrono::seconds(3 - i))));
  run([&]() -> awaitable<> {
    std::vector<awaitable<int>> ops;
    for (int i = 0; i < 5; ++i) ops.push_back(give(i, std::chrono::seconds(5 - i)));
    auto const all = co_await curfew::gather(std::move(ops));
    BOOST_TEST((all == std::vector{0, 1, 2, 3, 4}));
    std::vector<decltype(curfew::sleep_for(1s))> sleeps;
    for (int i = 0; i < 3; ++i) sleeps.push_back(curfew::sleep_for(1s));
    auto const none = co_await curfew::gather(std::move(sleeps));
    BOOST_TEST((none == std::vector<std::monostate>(3)));
    BOOST_TEST((elapsed() == 6s));
    std::deque<awaitable<no_default>> made;
    made.push_back(give_made(7));
    auto const given = co_await curfew::gather(std::move(made));
    BOOST_TEST(given.at(0).value == 7);
    auto const joined = co_await curfew::gather(tasks);  // handles may be kept
    BOOST_TEST((joined == std::vector{0, 1, 2}));
    BOOST_TEST(tasks[0].valid());
  });
}

EACH_OWNER(nothing_gives_nothing_at_once) {  // GA-02
  run([&]() -> awaitable<> {
    auto const none = co_await curfew::gather();
    static_assert(std::tuple_size_v<std::remove_const_t<decltype(none)>> == 0);
    auto const empty = co_await curfew::gather(std::vector<awaitable<int>>());
    BOOST_TEST(empty.empty());
  });
  BOOST_TEST((elapsed() == 0s));
}

EACH_OWNER(a_task_that_is_given_twice_gives_its_value_twice) {  // GA-03
  auto const t = curfew::spawn(context, give(7, 1s));
  run([&]() -> awaitable<> {
    auto const all = co_await curfew::gather(t, t, t.join());
    BOOST_TEST((all == std::tuple(7, 7, 7)));
  });
}

EACH_OWNER(the_first_failure_stops_the_others_and_it_alone_is_raised) {  // GA-04, GA-05
  captured_cerr const log;
  auto const argument = make_held();
  int asked = 0;
  run([&]() -> awaitable<> {
    SAYS("first", curfew::gather(until_asked(asked, argument), fail("first", 1s, argument),
                                 fail_when_asked("second", argument), stubborn(4, 3s, argument),
                                 fail("third", 1s)));
    BOOST_TEST((elapsed() == 3s));  // the stubborn one was waited for
    std::vector<awaitable<>> ops;
    ops.push_back(until_asked(asked, argument));
    ops.push_back(fail("ranged", 1s, argument));
    SAYS("ranged", curfew::gather(std::move(ops)));
    co_await curfew::checkpoint();
  });
  BOOST_TEST(asked == 2);
  BOOST_TEST(argument.use_count() == 1);
  BOOST_TEST(log.text() == "");
}

EACH_OWNER(a_failure_in_the_very_start_keeps_the_rest_from_starting) {
  auto const argument = make_held();
  int asked = 0, started = 0;
  run([&]() -> awaitable<> {
    SAYS("broken", curfew::gather(until_asked(asked, argument), fail_now("broken", argument),
                                  counting(started, argument), counting(started, argument)));
    std::vector<awaitable<>> ops;
    ops.push_back(fail_now("broken", argument));
    ops.push_back(until_asked(started, argument));
    SAYS("broken", curfew::gather(std::move(ops)));
  });
  BOOST_TEST(asked == 1);
  BOOST_TEST(started == 0);
  BOOST_TEST(argument.use_count() == 1);
  BOOST_TEST((elapsed() == 0s));
}

EACH_OWNER(an_empty_awaitable_or_handle_is_refused_and_leaves_nothing_running) {  // GA-13
  auto const argument = make_held();
  int asked = 0;
  run([&]() -> awaitable<> {
    awaitable<int> empty;
    SAYS("invalid_state", curfew::gather(until_asked(asked, argument), std::move(empty)));
    SAYS("invalid_state", curfew::gather(give(1, 1s, argument), curfew::task<int>()));
    std::vector<awaitable<int>> ops(2);
    SAYS("invalid_state", curfew::gather(std::move(ops)));
  });
  BOOST_TEST(argument.use_count() == 1);
  BOOST_TEST((elapsed() == 0s));
}

EACH_OWNER(a_task_that_was_cancelled_is_an_error_and_not_a_request) {  // GA-07
  auto t = curfew::spawn(context, sleepy(1h));
  int asked = 0;
  start([&]() -> awaitable<> {
    SAYS("task_cancelled", curfew::gather(t, until_asked(asked)));
    co_await curfew::checkpoint();
  });
  settle();
  t.cancel();
  finish();
  BOOST_TEST(asked == 1);
}

EACH_OWNER(a_failure_leaves_tasks_alone) {
  auto const t = curfew::spawn(context, give(7, 1h));
  run([&]() -> awaitable<> { SAYS("broken", curfew::gather(t, fail("broken", 1s))); });
  BOOST_TEST(t.result().value() == 7);
}

EACH_OWNER(children_that_end_at_once_need_no_turn_of_the_context) {  // GA-17
  int turns = 0;
  run([&]() -> awaitable<> {
    co_await curfew::checkpoint();
    asio::post(context, [&] { ++turns; });
    auto const all = co_await curfew::gather(give_now(1), give_now(2));
    BOOST_TEST((all == std::tuple(1, 2)));
    BOOST_TEST((turns == 0 || !is_a_task()));  // plain Asio's are adopted in a turn
  });
}

EACH_OWNER(the_limit_of_a_scope_around_is_the_scopes) {
  int asked = 0;
  auto const both = [&]() -> awaitable<> {
    co_await curfew::gather(until_asked(asked), until_asked(asked));
  };
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::timeout(1s, both));
    BOOST_TEST(!co_await curfew::move_on_after(1s, both));
    ENDS(end::timed_out, curfew::gather(both(), curfew::wait_for(sleepy(1h), 1s)));
  });
  BOOST_TEST(asked == 6);
  BOOST_TEST((elapsed() == 3s));
}

BOOST_FIXTURE_TEST_CASE(it_works_on_executors_of_any_type, fixture) {
  auto const any = curfew::spawn(context, sum_of_gathered<asio::any_io_executor>());
  auto const own = curfew::spawn(context, sum_of_gathered<io_executor>());
  int plain = 0;
  asio::co_spawn(context.get_executor(), sum_of_gathered<io_executor>(),
                 [&](std::exception_ptr, int sum) { plain = sum; });
  time.run();
  BOOST_TEST(any.result().value() + own.result().value() + plain == 9);
}

BOOST_AUTO_TEST_SUITE_END()
