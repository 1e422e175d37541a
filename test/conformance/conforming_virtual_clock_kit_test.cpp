#include "same_tick.hpp"

#include <atomic>
#include <curfew/gather.hpp>
#include <curfew/testing/permute_same_tick.hpp>
#include <curfew/testing/run_test.hpp>
#include <thread>

BOOST_AUTO_TEST_SUITE(conforming_virtual_clock_kit)

namespace {

using curfew::testing::permute_options;
using curfew::testing::permute_same_tick;
using curfew::testing::virtual_time;

}  // namespace

CONFORMS("VC-14", time_does_not_jump_while_something_real_is_under_way) {
  fixture f;
  std::atomic<bool> finished{false};
  bool in_order = false;
  curfew::sleep_for(f.context, 1h)([&](error_code) { in_order = finished; });
  auto real = f.time.inhibit();
  std::thread worker([&] {
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    finished = true;
    real.release();
  });
  f.time.run();
  worker.join();
  BOOST_TEST(in_order);
  BOOST_TEST(f.elapsed() == 1h);
}

CONFORMS("VC-16", a_deadlock_is_reported_with_who_waits_for_what) {
  curfew::event never_set;
  auto const reader = [&]() -> awaitable<> { co_await never_set.wait(); };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    group.spawn({"reader"}, reader);
    co_await curfew::sleep_for(1h);  // is no deadlock
  };
  auto const scenario = [&](virtual_time&) { return curfew::with_task_group(body); };
  BOOST_CHECK_EXCEPTION(curfew::testing::run_test(scenario), system_error,
                        [](system_error const& e) {
                          std::string const words = e.what();
                          return e.code() == curfew::errc::deadlock &&
                                 words.find("\"reader\" waits 1 h") != std::string::npos &&
                                 words.find("for event") != std::string::npos;
                        });
}

CONFORMS("VC-20", a_random_order_that_fails_tells_its_seed_and_is_replayed_exactly) {
  std::string order;
  std::vector<std::string> failed;
  auto const scenario = [&](virtual_time&) -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    order.clear();
    for (int i = 0; i < 6; ++i)
      curfew::sleep_for(here, 1s)([&, i](error_code) { order += std::to_string(i); });
    co_await curfew::sleep_for(2s);
    if (order[0] != '5') co_return;
    failed.push_back(order);
    throw failure("5 comes first");
  };
  captured_cerr const said;
  auto const random = permute_options().all_up_to(1).samples(1000).seed(42);
  BOOST_CHECK_THROW(permute_same_tick(scenario, random), failure);
  BOOST_CHECK_THROW(permute_same_tick(scenario, random), failure);
  BOOST_TEST(said.count("seed 42") == 2);
  auto const words = said.text();
  auto const from = words.find("replay(\"") + 8;
  auto const text = words.substr(from, words.find('"', from) - from);
  BOOST_CHECK_THROW(permute_same_tick(scenario, permute_options().replay(text)), failure);
  BOOST_TEST((failed == std::vector(3, failed.at(0))));
}

ALSO_CONFORMS("VC-04", time_never_jumps_while_any_handler_is_ready_in_whichever_order_they_run) {
  in_each_order([](virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    auto const busy = [&](curfew::clock::duration from) -> awaitable<> {
      co_await curfew::sleep_for(from);
      for (int i = 0; i < 3; ++i) {
        co_await asio::post(asio::deferred);
        BOOST_TEST((time.now() - began == from));
      }
    };
    co_await curfew::gather(busy(1s), busy(1s), busy(1s + 1ns));
  });
}

ALSO_CONFORMS("VC-05", who_settles_sees_what_is_ready_done_and_time_where_it_was) {
  in_each_order([](virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    int hops = 0;
    bool blocked = false;
    auto const busy = [&]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      for (; hops < 3; ++hops) co_await asio::post(asio::deferred);
      co_await curfew::sleep_for(1ns);
      BOOST_TEST(blocked);
    };
    auto const settles = [&] {
      time.settle();
      BOOST_TEST(hops == 3);
      BOOST_TEST((time.now() - began == 1s));
      blocked = true;
    };
    co_await curfew::gather(busy(), at_one_instant(settles));
  });
}

ALSO_CONFORMS("VC-07", what_is_due_at_the_end_of_a_step_fires_at_that_instant_in_each_order) {
  in_each_order([](virtual_time& time) -> awaitable<> {
    auto const began = time.now();
    int fired = 0;
    auto const note = [&](curfew::clock::duration limit) -> awaitable<> {
      co_await curfew::sleep_for(limit);
      BOOST_TEST((time.now() - began == limit));
      ++fired;
    };
    co_await curfew::gather(note(1s), note(1s), note(1s + 1ns), note(2s), note(2s));
    BOOST_TEST(fired == 5);
  });
}

BOOST_AUTO_TEST_SUITE_END()
