#include "../support.hpp"
#include "print_verdict.hpp"

#include <algorithm>
#include <curfew/detail/region.hpp>
#include <curfew/detail/verdict.hpp>
#include <vector>

BOOST_AUTO_TEST_SUITE(verdict)

namespace {

using curfew::cancellation_cause;
using curfew::detail::decide;
using curfew::detail::decide_unstarted;
using curfew::detail::ending;
using curfew::detail::happenings;
using curfew::detail::region_list;
using answer = curfew::detail::verdict;

struct test_region : curfew::detail::region {
  test_region() : region(kind::scope, std::source_location::current()) {}
};

/// What can happen to a scope before it ends.
enum class event { deadline, cancel, outside, enclosing_deadline, enclosing_cancel };

answer decide_after(std::vector<event> const& events, ending how) {
  region_list list;
  test_region enclosing, own;
  list.push(enclosing);
  list.push(own);
  for (auto each : events) switch (each) {
      case event::deadline: list.ask(own, cancellation_cause::deadline); break;
      case event::cancel: list.ask(own, curfew::cancellation_reason("by name")); break;
      case event::outside: list.ask_outside({}); break;
      case event::enclosing_deadline: list.ask(enclosing, cancellation_cause::deadline); break;
      case event::enclosing_cancel:
        list.ask(enclosing, curfew::cancellation_reason("around"));
        break;
    }
  happenings happened;
  happened.how = how;
  happened.deadline_fired = own.cause() == cancellation_cause::deadline;
  happened.cancelled = own.asks() && !happened.deadline_fired;
  happened.outside_asked = list.asked_around(own);
  return decide(happened);
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_combination_gives_what_the_contract_says) {
  constexpr auto value = ending::value, error = ending::error, abort = ending::abort;
  struct row {
    ending how;
    bool deadline_fired, cancelled, outside_asked;
    answer expected;
  };
  row const table[] = {
      {value, false, false, false, answer::deliver},  {value, false, false, true, answer::deliver},
      {value, false, true, false, answer::deliver},   {value, false, true, true, answer::deliver},
      {value, true, false, false, answer::deliver},   {value, true, false, true, answer::deliver},
      {value, true, true, false, answer::deliver},    {value, true, true, true, answer::deliver},
      {error, false, false, false, answer::deliver},  {error, false, false, true, answer::deliver},
      {error, false, true, false, answer::deliver},   {error, false, true, true, answer::deliver},
      {error, true, false, false, answer::deliver},   {error, true, false, true, answer::deliver},
      {error, true, true, false, answer::deliver},    {error, true, true, true, answer::deliver},
      {abort, false, false, false, answer::deliver},  {abort, false, false, true, answer::aborted},
      {abort, false, true, false, answer::withdrawn}, {abort, false, true, true, answer::aborted},
      {abort, true, false, false, answer::timed_out}, {abort, true, false, true, answer::aborted},
      {abort, true, true, false, answer::withdrawn},  {abort, true, true, true, answer::aborted},
  };
  for (auto const& each : table) {
    BOOST_TEST_CONTEXT("how " << static_cast<int>(each.how) << ", deadline " << each.deadline_fired
                              << ", cancelled " << each.cancelled << ", outside "
                              << each.outside_asked)
    BOOST_TEST(decide({each.how, each.deadline_fired, each.cancelled, each.outside_asked}) ==
               each.expected);
  }
}

BOOST_AUTO_TEST_CASE(an_operation_that_did_not_start_timed_out_unless_something_outside_asked) {
  BOOST_TEST(decide_unstarted(false) == answer::timed_out);
  BOOST_TEST(decide_unstarted(true) == answer::aborted);
}

BOOST_AUTO_TEST_CASE(the_decision_is_made_at_compile_time_too) {
  static_assert(decide({ending::abort, true, false, false}) == answer::timed_out);
  static_assert(decide({ending::value, true, true, true}) == answer::deliver);
  BOOST_TEST((decide({}) == answer::deliver));
}

// Every subset of what can happen, in every order.
BOOST_AUTO_TEST_CASE(the_order_of_arrival_decides_only_between_the_scopes_own_causes) {
  int orders = 0;
  for (unsigned subset = 0; subset < 32; ++subset) {
    std::vector<event> events;
    for (unsigned i = 0; i < 5; ++i)
      if (subset >> i & 1) events.push_back(static_cast<event>(i));
    do {
      auto const has = [&](event e) { return std::find(events.begin(), events.end(), e); };
      auto const none = events.end();
      auto expected = answer::deliver;
      if (has(event::outside) != none || has(event::enclosing_deadline) != none ||
          has(event::enclosing_cancel) != none)
        expected = answer::aborted;
      else if (!events.empty())
        expected = events.front() == event::deadline ? answer::timed_out : answer::withdrawn;
      BOOST_REQUIRE(decide_after(events, ending::abort) == expected);
      BOOST_REQUIRE(decide_after(events, ending::value) == answer::deliver);
      BOOST_REQUIRE(decide_after(events, ending::error) == answer::deliver);
      ++orders;
    } while (std::next_permutation(events.begin(), events.end()));
  }
  BOOST_TEST(orders == 1 + 5 + 20 + 60 + 120 + 120);
}

BOOST_AUTO_TEST_SUITE_END()
