#include "beside.hpp"

// Attempts that start one after the other until one of them succeeds: RFC 8305.

BOOST_AUTO_TEST_SUITE(staggered_race)

namespace {

/// Attempts that write down when they started.
struct attempts_of {
  using attempt = std::function<awaitable<int>()>;

  explicit attempts_of(fixture& in) : in_(&in) {}
  /// Succeeds, or fails with its number as the text, so long after its start.
  void succeed(curfew::clock::duration after) { add(after, false); }
  void fail(curfew::clock::duration after) { add(after, true); }

  std::vector<attempt> all;
  std::vector<curfew::clock::duration> starts;
  held argument = make_held();

 private:
  void add(curfew::clock::duration after, bool fails) {
    auto const number = static_cast<int>(all.size());
    all.push_back([this, number, after, fails] {
      starts.push_back(in_->elapsed());
      return run(number, after, fails, argument);
    });
  }
  static awaitable<int> run(int number, curfew::clock::duration after, bool fails, held) {
    if (after != 0s) co_await curfew::sleep_for(after);
    if (fails) throw failure(std::to_string(number));
    co_return number;
  }

  fixture* in_;
};

using times = std::vector<curfew::clock::duration>;

asio::awaitable<int, io_executor> connect() {
  co_await curfew::sleep_for(1s);
  co_return 7;
}
asio::awaitable<int, io_executor> connect_to_one() {
  std::vector const attempts{connect, connect};
  auto const r = co_await curfew::staggered_race(1s, attempts);
  co_return r.results[r.index].value();
}

}  // namespace

EACH_OWNER(the_next_starts_when_the_delay_has_passed) {  // AC-12
  attempts_of to(*this);
  to.succeed(1h);
  to.succeed(600ms);
  to.succeed(1h);
  to.succeed(1h);
  to.succeed(1h);
  run([&]() -> awaitable<> {
    auto const r = co_await curfew::staggered_race(250ms, to.all);
    BOOST_TEST(r.index == 1U);
    BOOST_TEST(r.results.size() == 4U);  // the last was not called
    BOOST_TEST(r.results[1].value() == 1);
    for (std::size_t const lost : {0U, 2U, 3U}) BOOST_TEST(r.results[lost].cancelled());
    co_await curfew::checkpoint();
  });
  BOOST_TEST((to.starts == times{0ms, 250ms, 500ms, 750ms}));
  BOOST_TEST((elapsed() == 850ms));
  BOOST_TEST(to.argument.use_count() == 1);
}

EACH_OWNER(the_next_starts_at_once_when_the_one_before_has_failed) {  // AC-12
  attempts_of to(*this);
  to.fail(100ms);
  to.fail(0ms);
  to.fail(400ms);
  to.succeed(1s);
  run([&]() -> awaitable<> {
    auto const r = co_await curfew::staggered_race(250ms, to.all);
    BOOST_TEST(r.index == 3U);
    BOOST_TEST(words_of(r.results[0].error()) == "0");
    BOOST_TEST(words_of(r.results[1].error()) == "1");
    BOOST_TEST(words_of(r.results[2].error()) == "2");
  });
  BOOST_TEST((to.starts == times{0ms, 100ms, 100ms, 350ms}));
}

EACH_OWNER(the_first_may_win_before_another_starts) {
  attempts_of to(*this);
  to.succeed(100ms);
  to.succeed(0ms);
  run([&]() -> awaitable<> {
    auto const r = co_await curfew::staggered_race(250ms, to.all);
    BOOST_TEST(r.index == 0U);
    BOOST_TEST(r.results.size() == 1U);
    attempts_of at_once(*this);
    at_once.succeed(0ms);
    at_once.succeed(0ms);
    auto const s = co_await curfew::staggered_race(250ms, at_once.all);
    BOOST_TEST(s.results.size() == 1U);
    BOOST_TEST(at_once.starts.size() == 1U);
  });
  BOOST_TEST((to.starts == times{0ms}));
  BOOST_TEST((elapsed() == 100ms));
}

EACH_OWNER(the_first_may_win_after_all_have_started) {
  attempts_of to(*this);
  to.succeed(1s);
  to.succeed(1h);
  run([&]() -> awaitable<> {
    auto const r = co_await curfew::staggered_race(250ms, to.all);
    BOOST_TEST(r.index == 0U);
    BOOST_TEST(r.results.at(1).cancelled());
  });
  BOOST_TEST((elapsed() == 1s));
}

