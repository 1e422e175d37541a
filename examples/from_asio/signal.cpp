// A cancellation_signal has one slot and no memory. A token has any number of listeners, tells
// those who come late, and says why.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

std::string end(error_code error) { return error ? "cancelled" : "ran to its end"; }

//! [plain]
void plain() {
  asio::io_context context;
  asio::cancellation_signal stop;
  asio::steady_timer one(context, 20ms), two(context, 20ms), late(context, 20ms);
  auto const tell = [&](auto& timer, char const* name) {
    timer.async_wait(asio::bind_cancellation_slot(stop.slot(), [name](error_code error) {
      std::cout << "plain:  " << name << ' ' << end(error) << '\n';
    }));
  };
  tell(one, "one");
  tell(two, "two");  // takes the slot: from here on nobody can cancel the first
  stop.emit(asio::cancellation_type::terminal);
  tell(late, "late");  // the signal does not remember that it was emitted
  context.run();
}
//! [plain]

//! [curfew]
asio::awaitable<void> wait(std::string name, curfew::cancellation_token stop) {
  asio::steady_timer timer(co_await asio::this_coro::executor, 20ms);
  auto const ended = co_await curfew::cancel_when(timer.async_wait(asio::deferred),
                                                  stop)(asio::as_tuple(asio::deferred));
  std::cout << "curfew: " << name << ' ' << end(std::get<0>(ended)) << ": " << stop.reason().text()
            << '\n';
}

void with_curfew() {
  asio::io_context context;
  curfew::cancellation_source source;
  asio::co_spawn(context, wait("one", source.token()), asio::detached);
  asio::co_spawn(context, wait("two", source.token()), asio::detached);
  context.poll();
  source.cancel("closing for today");  // from any thread
  asio::co_spawn(context, wait("late", source.token()), asio::detached);
  context.run();
}
//! [curfew]

int main() {
  plain();
  with_curfew();
}
