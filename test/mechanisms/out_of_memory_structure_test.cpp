#include "out_of_memory.hpp"

BOOST_AUTO_TEST_SUITE(out_of_memory_structure)

BOOST_AUTO_TEST_CASE(gathered_operations_end_or_say_that_there_is_no_memory) {
  auto const gathered = []() -> awaitable<> {
    auto op = curfew::gather(curfew::sleep_for(1us), curfew::sleep_for(2us));
    co_await std::move(op);
  };
  survives_every_failure(gathered, end::value, where::anywhere);
}

namespace {

awaitable<> sleepy_child() { co_await curfew::sleep_for(1us); }

/// Where a child finds no memory to go on Asio destroys it, which its group can only call an abort.
template <class T>
awaitable<> with_children(awaitable<T> op) {
  bool aborted = false;
  try {
    co_await std::move(op);
  } catch (system_error const& e) {
    if (e.code() != asio::error::operation_aborted) throw;
    aborted = true;
  }
  if (aborted) throw std::bad_alloc();
}

}  // namespace

BOOST_AUTO_TEST_CASE(gathered_coroutines_end_or_say_that_there_is_no_memory) {
  auto const gathered = []() -> awaitable<> {
    auto op = curfew::gather(sleepy_child(), sleepy_child());
    co_await with_children(std::move(op));
  };
  survives_every_failure(gathered, end::value, where::anywhere);
}

BOOST_AUTO_TEST_CASE(a_group_ends_or_says_that_there_is_no_memory) {
  auto const grouped = []() -> awaitable<> {
    auto const body = [](curfew::task_group& group) -> awaitable<> {
      group.spawn(sleepy_child());
      group.spawn(sleepy_child());
      co_return;
    };
    co_await with_children(curfew::with_task_group(body));
  };
  survives_every_failure(grouped, end::value, where::anywhere);
}

BOOST_AUTO_TEST_CASE(no_child_outlives_its_group_for_want_of_memory) {
  struct alive {
    explicit alive(int& count) : count_(count) { ++count_; }
    alive(alive const&) = delete;
    alive& operator=(alive const&) = delete;
    ~alive() { --count_; }
    int& count_;
  };
  int children = 0, outlived = 0;
  auto const child = [&]() -> awaitable<> {
    alive const here(children);
    co_await curfew::sleep_for(10us);
  };
  auto const looked_at = [&](auto make) {
    auto const step = [&, make]() -> awaitable<> {
      auto const ended = co_await curfew::settle(with_children(make()));
      outlived += children;
      if (!ended) std::rethrow_exception(ended.error());
    };
    for (std::size_t n = 1; run_with_failure(step, n, true).failed; ++n) BOOST_REQUIRE(n < 200U);
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn(child());
    group.spawn(child());
    co_return;
  };
  auto const without_limits = [&](curfew::task_group& group) -> awaitable<> {
    auto const waits = [&]() -> awaitable<> {
      alive const here(children);
      asio::steady_timer timer(co_await asio::this_coro::executor, 10us);
      co_await timer.async_wait(asio::deferred);
    };
    group.spawn(waits());
    co_return;
  };
  looked_at([&] { return curfew::with_task_group(body); });
  looked_at([&] { return curfew::with_task_group(without_limits); });
  looked_at([&]() -> awaitable<> { co_await curfew::gather(child(), child()); });
  looked_at([&]() -> awaitable<> { co_await curfew::race(child(), child()); });
  BOOST_TEST(outlived == 0);
}

BOOST_AUTO_TEST_CASE(a_task_ends_or_says_that_there_is_no_memory) {
  auto const spawned = []() -> awaitable<> {
    auto const executor = co_await asio::this_coro::executor;
    auto const child = curfew::spawn(executor, sleepy_child());
    while (!child.done()) co_await curfew::sleep_for(1us);
    co_await with_children(child.join());
  };
  survives_every_failure(spawned, end::value, where::anywhere);
}

BOOST_AUTO_TEST_CASE(a_scope_anywhere_ends_or_says_that_there_is_no_memory) {
  auto const scoped = []() -> awaitable<> { co_await curfew::timeout(1h, sleepy_child); };
  survives_every_failure(scoped, end::value, where::anywhere);
}

BOOST_AUTO_TEST_CASE(a_race_has_a_winner_or_says_that_there_is_no_memory) {
  auto const raced = []() -> awaitable<> {
    auto op = curfew::race(curfew::sleep_for(1us), curfew::sleep_for(1h));
    co_await std::move(op);
  };
  survives_every_failure(raced, end::value, where::anywhere);
}

BOOST_AUTO_TEST_CASE(waiting_for_an_event_ends_or_says_that_there_is_no_memory) {
  auto const waits = []() -> awaitable<> {
    curfew::event happened;
    co_await curfew::wait_for(happened.wait(), 1us);
  };
  survives_every_failure(waits, end::timed_out, where::anywhere);
}

BOOST_AUTO_TEST_CASE(waiting_for_a_permit_ends_or_says_that_there_is_no_memory) {
  auto const acquires = []() -> awaitable<> {
    curfew::semaphore permits(1);
    auto const held = permits.try_acquire();
    auto const turn = co_await curfew::wait_for(permits.acquire(), 1us);
    BOOST_TEST(!turn);
  };
  survives_every_failure(acquires, end::timed_out, where::anywhere);
}

BOOST_AUTO_TEST_CASE(a_queue_hands_over_or_says_that_there_is_no_memory) {
  auto const passes = []() -> awaitable<> {
    curfew::queue<int> items(1);
    co_await items.push(1);
    int const item = co_await items.pop();
    BOOST_TEST(item == 1);
    int const none = co_await curfew::wait_for(items.pop(), 1us);
    BOOST_TEST(none == 0);
  };
  survives_every_failure(passes, end::timed_out, where::anywhere);
}

BOOST_AUTO_TEST_SUITE_END()
