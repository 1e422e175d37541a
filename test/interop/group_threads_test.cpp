#include "task_threads.hpp"

BOOST_AUTO_TEST_SUITE(group_threads)

BOOST_AUTO_TEST_CASE(a_group_has_children_on_strands_of_one_pool) {  // TG-53
  for (int round = 0; round < 200; ++round) {
    asio::thread_pool pool(3);
    bool const fails = round % 3 == 1, cancels = round % 3 == 2;
    std::atomic<int> on_own_executor{0}, ended{0};
    auto const body = [&](curfew::task_group& group) -> awaitable<int> {
      auto const mine = co_await asio::this_coro::executor;
      std::vector<curfew::task<int>> children;
      for (int i = 0; i < 8; ++i)
        children.push_back(group.spawn(pool, hop(i == 0 && (fails || cancels) ? 1'000'000 : i)));
      if (fails) group.spawn(pool, hop_and_fail(round % 7));
      if (cancels)
        group.spawn(asio::make_strand(pool), [&group]() -> awaitable<> {
          (void)co_await hop(3);
          group.cancel({"by a child"});
        });
      int sum = 0;
      for (auto const& each : children) {
        sum += co_await each.join();
        on_own_executor += mine.target<pool_strand>()->running_in_this_thread();
      }
      co_return sum;
    };
    auto const around = [&]() -> awaitable<int> {
      auto const mine = co_await asio::this_coro::executor;
      auto const got = co_await curfew::settle(curfew::with_task_group(body));
      ended += mine.target<pool_strand>()->running_in_this_thread();
      co_return got ? got.value() : words_of(got.error()) == "broken" ? -1 : -2;
    };
    auto const t = curfew::spawn(pool, around);
    pool.wait();
    BOOST_REQUIRE(t.done());
    BOOST_REQUIRE(t.result().value() == (fails ? -1 : cancels ? -2 : 28));
    BOOST_REQUIRE(ended == 1);
    BOOST_REQUIRE((fails || cancels || on_own_executor == 8));
  }
}

BOOST_AUTO_TEST_CASE(a_group_has_children_on_other_contexts) {
  other_context a, b, c;
  std::atomic<int> done{0}, elsewhere{0};
  for (int round = 0; round < 200; ++round) {
    auto const on = [&](other_context& there, int times) -> awaitable<> {
      (void)co_await hop(times);
      elsewhere += !there.is_here();
    };
    auto const stubborn = [](int times) -> awaitable<> {
      (void)co_await curfew::settle(curfew::sleep_forever());
      (void)co_await curfew::shield(hop(times));
    };
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      for (int i = 0; i < 4; ++i) {
        group.spawn(b.context, {}, on, std::ref(b), i);
        group.spawn(c.context, {}, on, std::ref(c), i);
        if (round % 2) group.spawn(c.context, {}, stubborn, 0);
      }
      co_await asio::post(asio::deferred);
      elsewhere += !a.is_here();
      if (round % 2) group.cancel();
      group.size();
    };
    auto const around = [&]() -> awaitable<> {
      co_await curfew::with_task_group(body);
      elsewhere += !a.is_here();
      ++done;
    };
    auto t = curfew::spawn(a.context, around);
    wait_for(done, round + 1);
  }
  BOOST_TEST(elsewhere == 0);
}

BOOST_AUTO_TEST_CASE(a_group_is_cancelled_and_spawned_into_from_foreign_threads) {
  for (int round = 0; round < 200; ++round) {
    asio::thread_pool pool(2);
    std::optional<curfew::task_group> kept;
    std::atomic<int> opened{0}, ran{0};
    auto const argument = make_held();
    auto const child = [&](held) -> awaitable<> {
      ++ran;
      (void)co_await hop(1'000'000);
    };
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      kept = group;
      ++opened;
      (void)co_await hop(1'000'000);
    };
    auto t = curfew::spawn(pool, [&] { return curfew::with_task_group(body); });
    wait_for(opened, 1);
    int refused = 0, first = 0;
    auto const spawner = [&, group = *kept]() mutable {
      for (int i = 0; i < 30; ++i)
        refused += thrown_by([&] { group.spawn(pool, {}, child, argument); }) == "group_closed";
    };
    auto const canceller = [&, group = *kept]() mutable {
      for (int i = 0; i < round % 50; ++i) std::this_thread::yield();
      first += group.cancel({"from a thread"});
    };
    auto const reader = [&, group = *kept]() mutable {
      while (!group.token().cancelled()) (void)group.size();
    };
    at_once(spawner, canceller, reader);
    pool.wait();
    BOOST_REQUIRE(t.result().has_value());
    BOOST_REQUIRE(first == 1);
    BOOST_REQUIRE(ran <= 30 - refused);
    BOOST_REQUIRE(argument.use_count() == 1);
  }
}

BOOST_AUTO_TEST_CASE(failures_on_many_threads_are_each_raised_once) {
  for (int round = 0; round < 200; ++round) {
    asio::thread_pool pool(3);
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      for (int i = 0; i < 6; ++i) group.spawn(pool, hop_and_fail(i % 3));
      co_return;
    };
    auto const around = [&]() -> awaitable<int> {
      auto const ended =
          co_await curfew::settle(curfew::with_task_group(curfew::on_failure::keep_going, body));
      auto const words = words_of(ended.error());
      co_return static_cast<int>(words.size());
    };
    auto const t = curfew::spawn(pool, around);
    pool.wait();
    BOOST_REQUIRE(t.result().value() == 6 * 7 + 1);
  }
}

BOOST_AUTO_TEST_CASE(start_waits_for_children_on_another_thread) {
  other_context a, b;
  for (int round = 0; round < 200; ++round) {
    std::atomic<int> wrong{0};
    auto const serves = [](curfew::task_started<int> const& started, int port) -> awaitable<> {
      (void)co_await hop(2);
      started(port);
      (void)co_await hop(2);
    };
    std::optional<curfew::task_group> kept;
    std::atomic<int> opened{0}, may_end{0};
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      kept = group;
      ++opened;
      while (!may_end) co_await asio::post(asio::deferred);
    };
    auto const owner = curfew::spawn(a.context, [&] { return curfew::with_task_group(body); });
    wait_for(opened, 1);
    auto const starter = [&, group = *kept]() mutable -> awaitable<> {
      auto op =
          round % 2 ? group.start(serves, 80) : curfew::wait_for(group.start(serves, 80), 15us);
      auto const got = co_await curfew::settle(std::move(op));
      wrong += !b.is_here();
      wrong += got ? got.value() != 80 : !got.timed_out();
      ++may_end;
    };
    auto const t = curfew::spawn(b.context, starter);
    while (!t.done() || !owner.done()) std::this_thread::yield();
    BOOST_REQUIRE(wrong == 0);
    BOOST_REQUIRE(owner.result().has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()
