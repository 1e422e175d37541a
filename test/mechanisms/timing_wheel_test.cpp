#include "../support.hpp"

#include <algorithm>
#include <cstdint>
#include <curfew/detail/timing_wheel.hpp>
#include <deque>
#include <random>
#include <set>
#include <tuple>
#include <vector>

BOOST_AUTO_TEST_SUITE(timing_wheel)

namespace {

using curfew::clock;
using curfew::detail::deadline_node;
using wheel_type = curfew::detail::timing_wheel;

clock::time_point at(std::uint64_t count) {
  return clock::time_point(clock::duration(static_cast<clock::rep>(count)));
}

struct named_node : deadline_node {
  explicit named_node(int n, std::uint64_t deadline = 0) : name(n) { set_deadline(at(deadline)); }
  int name;
};

int name_of(deadline_node* node) { return node ? static_cast<named_node*>(node)->name : -1; }

std::vector<int> pop_all(wheel_type& wheel, std::uint64_t until) {
  std::vector<int> names;
  while (auto* node = wheel.pop_due(until)) names.push_back(name_of(node));
  return names;
}

using names = std::vector<int>;

}  // namespace

BOOST_AUTO_TEST_CASE(an_empty_wheel_has_nothing_to_give) {
  wheel_type wheel(5);
  BOOST_TEST(wheel.size() == 0U);
  BOOST_TEST(wheel.next_tick() == wheel_type::none);
  BOOST_TEST(wheel.earliest() == wheel_type::none);
  BOOST_TEST(wheel.pop_any() == nullptr);
  BOOST_TEST(wheel.pop_due(1'000'000) == nullptr);
  BOOST_TEST(wheel.now() == 1'000'000U);
}

BOOST_AUTO_TEST_CASE(a_node_is_popped_at_its_tick_and_not_before) {
  for (std::uint64_t const tick : {1ULL, 63ULL, 64ULL, 65ULL, 4095ULL, 4096ULL, 1'000'000ULL}) {
    wheel_type wheel;
    named_node node(1, tick);
    wheel.insert(node, tick);
    BOOST_TEST(wheel.pop_due(tick - 1) == nullptr);
    BOOST_TEST(wheel.size() == 1U);
    BOOST_TEST(name_of(wheel.pop_due(tick)) == 1);
    BOOST_TEST(wheel.size() == 0U);
    BOOST_TEST(wheel.pop_due(tick + 1'000'000) == nullptr);
  }
}

