// A limit of an hour, tested in no time. The code under test is unchanged.

#include <boost/asio.hpp>
#include <curfew/sleep.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <curfew/wait_for.hpp>
#include <iostream>

namespace asio = boost::asio;
using namespace std::chrono_literals;

//! [virtual_time]
asio::awaitable<void> nightly_job() {
  co_await curfew::sleep_for(8h);
  co_await curfew::wait_for(curfew::sleep_forever(), 1h);
}

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  auto const began = time.now();

  std::exception_ptr ended;
  asio::co_spawn(context, nightly_job(), [&](std::exception_ptr error) { ended = error; });

  time.advance(8h + 59min);
  std::cout << "after 8:59: " << (ended ? "ended" : "running") << '\n';
  time.run();  // jumps to the next deadline whenever nothing is ready
  std::cout << "timeout: " << curfew::is_timeout(ended) << ", after " << (time.now() - began) / 1h
            << " hours\n";
}
//! [virtual_time]
