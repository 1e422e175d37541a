// What programs for tokio do, with curfew: select!, tokens, trackers, join sets, abort.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<std::string> fetch(std::string what, curfew::clock::duration takes) {
  co_await curfew::sleep_for(takes);
  co_return what;
}

//! [select]
awaitable<void> first_of_two() {
  auto const r = co_await curfew::race(fetch("primary", 2s), fetch("replica", 1s));
  auto const& [primary, replica] = r.results;
  std::cout << (r.index == 0 ? primary : replica).value() << " was first\n";
}
//! [select]

//! [worker]
awaitable<void> worker(curfew::queue<std::string>& jobs, curfew::cancellation_token stop) {
  while (auto const job = co_await curfew::idle(jobs.pop(), stop)) {
    co_await curfew::sleep_for(10s);  // not interrupted: only the wait for a job is
    std::cout << *job << " is done\n";
  }
  std::cout << "the worker leaves: " << stop.reason().text() << '\n';
}
//! [worker]

//! [tracker]
awaitable<void> connection(int number, curfew::cancellation_token stop) {
  try {
    co_await curfew::cancel_when(curfew::sleep_for(1h), stop);
  } catch (boost::system::system_error const& e) {
    if (!curfew::is_cancellation(e.code())) throw;
    std::cout << "connection " << number << " is closed\n";
  }
}

awaitable<void> connections(curfew::task_group& group, curfew::cancellation_token stop) {
  for (int number : {1, 2}) group.spawn({"connection"}, connection, number, stop);
  co_return;  // the block ends when both have: there is nothing to close or to wait for
}
//! [tracker]

//! [join_set]
awaitable<void> as_they_come(curfew::task_group& group) {
  std::vector<curfew::task<std::string>> pages;
  pages.push_back(group.spawn(fetch("slow", 3s)));
  pages.push_back(group.spawn(fetch("quick", 1s)));

  auto ended = curfew::as_completed(pages);
  while (auto page = co_await ended.next()) std::cout << page->result().value() << '\n';
}
//! [join_set]

//! [abort]
awaitable<void> abort_and_look() {
  auto const executor = co_await asio::this_coro::executor;
  auto const page = curfew::spawn(executor, {"page"}, fetch, "page", 1h);
  page.cancel("the user has left");  // asks; what it waits for ends, and its cleanup runs
  co_await page.wait();
  std::cout << page.name() << " cancelled: " << page.cancelled() << ", " << page.reason().text()
            << '\n';
}
//! [abort]

awaitable<void> all() {
  co_await first_of_two();

  curfew::queue<std::string> jobs;
  curfew::cancellation_source source;
  jobs.try_push("a long job");
  auto const executor = co_await asio::this_coro::executor;
  auto const busy = curfew::spawn(executor, worker(jobs, source.token()));
  curfew::spawn(executor, [&]() -> awaitable<void> {
    co_await curfew::sleep_for(5s);
    source.cancel("closing for today");
  });
  co_await curfew::with_task_group(connections, source.token());
  co_await busy.join();

  co_await curfew::with_task_group(as_they_come);
  co_await abort_and_look();
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  auto const ended = curfew::spawn(context, all());
  time.run();
  ended.result().value();
}
