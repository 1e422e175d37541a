#include "../child_process.hpp"
#include "../support.hpp"

#include <curfew/detail/check.hpp>

// Only debug builds look, and only where a process can be forked can a test watch one die.
#if defined(__unix__) && !defined(NDEBUG)

BOOST_AUTO_TEST_SUITE(misuse)

BOOST_AUTO_TEST_CASE(a_process_that_does_nothing_wrong_does_not_die) {
  BOOST_TEST(!in_a_child([] {}).aborted);
}

BOOST_AUTO_TEST_CASE(two_threads_inside_one_task_are_noticed) {
  auto const died = in_a_child([] {
    curfew::detail::exclusive task;
    curfew::detail::exclusive::entered first(task);
    curfew::detail::exclusive::entered second(task);
  });
  BOOST_TEST(died.aborted);
  BOOST_TEST(died.says("curfew: two threads are inside one task"));
  BOOST_TEST(died.says("asio::make_strand(context)"));
}

BOOST_AUTO_TEST_CASE(one_thread_after_the_other_is_fine) {
  auto const died = in_a_child([] {
    curfew::detail::exclusive task;
    {
      curfew::detail::exclusive::entered first(task);
    }
    {
      curfew::detail::exclusive::entered second(task);
    }
  });
  BOOST_TEST(!died.aborted);
}

BOOST_AUTO_TEST_CASE(a_coroutine_that_left_its_executor_is_noticed) {
  auto const died = in_a_child([] {
    asio::io_context home, other;
    auto body = [&]() -> awaitable<> {
      co_await asio::post(asio::bind_executor(other, asio::use_awaitable));
      co_await curfew::timeout(1s, sleepy, 1ms);
    };
    asio::co_spawn(home, in_scope(body), asio::detached);
    home.poll();
    other.poll();
  });
  BOOST_TEST(died.aborted);
  BOOST_TEST(died.says("curfew: a coroutine uses curfew while it is not on its own"));
  BOOST_TEST(died.says("co_await post(other, deferred)"));
}

BOOST_AUTO_TEST_CASE(a_coroutine_that_left_its_strand_is_noticed) {
  auto const died = in_a_child([] {
    asio::io_context context;
    auto body = [&]() -> awaitable<> {
      co_await asio::post(asio::bind_executor(context, asio::use_awaitable));
      co_await curfew::timeout(1s, sleepy, 1ms);
    };
    asio::co_spawn(asio::make_strand(context), in_scope(body), asio::detached);
    context.run();
  });
  BOOST_TEST(died.aborted);
  BOOST_TEST(died.says("not on its own executor"));
}

BOOST_AUTO_TEST_CASE(going_to_another_executor_in_the_way_that_is_told_is_fine) {
  auto const died = in_a_child([] {
    asio::io_context context;
    auto strand = asio::make_strand(context);
    auto body = [&]() -> awaitable<> {
      co_await asio::post(strand, asio::deferred);
      co_await curfew::timeout(1s, sleepy, 1us);
    };
    asio::co_spawn(context, in_scope(body), asio::detached);
    context.run();
  });
  BOOST_TEST(!died.aborted);
}

BOOST_AUTO_TEST_SUITE_END()

#else

BOOST_AUTO_TEST_SUITE(misuse)
BOOST_AUTO_TEST_CASE(release_builds_do_not_look) {}
BOOST_AUTO_TEST_SUITE_END()

#endif
