// Tasks: coroutines that run by themselves, have an owner, and lose nothing.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<std::string> brew(std::string what, curfew::clock::duration takes) {
  co_await curfew::sleep_for(takes);
  co_return "a pot of " + what;
}

//! [spawn]
awaitable<void> breakfast() {
  auto const executor = co_await asio::this_coro::executor;
  auto coffee = curfew::spawn(executor, brew("coffee", 3min));
  auto tea = curfew::spawn(executor, {"tea"}, brew, "tea", 2min);  // a name, f, its arguments
  std::string const first = co_await coffee.join();                // both run meanwhile
  std::cout << first << '\n' << co_await tea.join() << '\n';
}
//! [spawn]

//! [task]
awaitable<void> changed_my_mind() {
  auto const executor = co_await asio::this_coro::executor;
  auto stew = curfew::spawn(executor, {"stew"}, brew, "stew", 3h);
  auto const served = co_await curfew::move_on_after(stew.join(), 1h);
  std::cout << "served: " << served.has_value() << ", done: " << stew.done() << '\n';

  stew.cancel("we ate out");
  co_await stew.wait();  // however it ends
  std::cout << stew.name() << ": cancelled, " << stew.reason().text() << '\n';
  try {
    co_await stew.join();
  } catch (boost::system::system_error const& e) {  // the task was cancelled, we were not
    std::cout << (e.code() == curfew::errc::task_cancelled ? "no stew\n" : e.what());
  }
}
//! [task]

//! [options]
awaitable<void> report(std::string what) {
  auto const self = co_await curfew::this_task::self();
  std::cout << what << (self.remaining() > 1h ? " has all day\n" : " must hurry\n");
}

awaitable<void> two_reports(curfew::task_group& group) {
  auto const fresh = curfew::spawn_options("archive").deadline(curfew::task_deadline::fresh);
  group.spawn({"summary"}, report, "the summary");
  group.spawn(fresh, report, "the archive");
  co_return;
}

awaitable<void> reports() {
  co_await curfew::timeout(1min, [] { return curfew::with_task_group(two_reports); });
}
//! [options]

awaitable<void> all() {
  co_await breakfast();
  co_await changed_my_mind();
  co_await reports();
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  auto const ended = curfew::spawn(context, {"all"}, all);
  time.run();
  ended.result().value();
}
