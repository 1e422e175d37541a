#include "../structure/owners.hpp"

#include <curfew/testing/permute_same_tick.hpp>
#include <set>
#include <string>

// Every order of what is ready at one instant.

BOOST_AUTO_TEST_SUITE(permute_same_tick)

namespace {

using curfew::testing::permute_options;
using curfew::testing::test_failure;
using curfew::testing::virtual_time;
namespace kit = curfew::testing;

awaitable<> arrive(std::string& order, char who, curfew::clock::duration when) {
  co_await curfew::sleep_for(when);
  order += who;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_due_at_one_instant_comes_in_every_order) {
  std::set<std::string> seen;
  auto const tried = kit::permute_same_tick([&]() -> awaitable<> {
    std::string order;
    co_await curfew::gather(arrive(order, 'a', 1s), arrive(order, 'b', 1s), arrive(order, 'c', 1s));
    seen.insert(order);
  });
  BOOST_TEST(seen.size() == 6U);
  BOOST_TEST(tried.all);
  BOOST_TEST(tried.runs >= 6U);
}

BOOST_AUTO_TEST_CASE(an_earlier_instant_comes_first_in_every_order) {
  kit::permute_same_tick([&]() -> awaitable<> {
    std::string order;
    co_await curfew::gather(arrive(order, 'b', 2s), arrive(order, 'a', 1s), arrive(order, 'c', 2s));
    BOOST_TEST(order.front() == 'a');
  });
}

BOOST_AUTO_TEST_CASE(what_one_handler_has_posted_stays_in_its_order) {
  auto const tried = kit::permute_same_tick([&]() -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    std::string order;
    for (char const each : {'a', 'b', 'c'}) asio::post(here, [&order, each] { order += each; });
    co_await curfew::sleep_for(1s);
    BOOST_TEST(order == "abc");
  });
  BOOST_TEST(tried.runs == 1U);
}

BOOST_AUTO_TEST_CASE(what_different_handlers_have_posted_has_no_order) {
  std::set<std::string> seen;
  kit::permute_same_tick([&]() -> awaitable<> {
    auto const here = co_await asio::this_coro::executor;
    std::string order;
    auto const twice = [&](char one, char two) {
      asio::post(here, [&, one, two] {
        order += one;
        asio::post(here, [&, two] { order += two; });
      });
    };
    twice('a', 'b');
    twice('x', 'y');
    co_await curfew::sleep_for(1s);
    seen.insert(order);
  });
  BOOST_TEST((seen == std::set<std::string>{"axby", "axyb", "abxy"}));
}

BOOST_AUTO_TEST_CASE(a_fault_that_shows_in_one_order_only_is_found_and_can_be_replayed) {
  auto const scenario = []() -> awaitable<> {
    std::string order;
    co_await curfew::gather(arrive(order, 'a', 1s), arrive(order, 'b', 1s), arrive(order, 'c', 1s));
    if (order == "cab") throw std::runtime_error("cab");
  };
  std::string words;
  {
    captured_cerr const said;
    BOOST_CHECK_THROW(kit::permute_same_tick(scenario), std::runtime_error);
    words = said.text();
  }
  BOOST_TEST_INFO(words);
  auto const from = words.find("replay(\"");
  BOOST_REQUIRE(from != std::string::npos);
  auto const order = words.substr(from + 8, words.find('"', from + 8) - from - 8);
  captured_cerr const said;
  BOOST_CHECK_THROW(kit::permute_same_tick(scenario, permute_options().replay(order)),
                    std::runtime_error);
  BOOST_TEST(said.text().find("in order 1 ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(each_run_is_told_of_before_it_begins) {
  std::vector<std::size_t> told;
  auto const tried = kit::permute_same_tick(
      [&]() -> awaitable<> {
        std::string order;
        co_await curfew::gather(arrive(order, 'a', 1s), arrive(order, 'b', 1s));
      },
      permute_options().before_each([&](std::size_t run) { told.push_back(run); }));
  BOOST_TEST(told.size() == tried.runs);
  BOOST_TEST(told.front() == 1U);
  BOOST_TEST(told.back() == tried.runs);
}

BOOST_AUTO_TEST_CASE(a_scenario_that_goes_by_something_else_is_refused) {
  int runs = 0;
  captured_cerr const said;
  BOOST_CHECK_THROW(kit::permute_same_tick([&]() -> awaitable<> {
                      std::string order;
                      if (++runs % 2 == 1)
                        co_await curfew::gather(arrive(order, 'a', 1s), arrive(order, 'b', 1s));
                      else
                        co_await curfew::gather(arrive(order, 'a', 1s), arrive(order, 'b', 1s),
                                                arrive(order, 'c', 1s));
                    }),
                    test_failure);
}

BOOST_AUTO_TEST_CASE(what_an_order_leaves_behind_is_told) {
  captured_cerr const said;
  BOOST_CHECK_THROW(kit::permute_same_tick([](virtual_time& time) -> awaitable<> {
                      curfew::spawn(time.context(), sleepy(1h));
                      co_return;
                    }),
                    test_failure);
}

BOOST_AUTO_TEST_SUITE_END()
