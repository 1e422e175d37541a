// Groups: blocks that own tasks and end after all of them.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>
#include <stdexcept>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

awaitable<int> work(int seconds) {
  co_await curfew::sleep_for(std::chrono::seconds(seconds));
  co_return seconds;
}

awaitable<void> failing(std::string what, curfew::clock::duration after) {
  co_await curfew::sleep_for(after);
  throw std::runtime_error(what);
}

//! [with_task_group]
awaitable<int> sum(curfew::task_group& group) {
  auto two = group.spawn(work(2));
  auto three = group.spawn({"three"}, work, 3);
  int const first = co_await two.join();
  co_return first + co_await three.join();
}

awaitable<void> adding() {
  int const result = co_await curfew::with_task_group(sum);
  std::cout << "2 + 3 = " << result << '\n';
}

awaitable<void> failing_fast() {
  try {
    co_await curfew::with_task_group([](curfew::task_group& group) -> awaitable<void> {
      group.spawn(work(3600));
      group.spawn(failing("out of paper", 1s));
      co_return;  // the block ends after its children, here by the failure of one
    });
  } catch (std::exception const& e) {
    std::cout << "the block: " << e.what() << '\n';
  }
}
//! [with_task_group]

//! [group]
awaitable<void> background(curfew::task_group& group) {
  for (int i = 1; i <= 3; ++i) group.spawn(work(60 * i));
  co_await curfew::sleep_for(90s);
  std::cout << "after 90 s " << group.size() << " children are running\n";
  group.cancel("enough");  // asks all; the block waits for them, and ends quietly
}
//! [group]

//! [start]
awaitable<void> serve(curfew::task_started<int> const& started, std::string name) {
  co_await curfew::sleep_for(1s);  // opens its port
  started(8080);
  std::cout << name << " serves\n";
  co_await curfew::sleep_forever();
}

awaitable<void> server_and_client(curfew::task_group& group) {
  auto const port = co_await group.start(serve, "http");  // or throws why it could not start
  std::cout << "the client connects to port " << port << '\n';
  group.cancel();
}
//! [start]

//! [options]
awaitable<void> three_jobs(curfew::task_group& group) {
  group.spawn({"a"}, failing, "a failed", 1s);
  auto b = group.spawn({"b"}, failing, "b failed", 2s);
  auto c = group.spawn({"c"}, work, 3);
  co_await b.wait();
  std::cout << "b: " << (b.result() ? "fine" : "failed, we know") << '\n';
  std::cout << "c: " << co_await c.join() << ", in spite of a and b\n";
}

awaitable<void> keeping_going() {
  auto const options = curfew::group_options(curfew::on_failure::keep_going).name("jobs");
  try {
    co_await curfew::with_task_group(options, three_jobs);
  } catch (std::exception const& e) {
    std::cout << "nobody looked: " << e.what() << '\n';
  }
}
//! [options]

//! [room]
awaitable<void> ten_downloads(curfew::task_group& group) {
  for (int i = 0; i < 10; ++i) {
    co_await group.room();  // waits where three are running
    group.spawn(work(1));
  }
}

awaitable<void> downloads() {
  auto const executor = co_await asio::this_coro::executor;
  auto const began = curfew::now(executor);
  auto const three = curfew::group_options().max_concurrency(3);
  co_await curfew::with_task_group(three, ten_downloads);
  std::cout << "ten downloads, three at a time: " << (curfew::now(executor) - began) / 1s << " s\n";
}
//! [room]

awaitable<void> all() {
  co_await adding();
  co_await failing_fast();
  co_await curfew::with_task_group(background);
  co_await curfew::with_task_group(server_and_client);
  co_await keeping_going();
  co_await downloads();
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  auto const ended = curfew::spawn(context, {"all"}, all);
  time.run();
  ended.result().value();
}
