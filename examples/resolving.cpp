// Looking up names, for no longer than a limit.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using namespace std::chrono_literals;

//! [resolve]
awaitable<void> look_up(std::string host, curfew::clock::duration limit) {
  tcp::resolver resolver(co_await asio::this_coro::executor);
  try {
    auto const found = co_await curfew::resolve(resolver, host, "80", limit);
    std::cout << host << " is " << found.begin()->endpoint() << '\n';
  } catch (boost::system::system_error const& e) {
    // The system may go on to look for it: that holds up nobody here.
    if (!curfew::is_timeout(e.code())) throw;
    std::cout << host << " was not found in time\n";
  }
}
//! [resolve]

awaitable<void> all() {
  co_await look_up("127.0.0.1", 20s);
  co_await look_up("example.com", 0s);
}

int main() {
  asio::io_context context;
  auto const done = curfew::spawn(context, all());
  context.run();
  done.result().value();
}