EACH_OWNER(zero_starts_all_at_once_and_never_one_after_the_other) {
  attempts_of to(*this), one_by_one(*this);
  for (int i = 0; i < 3; ++i) to.succeed(std::chrono::seconds(3 - i));
  one_by_one.fail(5s);
  one_by_one.succeed(5s);
  run([&]() -> awaitable<> {
    auto const r = co_await curfew::staggered_race(0s, to.all);
    BOOST_TEST(r.index == 2U);
    BOOST_TEST((to.starts == times{0s, 0s, 0s}));
    auto const s = co_await curfew::staggered_race(curfew::never, one_by_one.all);
    BOOST_TEST(s.index == 1U);
    BOOST_TEST((one_by_one.starts == times{1s, 6s}));
  });
}

EACH_OWNER(when_none_succeeds_the_failures_are_raised_in_order) {  // AC-12
  attempts_of to(*this), alone(*this);
  to.fail(1s);
  to.fail(300ms);
  to.fail(0ms);
  alone.fail(1s);
  run([&]() -> awaitable<> {
    SAYS("[0 1 2]", curfew::staggered_race(250ms, to.all));
    BOOST_TEST((elapsed() == 1s));
    SAYS("0", curfew::staggered_race(250ms, alone.all));
  });
}

EACH_OWNER(a_request_stops_those_that_run_and_starts_no_other) {
  attempts_of to(*this);
  for (int i = 0; i < 3; ++i) to.succeed(1h);
  start([&]() -> awaitable<> { co_await curfew::staggered_race(1s, to.all); });
  time.advance(1500ms);
  ask_and_settle();
  finish(end::aborted);
  BOOST_TEST((to.starts == times{0s, 1s}));
  BOOST_TEST((elapsed() == 1500ms));
  BOOST_TEST(to.argument.use_count() == 1);
}

EACH_OWNER(a_request_in_the_first_attempt_is_raised) {
  int started = 0;
  auto const asks = [&]() -> awaitable<int> {
    ++started;
    ask();
    co_await curfew::sleep_for(1s);
    co_return 1;
  };
  std::vector<std::function<awaitable<int>()>> const all{asks, asks};
  run([&]() -> awaitable<> { co_await curfew::staggered_race(1s, all); }, end::aborted);
  BOOST_TEST(started == 1);
  BOOST_TEST((elapsed() == 0s));
}

EACH_OWNER(a_value_in_spite_of_a_request_wins) {
  std::vector<std::function<awaitable<int>()>> all;
  for (int i = 0; i < 3; ++i) all.push_back([] { return stubborn(7, 3s); });
  std::size_t won = 9, of = 0;
  start([&]() -> awaitable<> {
    auto const r = co_await curfew::staggered_race(1s, all);
    won = r.index;
    of = r.results.size();
  });
  time.advance(1500ms);
  ask_and_settle();
  finish();
  BOOST_TEST(won == 0U);
  BOOST_TEST(of == 2U);
}

EACH_OWNER(a_scope_around_limits_it) {
  attempts_of to(*this);
  for (int i = 0; i < 9; ++i) to.succeed(1h);
  auto const body = [&]() -> awaitable<> { co_await curfew::staggered_race(1s, to.all); };
  run([&]() -> awaitable<> { ENDS(end::timed_out, curfew::timeout(3500ms, body)); });
  BOOST_TEST(to.starts.size() == 4U);
  BOOST_TEST(to.argument.use_count() == 1);
}

EACH_OWNER(an_attempt_that_throws_before_it_is_a_coroutine_has_failed) {
  std::vector<std::function<awaitable<int>()>> attempts;
  attempts.push_back([]() -> awaitable<int> { throw failure("no address"); });  // no coroutine
  attempts.push_back([] { return awaitable<int>(); });  // an empty awaitable
  attempts.push_back([] { return give(7, 1s); });
  std::size_t won = 0;
  run([&]() -> awaitable<> {
    auto race = curfew::staggered_race(1h, attempts);
    auto const r = co_await std::move(race);
    won = r.index;
    BOOST_TEST(words_of(r.results[0].error()) == "no address");
    BOOST_TEST(!r.results[1].has_value());
    BOOST_TEST(r.results[2].value() == 7);
  });
  BOOST_TEST(won == 2U);
}

BOOST_AUTO_TEST_CASE(an_empty_range_is_refused_by_the_call) {
  std::vector<std::function<awaitable<>()>> const none;
  BOOST_TEST(thrown_by([&] { (void)curfew::staggered_race(1s, none); }) == "invalid_state");
}

BOOST_FIXTURE_TEST_CASE(it_works_on_executors_of_any_type, fixture) {
  auto const t = curfew::spawn(context, connect_to_one());
  time.run();
  BOOST_TEST(t.result().value() == 7);
}

BOOST_AUTO_TEST_SUITE_END()
