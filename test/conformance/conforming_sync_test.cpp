#include "same_tick.hpp"

// Mutexes, semaphores, events and queues whose waiters are cancelled.

BOOST_AUTO_TEST_SUITE(conforming_sync)

CONFORMS("SY-01", a_lock_whose_waiter_is_cancelled_as_it_is_granted_goes_to_the_next) {
  int granted = 0;
  in_each_order([&]() -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    curfew::mutex lock;
    auto held = lock.try_lock();
    std::string order;
    auto const enters = [&](char name) -> awaitable<> {
      auto const guard = co_await lock.lock();
      order += name;
      co_await curfew::sleep_for(1s);
    };
    auto const a = curfew::spawn(here, {}, enters, 'a');
    auto const b = curfew::spawn(here, {}, enters, 'b');
    co_await at_one_instant([&] { held.unlock(); }, [&] { a.cancel(); });
    co_await a.wait();
    co_await b.wait();
    BOOST_TEST(a.cancelled());
    BOOST_TEST(b.result().has_value());
    BOOST_TEST((order == "b" || order == "ab"));
    BOOST_TEST(!!lock.try_lock());
    granted += order == "ab";
  });
  BOOST_TEST(granted > 0);
}

CONFORMS("SY-02", a_permit_whose_waiter_is_cancelled_before_it_runs_goes_to_the_next) {
  in_each_order([]() -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    curfew::semaphore slots(1);
    auto held = slots.try_acquire();
    auto const uses = [&]() -> awaitable<> {
      auto const slot = co_await slots.acquire();
      co_await curfew::sleep_for(1s);
    };
    auto const a = curfew::spawn(here, uses);
    auto const b = curfew::spawn(here, uses);
    co_await at_one_instant([&] { held.release(); }, [&] { a.cancel(); });
    co_await a.wait();
    co_await b.wait();
    BOOST_TEST(a.cancelled());
    BOOST_TEST(b.result().has_value());
    BOOST_TEST(slots.available() == 1U);
  });
}

CONFORMS("SY-03", a_signal_for_one_waiter_that_is_cancelled_in_the_same_tick_is_not_lost) {
  int first = 0, second = 0;
  in_each_order([&]() -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    curfew::queue<bool> signals;
    std::string woken;
    auto const waits = [&](char name) -> awaitable<> {
      co_await signals.pop();
      woken += name;
    };
    auto const a = curfew::spawn(here, {}, waits, 'a');
    auto const b = curfew::spawn(here, {}, waits, 'b');
    co_await at_one_instant([&] { signals.try_push(true); }, [&] { a.cancel(); });
    co_await a.wait();
    b.cancel();  // which waits still, where the first one was woken
    co_await b.wait();
    BOOST_TEST(woken == (a.cancelled() ? "b" : "a"));
    BOOST_TEST(signals.size() == 0U);
    ++(a.cancelled() ? second : first);
  });
  BOOST_TEST(first > 0);
  BOOST_TEST(second > 0);
}

CONFORMS("SY-04", a_cancelled_wait_that_gave_up_its_lock_has_it_again_when_the_error_surfaces) {
  fixture f;
  curfew::mutex lock;
  curfew::event ready;
  bool had_it = false;
  auto const waits = [&]() -> awaitable<> {
    auto guard = co_await lock.lock();
    auto const take_back = [&]() -> awaitable<> { guard = co_await lock.lock(); };
    guard.unlock();
    ENDS(end::aborted, curfew::finally(ready.wait(), take_back));
    had_it = static_cast<bool>(guard);
    co_await curfew::checkpoint();
  };
  auto const t = curfew::spawn(f.context, waits);
  f.time.settle();
  auto contested = lock.try_lock();
  for (int i = 0; i < 2; ++i) {  // a second request does not skip it
    t.cancel();
    f.time.settle();
    BOOST_TEST(!t.done());
  }
  contested.unlock();
  f.time.run();
  BOOST_TEST(had_it);
  BOOST_TEST(t.cancelled());
  BOOST_TEST(!!lock.try_lock());
}

CONFORMS("SY-05", an_item_whose_getter_or_putter_is_cancelled_as_it_arrives_is_not_lost) {
  in_each_order([]() -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    curfew::queue<int> numbers(1);
    std::optional<int> got;
    auto const gets = [&]() -> awaitable<> { got = co_await numbers.pop(); };
    auto const getter = curfew::spawn(here, gets);
    co_await at_one_instant([&] { numbers.try_push(1); }, [&] { getter.cancel(); });
    co_await getter.wait();
    BOOST_TEST(getter.cancelled() == !got.has_value());
    BOOST_TEST(numbers.size() == (got ? 0U : 1U));
    if (got) numbers.try_push(1);
    auto const puts = [&]() -> awaitable<> { co_await numbers.push(2); };
    auto const putter = curfew::spawn(here, puts);
    co_await at_one_instant([&] { BOOST_TEST(numbers.try_pop().value() == 1); },
                            [&] { putter.cancel(); });
    co_await putter.wait();
    BOOST_TEST(numbers.size() == (putter.cancelled() ? 0U : 1U));
  });
}

BOOST_AUTO_TEST_SUITE_END()
