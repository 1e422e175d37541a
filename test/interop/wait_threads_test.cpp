#include <atomic>
#include <curfew/as_completed.hpp>
#include <curfew/spawn.hpp>
#include <curfew/wait.hpp>
#include <vector>

#include "../support.hpp"

// Waiting on one thread for tasks that real threads run.

BOOST_AUTO_TEST_SUITE(wait_threads)

namespace {

awaitable<int> compute(int value) {
  for (int i = 0; i < value % 4; ++i) co_await asio::post(asio::deferred);
  co_return value;
}

std::vector<curfew::task<int>> started_on(asio::thread_pool& pool, int count) {
  std::vector<curfew::task<int>> all;
  for (int i = 0; i < count; ++i)
    all.push_back(curfew::spawn(pool, {}, compute, i));  // each on a strand of its own
  return all;
}

/// Runs a coroutine on the thread of the test, and says whether it ended well.
template <class F>
void run_here(F const& f) {
  asio::io_context context(1);
  bool ended = false;
  asio::co_spawn(context, f(), [&](std::exception_ptr error) { ended = !error; });
  context.run();
  BOOST_TEST(ended);
}

}  // namespace

BOOST_AUTO_TEST_CASE(tasks_on_other_threads_are_waited_for) {
  asio::thread_pool pool(3);
  auto const here = std::this_thread::get_id();
  run_here([&]() -> awaitable<> {
    for (int round = 0; round < 50; ++round) {
      auto left = started_on(pool, 20);
      std::size_t done = 0;
      while (!left.empty()) {
        auto r = co_await curfew::wait(left, curfew::return_when::first_completed, 1h);
        BOOST_TEST((std::this_thread::get_id() == here));
        BOOST_TEST(!r.done.empty());
        done += r.done.size();
        left = std::move(r.pending);
      }
      BOOST_TEST(done == 20U);
      co_await curfew::wait(started_on(pool, 5), curfew::return_when::all_completed, 0s);
    }
  });
  pool.join();
}

BOOST_AUTO_TEST_CASE(tasks_on_other_threads_come_each_once) {
  asio::thread_pool pool(3);
  run_here([&]() -> awaitable<> {
    for (int round = 0; round < 50; ++round) {
      auto const tasks = started_on(pool, 20);
      int sum = 0;
      auto all = curfew::as_completed(tasks);
      while (auto const t = co_await all.next()) sum += t->result().value();
      BOOST_TEST(sum == 190);
      auto dropped = curfew::as_completed(started_on(pool, 5));  // while they end
      co_await dropped.next();
    }
  });
  pool.join();
}

BOOST_AUTO_TEST_SUITE_END()
