#include <cstdio>
#include <curfew/sleep.hpp>
#include <curfew/testing/testing.hpp>

// A test with the kit, as a user of the installed package writes it.

using namespace std::chrono_literals;

boost::asio::awaitable<int> hours(curfew::testing::virtual_time& time) {
  auto const began = time.now();
  co_await curfew::sleep_for(8h);
  co_return (time.now() - began) / 1h;
}

int main() {
  if (curfew::testing::run_test(hours) != 8) return 1;
  curfew::testing::permute_same_tick([]() -> boost::asio::awaitable<void> { co_return; });
  return 0;
}
