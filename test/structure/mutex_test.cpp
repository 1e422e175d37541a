#include <curfew/mutex.hpp>
#include <string>

#include "waits.hpp"

BOOST_AUTO_TEST_SUITE(mutex)

namespace {

using locking = wait_of<curfew::mutex_guard>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(one_at_a_time_is_inside_in_the_order_of_arrival, fixture) {
  curfew::mutex lock;
  std::string order;
  auto const worker = [&](char name) -> awaitable<> {
    auto const guard = co_await lock.lock();
    order += name;
    co_await curfew::sleep_for(1s);
    order += name;
  };
  for (char const name : {'a', 'b', 'c'}) asio::co_spawn(context, worker(name), asio::detached);
  time.run();
  BOOST_TEST(order == "aabbcc");
  BOOST_TEST(elapsed() == 3s);
}

BOOST_AUTO_TEST_CASE(a_guard_gives_the_lock_back_once) {
  curfew::mutex lock;
  curfew::mutex_guard empty;
  BOOST_TEST(!empty);
  empty.unlock();
  auto guard = lock.try_lock();
  BOOST_TEST(!!guard);
  BOOST_TEST(!lock.try_lock());
  auto moved = std::move(guard);
  BOOST_TEST(!lock.try_lock());
  moved.unlock();
  moved.unlock();
  BOOST_TEST(!moved);
  BOOST_TEST(!!lock.try_lock());
  BOOST_TEST(!!lock.try_lock());
}

BOOST_FIXTURE_TEST_CASE(whoever_was_granted_the_lock_and_is_cancelled_passes_it_on, fixture) {
  curfew::mutex lock;  // SY-01
  auto held = lock.try_lock();
  bool entered = false;
  auto const main = [&]() -> awaitable<> {
    auto const guard = co_await lock.lock();
    entered = true;
    co_await curfew::checkpoint();
    co_await curfew::sleep_for(1h);
  };
  start(main);
  time.run();
  locking next(lock.lock(context));
  asio::post(context, [&] {
    held.unlock();
    cancel();
  });
  time.run();
  BOOST_TEST(entered);
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(next.how() == end::value);
}

BOOST_FIXTURE_TEST_CASE(of_several_who_wait_each_may_be_cancelled_as_the_lock_is_granted, fixture) {
  for (int which = 0; which < 3; ++which)
    for (bool const unlock_first : {true, false}) {
      curfew::mutex lock;
      auto held = lock.try_lock();
      locking a(lock.lock(context)), b(lock.lock(context)), c(lock.lock(context));
      locking* const all[] = {&a, &b, &c};
      if (unlock_first) held.unlock();
      all[which]->cancel();
      if (!unlock_first) held.unlock();
      for (int i = 0; i < 3; ++i) {
        time.settle();
        bool const granted = i != which || (i == 0 && unlock_first);
        BOOST_TEST(all[i]->how() == (granted ? end::value : end::aborted));
        all[i]->value().unlock();
      }
      BOOST_TEST(!!lock.try_lock());
    }
}

BOOST_FIXTURE_TEST_CASE(a_limit_ends_the_wait_for_a_lock, fixture) {
  curfew::mutex lock;
  auto held = lock.try_lock();
  run([&]() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(lock.lock(), 1h));
    held.unlock();
    auto const guard = co_await curfew::wait_for(lock.lock(), 1h);
    BOOST_TEST(!!guard);
  });
  BOOST_TEST(!!lock.try_lock());
}

BOOST_AUTO_TEST_CASE(a_context_that_dies_with_a_lock_on_its_way_passes_it_on) {
  curfew::mutex lock;
  auto held = lock.try_lock();
  {
    asio::io_context context;
    auto const worker = [&]() -> awaitable<> {
      auto const guard = co_await lock.lock();
      BOOST_TEST(false);
    };
    for (int i = 0; i < 3; ++i) asio::co_spawn(context, worker(), asio::detached);
    context.poll();
    held.unlock();
  }
  BOOST_TEST(!!lock.try_lock());
}

BOOST_AUTO_TEST_SUITE_END()
