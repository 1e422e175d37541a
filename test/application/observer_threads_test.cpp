#include "../interop/task_threads.hpp"
#include "recorder.hpp"

#include <curfew/observer.hpp>
#include <curfew/run.hpp>
#include <curfew/shield.hpp>
#include <map>
#include <mutex>

// Several threads tell one observer at a time. In real time; nothing sleeps for longer than a few
// milliseconds.

BOOST_AUTO_TEST_SUITE(observer_threads)

namespace {

struct counts {
  int spawned = 0, requested = 0, ended = 0, refused = 0;
};

/// Counts what it is told of each task.
class counter : public curfew::observer {
 public:
  void on_spawn(curfew::task_event const& task) noexcept override { add(task, &counts::spawned); }
  void on_request(curfew::task_event const& task,
                  curfew::cancellation_reason const& why) noexcept override {
    if (!why.text().empty()) add(task, &counts::requested);
  }
  void on_end(curfew::task_event const& task, curfew::task_ending,
              std::exception_ptr const&) noexcept override {
    add(task, &counts::ended);
  }
  void on_refusal(curfew::task_event const& task, curfew::cancellation_reason const&,
                  curfew::clock::duration) noexcept override {
    add(task, &counts::refused);
    ++refusals;
  }

  std::atomic<int> refusals{0};
  std::map<std::uint64_t, counts> all;  ///< To be read when nobody tells any more.
  int in_groups = 0;

 private:
  void add(curfew::task_event const& task, int counts::* what) noexcept {
    std::lock_guard guard(lock_);
    ++(all[task.id].*what);
    in_groups += task.group == "many";
  }
  std::mutex lock_;
};

awaitable<> hops(int times) { (void)co_await hop(times); }

awaitable<> stubborn(curfew::clock::duration until) {
  co_await curfew::shield(curfew::sleep_for(until));
}

awaitable<> until_refused(counter const& by) {
  while (by.refusals == 0) co_await curfew::sleep_for(1ms);
}
/// Does not stop before the watchdog has told of it.
awaitable<> very_stubborn(counter const& by) { co_await curfew::shield(until_refused(by)); }

}  // namespace

BOOST_AUTO_TEST_CASE(each_task_of_a_pool_is_told_of_once_whoever_cancels_it) {
  for (int round = 0; round < 200; ++round) {
    asio::thread_pool pool(3);
    auto const all = std::make_shared<counter>();
    curfew::set_observer(pool, all);
    std::optional<curfew::task_group> kept;
    std::optional<curfew::task<void>> child;
    std::atomic<int> ready{0};
    auto const body = [&](curfew::task_group& group) -> awaitable<> {
      for (int i = 0; i < 8; ++i) group.spawn(pool, {"hops"}, hops, i % 4 ? i : 1'000'000);
      child = group.spawn(pool, {"child"}, hops, 1'000'000);
      kept = group;
      ++ready;
      co_return;
    };
    auto const main = [&]() -> awaitable<> {
      co_await curfew::with_task_group(curfew::group_options().name("many"), body);
    };
    auto const t = curfew::spawn(pool, main);
    wait_for(ready, 1);
    at_once([&] { child->cancel("by its handle"); }, [&] { kept->cancel("with its group"); });
    pool.wait();
    BOOST_REQUIRE(t.done());
    BOOST_REQUIRE(all->all.size() == 10U);
    for (auto const& [id, told] : all->all) {
      BOOST_REQUIRE(told.spawned == 1);
      BOOST_REQUIRE(told.ended == 1);
      BOOST_REQUIRE(told.requested <= 1);
    }
    BOOST_REQUIRE(all->all[child->id()].requested == 1);
    BOOST_REQUIRE(all->in_groups > 9 * 2);
  }
}

BOOST_AUTO_TEST_CASE(observers_that_take_over_in_the_middle_miss_nothing) {
  for (int round = 0; round < 100; ++round) {
    asio::thread_pool pool(2);
    std::shared_ptr<counter> const both[] = {std::make_shared<counter>(),
                                             std::make_shared<counter>()};
    curfew::set_observer(pool, both[0]);
    std::atomic<bool> over{false};
    std::thread swaps([&] {
      for (unsigned i = 0; !over; ++i) curfew::set_observer(pool, both[i % 2]);
    });
    std::vector<curfew::task<void>> tasks;
    for (int i = 0; i < 20; ++i) tasks.push_back(curfew::spawn(pool, {}, hops, i));
    for (auto& each : tasks) each.cancel("enough");
    pool.wait();
    over = true;
    swaps.join();
    for (auto const& each : tasks) {
      auto const &one = both[0]->all[each.id()], &two = both[1]->all[each.id()];
      BOOST_REQUIRE(one.spawned + two.spawned == 1);
      BOOST_REQUIRE(one.ended + two.ended == 1);
      BOOST_REQUIRE(one.requested + two.requested <= 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_watchdog_tells_of_tasks_that_end_meanwhile_on_other_threads) {
  auto const all = std::make_shared<counter>();
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    auto const executor = co_await asio::this_coro::executor;
    auto& context = static_cast<asio::io_context&>(asio::query(executor, asio::execution::context));
    for (int i = 0; i < 100; ++i) group.spawn(asio::make_strand(context), {}, stubborn, i * 200us);
    group.spawn(asio::make_strand(context), {}, very_stubborn, std::cref(*all));
    co_await curfew::sleep_for(1ms);
    group.cancel("please");
  };
  auto const main = [&]() -> awaitable<> {
    co_await curfew::with_task_group(curfew::group_options().name("many"), body);
  };
  std::ostringstream log;
  auto const options =
      curfew::run_options().threads(3).signals({}).dump_signal(0).log(log).observer(all).watchdog(
          curfew::watchdog_options().refusal(1ms));
  BOOST_TEST(curfew::run(main, options) == 0);
  int refused = 0;
  for (auto const& [id, told] : all->all) {
    BOOST_TEST(told.refused <= 1);
    refused += told.refused;
  }
  BOOST_TEST(all->all.size() == 102U);
  BOOST_TEST(refused > 0);
  BOOST_TEST(all->in_groups >= 200);  // who has ended by itself was asked by nobody
}

BOOST_AUTO_TEST_SUITE_END()
