#ifndef CURFEW_TEST_HANG_REPORT_HPP
#define CURFEW_TEST_HANG_REPORT_HPP

// A test that hangs says where before CTest kills it: CURFEW_TEST_PATIENCE seconds after its start
// every thread's stack is written. With glibc only, where binutils are.

#if defined(__GLIBC__)
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dirent.h>
#include <execinfo.h>
#include <semaphore.h>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" char const __executable_start;

namespace hang_report {

inline std::array<void*, 64> frames;
inline int depth = 0;
inline sem_t taken;

inline void take_stack(int) {
  depth = backtrace(frames.data(), static_cast<int>(frames.size()));
  sem_post(&taken);
}

inline void write_stack_of(char const* thread) {
  if (syscall(SYS_tgkill, getpid(), std::atoi(thread), SIGRTMAX) != 0) return;
  timespec until{};
  clock_gettime(CLOCK_REALTIME, &until);
  ++until.tv_sec;
  if (sem_timedwait(&taken, &until) != 0) depth = 0;
  auto const self = std::to_string(getpid());
  auto command =
      "echo 'thread " + std::string(thread) + "' >&2; addr2line -Cfpse /proc/" + self + "/exe";
  for (int i = 0; i < depth; ++i) {
    std::array<char, 32> at{};
    auto const offset =
        static_cast<char const*>(frames[static_cast<std::size_t>(i)]) - &__executable_start;
    std::snprintf(at.data(), at.size(), " 0x%tx", offset);
    command += at.data();
  }
  if (std::system((command + " | grep -v '^[?]' | head -40 >&2").c_str()) != 0) return;
}

// No business of a handler of signals, but nothing else is going to happen here.
inline void write_all(int) {
  std::fputs("the test hangs; its threads are\n", stderr);
  sem_init(&taken, 0, 0);
  std::signal(SIGRTMAX, take_stack);
  if (auto* const threads = opendir("/proc/self/task")) {
    while (auto const* each = readdir(threads))
      if (each->d_name[0] != '.') write_stack_of(each->d_name);
  }
  _exit(3);
}

inline bool const prepared = [] {
  auto const* const patience = std::getenv("CURFEW_TEST_PATIENCE");
  if (!patience) return false;
  frames[0] = nullptr;
  (void)backtrace(frames.data(), 1);  // loads what it needs
  std::signal(SIGALRM, write_all);
  alarm(static_cast<unsigned>(std::atoi(patience)));
  return true;
}();

}  // namespace hang_report
#endif

#endif
