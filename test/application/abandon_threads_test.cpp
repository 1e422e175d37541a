#include "../interop/task_threads.hpp"

#include <curfew/abandon_after.hpp>
#include <curfew/shield.hpp>

// Callers and what they leave behind, on the strands of one pool.

BOOST_AUTO_TEST_SUITE(abandon_threads)

BOOST_AUTO_TEST_CASE(callers_on_strands_leave_work_in_a_group_of_another) {
  for (int round = 0; round < 100; ++round) {
    asio::thread_pool pool(3);
    std::atomic<int> in_time{0}, left{0}, elsewhere{0}, failed{0};
    auto const work = [](int times) -> awaitable<int> {
      co_return co_await curfew::shield(hop(times));
    };
    auto const caller = [&](curfew::task_group group, int times) -> awaitable<> {
      auto const mine = co_await asio::this_coro::executor;
      auto const how = co_await curfew::settle(
          curfew::abandon_after(work(times), std::chrono::microseconds(times * 7), group));
      elsewhere += !mine.target<pool_strand>()->running_in_this_thread();
      (how ? in_time : left) += 1;
      failed += !how && !how.timed_out() && !how.cancelled();
    };
    auto const callers = [&](curfew::task_group& inner, curfew::task_group outer) -> awaitable<> {
      for (int i = 0; i < 12; ++i) inner.spawn(pool, {}, caller, outer, i * 3);
      co_await curfew::sleep_for(std::chrono::microseconds(round * 5));
      if (round % 3 == 1) inner.cancel();
      if (round % 3 == 2) outer.cancel();
    };
    auto const owner = [&](curfew::task_group& outer) -> awaitable<> {
      (void)co_await curfew::settle(curfew::with_task_group(callers, outer));
    };
    auto const t = curfew::spawn(pool, [&] { return curfew::with_task_group(owner); });
    pool.wait();
    BOOST_REQUIRE(t.done());
    BOOST_REQUIRE(elsewhere == 0);
    BOOST_REQUIRE(failed == 0);
    BOOST_REQUIRE(in_time + left <= 12);
    BOOST_REQUIRE((round % 3 != 0 || in_time + left == 12));
  }
}

BOOST_AUTO_TEST_SUITE_END()
