// An item arrives in the moment in which the limit passes. Asio's `||` drops it; a value that
// arrived is never dropped by curfew.

#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <curfew/curfew.hpp>
#include <iostream>
#include <thread>

namespace asio = boost::asio;
using asio::use_awaitable;
using namespace std::chrono_literals;
using channel = asio::experimental::channel<void(boost::system::error_code, int)>;

//! [plain]
asio::awaitable<void> receive_plain(channel& items) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer(items.get_executor(), 20ms);
  auto const got = co_await (items.async_receive(use_awaitable) || timer.async_wait(use_awaitable));
  std::cout << "plain:  " << (got.index() == 0 ? "received" : "nothing in time");
}
//! [plain]

//! [curfew]
asio::awaitable<void> receive_with_curfew(curfew::queue<int>& items) {
  auto const got = co_await curfew::move_on_after(items.pop(), 20ms);
  std::cout << "curfew: " << (got ? "received" : "nothing in time");
}
//! [curfew]

/// Sends after 10 ms, but the loop is busy until both that and the limit have passed.
template <class Send>
void run_with_a_late_sender(asio::io_context& context, Send send) {
  asio::steady_timer sender(context, 10ms);
  sender.async_wait([&](boost::system::error_code) { send(); });
  asio::post(context, [] { std::this_thread::sleep_for(40ms); });
  context.run();
}

int main() {
  {
    asio::io_context context;
    channel items(context);
    bool sent = false;
    asio::co_spawn(context, receive_plain(items), asio::detached);
    run_with_a_late_sender(context, [&] { sent = items.try_send(boost::system::error_code(), 1); });
    bool const left = items.try_receive([](auto const&...) {});
    std::cout << ", sent: " << sent << ", left in the channel: " << left << '\n';
  }
  {
    asio::io_context context;
    curfew::queue<int> items(0);
    bool sent = false;
    asio::co_spawn(context, receive_with_curfew(items), asio::detached);
    run_with_a_late_sender(context, [&] { sent = items.try_push(1); });
    std::cout << ", sent: " << sent << ", left in the queue: " << items.size() << '\n';
  }
}
