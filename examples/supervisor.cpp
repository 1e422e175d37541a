// A supervisor that starts its services again when they fail, after pauses that grow, gives up on
// one that fails too often while the others go on, and ends all of them cleanly when it is asked
// to.

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

/// What is supervised: a coroutine function that runs until it is cancelled, or fails.
struct service {
  std::string name;
  std::function<awaitable<void>()> run;
};

/// Writes a line with the seconds since the start.
awaitable<void> say(std::string line) {
  auto const executor = co_await asio::this_coro::executor;
  static auto const start = curfew::now(executor);
  std::cout << (curfew::now(executor) - start) / 1s << " s: " << line << '\n';
}

//! [supervise]
/// One service: it may fail three times, and is given up the fourth time.
awaitable<void> keep_running(service const& what) {
  auto const attempt = [&]() -> awaitable<void> {
    co_await say(what.name + " starts");
    co_await what.run();
  };
  co_await curfew::retry(curfew::retry_policy(4).first_delay(1s).factor(3).jitter(0), attempt);
}

/// All of them, until somebody cancels the token.
awaitable<void> supervise(curfew::task_group& group, std::vector<service> const& services,
                          curfew::cancellation_token stop) {
  std::vector<curfew::task<void>> running;
  for (auto const& one : services)
    running.push_back(group.spawn(one.name, keep_running, std::cref(one)));

  auto ended = curfew::as_completed(running);
  auto const watch = [&]() -> awaitable<void> {
    while (auto task = co_await ended.next()) {
      try {
        task->result().value();  // who looks at a failure keeps it from ending the group
      } catch (std::exception const& e) {
        std::cout << task->name() << " is given up: " << e.what() << '\n';
      }
    }
  };
  co_await curfew::settle(curfew::cancel_when(watch(), stop));

  group.cancel(stop.reason());  // and the block waits for them
}
//! [supervise]

awaitable<void> steady() {
  auto const goodbye = [](curfew::outcome<void> const&) -> awaitable<void> {
    co_await curfew::sleep_for(2s);  // in cleanup too one can wait
    co_await say("steady has said goodbye");
  };
  co_await curfew::finally(curfew::sleep_forever(), goodbye);
}

awaitable<void> flaky(int& failures) {
  co_await curfew::sleep_for(10s);
  if (failures-- > 0) throw std::runtime_error("lost its connection");
  co_await curfew::sleep_forever();
}

awaitable<void> hopeless() {
  co_await curfew::sleep_for(100ms);
  throw std::runtime_error("no configuration");
}

awaitable<void> program(curfew::cancellation_token stop) {
  int failures = 2;
  std::vector<service> const services = {
      {"steady", steady},
      {"flaky", [&] { return flaky(failures); }},
      {"hopeless", hopeless},
  };
  co_await say("the supervisor starts");
  co_await curfew::with_task_group(curfew::on_failure::keep_going, supervise, std::cref(services),
                                   stop);
  co_await say("the supervisor ends: " + stop.reason().text());
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  curfew::cancellation_source stop;
  auto const ended = curfew::spawn(context, program(stop.token()));
  time.advance(1min);
  stop.cancel("asked by the operator");  // as a handler of SIGTERM would
  time.run();
  ended.result().value();
}
