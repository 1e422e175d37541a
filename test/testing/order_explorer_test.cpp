#include "../support.hpp"

#include <curfew/testing/detail/order_explorer.hpp>
#include <curfew/testing/test_failure.hpp>
#include <set>
#include <string>
#include <vector>

// Which orders are tried, without a loop.

BOOST_AUTO_TEST_SUITE(order_explorer)

namespace {

using curfew::testing::test_failure;
using explorer = curfew::testing::detail::order_explorer;

/// The order in which so many that are ready at once are taken.
std::string take_all(explorer& order, std::size_t count) {
  std::string left = std::string("abcdefgh").substr(0, count), taken;
  while (left.size() > 1) {
    auto const next = order.choose(left.size());
    taken += left[next];
    left.erase(next, 1);
  }
  return taken + left;
}

std::vector<std::string> explore(explorer& order, std::size_t count) {
  std::vector<std::string> all;
  do all.push_back(take_all(order, count));
  while (order.next());
  return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_order_comes_once) {
  explorer order(1000, 1000, 1);
  auto const all = explore(order, 4);
  BOOST_TEST(all.size() == 24U);
  BOOST_TEST(std::set<std::string>(all.begin(), all.end()).size() == 24U);
  BOOST_TEST(all.front() == "abcd");
  BOOST_TEST(order.runs() == 24U);
  BOOST_TEST(order.exhausted());
}

BOOST_AUTO_TEST_CASE(where_nothing_is_to_be_chosen_there_is_one_run) {
  explorer order(1000, 1000, 1);
  BOOST_TEST(!order.next());
  BOOST_TEST(order.runs() == 1U);
  BOOST_TEST(order.exhausted());
  BOOST_TEST(order.text() == "");
}

BOOST_AUTO_TEST_CASE(what_is_ready_may_depend_on_what_was_chosen_before) {
  explorer order(1000, 0, 1);
  std::vector<std::string> seen;
  do {
    auto const first = order.choose(2);
    auto const second = first == 1 ? order.choose(3) : 0;
    seen.push_back(std::to_string(first) + std::to_string(second));
  } while (order.next());
  BOOST_TEST(seen == (std::vector<std::string>{"00", "10", "11", "12"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_too_many_orders_the_first_are_tried_and_then_random_ones) {
  explorer order(10, 40, 1);
  auto const all = explore(order, 8);
  BOOST_TEST(all.size() == 50U);
  BOOST_TEST(!order.exhausted());
  auto const begin = all.begin();
  BOOST_TEST(std::set<std::string>(begin, begin + 10).size() == 10U);
  for (auto each = begin; each != begin + 10; ++each) BOOST_TEST(each->substr(0, 4) == "abcd");
  BOOST_TEST(std::set<std::string>(begin + 10, all.end()).size() > 30U);
}

BOOST_AUTO_TEST_CASE(a_seed_gives_the_same_orders_again_and_another_one_others) {
  auto const from = [](std::uint64_t seed) {
    explorer order(0, 5, seed);
    return explore(order, 8);
  };
  BOOST_TEST(from(1).size() == 5U);
  BOOST_TEST((from(1) == from(1)));
  BOOST_TEST((from(1) != from(2)));
}

BOOST_AUTO_TEST_CASE(each_order_is_found_again_by_its_text) {
  explorer order(1000, 0, 1);
  do {
    auto const taken = take_all(order, 3);
    explorer again(order.text());
    BOOST_TEST(take_all(again, 3) == taken);
    BOOST_TEST(!again.next());
  } while (order.next());
}

BOOST_AUTO_TEST_CASE(a_text_that_is_no_order_is_refused_in_words) {
  BOOST_CHECK_EXCEPTION(explorer("1 x"), test_failure, [](test_failure const& e) {
    return std::string(e.what()) == "\"1 x\" is no order: it is numbers, such as \"1 0 2\"";
  });
  explorer other("5");
  BOOST_CHECK_EXCEPTION(other.choose(2), test_failure, [](test_failure const& e) {
    return std::string(e.what()) == "this order belongs to another scenario";
  });
}

BOOST_AUTO_TEST_CASE(a_scenario_that_differs_from_run_to_run_is_found) {
  explorer order(1000, 0, 1);
  order.choose(2);
  BOOST_TEST(order.next());
  BOOST_CHECK_THROW(order.choose(3), test_failure);
}

BOOST_AUTO_TEST_SUITE_END()
