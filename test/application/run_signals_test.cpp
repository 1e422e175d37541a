#include "running.hpp"

#include <unistd.h>

// The signals are real ones, raised in this process; their delivery goes through a pipe that the
// context reads, so that no time has to pass.

BOOST_AUTO_TEST_SUITE(run_signals)

namespace {

using curfew::run_options;
using curfew::stage;

/// What the process does with a signal, and back to what it did before.
class disposition {
 public:
  explicit disposition(int signal, void (*handler)(int) = SIG_DFL) : signal_(signal) {
    struct sigaction action{};
    action.sa_handler = handler;
    ::sigaction(signal, &action, &before_);
  }
  disposition(disposition const&) = delete;
  disposition& operator=(disposition const&) = delete;
  ~disposition() { ::sigaction(signal_, &before_, nullptr); }

  auto present() const {
    struct sigaction now{};
    ::sigaction(signal_, nullptr, &now);
    return now.sa_handler;
  }

 private:
  int signal_;
  struct sigaction before_{};
};

int received = 0;
void count(int) { ++received; }

awaitable<> no_time() { co_return; }

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_drains_the_second_cancels_the_third_forces) {  // RN-05, RN-07
  for (int const signal : {SIGINT, SIGTERM}) {
    runner r;
    r.raise_at(1s, signal);
    r.raise_at(2s, signal);
    r.raise_at(3s, signal);
    r.run([] { return stubborn(1h); });
    BOOST_TEST(r.stages->text == "draining 1 cancelling 2 forced 3");
    BOOST_TEST(r.said() == "1");
    BOOST_TEST(r.report.reason.text() == (signal == SIGINT ? "SIGINT" : "SIGTERM"));
    BOOST_TEST((r.report.reason.cause() == curfew::cancellation_cause::shutdown));
    BOOST_TEST((r.report.reason.where().line() == 0U));
  }
}

BOOST_AUTO_TEST_CASE(signals_and_requests_count_together_and_the_first_reason_sticks) {
  runner r;
  r.request_at(1s, "from code");
  r.raise_at(2s);
  r.request_at(3s, "again");
  r.run([] { return stubborn(1h); });
  BOOST_TEST(r.stages->text == "draining 1 cancelling 2 forced 3");
  BOOST_TEST(r.report.reason.text() == "from code");
  BOOST_TEST(std::string(r.report.reason.where().file_name()).ends_with("running.hpp"));
}

BOOST_AUTO_TEST_CASE(other_signals_ask_where_they_are_named) {
  runner r;
  r.raise_at(1s, SIGUSR2);
  r.run([] { return until_drained(); }, run_options().signals({SIGUSR2}));
  BOOST_TEST(r.stages->text == "draining 1 cancelling 1");
  BOOST_TEST(r.report.reason.text() == "SIGUSR2");
}

BOOST_AUTO_TEST_CASE(a_signal_without_a_name_has_its_number) {
  disposition const ignored(SIGWINCH, SIG_IGN);
  runner r;
  r.raise_at(1s, SIGWINCH);
  r.run([] { return until_drained(); }, run_options().signals({SIGWINCH}));
  BOOST_TEST(r.report.reason.text() == "signal " + std::to_string(SIGWINCH));
}

BOOST_AUTO_TEST_CASE(with_no_signals_only_code_asks) {
  disposition const counted(SIGTERM, count);
  received = 0;
  runner r;
  r.raise_at(1s);
  r.request_at(2s);
  r.run([] { return until_drained(); }, run_options().signals({}));
  BOOST_TEST(received == 1);
  BOOST_TEST(r.stages->text == "draining 2 cancelling 2");
}

BOOST_AUTO_TEST_CASE(a_signal_that_comes_before_anything_runs_is_heard) {
  runner r;
  r.run([&]() -> awaitable<> {
    std::raise(SIGTERM);
    co_await until_drained();
  });
  BOOST_TEST(r.stages->text == "draining 0 cancelling 0");
}

BOOST_AUTO_TEST_CASE(a_signal_that_comes_as_the_last_thing_changes_nothing) {
  disposition const ignored(SIGTERM, SIG_IGN);
  runner r;
  r.run([&]() -> awaitable<int> {
    std::raise(SIGTERM);
    co_return 3;
  });
  BOOST_TEST(r.said() == "3");
}

// ---- the dump

BOOST_AUTO_TEST_CASE(the_tree_of_tasks_is_written_on_sigusr1_and_everything_goes_on) {
  runner r;
  r.raise_at(90s, SIGUSR1);
  r.raise_at(91s, SIGUSR1);
  r.run([] { return busy(2h); });
  BOOST_TEST(r.lasted == 2h);
  auto const log = r.log.str();
  BOOST_TEST(log.find("1 task in 1 group\nroot \"run\" opened at run_signals_test.cpp:") == 0U);
  BOOST_TEST(log.find("\"main\" waits 1 min 30 s for sleep, 1 h 58 min left") != std::string::npos);
  BOOST_TEST(log.find("\"main\" waits 1 min 31 s for sleep, 1 h 58 min left") != std::string::npos);
  BOOST_TEST(r.stages->text == "draining 7200 cancelling 7200");
}

