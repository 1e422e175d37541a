#ifndef CURFEW_TEST_CHILD_PROCESS_HPP
#define CURFEW_TEST_CHILD_PROCESS_HPP

// Only where a process can be forked can a test watch one die, or give one fewer resources.
#if defined(__unix__)
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdio>
#include <string>
#include <type_traits>
#include <utility>

/// How a child process ended.
struct child_end {
  bool aborted = false;
  int exit_code = -1;  ///< Where it exited.
  std::string words;   ///< What it wrote to the standard error.

  bool says(char const* text) const { return words.find(text) != std::string::npos; }
};

/// Runs a function in a child process, which then exits: with what it returned, else with 0.
template <class F>
child_end in_a_child(F&& f) {
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
    ::close(ends[1]);
    if constexpr (std::is_void_v<decltype(f())>) {
      std::forward<F>(f)();
      ::_exit(0);
    } else {
      ::_exit(std::forward<F>(f)());
    }
  }
  ::close(ends[1]);
  child_end result;
  char buffer[512];
  for (::ssize_t n; (n = ::read(ends[0], buffer, sizeof(buffer))) > 0;)
    result.words.append(buffer, static_cast<std::size_t>(n));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  result.aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}
#endif

#endif
