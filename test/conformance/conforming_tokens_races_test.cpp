#include <curfew/testing/manual_operation.hpp>
#include <stop_token>

#include "../mechanisms/token_counts.hpp"
#include "same_tick.hpp"

// Tokens in each order of what happens at one instant, on one thread. (For several threads see the
// first cases of these rows.)

BOOST_AUTO_TEST_SUITE(conforming_tokens_races)

namespace {

using curfew::cancellation_callback;
using curfew::cancellation_source;

}  // namespace

ALSO_CONFORMS("TT-03", a_grandchild_hears_the_root_whether_the_middle_goes_before_or_after) {
  int born_late = 0;
  in_each_order([&]() -> awaitable<> {
    cancellation_source root;
    auto middle = std::make_optional<cancellation_source>(root.token());
    cancellation_source const low(middle->token());
    std::optional<cancellation_source> lower;
    co_await at_one_instant([&] { middle.reset(); }, [&] { root.cancel({"from the root"}); },
                            [&] {
                              born_late += low.cancelled();
                              lower.emplace(low.token());
                            });
    BOOST_TEST(low.reason().text() == "from the root");
    BOOST_TEST(lower->reason().text() == "from the root");
  });
  BOOST_TEST(born_late > 0);
}

ALSO_CONFORMS("TT-11", callbacks_come_and_go_around_a_request_and_each_that_stays_is_called_once) {
  int removed_in_time = 0;
  in_each_order([&]() -> awaitable<> {
    auto source = std::make_optional<cancellation_source>();
    auto const token = source->token();
    int stays = 0, goes = 0, comes = 0;
    auto const first = token.on_cancel([&] {
      ++stays;
      source.reset();
    });
    auto going = token.on_cancel([&] { ++goes; });
    std::optional<cancellation_callback> coming;
    bool in_time = false;
    co_await at_one_instant([&] { source->cancel(); }, [&] { in_time = going.reset(); },
                            [&] { coming = token.on_cancel([&] { ++comes; }); });
    BOOST_TEST(stays == 1);
    BOOST_TEST(comes == 1);
    BOOST_TEST(goes == !in_time);
    removed_in_time += in_time;
  });
  BOOST_TEST(removed_in_time > 0);
}

ALSO_CONFORMS("TT-16", children_that_end_as_their_parent_is_cancelled_leave_nothing_in_it) {
  in_each_order([]() -> awaitable<> {
    cancellation_source root;
    auto const token = root.token();
    auto first = std::make_optional<cancellation_source>(token);
    auto second = std::make_optional<cancellation_source>(token);
    co_await at_one_instant([&] { root.cancel(); }, [&] { first.reset(); },
                            [&] {
                              second->cancel();
                              second.reset();
                            });
    BOOST_TEST(count_children(token) + count_listeners(token) == 0U);
  });
}

ALSO_CONFORMS("TT-21", a_stop_that_meets_the_end_of_an_operation_ends_it_or_hits_nothing) {
  int values = 0, aborts = 0;
  in_each_order([&](curfew::testing::virtual_time& time) -> awaitable<> {
    std::stop_source stop;
    curfew::testing::manual_operation<int> op(time);
    auto const waits = [&]() -> awaitable<> {
      auto const got = co_await curfew::settle(
          curfew::cancel_when(op(), curfew::from_stop_token(stop.get_token())));
      BOOST_TEST(got.has_value() != got.cancelled());
      ++(got.has_value() ? values : aborts);
      BOOST_TEST(op.requests().size() <= 1U);
    };
    auto const t = curfew::spawn(co_await asio::this_coro::executor, waits);
    co_await at_one_instant([&] { stop.request_stop(); }, [&] { op.complete(7); });
    co_await t.wait();
  });
  BOOST_TEST(values > 0);
  BOOST_TEST(aborts > 0);
}

BOOST_AUTO_TEST_SUITE_END()
