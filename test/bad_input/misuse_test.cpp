#include "../support.hpp"

#include <curfew/detail/check.hpp>

// Only debug builds look, and only where a process can be forked can a test watch one die.
#if defined(__unix__) && !defined(NDEBUG)
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace {

struct death {
  bool aborted = false;
  std::string words;
};

/// Runs something in a child process that is expected to abort.
template <class F>
death die(F&& f) {
  int ends[2];
  BOOST_REQUIRE(::pipe(ends) == 0);
  std::fflush(nullptr);
  auto const child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    // The framework would report the signal as a failure of its own.
    std::signal(SIGABRT, SIG_DFL);
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[0]);
    std::forward<F>(f)();
    ::_exit(0);
  }
  ::close(ends[1]);
  death result;
  char buffer[512];
  for (::ssize_t n; (n = ::read(ends[0], buffer, sizeof(buffer))) > 0;)
    result.words.append(buffer, static_cast<std::size_t>(n));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  result.aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
  return result;
}

bool contains(std::string const& text, char const* words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(misuse)

BOOST_AUTO_TEST_CASE(a_process_that_does_nothing_wrong_does_not_die) {
  BOOST_TEST(!die([] {}).aborted);
}

BOOST_AUTO_TEST_CASE(two_threads_inside_one_task_are_noticed) {
  auto const died = die([] {
    curfew::detail::exclusive task;
    curfew::detail::exclusive::entered first(task);
    curfew::detail::exclusive::entered second(task);
  });
  BOOST_TEST(died.aborted);
  BOOST_TEST(contains(died.words, "curfew: two threads are inside one task"));
  BOOST_TEST(contains(died.words, "asio::make_strand(context)"));
}

BOOST_AUTO_TEST_CASE(one_thread_after_the_other_is_fine) {
  auto const died = die([] {
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
  auto const died = die([] {
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
  BOOST_TEST(contains(died.words, "curfew: a coroutine uses curfew while it is not on its own"));
  BOOST_TEST(contains(died.words, "co_await post(other, deferred)"));
}

BOOST_AUTO_TEST_CASE(a_coroutine_that_left_its_strand_is_noticed) {
  auto const died = die([] {
    asio::io_context context;
    auto body = [&]() -> awaitable<> {
      co_await asio::post(asio::bind_executor(context, asio::use_awaitable));
      co_await curfew::timeout(1s, sleepy, 1ms);
    };
    asio::co_spawn(asio::make_strand(context), in_scope(body), asio::detached);
    context.run();
  });
  BOOST_TEST(died.aborted);
  BOOST_TEST(contains(died.words, "not on its own executor"));
}

BOOST_AUTO_TEST_CASE(going_to_another_executor_in_the_way_that_is_told_is_fine) {
  auto const died = die([] {
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
