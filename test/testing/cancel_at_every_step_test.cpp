#include "../structure/owners.hpp"

#include <curfew/testing/cancel_at_every_step.hpp>
#include <curfew/testing/fail_every_allocation.hpp>
#include <string>
#include <vector>

// A scenario that is disturbed after each of its steps.

BOOST_AUTO_TEST_SUITE(cancel_at_every_step)

namespace {

using curfew::testing::test_failure;
using curfew::testing::virtual_time;
namespace kit = curfew::testing;

awaitable<int> three_naps() {
  for (int i = 0; i < 3; ++i) co_await curfew::sleep_for(1s);
  co_return 7;
}

/// What is written when it fails.
template <class F>
std::string told_of(F fails) {
  captured_cerr const said;
  try {
    fails();
  } catch (std::exception const& e) {
    return said.text() + e.what();
  }
  return "it passed";
}

bool says(std::string const& words, std::string const& part) {
  return words.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_is_asked_before_it_begins_and_after_each_step_to_the_last) {
  std::vector<std::size_t> after;
  std::size_t values = 0;
  auto const steps = kit::cancel_at_every_step(three_naps, [&](auto const& run) {
    after.push_back(run.after);
    BOOST_TEST(run.steps >= 6U);  // three instants, three wakes
    BOOST_TEST((run.took == 0s));
    if (run.ended.has_value()) {
      ++values;
      BOOST_TEST(run.ended.value() == 7);
    } else {
      BOOST_TEST(run.ended.cancelled());
    }
  });
  BOOST_TEST(after.size() == steps + 1);
  BOOST_TEST(after.front() == 0U);
  BOOST_TEST(after.back() == steps);
  BOOST_TEST(values >= 1U);
  BOOST_TEST(values < steps);
}

BOOST_AUTO_TEST_CASE(what_looks_at_each_run_need_not_take_it) {
  std::size_t looked = 0;
  auto const scenario = []() -> awaitable<> { co_await curfew::sleep_for(1s); };
  auto const look = [&] { ++looked; };
  auto const steps = kit::cancel_at_every_step(scenario, look);
  BOOST_TEST(looked == steps + 1);
  looked = 0;
  BOOST_TEST(kit::destroy_at_every_step(scenario, look) + 1 == looked);
}

BOOST_AUTO_TEST_CASE(the_time_from_the_request_to_the_end_is_told) {
  auto const scenario = []() -> awaitable<> {
    auto const nap = []() -> awaitable<> { co_await curfew::sleep_for(10s); };
    co_await curfew::finally(nap(), []() -> awaitable<> { co_await curfew::sleep_for(3s); });
  };
  curfew::clock::duration most{};
  kit::cancel_at_every_step(scenario, [&](auto const& run) { most = std::max(most, run.took); });
  BOOST_TEST((most == 3s));
}

BOOST_AUTO_TEST_CASE(a_request_that_is_taken_for_a_timeout_is_found) {
  auto const scenario = []() -> awaitable<> {
    auto const got = co_await curfew::settle(curfew::sleep_for(1s));
    // Whoever calls each abort a timeout is wrong.
    if (!got.has_value()) throw system_error(curfew::errc::timed_out);
  };
  auto const words = told_of([&] { kit::cancel_at_every_step(scenario); });
  BOOST_TEST_INFO(words);
  BOOST_TEST(says(words, "when it was asked to stop after step 1"));
  BOOST_TEST(says(words, "ended with a timeout, although it was asked to stop from outside"));
}

BOOST_AUTO_TEST_CASE(a_scenario_that_times_out_by_itself_may_do_so) {
  std::size_t timeouts = 0, aborts = 0;
  kit::cancel_at_every_step(
      []() -> awaitable<> { co_await curfew::wait_for(curfew::sleep_forever(), 1s); },
      [&](auto const& run) {
        timeouts += run.ended.timed_out();
        aborts += run.ended.cancelled();
      });
  BOOST_TEST(timeouts > 0U);
  BOOST_TEST(aborts > 0U);
}

BOOST_AUTO_TEST_CASE(what_is_left_behind_at_one_step_is_found) {
  auto const scenario = [](virtual_time& time) -> awaitable<> {
    auto const helper = curfew::spawn(time.context(), curfew::spawn_options("helper"), sleepy(2s));
    co_await curfew::sleep_for(3s);  // nobody ends the helper when this is cancelled
  };
  auto const words = told_of([&] { kit::cancel_at_every_step(scenario); });
  BOOST_TEST(says(words, "asked to stop after step"));
  BOOST_TEST(says(words, "\"helper\""));
}

BOOST_AUTO_TEST_CASE(what_the_check_throws_goes_through) {
  auto const words = told_of([&] {
    kit::cancel_at_every_step(three_naps, [](auto const& run) {
      if (run.after == 2) throw std::out_of_range("not that one");
    });
  });
  BOOST_TEST(words ==
             "curfew: the scenario failed when it was asked to stop after step 2\n"
             "not that one");
}

BOOST_AUTO_TEST_CASE(a_scenario_that_fails_undisturbed_is_swept_all_the_same) {
  auto const steps = kit::cancel_at_every_step(
      []() -> awaitable<> {
        co_await curfew::sleep_for(1s);
        throw std::runtime_error("of its own");
      },
      [&](auto const& run) { BOOST_TEST(!run.ended.has_value()); });
  BOOST_TEST(steps > 1U);
}

// ---- its context destroyed

BOOST_AUTO_TEST_CASE(each_local_is_destroyed_once_with_its_context) {
  auto const owned = std::make_shared<int>(1);
  auto const scenario = [&]() -> awaitable<> {
    auto const nap = [](std::shared_ptr<int> held_here) -> awaitable<> {
      auto const local = held_here;
      co_await curfew::sleep_for(1s);
    };
    co_await curfew::gather(nap(owned), nap(owned), curfew::sleep_for(2s));
  };
  std::size_t calls = 0;
  auto const steps = kit::destroy_at_every_step(scenario, [&](std::size_t after) {
    BOOST_TEST(after == calls++);
    BOOST_TEST(owned.use_count() == 1);
  });
  BOOST_TEST(calls == steps + 1);
}

// ---- without memory

BOOST_AUTO_TEST_CASE(without_a_replaced_new_no_allocation_can_fail_and_that_is_said) {
  auto const words = told_of([] { kit::fail_every_allocation(three_naps); });
  BOOST_TEST(says(words, "replace_new.hpp"));
}

BOOST_AUTO_TEST_CASE(an_error_that_says_that_there_is_no_memory_is_known) {
  BOOST_TEST(kit::is_out_of_memory(std::make_exception_ptr(std::bad_alloc())));
  BOOST_TEST(kit::is_out_of_memory(std::make_exception_ptr(
      system_error(make_error_code(boost::system::errc::not_enough_memory)))));
  BOOST_TEST(!kit::is_out_of_memory(std::make_exception_ptr(std::runtime_error("no memory"))));
  BOOST_TEST(!kit::is_out_of_memory(std::make_exception_ptr(7)));
  BOOST_TEST(!kit::is_out_of_memory(nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
