#include "../structure/owners.hpp"

// What tasks and groups refuse, and how.

BOOST_AUTO_TEST_SUITE(tasks)

namespace {

bool is_invalid_state(system_error const& e) { return e.code() == curfew::errc::invalid_state; }
bool is_invalid_limit(system_error const& e) { return e.code() == curfew::errc::invalid_limit; }

awaitable<int> answer() { co_return 42; }
/// A coroutine function that gives no coroutine.
awaitable<int> nothing() { return {}; }

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_awaitable_that_was_moved_from_is_refused_by_spawn, fixture) {
  auto op = answer();
  auto taken = std::move(op);
  auto& empty = op;
  BOOST_CHECK_EXCEPTION(curfew::spawn(context, std::move(empty)), system_error, is_invalid_state);
  BOOST_CHECK_EXCEPTION(curfew::spawn(context, {"name"}, std::move(empty)), system_error,
                        is_invalid_state);
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    BOOST_CHECK_EXCEPTION(group.spawn(std::move(empty)), system_error, is_invalid_state);
    BOOST_CHECK_EXCEPTION(group.spawn({"name"}, std::move(empty)), system_error, is_invalid_state);
    BOOST_CHECK_EXCEPTION(group.spawn(context, std::move(empty)), system_error, is_invalid_state);
    BOOST_TEST(group.size() == 0U);  // nothing was started
    co_return;
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
}

BOOST_FIXTURE_TEST_CASE(an_awaitable_that_was_awaited_is_refused_by_spawn, fixture) {
  run([&]() -> awaitable<> {
    auto op = answer();
    (void)co_await std::move(op);
    BOOST_CHECK_EXCEPTION(curfew::spawn(context, std::move(op)), system_error, is_invalid_state);
  });
}

BOOST_FIXTURE_TEST_CASE(a_function_that_gives_an_empty_awaitable_fails_its_task, fixture) {
  auto const t = curfew::spawn(context, nothing);
  auto const body = [](curfew::task_group&) -> awaitable<> { return {}; };
  run([&]() -> awaitable<> {
    SAYS("invalid_state", t.join());
    SAYS("invalid_state", curfew::with_task_group(body));
    SAYS("invalid_state", curfew::with_task_group(nothing));
  });
}

BOOST_FIXTURE_TEST_CASE(a_null_function_fails_its_task, fixture) {
  std::function<awaitable<int>()> const null;
  auto const t = curfew::spawn(context, null);
  run([&]() -> awaitable<> {
    bool caught = false;
    try {
      (void)co_await t.join();
    } catch (std::bad_function_call const&) {
      caught = true;
    }
    BOOST_TEST(caught);
  });
}

BOOST_AUTO_TEST_CASE(a_group_in_which_nothing_could_run_is_refused) {
  curfew::group_options options;
  BOOST_CHECK_EXCEPTION(options.max_concurrency(0), system_error, is_invalid_limit);
  BOOST_CHECK_EXCEPTION(curfew::group_options().max_concurrency(0), system_error, is_invalid_limit);
  BOOST_TEST(options.max_concurrency() == 0U);  // unbounded, as before
  options.max_concurrency(1).name("jobs").on_failure(curfew::on_failure::keep_going);
  BOOST_TEST(options.max_concurrency() == 1U);
  BOOST_TEST(options.name() == "jobs");
  BOOST_TEST((options.on_failure() == curfew::on_failure::keep_going));
}

BOOST_FIXTURE_TEST_CASE(a_result_is_refused_before_the_end, fixture) {
  auto t = curfew::spawn(context, give(7, 1s));
  BOOST_CHECK_EXCEPTION((void)t.result(), system_error, is_invalid_state);
  time.run();
  BOOST_TEST(t.result().value() == 7);
}

BOOST_FIXTURE_TEST_CASE(a_value_whose_move_throws_fails_the_task, fixture) {
  struct brittle {
    explicit brittle(int moves) : moves_left(moves) {}
    brittle(brittle&& other) : moves_left(other.moves_left - 1) {
      if (moves_left < 0) throw failure("moved too often");
    }
    int moves_left;
  };
  int values = 0, failures = 0;
  for (int moves = 0; moves < 8; ++moves) {
    auto const body = [moves]() -> awaitable<brittle> { co_return brittle(moves); };
    auto const t = curfew::spawn(context, body);
    time.run();
    BOOST_REQUIRE(t.done());
    if (t.result().has_value()) {
      ++values;
    } else {
      ++failures;
      BOOST_TEST(words_of(t.result().error()) == "moved too often");
    }
  }
  BOOST_TEST(values > 0);
  BOOST_TEST(failures > 0);
}

BOOST_FIXTURE_TEST_CASE(a_name_may_be_anything, fixture) {
  auto const odd = curfew::spawn(context, {std::string("\0\n\"%s", 5)}, give, 1, 0s, held());
  auto const long_one = curfew::spawn(context, {std::string(100'000, 'x')}, give, 2, 0s, held());
  time.run();
  BOOST_TEST(odd.name().size() == 5U);
  BOOST_TEST(long_one.name().size() == 100'000U);
}

BOOST_FIXTURE_TEST_CASE(reports_bear_what_is_no_exception_and_has_no_name, fixture) {
  captured_cerr const cerr;
  auto const odd = []() -> awaitable<> {
    throw 42;
    co_return;
  };
  curfew::spawn(context, odd);
  time.run();
  BOOST_TEST(cerr.count("an exception that is no std::exception") == 1);
}

BOOST_AUTO_TEST_SUITE_END()
