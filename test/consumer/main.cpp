#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <curfew/curfew.hpp>

// A program with the library, as a user of the installed package writes it.

using namespace std::chrono_literals;

boost::asio::awaitable<void> limited(bool& in_time) {
  auto const end = co_await curfew::settle(curfew::wait_for(curfew::sleep_for(1h), 1ms));
  in_time = end.timed_out();
}

int main() {
  boost::asio::io_context context;
  bool in_time = false;
  boost::asio::co_spawn(context, limited(in_time), boost::asio::detached);
  context.run();
  std::puts(CURFEW_VERSION_STRING);
  return in_time ? 0 : 1;
}
