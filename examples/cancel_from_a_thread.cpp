// Another thread asks a coroutine to stop, and says why.

#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <iostream>
#include <latch>
#include <thread>

namespace asio = boost::asio;

asio::awaitable<void> work(std::latch& busy) {
  auto const self = co_await curfew::this_task::self();
  auto const home = std::this_thread::get_id();
  try {
    for (long step = 1;; ++step) {
      co_await curfew::checkpoint();  // lets others run; throws when asked to stop
      if (step == 1000) busy.count_down();
    }
  } catch (...) {
    std::cout << "on its own thread: " << (std::this_thread::get_id() == home) << '\n'
              << "who, why, where: " << self.reason() << '\n';
    throw;
  }
}

int main() {
  asio::io_context context;
  std::latch busy(1);
  curfew::cancellation_source source;

  asio::co_spawn(context, curfew::cancel_when(work(busy), source.token()),
                 [](std::exception_ptr error) {
                   std::cout << "cancelled: " << curfew::is_cancellation(error) << '\n';
                 });

  bool first = false, second = true;
  std::jthread impatient([&] {
    busy.wait();
    first = source.cancel("the user pressed Esc");  // from any thread, any number of times
    second = source.cancel("and again");            // too late: the first reason sticks
  });
  context.run();
  impatient.join();

  std::cout << "first request: " << first << ", second: " << second << '\n'
            << "for everyone to read: " << source.reason().text() << '\n';
}
