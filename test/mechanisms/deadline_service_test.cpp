#include "../support.hpp"
#include "request_target.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(deadline_service)

namespace {

using curfew::clock;
using curfew::detail::deadline_node;
using service_type = curfew::detail::deadline_service;

constexpr clock::time_point start{1h};

struct virtual_service {
  virtual_service() { service.start_virtual_time(start); }
  asio::io_context context;
  service_type& service = service_type::of(context);
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_target_is_told_once_at_its_instant_with_its_id, virtual_service) {
  test_target target(service);
  target.node.id = 42;
  target.arm_after(5ms);
  BOOST_TEST(service.pending() == 1U);
  BOOST_TEST((service.next_deadline() == start + 5ms));
  service.advance_to(start + 5ms - 1ns);
  BOOST_TEST(target.told == 0);
  service.advance_to(start + 5ms);
  BOOST_TEST(target.told == 1);
  BOOST_TEST(target.last_id == 42U);
  service.advance_to(start + 1h);
  BOOST_TEST(target.told == 1);
  BOOST_TEST(target.destructions == 0);
  BOOST_TEST(service.pending() == 0U);
}

BOOST_FIXTURE_TEST_CASE(earlier_deadlines_are_told_first_and_equal_ones_in_order, virtual_service) {
  std::vector<int> order;
  std::deque<test_target> targets;
  std::chrono::nanoseconds const limits[] = {3ns, 1ns, 2ns, 1ns, 3ns};
  for (int i = 0; i < 5; ++i) {
    auto& target = targets.emplace_back(service);
    target.on_expiry = [&order, i] { order.push_back(i); };
    target.arm_after(limits[i]);
  }
  service.advance_to(start + 1h);
  BOOST_TEST(order == (std::vector<int>{1, 3, 2, 0, 4}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_deadline_that_never_comes_is_not_linked, virtual_service) {
  test_target target(service);
  target.arm_at(clock::time_point::max());
  BOOST_TEST(service.pending() == 0U);
  BOOST_TEST((service.next_deadline() == clock::time_point::max()));
  BOOST_TEST(target.disarm());
}

BOOST_FIXTURE_TEST_CASE(disarming_says_whether_the_target_can_still_be_told, virtual_service) {
  test_target target(service);
  BOOST_TEST(target.disarm());
  target.arm_after(1ms);
  BOOST_TEST(target.disarm());
  service.advance_to(start + 1ms);
  BOOST_TEST(target.told == 0);
  target.arm_after(1ms);
  service.advance_to(start + 2ms);
  BOOST_TEST(target.told == 1);
  BOOST_TEST(!target.disarm());
}

BOOST_FIXTURE_TEST_CASE(a_target_can_be_disarmed_while_an_earlier_one_is_told, virtual_service) {
  test_target first(service), second(service), third(service);
  bool certain = false;
  first.on_expiry = [&] { certain = second.disarm(); };
  for (auto* each : {&first, &second, &third}) each->arm_after(1ms);
  service.advance_to(start + 1ms);
  BOOST_TEST(certain);
  BOOST_TEST(first.told == 1);
  BOOST_TEST(second.told == 0);
  BOOST_TEST(third.told == 1);
}

BOOST_FIXTURE_TEST_CASE(a_target_that_is_being_told_cannot_be_disarmed, virtual_service) {
  test_target target(service);
  std::optional<bool> certain;
  target.on_expiry = [&] { certain = target.disarm(); };
  target.arm_after(1ms);
  service.advance_to(start + 1ms);
  BOOST_TEST(certain.has_value());
  BOOST_TEST(!certain.value_or(true));
}

BOOST_FIXTURE_TEST_CASE(a_target_may_arm_again_while_it_is_told, virtual_service) {
  test_target target(service);
  target.on_expiry = [&] {
    target.reuse();
    if (target.told < 3) target.arm_after(1ms);
  };
  target.arm_after(1ms);
  service.advance_to(start + 1ms);
  BOOST_TEST(target.told == 1);
  service.advance_to(start + 2ms);
  service.advance_to(start + 10ms);
  BOOST_TEST(target.told == 3);
}

BOOST_FIXTURE_TEST_CASE(a_moved_deadline_is_told_at_its_new_instant_only, virtual_service) {
  test_target later(service), earlier(service), removed(service), added(service);
  later.arm_after(1ms);
  later.move_to(start + 5ms);
  earlier.arm_after(9ms);
  earlier.move_to(start + 2ms);
  removed.arm_after(1ms);
  removed.move_to(clock::time_point::max());
  added.move_to(start + 3ms);
  service.advance_to(start + 1ms);
  BOOST_TEST(later.told + earlier.told + removed.told + added.told == 0);
  service.advance_to(start + 2ms);
  BOOST_TEST(earlier.told == 1);
  service.advance_to(start + 3ms);
  BOOST_TEST(added.told == 1);
  service.advance_to(start + 4ms);
  BOOST_TEST(later.told == 0);
  service.advance_to(start + 1h);
  BOOST_TEST(later.told == 1);
  BOOST_TEST(earlier.told == 1);
  BOOST_TEST(removed.told == 0);
  BOOST_TEST(removed.disarm());
}

BOOST_FIXTURE_TEST_CASE(moving_a_deadline_that_was_told_changes_its_instant_only, virtual_service) {
  test_target target(service);
  target.arm_after(1ms);
  service.advance_to(start + 1ms);
  target.move_to(start + 9ms);
  BOOST_TEST(service.pending() == 0U);
  BOOST_TEST((target.node.deadline() == start + 9ms));
}

BOOST_FIXTURE_TEST_CASE(a_deadline_in_the_past_is_told_at_the_next_advance, virtual_service) {
  test_target past(service), ancient(service), before_time(service);
  past.arm_at(start - 1ms);
  ancient.arm_at(clock::time_point());
  before_time.arm_at(clock::time_point::min());
  service.advance_to(start + 1ns);
  BOOST_TEST(past.told == 1);
  BOOST_TEST(ancient.told == 1);
  BOOST_TEST(before_time.told == 1);
}

BOOST_FIXTURE_TEST_CASE(switching_between_real_and_virtual_time_keeps_what_is_pending,
                        virtual_service) {
  test_target near_by(service), far_off(service);
  near_by.arm_after(1ms);
  far_off.arm_at(clock::now() + 24h);
  service.stop_virtual_time();
  BOOST_TEST(service.pending() == 2U);
  BOOST_TEST(far_off.disarm());
  service.start_virtual_time(start);
  service.advance_to(start + 1ms);
  BOOST_TEST(near_by.told == 1);
  BOOST_TEST(far_off.told == 0);
}

BOOST_AUTO_TEST_CASE(extending_a_real_deadline_leaves_the_queue_alone_and_shortening_does_not) {
  asio::io_context context;
  auto& service = service_type::of(context);
  test_target target(service);
  auto const present = service.now();
  target.arm_at(present + 1h);
  auto const queued = service.next_deadline();
  target.move_to(present + 2h);
  BOOST_TEST((service.next_deadline() == queued));
  BOOST_TEST((target.node.deadline() == present + 2h));
  target.move_to(present + 30min);
  BOOST_TEST((service.next_deadline() < queued));
  BOOST_TEST((service.next_deadline() >= present + 30min));
  BOOST_TEST((service.next_deadline() < present + 30min + 132us));
  BOOST_TEST(target.disarm());
}

BOOST_AUTO_TEST_CASE(a_context_dies_with_deadlines_pending_and_tells_their_owners_only_that) {
  std::optional<asio::io_context> context(std::in_place);
  auto& service = service_type::of(*context);
  std::deque<test_target> targets;
  for (auto const limit : {1ns, 1ns, std::chrono::nanoseconds(1h)})
    targets.emplace_back(service).arm_after(limit);
  auto& endless = targets.emplace_back(service);
  service.arm_forever(endless.node);
  auto& disarmed = targets.emplace_back(service);
  disarmed.arm_after(1h);
  disarmed.disarm();
  context.reset();
  for (auto& each : targets) {
    BOOST_TEST(each.told == 0);
    BOOST_TEST(each.context_deaths == (&each == &disarmed ? 0 : 1));
    BOOST_TEST((each.node.where == deadline_node::state::idle));
  }
}

BOOST_AUTO_TEST_CASE(what_dies_in_a_shutdown_may_disarm_and_arm_and_nothing_is_linked) {
  struct asker final : curfew::detail::request_target {
    explicit asker(test_target& o) : other(&o) { node.target = this; }
    void requested(std::uint64_t) override { release(); }
    void context_destroyed() noexcept override {
      certain = other->disarm();
      other->arm_after(1ms);
      linked = other->node.where == deadline_node::state::linked;
    }
    void destroy() noexcept override {}
    test_target* other;
    deadline_node node;
    bool certain = false, linked = true;
  };
  std::optional<asio::io_context> context(std::in_place);
  auto& service = service_type::of(*context);
  test_target other(service);
  asker first(other);
  service.arm(first.node, service.now() + 1h, service.now());
  other.arm_after(2h);
  context.reset();
  BOOST_TEST(first.certain);
  BOOST_TEST(!first.linked);
  BOOST_TEST(other.context_deaths == 0);
}

BOOST_AUTO_TEST_CASE(an_endless_node_stays_until_it_is_disarmed) {
  asio::io_context context;
  auto& service = service_type::of(context);
  test_target target(service);
  service.arm_forever(target.node);
  BOOST_TEST((target.node.where == deadline_node::state::linked));
  BOOST_TEST(context.poll() == 0U);
  BOOST_TEST(target.told == 0);
  BOOST_TEST(target.disarm());
  BOOST_TEST(target.disarm());
  BOOST_TEST(service.pending() == 0U);
}

BOOST_AUTO_TEST_CASE(the_service_of_a_context_is_its_own_also_where_another_one_lived) {
  std::optional<asio::io_context> coming_and_going;
  asio::io_context other;
  auto& others = service_type::of(other);
  void* last = nullptr;
  for (int i = 0; i < 1000; ++i) {
    coming_and_going.emplace();
    auto& first = service_type::of(*coming_and_going);
    BOOST_REQUIRE(&first == &asio::use_service<service_type>(*coming_and_going));
    BOOST_REQUIRE(&first == &service_type::of(*coming_and_going));
    BOOST_REQUIRE(&others == &service_type::of(other));
    BOOST_REQUIRE(&first.owner() == &*coming_and_going);
    // The interesting case: same context address, another service.
    if (i != 0) BOOST_REQUIRE(last == &*coming_and_going);
    last = &*coming_and_going;
    test_target target(first);
    target.arm_after(1h);
    BOOST_REQUIRE(first.pending() == 1U);
    target.disarm();
  }
}

BOOST_AUTO_TEST_CASE(a_context_that_another_thread_made_anew_is_looked_up_anew) {
  std::optional<asio::io_context> context(std::in_place);
  BOOST_TEST(&service_type::of(*context).owner() == &*context);
  std::thread([&] {
    context.emplace();
    (void)service_type::of(*context);
  }).join();
  BOOST_TEST(&service_type::of(*context) == &asio::use_service<service_type>(*context));
}

BOOST_AUTO_TEST_CASE(contexts_of_many_threads_come_and_go_without_being_mixed_up) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&wrong] {
      asio::io_context lasting;
      for (int round = 0; round < 300; ++round) {
        asio::io_context brief;
        for (auto* each : {&lasting, &brief, &lasting})
          if (&service_type::of(*each).owner() != each) ++wrong;
      }
    });
  for (auto& each : threads) each.join();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
