// std::stop_token, both ways: a std::jthread ends coroutines, and a token ends a thread.

#include <boost/asio.hpp>
#include <condition_variable>
#include <curfew/curfew.hpp>
#include <iostream>
#include <latch>
#include <mutex>
#include <thread>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<void> serve(std::latch& serving) {
  auto const self = co_await curfew::this_task::self();
  serving.count_down();
  try {
    co_await curfew::sleep_forever();
  } catch (...) {
    std::cout << "coroutine: stopped by " << self.reason().text() << '\n';
    throw;
  }
}

//! [from_stop_token]
void run_server(std::stop_token stop, std::latch& serving) {
  asio::io_context context;
  auto const token = curfew::from_stop_token(stop);
  for (int i = 0; i < 2; ++i)
    asio::co_spawn(context, curfew::cancel_when(serve(serving), token), asio::detached);
  context.run();  // until the coroutines have ended
}

void end_coroutines() {
  std::latch serving(2);
  std::jthread server(run_server, std::ref(serving));  // it passes its own stop token
  serving.wait();
}  // its destructor requests the stop, and joins
//! [from_stop_token]

//! [to_stop_token]
void work(std::stop_token stop, std::latch& working) {  // it has never heard of curfew
  std::mutex mutex;
  std::condition_variable_any news;
  std::unique_lock lock(mutex);
  working.count_down();
  while (!stop.stop_requested()) news.wait(lock, stop, [] { return false; });
  std::cout << "thread: stopped\n";
}

void end_a_thread() {
  curfew::cancellation_source source;
  std::latch working(1);
  std::thread worker(work, curfew::to_stop_token(source.token()), std::ref(working));
  working.wait();
  source.cancel("enough");
  worker.join();
}
//! [to_stop_token]

int main() {
  end_coroutines();
  end_a_thread();
}