BOOST_AUTO_TEST_CASE(another_signal_dumps_where_it_is_named_and_none_where_it_is_zero) {
  disposition const counted(SIGUSR1, count);
  received = 0;
  runner r;
  r.raise_at(1s, SIGUSR1);
  r.raise_at(1s, SIGUSR2);
  r.run([] { return busy(1h); }, run_options().dump_signal(SIGUSR2));
  BOOST_TEST(received == 1);
  BOOST_TEST(r.log.str().find("\"main\" waits 1.0 s for sleep") != std::string::npos);

  runner none;
  none.raise_at(1s, SIGUSR1);
  none.run([] { return busy(1h); }, run_options().dump_signal(0));
  BOOST_TEST(received == 2);
  BOOST_TEST(none.log.str() == "");
}

BOOST_AUTO_TEST_CASE(a_dump_while_it_is_forced_names_who_refuses) {
  runner r;
  r.raise_at(1s);
  r.raise_at(2s);
  r.raise_at(3s, SIGUSR1);
  r.run([] { return stubborn(1h); }, stage_limits(1h, 5s));
  BOOST_TEST(r.log.str().find("1 asked to stop") != std::string::npos);
  BOOST_TEST(r.log.str().find("asked to stop 1.0 s ago: shutdown: SIGTERM") != std::string::npos);
}

// ---- what handled them before

BOOST_AUTO_TEST_CASE(what_handled_a_signal_before_does_so_again_afterwards) {  // RN-08
  for (auto* const handler : {SIG_DFL, SIG_IGN, &count}) {
    disposition const before(SIGTERM, handler);
    runner r;
    r.raise_at(1s);
    r.run([] { return until_drained(); });
    BOOST_TEST((before.present() == handler));
  }
}

BOOST_AUTO_TEST_CASE(so_it_does_after_an_error_a_deadlock_and_a_run_that_never_began) {
  disposition const before(SIGTERM, count);
  {
    runner r;
    r.run([] { return fail("broken", 1s); });
    BOOST_TEST((before.present() == count));
    r.run([] { return busy(1s); }, run_options().signals({SIGTERM, SIGKILL}));
    BOOST_TEST((before.present() == count));
  }
  curfew::event never_set;
  runner r;
  r.run([&]() -> awaitable<> { co_await never_set.wait(); });
  BOOST_TEST(r.said() == "deadlock");
  BOOST_TEST((before.present() == count));
}

BOOST_AUTO_TEST_CASE(so_it_does_after_runs_that_overlapped) {
  disposition const before(SIGTERM, count);
  // The second begins in a handler of a thread of its own while the first runs, and ends after it.
  std::atomic<bool> second_runs{false}, first_ended{false};
  std::thread thread;
  auto const spin = [](std::atomic<bool>& until) -> awaitable<> {
    while (!until) co_await curfew::sleep_for(1ms);
  };
  auto const second = [&]() -> awaitable<> {
    second_runs = true;
    return spin(first_ended);
  };
  auto const first = [&]() -> awaitable<> {
    thread = std::thread([&] { BOOST_TEST(curfew::run(second) == 0); });
    return spin(second_runs);
  };
  BOOST_TEST(curfew::run(first) == 0);
  BOOST_TEST((before.present() != count));  // the second still has it
  first_ended = true;
  thread.join();
  BOOST_TEST((before.present() == count));
}

BOOST_AUTO_TEST_CASE(a_signal_set_of_the_users_own_keeps_what_it_has) {
  disposition const before(SIGTERM, SIG_IGN);
  asio::io_context context;
  asio::signal_set own(context, SIGTERM);
  int heard = 0;
  own.async_wait([&](error_code error, int) { heard += error ? 0 : 1; });
  auto const main = [&]() -> awaitable<> {
    std::raise(SIGTERM);
    co_await until_drained();
  };
  BOOST_TEST(curfew::run(context, main) == 0);
  BOOST_TEST(heard == 1);
  own.async_wait([&](error_code error, int) { heard += error ? 0 : 1; });
  std::raise(SIGTERM);
  context.restart();
  context.run();
  BOOST_TEST(heard == 2);
}

BOOST_AUTO_TEST_CASE(every_run_in_the_process_hears_of_a_signal) {
  constexpr int count_of_runs = 4;
  std::atomic<int> ready{0}, drained{0}, codes{0};
  auto const main = [&]() -> awaitable<> {
    ++ready;
    co_await until_drained();
    ++drained;
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < count_of_runs; ++i) threads.emplace_back([&] { codes += curfew::run(main); });
  while (ready != count_of_runs) std::this_thread::yield();
  std::raise(SIGTERM);
  for (auto& each : threads) each.join();
  BOOST_TEST(drained == count_of_runs);
  BOOST_TEST(codes == 0);
}

BOOST_AUTO_TEST_CASE(no_descriptor_is_left_open_by_a_run) {
  (void)curfew::run(no_time);  // Asio keeps the pipe of its signals
  auto const lowest_free = [] {
    int const fd = ::dup(0);
    ::close(fd);
    return fd;
  };
  int const before = lowest_free();
  for (int i = 0; i < 10; ++i) (void)curfew::run(no_time);
  BOOST_TEST(lowest_free() == before);
}

BOOST_AUTO_TEST_SUITE_END()
