#include "../support.hpp"

#include <array>
#include <curfew/detail/region.hpp>
#include <deque>
#include <random>

BOOST_AUTO_TEST_SUITE(region)

namespace {

using curfew::cancellation_cause;
using curfew::cancellation_reason;
using curfew::clock;
using curfew::detail::region_list;

struct test_region : curfew::detail::region {
  test_region() : region(kind::scope, std::source_location::current()) {}
};

clock::time_point at(int n) { return clock::time_point(std::chrono::hours(n)); }

/// A coroutine's cancellation state, as far as the rule concerns it.
struct fake_signal {
  bool latched = false;
  int emitted = 0, cleared = 0;
  void obey(region_list::action action) {
    if (action == region_list::action::emit) {
      latched = true;
      ++emitted;
    } else if (action == region_list::action::clear) {
      latched = false;
      ++cleared;
    }
  }
};

struct model_region {
  bool asks = false, shields = false;
};

/// The rule in its own words, from the outside in: a request passes through all that is inside it,
/// and a shield stops what comes from further out.
bool model_wants(std::vector<model_region> const& outermost_first, bool outside) {
  bool wanted = outside;
  for (auto const& each : outermost_first) {
    if (each.shields) wanted = false;
    if (each.asks) wanted = true;
  }
  return wanted;
}

}  // namespace

// All stacks of up to four regions, each plain, asking, a shield, or an asking shield; with and
// without a request from outside.
BOOST_AUTO_TEST_CASE(the_rule_holds_for_every_small_stack_seen_from_every_region) {
  int stacks = 0;
  for (unsigned depth = 0; depth <= 4; ++depth) {
    for (unsigned code = 0; code < 1U << (2 * depth); ++code) {
      for (bool const outside : {false, true}) {
        region_list list;
        std::array<test_region, 4> regions;
        std::vector<model_region> model(depth);
        for (unsigned i = 0; i < depth; ++i) {
          model[i] = {(code >> (2 * i) & 1) != 0, (code >> (2 * i) & 2) != 0};
          list.push(regions[i]);
          list.set_shield(regions[i], model[i].shields);
        }
        for (unsigned i = 0; i < depth; ++i)
          if (model[i].asks) list.ask(regions[i], cancellation_cause::token);
        if (outside) list.ask_outside({});
        auto const wanted = model_wants(model, outside);
        BOOST_REQUIRE(list.wants() == wanted);
        BOOST_REQUIRE(bool(list.reason()) == wanted);
        BOOST_REQUIRE((list.reconcile(false) == region_list::action::emit) == wanted);
        BOOST_REQUIRE((list.reconcile(true) == region_list::action::clear) == !wanted);
        BOOST_REQUIRE(list.reconcile(wanted) == region_list::action::none);
        for (unsigned i = 0; i < depth; ++i) {
          auto around = model;
          around.resize(i + 1);
          around[i].asks = false;
          BOOST_REQUIRE(list.asked_around(regions[i]) == model_wants(around, outside));
        }
        ++stacks;
      }
    }
  }
  BOOST_TEST(stacks == 2 * (1 + 4 + 16 + 64 + 256));
}

