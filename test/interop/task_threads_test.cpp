#include "task_threads.hpp"

#include <random>

BOOST_AUTO_TEST_SUITE(task_threads)

BOOST_AUTO_TEST_CASE(tasks_are_spawned_and_cancelled_from_any_thread_at_any_moment) {  // TC-25
  for (unsigned round = 0; round < 300; ++round) {
    asio::thread_pool pool(3);
    std::vector<curfew::task<int>> tasks(12);
    std::atomic<int> spawned{0}, first{0};
    auto const spawn = [&](std::size_t from) {
      return [&, from] {
        for (std::size_t i = from; i < tasks.size(); i += 2)
          tasks[i] = curfew::spawn(pool, hop(static_cast<int>((i * 7 + round) % 20)));
        ++spawned;
      };
    };
    auto const cancel = [&](unsigned seed) {
      return [&, seed] {
        std::mt19937 random(seed);
        wait_for(spawned, 2);
        for (unsigned i = 0; i < tasks.size(); ++i) {
          auto& each = tasks[random() % tasks.size()];
          if (each.cancel({"by a thread"})) ++first;
          (void)each.reason();
          (void)each.done();
        }
      };
    };
    at_once(spawn(0), spawn(1), cancel(round), cancel(round + 1));
    pool.wait();
    int cancelled = 0, asked = 0;
    for (auto const& each : tasks) {
      BOOST_REQUIRE(each.done());
      BOOST_REQUIRE((each.cancelled() || each.result().has_value()));
      cancelled += each.cancelled();
      asked += each.reason() ? 1 : 0;
    }
    BOOST_REQUIRE(asked == first);
    BOOST_REQUIRE(cancelled <= asked);
  }
  BOOST_TEST(alone::both == 0);
}

BOOST_AUTO_TEST_CASE(a_task_that_was_asked_before_it_began_never_runs) {
  for (int round = 0; round < 300; ++round) {
    asio::thread_pool pool(2);
    std::atomic<int> ran{0};
    auto const body = [&ran]() -> awaitable<> {
      ++ran;
      co_return;
    };
    auto t = curfew::spawn(pool, body);
    bool const first = t.cancel();
    pool.wait();
    BOOST_REQUIRE(t.done());
    BOOST_REQUIRE((ran == 1) == t.result().has_value());
    BOOST_REQUIRE((first || ran == 1));
  }
}

BOOST_AUTO_TEST_CASE(joins_across_contexts_resume_on_the_joiners_executor) {
  other_context a, b;
  for (int round = 0; round < 300; ++round) {
    std::atomic<int> done{0}, wrong{0};
    auto work = curfew::spawn(a.context, hop(round % 6));
    auto const joiner = [&](other_context& mine, bool waits) -> awaitable<> {
      auto op = waits ? work.join() : curfew::wait_for(work.join(), 20us);
      auto const got = co_await curfew::settle(std::move(op));
      wrong += !mine.is_here();
      wrong += got && got.value() != round % 6;
      ++done;
    };
    auto j1 = curfew::spawn(b.context, {}, joiner, std::ref(b), true);
    auto j2 = curfew::spawn(a.context, {}, joiner, std::ref(a), true);
    auto j3 = curfew::spawn(b.context, {}, joiner, std::ref(b), false);
    if (round % 3 == 0) work.cancel();
    if (round % 4 == 0) j1.cancel();
    if (round % 5 == 0) j3.cancel();
    // Who was cancelled before the first instruction does not count itself.
    while (!j1.done() || !j2.done() || !j3.done()) std::this_thread::yield();
    BOOST_REQUIRE(wrong == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
