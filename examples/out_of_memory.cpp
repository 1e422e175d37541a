// Each allocation of a limit finds no memory in turn: it copes, or says so, and loses nothing.

#include <boost/asio.hpp>
#include <iostream>
//! [replace_new]
// In one file of the test program, and in no other:
#include <curfew/testing/replace_new.hpp>
//! [replace_new]
#include <curfew/sleep.hpp>
#include <curfew/testing/fail_every_allocation.hpp>
#include <curfew/testing/run_test.hpp>
#include <curfew/wait_for.hpp>
#include <memory>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;

//! [fail_every_allocation]
asio::awaitable<void> two_answers_in_time() {
  std::vector<int> answers;
  for (int i = 0; i < 2; ++i) {
    co_await curfew::wait_for(curfew::sleep_for(1s), 2s);
    answers.push_back(i);
  }
}

int main() {
  auto const failures = curfew::testing::fail_every_allocation(two_answers_in_time);
  std::cout << (failures > 2 ? "every allocation failed once" : "too few allocations") << '\n';
  //! [fail_every_allocation]

  // Who keeps memory is found out as well.
  static std::unique_ptr<int> kept;
  try {
    auto const options = curfew::testing::run_test_options().check_memory(true);
    curfew::testing::run_test(
        []() -> asio::awaitable<void> {
          kept = std::make_unique<int>(1);
          co_return;
        },
        options);
  } catch (curfew::testing::test_failure const& e) {
    std::cout << e.what() << '\n';
  }
}
