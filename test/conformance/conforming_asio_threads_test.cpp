#include "conformance.hpp"

#include "../interop/task_threads.hpp"
#include "../operations/manual_op.hpp"

// In real time, on real threads; nothing waits for longer than some microseconds.

BOOST_AUTO_TEST_SUITE(conforming_asio_threads)

CONFORMS("AX-11", on_a_pool_of_threads_a_limit_and_a_completion_meet_on_a_strand) {
  asio::thread_pool pool(3);
  std::atomic<int> values{0}, timeouts{0}, others{0};
  int const before = alone::both;
  auto const races = [&](int number) -> awaitable<> {
    alone here;
    for (int i = 0; i < 100; ++i) {
      auto const limit = std::chrono::microseconds((i + number) % 5 * 20);
      auto const ended = co_await curfew::settle(curfew::wait_for(curfew::sleep_for(50us), limit));
      here.enter();
      auto& count = ended.has_value() ? values : ended.timed_out() ? timeouts : others;
      ++count;
      here.leave();
    }
  };
  std::vector<curfew::task<void>> all;
  for (int i = 0; i < 10; ++i) all.push_back(curfew::spawn(pool, {"races"}, races, i));
  pool.wait();
  for (auto const& each : all) BOOST_TEST(each.result().has_value());
  BOOST_TEST(values + timeouts == 1000);
  BOOST_TEST(others == 0);
  BOOST_TEST(alone::both == before);
}

CONFORMS("AX-12", a_caller_resumes_where_it_is_and_a_body_elsewhere_is_asked_where_that_is) {
  other_context home, away;
  std::atomic<int> wrong{0}, done{0};
  manual_op<error_code> op;
  op.on_cancel = [&] {
    wrong += !away.is_here();
    op.post(asio::error::operation_aborted);
  };
  auto const body = [&](int how) -> awaitable<> {
    wrong += !away.is_here();
    if (how == 1) throw failure("broken");
    if (how == 2) co_await op();
  };
  char const* const expected[] = {"value", "broken", "timed_out"};
  auto const main = [&]() -> awaitable<> {
    for (int how = 0; how < 3; ++how) {
      auto limited = curfew::wait_for(away.context, body(how), how == 2 ? 50us : 1h);
      SAYS(expected[how], std::move(limited));
      wrong += !home.is_here();
    }
    ++done;
  };
  asio::co_spawn(home.context, main(), asio::detached);
  wait_for(done, 1);
  BOOST_TEST(op.requests.size() == 1U);
  BOOST_TEST(wrong == 0);
}

CONFORMS("AX-22", children_may_end_on_other_threads_while_their_parent_still_starts) {
  for (int round = 0; round < 300; ++round) {
    asio::thread_pool pool(3);
    curfew::cancellation_source source;
    std::atomic<int> started{0};
    auto const child = [&](int times) -> awaitable<> {
      ++started;
      (void)co_await hop(times);
    };
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      for (int i = 0; i < 6; ++i) group.spawn(pool, {"short"}, child, i % 2);
      group.spawn(pool, {"long"}, child, 1'000'000);  // ends in time only if it is asked to
      co_return;
    };
    auto const main = [&]() -> awaitable<> {
      co_await curfew::cancel_when(curfew::with_task_group(body), source.token());
    };
    auto const task = curfew::spawn(pool, main);
    wait_for(started, round % 4);
    source.cancel();
    pool.wait();
    BOOST_REQUIRE(task.cancelled());
  }
}

BOOST_AUTO_TEST_SUITE_END()
