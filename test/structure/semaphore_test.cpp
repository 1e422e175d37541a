#include <curfew/semaphore.hpp>
#include <string>
#include <vector>

#include "waits.hpp"

BOOST_AUTO_TEST_SUITE(semaphore)

namespace {

using acquisition = wait_of<curfew::permit>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(no_more_than_so_many_have_a_permit_at_a_time, fixture) {
  curfew::semaphore slots(3);
  int now = 0, most = 0, done = 0;
  auto const worker = [&]() -> awaitable<> {
    auto const permit = co_await slots.acquire();
    most = std::max(most, ++now);
    co_await curfew::sleep_for(1s);
    --now;
    ++done;
  };
  for (int i = 0; i < 10; ++i) asio::co_spawn(context, worker(), asio::detached);
  time.run();
  BOOST_TEST(most == 3);
  BOOST_TEST(done == 10);
  BOOST_TEST(elapsed() == 4s);
  BOOST_TEST(slots.available() == 3U);
}

BOOST_AUTO_TEST_CASE(a_permit_gives_back_what_it_holds_once) {
  curfew::semaphore slots(5);
  curfew::permit empty;
  BOOST_TEST(!empty);
  BOOST_TEST(empty.count() == 0U);
  empty.release();
  {
    auto two = slots.try_acquire(2);
    BOOST_TEST(!!two);
    BOOST_TEST(two.count() == 2U);
    auto three = slots.try_acquire(3);
    BOOST_TEST(slots.available() == 0U);
    BOOST_TEST(!slots.try_acquire());
    two = std::move(three);
    BOOST_TEST(slots.available() == 2U);
    BOOST_TEST(two.count() == 3U);
    auto& self = two;
    two = std::move(self);
    BOOST_TEST(two.count() == 3U);
    two.release();
    two.release();
    BOOST_TEST(!two);
    BOOST_TEST(slots.available() == 5U);
    two = slots.try_acquire(4);
  }
  BOOST_TEST(slots.available() == 5U);
}

BOOST_AUTO_TEST_CASE(a_permit_may_outlive_its_semaphore) {
  std::optional<curfew::semaphore> slots(std::in_place, 1U);
  auto permit = slots->try_acquire();
  slots.reset();
  BOOST_TEST(permit.count() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_large_request_at_the_head_is_not_overtaken, fixture) {
  curfew::semaphore slots(3);
  auto one = slots.try_acquire();
  acquisition large(slots.acquire(context, 3)), little(slots.acquire(context));
  time.run();
  BOOST_TEST(!little.ended());
  BOOST_TEST(!slots.try_acquire());
  BOOST_TEST(!!slots.try_acquire(0));
  one.release();
  time.run();
  BOOST_TEST(large.value().count() == 3U);
  BOOST_TEST(!little.ended());
  large.value().release();
  time.run();
  BOOST_TEST(little.value().count() == 1U);
}

BOOST_FIXTURE_TEST_CASE(when_the_large_one_at_the_head_is_cancelled_the_next_has_its_turn,
                        fixture) {
  curfew::semaphore slots(3);
  auto const one = slots.try_acquire();
  acquisition large(slots.acquire(context, 3)), little(slots.acquire(context));
  acquisition also_small(slots.acquire(context)), too_late(slots.acquire(context));
  large.cancel();
  time.run();
  BOOST_TEST(large.how() == end::aborted);
  BOOST_TEST(!large.value());
  BOOST_TEST(little.how() == end::value);
  BOOST_TEST(also_small.how() == end::value);
  BOOST_TEST(!too_late.ended());
  too_late.cancel();
  time.run();
}

BOOST_FIXTURE_TEST_CASE(more_than_there_are_in_all_is_refused_and_none_are_there_at_once, fixture) {
  curfew::semaphore slots(2);
  auto const all = slots.try_acquire(2);
  run([&]() -> awaitable<> {
    error_code error;
    try {
      (void)co_await slots.acquire(3);
    } catch (system_error const& e) {
      error = e.code();
    }
    BOOST_TEST((error == curfew::errc::invalid_state));
    auto const none = co_await slots.acquire(0);
    BOOST_TEST(none.count() == 0U);
  });
  BOOST_TEST(!slots.try_acquire(3));
}

BOOST_FIXTURE_TEST_CASE(whoever_was_given_a_permit_and_is_cancelled_before_it_runs_has_it,
                        fixture) {
  curfew::semaphore slots(1);  // SY-02
  auto held = slots.try_acquire();
  acquisition a(slots.acquire(context)), b(slots.acquire(context));
  held.release();
  a.cancel();
  time.run();
  BOOST_TEST(a.how() == end::value);
  BOOST_TEST(!b.ended());
  a.value().release();
  time.run();
  BOOST_TEST(b.how() == end::value);
}

BOOST_FIXTURE_TEST_CASE(a_coroutine_that_is_cancelled_with_its_permit_passes_it_on, fixture) {
  curfew::semaphore slots(1);  // SY-02
  auto held = slots.try_acquire();
  auto const main = [&]() -> awaitable<> {
    auto const permit = co_await slots.acquire();
    co_await curfew::sleep_for(1h);
  };
  start(main);
  time.run();
  acquisition b(slots.acquire(context));
  asio::post(context, [&] {
    held.release();
    cancel();
  });
  time.run();
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(b.how() == end::value);
}

BOOST_FIXTURE_TEST_CASE(a_cancellation_before_the_release_passes_the_permit_to_the_next, fixture) {
  for (int which = 0; which < 3; ++which) {
    curfew::semaphore slots(1);
    auto held = slots.try_acquire();
    acquisition a(slots.acquire(context)), b(slots.acquire(context)), c(slots.acquire(context));
    acquisition* const all[] = {&a, &b, &c};
    all[which]->cancel();
    held.release();
    for (int i = 0; i < 3; ++i) {
      time.settle();
      BOOST_TEST(all[i]->how() == (i == which ? end::aborted : end::value));
      all[i]->value().release();
    }
    BOOST_TEST(slots.available() == 1U);
  }
}

BOOST_FIXTURE_TEST_CASE(a_limit_that_ends_as_the_permit_comes_loses_none, fixture) {
  for (bool const release_first : {true, false}) {
    curfew::semaphore slots(1);
    auto held = slots.try_acquire();
    auto const release = [&](error_code) { held.release(); };
    bool got = false;
    run([&]() -> awaitable<> {
      if (release_first) curfew::sleep_for(context, 1h)(release);
      auto op = curfew::wait_for(slots.acquire(), 1h);
      if (!release_first) asio::post(context, [&] { curfew::sleep_for(context, 1h)(release); });
      try {
        auto const permit = co_await std::move(op);
        got = true;
      } catch (system_error const&) {
      }
    });
    BOOST_TEST(got == release_first);
    BOOST_TEST(slots.available() == 1U);
  }
}

BOOST_FIXTURE_TEST_CASE(free_permits_are_had_at_once_without_end, fixture) {
  curfew::semaphore slots(1);
  run([&]() -> awaitable<> {
    for (int i = 0; i < 10'000; ++i) {
      auto const permit = co_await slots.acquire();
      BOOST_REQUIRE(slots.available() == 0U);
    }
  });
  BOOST_TEST(slots.available() == 1U);
}

BOOST_AUTO_TEST_CASE(a_context_that_dies_gives_back_what_was_on_its_way_and_lets_others_by) {
  for (bool const chosen : {false, true}) {
    asio::io_context living;
    curfew::semaphore slots(2);
    auto held = slots.try_acquire();
    std::optional<acquisition> little;
    {
      asio::io_context dying;
      slots.acquire(dying, 2)([](error_code, curfew::permit) { BOOST_TEST(false); });
      little.emplace(slots.acquire(living));
      dying.poll();
      if (chosen) held.release();
    }
    living.poll();
    BOOST_TEST(little->how() == end::value);
    BOOST_TEST(slots.available() == (chosen ? 1U : 0U));
  }
}

BOOST_AUTO_TEST_CASE(a_context_may_die_after_its_semaphore_with_permits_in_it) {
  asio::io_context context;
  curfew::semaphore slots(1);
  auto const holder = [&]() -> awaitable<> {
    auto const permit = co_await slots.acquire();
    co_await curfew::sleep_forever();
  };
  asio::co_spawn(context, holder(), asio::detached);
  context.poll();
  BOOST_TEST(slots.available() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
