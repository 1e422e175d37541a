#include "../structure/owners.hpp"

#include <curfew/gather.hpp>
#include <curfew/testing/cancel_at_every_step.hpp>
#include <curfew/testing/detail/allocations.hpp>
#include <curfew/testing/fail_every_allocation.hpp>
#include <curfew/testing/permute_same_tick.hpp>

// What the kit says of memory: what a run leaves behind, and what happens where there is none.

BOOST_AUTO_TEST_SUITE(kit_memory)

namespace {

namespace kit = curfew::testing;
namespace allocations = curfew::testing::detail::allocations;

awaitable<> scopes_and_children() {
  auto const body = [](curfew::task_group& group) -> awaitable<> {
    group.spawn({"child"}, sleepy, 1s);
    group.spawn(curfew::wait_for(sleepy(1h), 3s));
    co_await curfew::gather(give(7, 1s, make_held()), give(8, 2s, make_held()));
    group.cancel();
  };
  auto const in_a_scope = [&](curfew::timeout_scope& scope) -> awaitable<> {
    auto const kept = scope;
    co_await curfew::with_task_group(body);
  };
  co_await curfew::timeout(5s, in_a_scope);
}

kit::run_test_options checked() { return std::move(kit::run_test_options().check_memory(true)); }

/// What is thrown, after what was written to `std::cerr`.
template <class F>
std::string told_of(F f) {
  captured_cerr const said;
  auto const thrown = thrown_by(f);
  return said.text() + thrown;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_context_that_is_destroyed_after_any_step_leaves_no_memory) {
  std::size_t calls = 0;
  (void)kit::destroy_at_every_step(scopes_and_children);  // makes what is made on first use
  auto const steps =
      kit::destroy_at_every_step(scopes_and_children, [&](std::size_t) { ++calls; }, checked());
  BOOST_TEST(calls == steps + 1);
  BOOST_TEST(steps > 5U);
}

BOOST_AUTO_TEST_CASE(memory_that_is_lost_when_the_context_is_destroyed_at_one_step_is_found) {
  std::vector<std::unique_ptr<int>> lost;
  auto const scenario = [&]() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    lost.reserve(1);
    lost.push_back(std::make_unique<int>(7));
    co_await curfew::sleep_for(1s);
    std::vector<std::unique_ptr<int>>().swap(
        lost);  // what has no owner in the frame is not given back when that is destroyed
  };
  std::size_t last = 0;
  auto const words = told_of([&] {
    kit::destroy_at_every_step(scenario, [&](std::size_t after) { last = after; }, checked());
  });
  BOOST_TEST_INFO(words);
  BOOST_TEST(words.find("had its context destroyed after step " + std::to_string(last + 1)) !=
             std::string::npos);
  BOOST_TEST(words.find("2 blocks of memory") != std::string::npos);
  BOOST_TEST(last > 0U);
}

BOOST_AUTO_TEST_CASE(orders_for_which_there_is_no_memory_are_told_and_leave_nothing) {
  auto const before_all = curfew::detail::count_stacks();
  std::size_t n = 0, failed = 0, memory = 0, values = 0;
  bool more = true;
  auto const scenario = [&]() -> awaitable<> {
    auto const starving = [&]() -> awaitable<> {
      co_await curfew::sleep_for(1s);
      allocations::fail(n);
      co_await curfew::sleep_for(0s);
    };
    co_await curfew::gather(starving(), sleepy(1s), sleepy(1s));
    more = allocations::has_failed();
    allocations::fail(0);
    ++values;
  };
  for (n = 1; more && n < 200; ++n) {
    captured_cerr const said;
    try {
      kit::permute_same_tick(scenario, kit::permute_options().all_up_to(1).samples(0));
    } catch (...) {
      // It was told, or the choice was not made. Where a handler found no memory to be posted it
      // is gone: the coroutine is destroyed with it, or waits for ever.
      auto const error = std::current_exception();
      auto const words = words_of(error);
      BOOST_TEST_CONTEXT("allocation " << n << ": " << words)
      BOOST_TEST((kit::is_out_of_memory(error) || words == "aborted" || words == "deadlock"));
      memory += kit::is_out_of_memory(error);
      ++failed;
    }
    allocations::fail(0);
    BOOST_TEST(curfew::detail::count_stacks() == before_all);
  }
  BOOST_TEST(n < 200U);
  BOOST_TEST(failed > 0U);
  BOOST_TEST(memory > 5U);
  BOOST_TEST(values > 0U);
}

BOOST_AUTO_TEST_SUITE_END()
