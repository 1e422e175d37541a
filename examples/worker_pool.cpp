// Two ways to work on many jobs, few at a time: a group with a bound that is given a task per job,
// and a fixed number of workers who share a queue, here on the threads of a pool, until it is
// closed.

#include <atomic>
#include <boost/asio.hpp>
#include <curfew/curfew.hpp>
#include <functional>
#include <iostream>
#include <numeric>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

/// How many are at work, and the most that ever were.
struct gauge {
  std::atomic<int> now = 0, most = 0;

  void enter() {
    int const here = ++now;
    for (int seen = most; seen < here && !most.compare_exchange_weak(seen, here);) continue;
  }
  void leave() { --now; }
};

//! [bounded]
awaitable<void> job(gauge& working, int& done) {
  working.enter();
  co_await curfew::sleep_for(2ms);
  working.leave();
  ++done;
}

awaitable<void> spawn_jobs(curfew::task_group& group, gauge& working, int& done) {
  for (int i = 0; i < 20; ++i) {
    co_await group.room();  // else all twenty would be spawned now, to wait in the group
    group.spawn(job(working, done));
  }
}

awaitable<void> bounded_group() {
  gauge working;
  int done = 0;
  co_await curfew::with_task_group(curfew::group_options().max_concurrency(4), spawn_jobs,
                                   std::ref(working), std::ref(done));
  std::cout << "group: " << done << " jobs done, at most " << working.most << " at a time\n";
}
//! [bounded]

//! [workers]
/// Adds up the squares of what is in the queue, until it is closed and empty.
awaitable<long> worker(curfew::queue<int>& jobs, gauge& working) {
  long sum = 0;
  while (auto const number = co_await curfew::settle(jobs.pop())) {
    working.enter();
    sum += long{number.value()} * number.value();
    co_await curfew::sleep_for(1ms);
    working.leave();
  }
  co_return sum;
}

awaitable<long> share_out(curfew::task_group& group, asio::thread_pool& threads,
                          curfew::queue<int>& jobs, gauge& working) {
  std::vector<curfew::task<long>> workers;
  for (int i = 0; i < 3; ++i)
    workers.push_back(group.spawn(threads, {"worker"}, worker, std::ref(jobs), std::ref(working)));

  for (int number = 1; number <= 100; ++number) co_await jobs.push(number);  // waits for room
  jobs.close();                                                              // ends the workers
  auto const sums = co_await curfew::gather(workers);
  co_return std::accumulate(sums.begin(), sums.end(), 0L);
}

awaitable<void> queue_of_jobs(asio::thread_pool& threads) {
  curfew::queue<int> jobs(8);
  gauge working;
  long const sum = co_await curfew::with_task_group(share_out, std::ref(threads), std::ref(jobs),
                                                    std::ref(working));
  std::cout << "queue: the squares of 1 to 100 add up to " << sum
            << ", at most three at a time: " << (working.most <= 3) << '\n';
}
//! [workers]

int main() {
  asio::io_context context;
  auto const one = curfew::spawn(context, bounded_group());
  context.run();
  one.result().value();

  asio::thread_pool threads(4);  // each task on it has a strand of its own
  auto const other = curfew::spawn(threads, queue_of_jobs(threads));
  threads.join();
  other.result().value();
}
