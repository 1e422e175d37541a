// A read that the test answers, late and after it was asked to stop.

#include <boost/asio.hpp>
#include <curfew/outcome.hpp>
#include <curfew/sleep.hpp>
#include <curfew/spawn.hpp>
#include <curfew/testing/manual_operation.hpp>
#include <curfew/testing/run_test.hpp>
#include <curfew/wait_for.hpp>
#include <iostream>

namespace asio = boost::asio;
using namespace std::chrono_literals;

//! [manual_operation]
asio::awaitable<void> a_value_wins_over_its_limit(curfew::testing::virtual_time& time) {
  curfew::testing::manual_operation<int> read(time);
  read.refuse_cancellation();  // as an operation does that is as good as finished
  auto const reader = curfew::spawn(time.context(), [&]() -> asio::awaitable<int> {
    co_return co_await curfew::wait_for(read(), 5s);
  });
  co_await curfew::sleep_for(6s);  // the limit has passed
  std::cout << "running: " << read.running() << ", asked " << read.requests().size() << " time\n";

  read.complete(7);
  co_await reader.wait();
  std::cout << "read " << reader.result().value() << '\n';
}

asio::awaitable<void> a_timeout_waits_for_what_it_cancelled(curfew::testing::virtual_time& time) {
  curfew::testing::manual_operation<> write(time);
  write.end_late(2s);
  auto const began = time.now();
  auto const written = co_await curfew::settle(curfew::wait_for(write(), 5s));
  std::cout << "timed out: " << written.timed_out() << ", after " << (time.now() - began) / 1s
            << " s\n";
}
//! [manual_operation]

int main() {
  curfew::testing::run_test(a_value_wins_over_its_limit);
  curfew::testing::run_test(a_timeout_waits_for_what_it_cancelled);
}
