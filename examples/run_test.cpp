// A coroutine as a test: it takes no time, ends the same way each time, and leaves nothing behind.

#include <boost/asio.hpp>
#include <curfew/event.hpp>
#include <curfew/sleep.hpp>
#include <curfew/spawn.hpp>
#include <curfew/testing/run_test.hpp>
#include <curfew/wait_for.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;

//! [run_test]
// The code under test: three attempts, an hour each.
asio::awaitable<int> fetch_patiently() {
  for (int attempt = 1;; ++attempt) {
    auto const got = co_await curfew::settle(curfew::wait_for(curfew::sleep_for(150min), 1h));
    if (!got.timed_out() || attempt == 3) co_return attempt;
  }
}

asio::awaitable<int> it_gives_up_after_three_hours(curfew::testing::virtual_time& time) {
  auto const began = time.now();
  int const attempts = co_await fetch_patiently();
  if (time.now() - began != 3h) throw std::logic_error("it took another time");
  co_return attempts;
}
//! [run_test]

// What is wrong with a test is an exception; any framework prints it.
template <class F>
void tell(F test) {
  try {
    test();
    std::cout << "passed\n";
  } catch (std::exception const& e) {
    std::string const words = e.what();
    std::cout << "failed: " << words.substr(0, words.find('\n')) << '\n';
  }
}

asio::awaitable<void> forgets_a_task(curfew::testing::virtual_time& time) {
  curfew::spawn(time.context(), curfew::spawn_options("metrics"),
                curfew::sleep_for(time.context(), 1min));
  co_return;
}

asio::awaitable<void> waits_for_nobody() {
  curfew::event never_set;
  co_await never_set.wait();
}

int main() {
  std::cout << curfew::testing::run_test(it_gives_up_after_three_hours) << " attempts\n";
  tell([] { curfew::testing::run_test(forgets_a_task); });
  tell([] { curfew::testing::run_test(waits_for_nobody); });

  //! [options]
  tell([] {
    auto const options =
        curfew::testing::run_test_options().real_limit(1min).may_outlive("metrics");
    curfew::testing::run_test(forgets_a_task, options);
  });
  //! [options]
}
