// Five workers that a signal shuts down. In Python: 11_shutdown.py

#include <algorithm>
#include <boost/asio.hpp>
#include <csignal>
#include <curfew/finally.hpp>
#include <curfew/gather.hpp>
#include <curfew/run.hpp>
#include <curfew/sleep.hpp>
#include <curfew/spawn.hpp>
#include <iostream>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> worker(int number) {
  auto const cleanup = [number]() -> awaitable<void> {
    co_await curfew::sleep_for(10ms);
    std::cout << "worker " << number << " has cleaned up\n";
  };
  co_await curfew::finally(curfew::sleep_for(1h), cleanup);
}

awaitable<void> tour(curfew::shutdown_control& control) {
  auto const executor = co_await asio::this_coro::executor;
  std::vector<curfew::task<void>> workers;
  for (int number : {1, 2, 3, 4, 5}) workers.push_back(curfew::spawn(executor, worker(number)));

  co_await curfew::sleep_for(100ms);
  std::raise(SIGTERM);  // in place of kill or Ctrl-C

  co_await control.draining().wait();
  std::cout << "stopping\n";
  for (auto& each : workers) each.cancel(control.reason());
  auto const ends = co_await curfew::gather_settled(workers);
  auto const cancelled = std::ranges::count_if(workers, &curfew::task<void>::cancelled);
  std::cout << cancelled << " of " << ends.size() << " were cancelled\n";
}

int main() { return curfew::run(tour); }  // it handles SIGINT and SIGTERM
