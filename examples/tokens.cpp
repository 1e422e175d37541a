// Tokens: a wish to stop, and the reason for it, that anyone may read, wait for and pass on.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <curfew/testing/virtual_time.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

//! [token]
awaitable<void> poll(curfew::cancellation_token stop) {
  while (!stop.cancelled()) co_await curfew::sleep_for(10s);
  std::cout << "poll: " << stop.reason().text() << '\n';
}
//! [token]

//! [wait]
awaitable<void> say_goodbye(curfew::cancellation_token stop) {
  co_await stop.wait();  // an operation like any other
  std::cout << "goodbye: " << stop.reason().text() << '\n';
}
//! [wait]

//! [cancel_when]
awaitable<void> download(curfew::cancellation_token stop) {
  try {
    co_await curfew::cancel_when(curfew::sleep_for(1h), stop);  // or any coroutine
  } catch (boost::system::system_error const& e) {
    if (curfew::is_cancellation(e.code()))
      std::cout << "download: " << stop.reason().text() << '\n';
  }
}
//! [cancel_when]

//! [on_cancel]
awaitable<void> play(curfew::cancellation_token stop) {
  // Whoever cancels calls it: for what cannot be awaited.
  auto const mute = stop.on_cancel([] { std::cout << "play: mute\n"; });
  co_await curfew::sleep_for(1min);
}  // From here on it is not called any more.
//! [on_cancel]

//! [source]
void a_tree() {
  curfew::cancellation_source server;
  curfew::cancellation_source first(server.token()), second(server.token());
  first.cancel("protocol error");      // nobody else hears of it
  server.cancel("closing for today");  // everybody does, but the first reason sticks
  std::cout << "first: " << first.reason().text() << '\n'
            << "second: " << second.reason().text() << '\n';
}
//! [source]

//! [guard]
awaitable<void> with_a_helper() {
  auto const executor = co_await asio::this_coro::executor;
  curfew::cancellation_source source;
  curfew::cancellation_guard const guard(source);
  asio::co_spawn(executor, say_goodbye(source.token()), asio::detached);
  co_await curfew::sleep_for(1s);
}  // however this ends, the helper is told
//! [guard]

int main() {
  asio::io_context context;
  curfew::testing::virtual_time time(context);
  curfew::cancellation_source source;
  for (auto* job : {poll, say_goodbye, download, play})
    asio::co_spawn(context, job(source.token()), asio::detached);
  time.advance(15s);
  source.cancel("closing for today");
  time.run();
  a_tree();
  asio::co_spawn(context, with_a_helper(), asio::detached);
  time.run();
}