BOOST_AUTO_TEST_CASE(within_a_tick_the_exact_deadline_orders_and_equal_ones_keep_their_order) {
  wheel_type wheel;
  std::deque<named_node> nodes;
  std::uint64_t const deadlines[] = {30, 10, 20, 10, 30, 10, 5};
  for (int i = 0; i < 7; ++i) wheel.insert(nodes.emplace_back(i, deadlines[i]), 100);
  BOOST_TEST(pop_all(wheel, 100) == (names{6, 1, 3, 5, 2, 0, 4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(earlier_ticks_come_first_whatever_the_order_of_insertion) {
  wheel_type wheel;
  std::deque<named_node> nodes;
  for (std::uint64_t const tick : {70U, 5U, 64U, 4096U, 63U, 128U, 1U})
    wheel.insert(nodes.emplace_back(static_cast<int>(tick), tick), tick);
  BOOST_TEST(pop_all(wheel, 5000) == (names{1, 5, 63, 64, 70, 128, 4096}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_tick_that_is_not_in_the_future_becomes_the_next_one) {
  wheel_type wheel(1000);
  named_node past(1, 3), present(2, 1000), next(3, 1001);
  wheel.insert(next, 1001);
  wheel.insert(present, 1000);
  wheel.insert(past, 3);
  BOOST_TEST(wheel.earliest() == 1001U);
  BOOST_TEST(wheel.pop_due(1000) == nullptr);
  BOOST_TEST(pop_all(wheel, 1001) == (names{1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_node_moves_down_through_all_eleven_levels) {
  // Digit 1 at each of the eleven positions: each cascade leaves it one level lower.
  std::uint64_t tick = 0;
  for (int level = 0; level < 11; ++level) tick |= std::uint64_t{1} << (6 * level);
  wheel_type wheel;
  named_node node(1, 1);
  wheel.insert(node, tick);
  BOOST_TEST(int(node.level) == 10);
  BOOST_TEST(wheel.earliest() == tick);
  int steps = 0;
  for (int level = 10; level > 0; --level) {
    BOOST_TEST(int(node.level) == level);
    auto const next = wheel.next_tick();
    BOOST_TEST(next <= tick);
    BOOST_TEST(wheel.pop_due(next) == nullptr);
    ++steps;
  }
  BOOST_TEST(steps == 10);
  BOOST_TEST(wheel.next_tick() == tick);
  BOOST_TEST(wheel.pop_due(tick - 1) == nullptr);
  BOOST_TEST(name_of(wheel.pop_due(tick)) == 1);
}

BOOST_AUTO_TEST_CASE(huge_ticks_are_kept_apart) {
  constexpr auto most = wheel_type::none - 1;
  wheel_type wheel;
  named_node last(3, 30), before(2, 20), half(1, 10);
  wheel.insert(last, most);
  wheel.insert(before, most - 1);
  wheel.insert(half, most / 2);
  BOOST_TEST(wheel.earliest() == most / 2);
  BOOST_TEST(name_of(wheel.pop_due(most / 2)) == 1);
  BOOST_TEST(wheel.pop_due(most - 2) == nullptr);
  BOOST_TEST(pop_all(wheel, most) == (names{2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(next_tick_is_a_lower_bound_that_is_exact_near_by) {
  wheel_type wheel(1000);
  named_node near_by(1, 1), far_off(2, 1);
  wheel.insert(far_off, 1'000'000);
  BOOST_TEST(wheel.next_tick() > 1000U);
  BOOST_TEST(wheel.next_tick() <= 1'000'000U);
  BOOST_TEST(wheel.earliest() == 1'000'000U);
  wheel.insert(near_by, 1010);
  BOOST_TEST(wheel.next_tick() == 1010U);
  wheel.remove(near_by);
  // Going on to the bound and asking again ends at the tick itself.
  int rounds = 0;
  while (wheel.next_tick() != 1'000'000U) {
    BOOST_REQUIRE(wheel.pop_due(wheel.next_tick()) == nullptr);
    BOOST_REQUIRE(++rounds < 11);
  }
  BOOST_TEST(name_of(wheel.pop_due(1'000'000)) == 2);
}

BOOST_AUTO_TEST_CASE(removing_the_last_node_of_any_level_empties_the_wheel) {
  for (unsigned level = 0; level < 11; ++level) {
    wheel_type wheel;
    named_node node(1, 1), other(2, 1);
    auto const tick = std::uint64_t{3} << (6 * level);
    wheel.insert(node, tick);
    wheel.insert(other, tick);
    wheel.remove(node);
    BOOST_TEST(wheel.earliest() == tick);
    wheel.remove(other);
    BOOST_TEST(wheel.size() == 0U);
    BOOST_TEST(wheel.next_tick() == wheel_type::none);
    wheel.insert(node, tick + 1);
    BOOST_TEST(wheel.earliest() == tick + 1);
    wheel.remove(node);
  }
}

BOOST_AUTO_TEST_CASE(a_node_that_expired_and_was_not_popped_yet_can_be_removed) {
  wheel_type wheel;
  named_node first(1, 1), second(2, 2), third(3, 3);
  for (auto* each : {&first, &second, &third}) wheel.insert(*each, 50);
  BOOST_TEST(name_of(wheel.pop_due(50)) == 1);
  BOOST_TEST(wheel.earliest() == 50U);
  BOOST_TEST(wheel.next_tick() == 50U);
  wheel.remove(second);
  BOOST_TEST(wheel.size() == 1U);
  BOOST_TEST(name_of(wheel.pop_due(50)) == 3);
  BOOST_TEST(wheel.size() == 0U);
  wheel.insert(second, 60);
  BOOST_TEST(name_of(wheel.pop_due(60)) == 2);
}

BOOST_AUTO_TEST_CASE(what_is_inserted_during_popping_waits_for_its_own_tick) {
  wheel_type wheel;
  named_node first(1, 1), second(2, 2), late(3, 0), later(4, 60), distant(5, 5000);
  wheel.insert(first, 50);
  wheel.insert(second, 50);
  BOOST_TEST(name_of(wheel.pop_due(10'000)) == 1);
  wheel.insert(late, 10);
  wheel.insert(later, 60);
  wheel.insert(distant, 5000);
  BOOST_TEST(pop_all(wheel, 10'000) == (names{2, 3, 4, 5}), boost::test_tools::per_element());
  BOOST_TEST(wheel.now() == 10'000U);
}

BOOST_AUTO_TEST_CASE(pop_any_gives_everything_due_or_not) {
  wheel_type wheel;
  std::deque<named_node> nodes;
  for (std::uint64_t const tick : {5ULL, 5ULL, 70ULL, 1ULL << 40, 1ULL << 62})
    wheel.insert(nodes.emplace_back(1, tick), tick);
  BOOST_TEST(name_of(wheel.pop_due(5)) == 1);
  int count = 1;
  while (wheel.pop_any()) ++count;
  BOOST_TEST(count == 5);
  BOOST_TEST(wheel.size() == 0U);
  BOOST_TEST(wheel.next_tick() == wheel_type::none);
}

BOOST_AUTO_TEST_CASE(a_wheel_behaves_like_a_sorted_list) {
  // The model: (tick, exact deadline, order of insertion), the way in which they have to come out.
  using entry = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, named_node*>;
  std::mt19937_64 random(20240229);
  wheel_type wheel(77);
  std::deque<named_node> nodes;
  std::vector<named_node*> free;
  std::set<entry> model;
  for (int i = 0; i < 300; ++i) free.push_back(&nodes.emplace_back(i));
  std::uint64_t order = 0, popped = 0, removed = 0;

  auto check = [&](deadline_node* got, std::uint64_t until) {
    if (model.empty() || std::get<0>(*model.begin()) > until) {
      BOOST_REQUIRE(got == nullptr);
      BOOST_REQUIRE(wheel.now() >= until);
      return;
    }
    BOOST_REQUIRE(got == std::get<3>(*model.begin()));
    free.push_back(std::get<3>(*model.begin()));
    model.erase(model.begin());
    ++popped;
  };

  for (int step = 0; step < 100'000; ++step) {
    auto const what = random() % 100;
    if (what < 45 && !free.empty()) {
      auto* const node = free.back();
      free.pop_back();
      // Distances of every magnitude, and often the same ticks and deadlines again.
      auto const magnitude = random() % 24;
      auto const distance = random() % ((std::uint64_t{1} << magnitude) + 1);
      auto const tick = std::max(wheel.now() + distance, wheel.now() + 1);
      auto const deadline = tick * 8 - random() % 8;
      node->set_deadline(at(deadline));
      wheel.insert(*node, wheel.now() + distance);
      model.emplace(tick, deadline, ++order, node);
    } else if (what < 70 && !model.empty()) {
      auto which = model.begin();
      std::advance(which, static_cast<long>(random() % std::min<std::size_t>(model.size(), 40)));
      wheel.remove(*std::get<3>(*which));
      free.push_back(std::get<3>(*which));
      model.erase(which);
      ++removed;
    } else if (what < 90) {
      // One pop only: the rest stays expired while other steps happen.
      auto const until = wheel.now() + random() % 100;
      check(wheel.pop_due(until), until);
    } else if (what < 95) {
      auto const until = wheel.now() + random() % (std::uint64_t{1} << (random() % 22));
      deadline_node* got = nullptr;
      do {
        got = wheel.pop_due(until);
        check(got, until);
      } while (got);
    } else {
      auto const first = model.empty() ? wheel_type::none : std::get<0>(*model.begin());
      BOOST_REQUIRE(wheel.earliest() == first);
      BOOST_REQUIRE(wheel.next_tick() <= first);
      BOOST_REQUIRE((wheel.next_tick() == wheel_type::none) == model.empty());
    }
    BOOST_REQUIRE(wheel.size() == model.size());
  }
  BOOST_TEST(popped > 5'000U);
  BOOST_TEST(removed > 5'000U);
  while (wheel.pop_any()) {
  }
}

BOOST_AUTO_TEST_SUITE_END()
