// A test of which a handler never returns.

#include <boost/asio.hpp>
#include <curfew/sleep.hpp>
#include <curfew/spawn.hpp>
#include <curfew/testing/run_test.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<void> never_returns(curfew::testing::virtual_time& time) {
  curfew::spawn(time.context(), curfew::spawn_options("waiting"),
                curfew::sleep_for(time.context(), 1h));
  co_await curfew::sleep_for(1s);
  for (volatile bool goes_on = true; goes_on;) {
  }
}

int main() {
  curfew::testing::run_test(never_returns, curfew::testing::run_test_options().real_limit(500ms));
}
