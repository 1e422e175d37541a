// The kit in Boost.Test: what is wrong is an exception, which the framework prints.

#define BOOST_TEST_MODULE connection_pool
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <curfew/error.hpp>
#include <curfew/gather.hpp>
#include <curfew/testing/testing.hpp>

#include "pool.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;
using curfew::testing::virtual_time;

//! [boost_test]
asio::awaitable<void> two_queries_on_one_connection(virtual_time& time) {
  connection_pool pool(1);
  auto const began = time.now();
  auto const settled = co_await curfew::gather_settled(pool.query(90s), pool.query(1s));
  BOOST_TEST(std::get<0>(settled).has_value());
  BOOST_TEST(std::get<1>(settled).timed_out());  // it waited for a minute
  BOOST_TEST((time.now() - began == 90s));
}

BOOST_AUTO_TEST_CASE(who_waits_too_long_for_a_connection_times_out) {
  curfew::testing::run_test(two_queries_on_one_connection);
}

asio::awaitable<void> three_queries_on_two_connections() {
  connection_pool pool(2);
  co_await curfew::gather(pool.query(10s), pool.query(10s), pool.query(10s));
  BOOST_TEST(pool.answered() == 3);
}

BOOST_AUTO_TEST_CASE(a_connection_is_given_back_whenever_its_query_is_cancelled) {
  curfew::testing::cancel_at_every_step(three_queries_on_two_connections);
}

BOOST_AUTO_TEST_CASE(a_connection_goes_on_to_the_next_in_whichever_order_they_end) {
  auto const orders = curfew::testing::permute_same_tick(three_queries_on_two_connections);
  BOOST_TEST(orders.runs > 1U);
}
//! [boost_test]
