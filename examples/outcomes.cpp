// Looking at how something ended without a try block.

#include <boost/asio.hpp>
#include <curfew/outcome.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <curfew/wait_for.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

//! [outcome]
void report(curfew::outcome<int> const& result) {
  if (result.has_value())
    std::cout << "value " << *result << '\n';
  else if (result.timed_out())
    std::cout << "too slow\n";
  else if (result.cancelled())
    std::cout << "asked to stop\n";
  else
    std::cout << "failed: " << result.message() << '\n';
}
//! [outcome]

awaitable<int> after(curfew::clock::duration takes) {
  co_await curfew::sleep_for(takes);
  if (takes == 3s) throw std::runtime_error("three is too many");
  co_return 7;
}

//! [settle]
awaitable<void> attempts() {
  report(co_await curfew::settle(after(1s)));
  report(co_await curfew::settle(after(3s)));
  report(co_await curfew::settle(curfew::wait_for(after(1h), 5s)));
}
//! [settle]

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  asio::co_spawn(context, attempts(), asio::detached);
  time.run();
}
