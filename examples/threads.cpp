// Several threads: work that blocks moves to a pool, and a context that several threads run gives
// each task a strand.

#include <atomic>
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <iostream>
#include <map>
#include <string>
#include <thread>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

//! [blocking]
awaitable<std::size_t> hash(std::string text) {
  co_return std::hash<std::string>()(text);  // or a call that blocks: on a thread of the pool
}

awaitable<void> hash_elsewhere(asio::thread_pool& pool) {
  auto const home = std::this_thread::get_id();
  auto const hashing = curfew::spawn(pool, {"hash"}, hash, "a large file");
  std::size_t const result = co_await hashing.join();  // this thread does other things meanwhile
  std::cout << "hashed: " << (result == std::hash<std::string>()("a large file"))
            << ", back on the thread of before: " << (std::this_thread::get_id() == home) << '\n';
}
//! [blocking]

//! [strands]
struct visitors {
  std::map<std::string, int> seen;  // looked at on one strand only: it needs no lock
};

awaitable<void> count(visitors& all, std::string name) {
  co_await curfew::sleep_for(1ms);
  ++all.seen[name];
}

void two_threads_run_it() {
  asio::io_context context;
  visitors all;
  auto const strand = asio::make_strand(context);
  for (int i = 0; i < 10; ++i) curfew::spawn(strand, {"visitor"}, count, std::ref(all), "you");

  std::atomic<int> steps = 0;  // of tasks with a strand each, which may run at the same time
  for (int i = 0; i < 10; ++i)
    curfew::spawn(asio::make_strand(context), [&]() -> awaitable<void> {
      co_await curfew::sleep_for(1ms);
      ++steps;
    });

  std::jthread other([&] { context.run(); });
  context.run();
  other.join();
  std::cout << all.seen["you"] << " visits, " << steps << " steps\n";
}
//! [strands]

//! [run]
awaitable<void> serve_all() {
  auto const executor = co_await asio::this_coro::executor;  // a strand, because there are several
  auto const one = curfew::spawn(executor, curfew::sleep_for(executor, 1ms));  // on the same one
  co_await one.join();
}

int run_with_four_threads() { return curfew::run(serve_all, curfew::run_options().threads(4)); }
//! [run]

//! [from_a_thread]
void stop_from_a_thread() {
  asio::io_context context;
  auto const task = curfew::spawn(context, curfew::sleep_for(context, 1h));
  std::jthread impatient([task] { task.cancel("the user pressed Esc"); });
  context.run();
  std::cout << "cancelled: " << task.cancelled() << ", " << task.reason().text() << '\n';
}
//! [from_a_thread]

int main() {
  asio::io_context context;
  asio::thread_pool pool(2);
  auto const ended = curfew::spawn(context, hash_elsewhere(pool));
  context.run();
  ended.result().value();

  two_threads_run_it();
  std::cout << "exit code " << run_with_four_threads() << '\n';
  stop_from_a_thread();
}
