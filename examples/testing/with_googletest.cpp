// The kit in GoogleTest: what is wrong is an exception, which the framework prints.

#include <gtest/gtest.h>

#include <chrono>
#include <curfew/error.hpp>
#include <curfew/gather.hpp>
#include <curfew/testing/testing.hpp>

#include "pool.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;
using curfew::testing::virtual_time;

//! [googletest]
// ASSERT_ returns from a function of void: in a coroutine, use EXPECT_.
asio::awaitable<void> two_queries_on_one_connection(virtual_time& time) {
  connection_pool pool(1);
  auto const began = time.now();
  auto const settled = co_await curfew::gather_settled(pool.query(90s), pool.query(1s));
  EXPECT_TRUE(std::get<0>(settled).has_value());
  EXPECT_TRUE(std::get<1>(settled).timed_out());  // it waited for a minute
  EXPECT_EQ(time.now() - began, 90s);
}

TEST(connection_pool, tells_who_waits_too_long) {
  curfew::testing::run_test(two_queries_on_one_connection);
}

asio::awaitable<void> three_queries_on_two_connections() {
  connection_pool pool(2);
  co_await curfew::gather(pool.query(10s), pool.query(10s), pool.query(10s));
  EXPECT_EQ(pool.answered(), 3);
}

TEST(connection_pool, takes_back_the_connection_of_a_cancelled_query) {
  curfew::testing::cancel_at_every_step(three_queries_on_two_connections);
}

TEST(connection_pool, goes_on_with_the_next_in_whichever_order_they_end) {
  EXPECT_GT(curfew::testing::permute_same_tick(three_queries_on_two_connections).runs, 1U);
}
//! [googletest]
