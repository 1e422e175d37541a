// Several operations beside each other: all of them, the first, one after the other.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<std::string> ask(std::string host, curfew::clock::duration takes) {
  co_await curfew::sleep_for(takes);
  if (host == "broken") throw std::runtime_error("broken is out of order");
  co_return host;
}

awaitable<int> count(curfew::clock::duration takes) {
  co_await curfew::sleep_for(takes);
  co_return 42;
}

//! [gather]
awaitable<void> everything() {
  auto const all = co_await curfew::gather(ask("a", 2s), count(1s));  // a tuple
  std::cout << std::get<0>(all) << ", " << std::get<1>(all) << '\n';

  try {
    co_await curfew::gather(ask("broken", 1s), count(1h));
  } catch (std::exception const& e) {
    std::cout << e.what() << ", and nobody counts any more\n";
  }
}
//! [gather]

//! [settled]
awaitable<void> whatever_there_is() {
  auto const all = co_await curfew::gather_settled(5s, ask("a", 1s), ask("broken", 2s), count(1h));
  auto const& [a, broken, late] = all;
  std::cout << a.value() << ", failed: " << !broken.has_value() << ", late: " << late.timed_out()
            << '\n';
}
//! [settled]

//! [race]
awaitable<void> whoever_is_first() {
  auto const r = co_await curfew::race(ask("slow", 1h), count(1s));
  std::cout << "number " << r.index << " won, with " << std::get<1>(r.results).value() << '\n';
}
//! [race]

//! [first_success]
awaitable<void> whoever_can() {
  std::vector<awaitable<std::string>> replicas;
  replicas.push_back(ask("broken", 1s));
  replicas.push_back(ask("near", 2s));
  replicas.push_back(ask("far", 3s));
  auto const r = co_await curfew::first_success(std::move(replicas));
  std::cout << r.results[r.index].value()
            << " answers, far was cancelled: " << r.results[2].cancelled() << '\n';
}
//! [first_success]

//! [staggered]
awaitable<void> hedged() {
  auto const at = [](std::string host, curfew::clock::duration takes) {
    return [=] { return ask(host, takes); };
  };
  std::vector<std::function<awaitable<std::string>()>> attempts;
  attempts.push_back(at("slow", 1h));
  attempts.push_back(at("fast", 1s));   // begins when slow has not answered for 250 ms
  attempts.push_back(at("spare", 1s));  // 250 ms later still, and comes too late
  auto const r = co_await curfew::staggered_race(250ms, attempts);
  std::cout << r.results[r.index].value() << " won of " << r.results.size() << " that started\n";
}
//! [staggered]

//! [wait]
awaitable<void> some(curfew::task_group& group) {
  std::vector<curfew::task<std::string>> tasks;
  for (auto takes : {3s, 1s, 2s}) tasks.push_back(group.spawn(ask("a", takes)));

  auto const r = co_await curfew::wait(tasks, curfew::return_when::first_completed);
  std::cout << r.done.size() << " done, " << r.pending.size() << " go on\n";
  auto const later = co_await curfew::wait(r.pending, curfew::return_when::all_completed, 1s);
  std::cout << later.pending.size() << " left\n";
}
//! [wait]

//! [as_completed]
awaitable<void> one_after_the_other(curfew::task_group& group) {
  std::vector<curfew::task<std::string>> tasks;
  tasks.push_back(group.spawn(ask("third", 3s)));
  tasks.push_back(group.spawn(ask("first", 1s)));
  tasks.push_back(group.spawn(ask("second", 2s)));

  auto ended = curfew::as_completed(tasks);
  while (auto task = co_await ended.next()) std::cout << task->result().value() << '\n';
}
//! [as_completed]

awaitable<void> all() {
  co_await everything();
  co_await whatever_there_is();
  co_await whoever_is_first();
  co_await whoever_can();
  co_await hedged();
  co_await curfew::with_task_group(some);
  co_await curfew::with_task_group(one_after_the_other);
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  auto const ended = curfew::spawn(context, {"all"}, all);
  time.run();
  ended.result().value();
}
