// A program that is asked to stop: one task finishes what it is at, one is cancelled, and one
// refuses, which the watchdog says, and the report in the end.

#include <boost/asio.hpp>
#include <chrono>
#include <curfew/idle.hpp>
#include <curfew/run.hpp>
#include <curfew/shield.hpp>
#include <curfew/sleep.hpp>
#include <curfew/spawn.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>
#include <string_view>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

//! [run]
awaitable<int> work(curfew::shutdown_control& control) {
  int jobs = 0;
  while (co_await curfew::idle(curfew::sleep_for(10ms)))  // until Ctrl-C, or the third job
    if (++jobs == 3) control.request({"no more jobs"});
  std::cout << jobs << " jobs done\n";
  co_return 0;
}

int run_work() { return curfew::run(work); }
//! [run]

awaitable<void> busy() { co_await curfew::sleep_for(5s); }
awaitable<void> hanging() { co_await curfew::sleep_for(1h); }
awaitable<void> stubborn() { co_await curfew::shield(curfew::sleep_for(1h)); }

//! [stage]
/// What a load balancer is told.
std::string_view health(curfew::shutdown_control const& control) {
  if (control.current() > curfew::stage::running) return to_string(control.current());
  return control.requested() ? "leaving soon" : "ready";  // the delay before draining
}
//! [stage]

//! [control]
awaitable<void> serve_all(curfew::shutdown_control& control) {
  auto const executor = co_await asio::this_coro::executor;
  curfew::spawn(executor, {"busy"}, busy);
  curfew::spawn(executor, {"hanging"}, hanging);
  curfew::spawn(executor, {"stubborn"}, stubborn);

  std::cout << health(control) << '\n';
  control.request({"a new version"});  // as SIGTERM does; a second one would cancel
  std::cout << health(control) << '\n';
  co_await control.draining().wait();
  std::cout << health(control) << '\n';
  co_await control.cancelling().wait();
}
//! [control]

//! [watchdog]
auto const watchdog = curfew::watchdog_options().refusal(2s).loop_lag(curfew::never);
//! [watchdog]

int main() {
  run_work();

  asio::io_context context;
  curfew::testing::virtual_time time(context);
  //! [options]
  auto options = curfew::run_options().drain_delay(3s).drain_limit(20s).cancel_limit(5s);
  options.watchdog(watchdog).log(std::cout);
  //! [options]

  //! [report]
  curfew::shutdown_report report;
  int const code = curfew::run(context, serve_all, options.report(report));
  for (auto const& task : report.refused) std::cout << task.name << " was left behind\n";
  std::cout << report << "exit code " << code << '\n';
  //! [report]
}