BOOST_AUTO_TEST_CASE(a_fake_signal_follows_the_rule_through_random_histories) {
  std::mt19937 random(7);
  for (int history = 0; history < 2000; ++history) {
    region_list list;
    fake_signal signal;
    std::deque<test_region> regions;
    std::vector<model_region> model;
    std::vector<test_region*> open;
    bool outside = false;
    for (int step = 0; step < 12; ++step) {
      auto const what = random() % 10;
      auto const which = open.empty() ? 0 : random() % open.size();
      if (what < 4) {
        open.push_back(&regions.emplace_back());
        list.push(*open.back());
        model.push_back({});
      } else if (what < 6 && !open.empty()) {
        list.remove(*open.back());
        open.pop_back();
        model.pop_back();
      } else if (what < 7 && !open.empty()) {
        BOOST_REQUIRE(list.ask(*open[which], cancellation_cause::deadline) == !model[which].asks);
        model[which].asks = true;
      } else if (what < 8 && !open.empty()) {
        model[which].shields = !model[which].shields;
        list.set_shield(*open[which], model[which].shields);
      } else if (what < 9 && !open.empty()) {  // out of order, as when frames are destroyed
        list.remove(*open[which]);
        open.erase(open.begin() + static_cast<long>(which));
        model.erase(model.begin() + static_cast<long>(which));
      } else if (random() % 4 == 0) {
        BOOST_REQUIRE(list.ask_outside({}) == !outside);
        outside = true;
      }
      signal.obey(list.reconcile(signal.latched));
      BOOST_REQUIRE(signal.latched == model_wants(model, outside));
    }
    for (auto it = open.rbegin(); it != open.rend(); ++it) list.remove(**it);
    signal.obey(list.reconcile(signal.latched));
    BOOST_REQUIRE(signal.latched == outside);
    BOOST_REQUIRE(list.top() == nullptr);
  }
}

BOOST_AUTO_TEST_CASE(a_region_takes_its_request_with_it_when_it_is_removed) {
  region_list list;
  test_region outer, inner;
  fake_signal signal;
  list.push(outer);
  list.push(inner);
  list.ask(inner, cancellation_cause::deadline);
  signal.obey(list.reconcile(signal.latched));
  BOOST_TEST(signal.latched);
  list.remove(inner);
  signal.obey(list.reconcile(signal.latched));
  BOOST_TEST(!signal.latched);
  BOOST_TEST(signal.emitted == 1);
  BOOST_TEST(signal.cleared == 1);
  list.remove(outer);
}

BOOST_AUTO_TEST_CASE(a_request_from_further_out_stays_when_an_inner_one_ends) {
  region_list list;
  test_region outer, inner;
  list.push(outer);
  list.push(inner);
  list.ask(inner, cancellation_cause::deadline);
  list.ask(outer, cancellation_cause::token);
  list.remove(inner);
  BOOST_TEST(list.wants());
  list.remove(outer);
  BOOST_TEST(!list.wants());
}

BOOST_AUTO_TEST_CASE(a_request_that_came_during_a_shield_is_seen_when_the_shield_is_removed) {
  region_list list;
  test_region shield, inside;
  list.push(shield);
  list.set_shield(shield, true);
  list.push(inside);
  list.ask_outside({});
  BOOST_TEST(!list.wants());
  list.ask(inside, cancellation_cause::deadline);
  BOOST_TEST(list.wants());
  list.remove(inside);
  BOOST_TEST(!list.wants());
  list.remove(shield);
  BOOST_TEST(list.wants());
}

BOOST_AUTO_TEST_CASE(the_first_cause_of_a_region_sticks) {
  region_list list;
  test_region r;
  list.push(r);
  BOOST_TEST(!r.asks());
  BOOST_TEST(!r.reason());
  BOOST_TEST(list.ask(r, cancellation_reason("first")));
  BOOST_TEST(!list.ask(r, cancellation_cause::deadline));
  BOOST_TEST(!list.ask(r, cancellation_reason("second")));
  BOOST_TEST((r.cause() == cancellation_cause::requested));
  BOOST_TEST(r.reason().text() == "first");
  BOOST_TEST(list.ask_outside(cancellation_reason(cancellation_cause::shutdown, "drain")));
  BOOST_TEST(!list.ask_outside(cancellation_reason("later")));
  BOOST_TEST(list.reason().text() == "drain");
  list.remove(r);
  BOOST_TEST(list.asked_outside());
}

BOOST_AUTO_TEST_CASE(a_request_by_name_is_never_taken_for_an_expiry) {
  for (auto const claimed : {cancellation_cause::none, cancellation_cause::deadline}) {
    region_list list;
    test_region r;
    list.push(r);
    BOOST_TEST(list.ask(r, cancellation_reason(claimed, "words")));
    BOOST_TEST((r.cause() == cancellation_cause::requested));
    BOOST_TEST(r.asks());
    BOOST_TEST(list.wants());
    list.remove(r);
  }
}

