// What happens in a context, told as it happens: to an observer of one's own, and to several.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>
#include <map>
#include <stdexcept>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

//! [observer]
/// Says what an operator wants to know.
class journal : public curfew::observer {
  void on_end(curfew::task_event const& task, curfew::task_ending how,
              std::exception_ptr const& error) noexcept override {
    if (how != curfew::task_ending::failed) return;
    try {
      std::rethrow_exception(error);
    } catch (std::exception const& e) {
      std::cout << task.name << " has failed: " << e.what() << '\n';
    }
  }
  void on_request(curfew::task_event const& task,
                  curfew::cancellation_reason const& why) noexcept override {
    std::cout << task.name << " is asked to stop, " << to_string(why.cause()) << ": " << why.text()
              << '\n';
  }
  void on_expiry(curfew::task_event const& task, std::source_location const&,
                 curfew::clock::time_point, curfew::clock::duration late) noexcept override {
    std::cout << "a limit in " << task.name << " has passed, heard " << late / 1ms << " ms late\n";
  }
};

/// Counts, for a dashboard.
class counters : public curfew::observer {
 public:
  std::map<curfew::task_ending, int> ended;

 private:
  void on_end(curfew::task_event const&, curfew::task_ending how,
              std::exception_ptr const&) noexcept override {
    ++ended[how];  // in a program of several threads: atomically
  }
};

void watch(asio::io_context& context, std::shared_ptr<counters> const& numbers) {
  curfew::set_observer(context, curfew::observe_by_all({std::make_shared<journal>(), numbers}));
}
//! [observer]

awaitable<void> read_from_a_silent_peer() {
  (void)co_await curfew::settle(curfew::wait_for(curfew::sleep_forever(), 5s));
}

awaitable<void> print() {
  co_await curfew::sleep_for(10s);
  throw std::runtime_error("out of paper");
}

awaitable<void> work(curfew::task_group& group) {
  group.spawn({"reader"}, read_from_a_silent_peer);
  group.spawn({"printer"}, print);
  group.spawn({"clock"}, []() -> awaitable<void> { co_await curfew::sleep_forever(); });
  co_return;
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  auto const numbers = std::make_shared<counters>();
  watch(context, numbers);
  auto const main = curfew::spawn(context, {"main"}, [&]() -> awaitable<void> {
    (void)co_await curfew::settle(curfew::with_task_group(work));
  });
  time.run();
  std::cout << numbers->ended[curfew::task_ending::completed] << " completed\n";
}
