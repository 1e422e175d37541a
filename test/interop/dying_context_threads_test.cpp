#include "task_threads.hpp"

#include <boost/asio/steady_timer.hpp>

// News for somebody whose context another thread destroys in that moment. Who waits is woken, or
// destroyed with its context, once; what it would have been given is not lost. Without strands:
// these lose to a post from another thread by themselves when their context is destroyed.

BOOST_AUTO_TEST_SUITE(dying_context_threads)

namespace {

constexpr int rounds = 300;

/// A context in which coroutines have begun to wait.
struct dying {
  std::unique_ptr<asio::io_context> context = std::make_unique<asio::io_context>(1);
  std::shared_ptr<std::string> const held = std::make_shared<std::string>("held");

  template <class Wait>
  void begin(Wait wait) {
    auto const coroutine = [](Wait waiting, std::shared_ptr<std::string>) -> awaitable<> {
      co_await waiting();
    };
    asio::co_spawn(*context, coroutine(std::move(wait), held), asio::detached);
    context->poll();
  }
};

/// Brings news while the context of two who wait for it is destroyed, again and again.
template <class Wait, class Bring>
void bring_to_the_dying(Wait wait, Bring bring) {
  for (int round = 0; round < rounds; ++round) {
    dying who;
    who.begin(wait);
    who.begin(wait);
    at_once(bring, [&] { who.context.reset(); });
    BOOST_REQUIRE(who.held.use_count() == 1);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_event_is_set_while_the_context_of_waiters_is_destroyed) {
  curfew::event happened;
  bring_to_the_dying([&]() -> awaitable<> { co_await happened.wait(); },
                     [&] {
                       happened.set();
                       happened.reset();
                     });
}

BOOST_AUTO_TEST_CASE(permits_are_not_lost_with_the_context_of_those_who_were_given_them) {
  curfew::semaphore slots(1);
  auto permit = slots.try_acquire();
  bring_to_the_dying([&]() -> awaitable<> { auto const mine = co_await slots.acquire(); },
                     [&] {
                       permit = {};
                       while (!(permit = slots.try_acquire())) std::this_thread::yield();
                     });
}

BOOST_AUTO_TEST_CASE(a_queue_is_closed_while_the_context_of_waiters_is_destroyed) {
  for (int round = 0; round < rounds; ++round) {
    curfew::queue<std::unique_ptr<int>> numbers(0);
    dying who;
    auto const wait = [&]() -> awaitable<> { (void)co_await numbers.pop(); };
    who.begin(wait);
    who.begin(wait);
    at_once([&] { numbers.close(); }, [&] { who.context.reset(); });
    BOOST_REQUIRE(who.held.use_count() == 1);
  }
}

BOOST_AUTO_TEST_CASE(a_token_is_cancelled_while_the_context_of_those_who_listen_is_destroyed) {
  for (int round = 0; round < rounds; ++round) {
    curfew::cancellation_source source;
    dying who;
    auto const token = source.token();
    who.begin([token]() -> awaitable<> { co_await token.wait(); });
    who.begin(
        [token]() -> awaitable<> { co_await curfew::cancel_when(curfew::sleep_for(1h), token); });
    at_once([&] { source.cancel(); }, [&] { who.context.reset(); });
    BOOST_REQUIRE(who.held.use_count() == 1);
  }
}

BOOST_AUTO_TEST_CASE(a_task_ends_while_the_context_of_those_who_wait_for_it_is_destroyed) {
  for (int round = 0; round < rounds; ++round) {
    asio::io_context elsewhere(1);
    curfew::event go_on;
    auto const work = [&]() -> awaitable<int> {
      co_await go_on.wait();
      co_return 1;
    };
    auto const task = curfew::spawn(elsewhere, work);
    dying who;
    auto const wait = [&]() -> awaitable<> { (void)co_await task.join(); };
    who.begin(wait);
    who.begin(wait);
    elsewhere.poll();
    go_on.set();
    at_once([&] { elsewhere.run(); }, [&] { who.context.reset(); });
    BOOST_REQUIRE(who.held.use_count() == 1);
    BOOST_REQUIRE(task.done());
  }
}

// An error of the caller, says the contract; one that does no harm.
BOOST_AUTO_TEST_CASE(a_task_is_cancelled_while_its_context_is_destroyed) {
  for (int round = 0; round < rounds; ++round) {
    dying who;
    auto const sleeps = [](std::shared_ptr<std::string>) -> awaitable<> {
      co_await curfew::sleep_for(1h);
    };
    auto const waits = [](std::shared_ptr<std::string>) -> awaitable<> {
      asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
      co_await timer.async_wait(asio::deferred);
    };
    auto const one = curfew::spawn(*who.context, {"sleeps"}, sleeps, who.held);
    auto const other = curfew::spawn(*who.context, {"waits"}, waits, who.held);
    who.context->poll();
    at_once(
        [&] {
          one.cancel();
          other.cancel();
        },
        [&] { who.context.reset(); });
    BOOST_REQUIRE(one.done());
    BOOST_REQUIRE(other.done());
    BOOST_REQUIRE(who.held.use_count() == 1);
  }
}

BOOST_AUTO_TEST_CASE(a_group_ends_elsewhere_while_the_context_of_its_owner_is_destroyed) {
  for (int round = 0; round < rounds; ++round) {
    asio::io_context elsewhere(1);
    curfew::event go_on;
    auto const child = [&]() -> awaitable<> { co_await go_on.wait(); };
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      group.spawn(elsewhere, child);
      co_return;
    };
    dying who;
    who.begin([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
    elsewhere.poll();
    go_on.set();
    at_once([&] { elsewhere.run(); }, [&] { who.context.reset(); });
    BOOST_REQUIRE(who.held.use_count() == 1);
  }
}

BOOST_AUTO_TEST_CASE(a_child_says_that_it_is_ready_while_the_context_of_its_starter_is_destroyed) {
  for (int round = 0; round < rounds; ++round) {
    asio::io_context elsewhere(1);
    curfew::event go_on, over;
    curfew::task_group* group = nullptr;
    auto const child = [&](curfew::task_started<int> const& started, bool says) -> awaitable<> {
      co_await go_on.wait();
      if (says) started(1);
    };
    auto const body = [&](curfew::task_group& opened) -> awaitable<> {
      group = &opened;
      co_await over.wait();
    };
    asio::co_spawn(
        elsewhere,
        curfew::with_task_group(curfew::group_options(curfew::on_failure::keep_going), body),
        asio::detached);
    elsewhere.poll();
    dying who;
    auto const start = [&]() -> awaitable<> {
      (void)co_await group->start<int>(child, round % 3 != 0);
    };
    who.begin(start);
    elsewhere.poll();
    go_on.set();
    at_once([&] { elsewhere.poll(); }, [&] { who.context.reset(); });
    BOOST_REQUIRE(who.held.use_count() == 1);
    over.set();
    elsewhere.run();
  }
}

BOOST_AUTO_TEST_SUITE_END()