BOOST_AUTO_TEST_CASE(the_reason_is_that_of_the_outermost_cause_up_to_the_nearest_shield) {
  region_list list;
  std::array<test_region, 3> r;
  for (auto& each : r) list.push(each);
  BOOST_TEST(!list.reason());
  list.ask(r[2], cancellation_reason("innermost"));
  BOOST_TEST(list.reason().text() == "innermost");
  BOOST_TEST(!list.reason(&r[1]));
  list.ask(r[0], cancellation_reason("outermost"));
  BOOST_TEST(list.reason().text() == "outermost");
  list.ask_outside(cancellation_reason("outside"));
  BOOST_TEST(list.reason().text() == "outside");
  list.set_shield(r[1], true);
  BOOST_TEST(list.reason().text() == "innermost");
  BOOST_TEST(!list.reason(&r[1]));
  BOOST_TEST(list.reason(&r[0]).text() == "outside");
  for (auto& each : r) list.remove(each);
}

BOOST_AUTO_TEST_CASE(the_effective_deadline_is_the_earliest_up_to_the_nearest_shield) {
  // Every order of three deadlines, with a shield at every place or none.
  int const orders[][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
  for (auto const& order : orders) {
    for (int shield = -1; shield < 3; ++shield) {
      region_list list;
      std::array<test_region, 3> r;
      for (int i = 0; i < 3; ++i) {
        auto const n = static_cast<std::size_t>(i);
        list.push(r[n]);
        r[n].set_deadline(at(order[i]));
        list.set_shield(r[n], i == shield);
      }
      int earliest = 100;
      for (int i = std::max(shield, 0); i < 3; ++i) earliest = std::min(earliest, order[i]);
      BOOST_TEST((list.effective_deadline() == at(earliest)));
      for (auto& each : r) list.remove(each);
    }
  }
  BOOST_TEST((region_list().effective_deadline() == clock::time_point::max()));
}

BOOST_AUTO_TEST_CASE(regions_ask_when_their_deadlines_have_passed_and_only_once) {
  region_list list;
  std::array<test_region, 3> r;
  int hour = 3;
  for (auto& each : r) {
    list.push(each);
    each.set_deadline(at(hour--));
  }
  BOOST_TEST(!list.ask_due(at(1) - 1ns));
  BOOST_TEST(list.ask_due(at(1)));
  BOOST_TEST(r[2].asks());
  BOOST_TEST(!r[1].asks());
  BOOST_TEST(!list.ask_due(at(1)));
  BOOST_TEST(list.ask_due(at(3)));
  BOOST_TEST((r[0].cause() == cancellation_cause::deadline));
  for (auto& each : r) list.remove(each);
}

BOOST_AUTO_TEST_CASE(a_region_is_found_by_its_id_as_long_as_it_is_open) {
  region_list list;
  test_region first, second;
  list.push(first);
  auto const old = first.id();
  list.push(second);
  BOOST_TEST(second.id() != old);
  BOOST_TEST(list.find(old) == &first);
  list.remove(first);
  BOOST_TEST(list.find(old) == nullptr);
  list.push(first);
  BOOST_TEST(first.id() != old);
  BOOST_TEST(list.find(old) == nullptr);
  list.remove(second);
  list.remove(first);
}

BOOST_AUTO_TEST_CASE(removing_a_region_that_is_not_there_changes_nothing) {
  region_list list;
  test_region open, stranger;
  list.push(open);
  list.ask(open, cancellation_cause::token);
  list.remove(stranger);
  BOOST_TEST(list.wants());
  BOOST_TEST(list.top() == &open);
  list.remove(open);
}

BOOST_AUTO_TEST_SUITE_END()
