#include "../support.hpp"
#include "request_target.hpp"

#include <deque>
#include <future>
#include <memory>
#include <optional>
#include <random>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(real_clock_deadline_service)

namespace {

using curfew::clock;
using curfew::detail::deadline_node;
using curfew::detail::deadline_service;

/// Arms, moves and disarms one deadline at random on a strand, and counts what it is told.
class actor : public std::enable_shared_from_this<actor> {
 public:
  actor(asio::any_io_executor executor, unsigned seed, int steps)
      : strand_(asio::make_strand(executor)),
        target_(deadline_service::of(asio::query(executor, asio::execution::context))),
        random_(seed),
        steps_(steps) {
    target_.on_expiry = [this] {
      asio::post(strand_, [self = shared_from_this()] { self->told(); });
    };
  }

  void step() {
    if (steps_-- == 0) return;
    target_.arm_after(std::chrono::microseconds(random_() % 1500));
    armed_ = true;
    next();
  }

  int wrong = 0, expiries = 0, disarmed = 0, moved = 0;

 private:
  void next() {
    asio::post(strand_, [self = shared_from_this()] { self->act(); });
  }
  void act() {
    if (!armed_) return;  // told in the meantime
    switch (random_() % 8) {
      case 0: break;  // wait until it is told
      case 1:
        // What may already have been told must be looked at again by whoever is told.
        target_.move_to(target_.deadlines->now() + std::chrono::microseconds(random_() % 3000));
        ++moved;
        return next();
      case 2:
      case 3: return next();
      default:
        if (!target_.disarm()) break;  // the news is on its way
        armed_ = false;
        ++disarmed;
        return step();
    }
  }
  void told() {
    if (!armed_) {
      ++wrong;
      return;
    }
    target_.reuse();
    auto const present = target_.deadlines->now();
    if (target_.node.deadline() > present) {
      target_.arm_at(target_.node.deadline());
      return;
    }
    ++expiries;
    armed_ = false;
    step();
  }

  asio::strand<asio::any_io_executor> strand_;
  test_target target_;
  std::mt19937 random_;
  int steps_;
  bool armed_ = false;
};

template <class Context, class Run>
void stress(Context& context, Run run) {
  std::vector<std::shared_ptr<actor>> actors;
  for (unsigned i = 0; i < 8; ++i)
    actors.push_back(std::make_shared<actor>(context.get_executor(), i + 1, 400));
  for (auto& each : actors) asio::post(context, [&each] { each->step(); });
  run();
  int expiries = 0, disarmed = 0, moved = 0;
  for (auto& each : actors) {
    BOOST_TEST(each->wrong == 0);
    BOOST_TEST(each.use_count() == 1);
    BOOST_TEST(each->expiries + each->disarmed == 400);
    expiries += each->expiries;
    disarmed += each->disarmed;
    moved += each->moved;
  }
  BOOST_TEST(expiries > 100);
  BOOST_TEST(disarmed > 100);
  BOOST_TEST(moved > 100);
  BOOST_TEST(deadline_service::of(context).pending() == 0U);
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_extended_deadline_fires_at_its_new_instant_and_not_at_its_old_one) {
  asio::io_context context;
  auto& service = deadline_service::of(context);
  test_target target(service);
  auto const armed = clock::now();
  clock::time_point fired;
  target.on_expiry = [&] { fired = clock::now(); };
  target.arm_at(armed + 2ms);
  target.move_to(armed + 12ms);
  context.run();
  BOOST_TEST(target.told == 1);
  BOOST_TEST((fired - armed) >= 12ms);
}

BOOST_AUTO_TEST_CASE(a_shortened_deadline_fires_at_its_new_instant) {
  asio::io_context context;
  auto& service = deadline_service::of(context);
  test_target target(service), extended_first(service);
  auto const armed = clock::now();
  target.arm_at(armed + 1h);
  target.move_to(armed + 3ms);
  extended_first.arm_at(armed + 1h);
  extended_first.move_to(armed + 2h);
  extended_first.move_to(armed + 2ms);
  context.run();
  BOOST_TEST(target.told == 1);
  BOOST_TEST(extended_first.told == 1);
  BOOST_TEST((clock::now() - armed) >= 3ms);
  BOOST_TEST((clock::now() - armed) < 10s);
}

BOOST_AUTO_TEST_CASE(a_deadline_outlasts_that_its_context_is_stopped_and_started_again) {
  asio::io_context context;
  auto& service = deadline_service::of(context);
  test_target early(service), late(service);
  early.on_expiry = [&] {
    late.arm_after(2ms);
    context.stop();
  };
  early.arm_after(1ms);
  context.run();
  BOOST_TEST(early.told == 1);
  BOOST_TEST(late.told == 0);
  context.restart();
  context.run();
  BOOST_TEST(late.told == 1);
}

BOOST_AUTO_TEST_CASE(a_deadline_that_passed_while_the_context_did_not_run_fires_when_it_runs) {
  asio::io_context context;
  auto& service = deadline_service::of(context);
  test_target target(service);
  target.arm_after(0ns);
  auto const armed = clock::now();
  while (clock::now() < armed + 1ms) std::this_thread::yield();
  BOOST_TEST(target.told == 0);
  context.run();
  BOOST_TEST(target.told == 1);
}

BOOST_AUTO_TEST_CASE(virtual_time_that_ends_lets_what_is_overdue_fire) {
  asio::io_context context;
  auto& service = deadline_service::of(context);
  service.start_virtual_time(clock::time_point(1ns));
  test_target target(service);
  target.arm_after(1ns);
  service.stop_virtual_time();
  context.run();
  BOOST_TEST(target.told == 1);
}

BOOST_AUTO_TEST_CASE(an_expiry_that_is_under_way_when_virtual_time_begins_fires_nothing_in_it) {
  asio::io_context context;
  auto& service = deadline_service::of(context);
  test_target before(service), within(service);
  asio::post(context, [&] {
    auto const began = clock::now();
    before.arm_at(began + 1ms);
    while (clock::now() < began + 2ms) std::this_thread::yield();
    asio::post(context, [&] {
      service.start_virtual_time(clock::time_point(1ns));
      within.arm_after(1ns);
    });
  });
  context.poll();
  BOOST_TEST(before.told == 0);
  BOOST_TEST(within.told == 0);
  service.advance_to(clock::time_point(2ns));
  BOOST_TEST(within.told == 1);
  BOOST_TEST(before.disarm());
}

BOOST_AUTO_TEST_CASE(a_context_runs_out_of_work_soon_after_its_last_deadline_is_gone) {
  asio::io_context context;
  auto& service = deadline_service::of(context);
  auto const began = clock::now();
  {
    test_target disarmed(service);
    disarmed.arm_after(1h);
    disarmed.disarm();
    context.run();
    BOOST_TEST((clock::now() - began) < 10s);
  }
  context.restart();
  // Moved to never: nothing is pending, so nothing may keep the context alive.
  test_target moved(service);
  moved.arm_after(5s);
  moved.move_to(clock::time_point::max());
  auto const moved_at = clock::now();
  context.run();
  BOOST_TEST((clock::now() - moved_at) < 1s);
  BOOST_TEST(moved.told == 0);
}

// One that fired before an earlier one took its place comes all the same, and finds in force what
// was set while that one was handled: here by a handler inside a handler, else on two threads.
BOOST_AUTO_TEST_CASE(an_expiry_that_was_replaced_too_late_does_not_make_a_later_one_forgotten) {
  asio::io_context context;
  auto& service = deadline_service::of(context);
  test_target replaced(service), earlier(service), endless(service);
  clock::time_point began;
  auto const nothing = [] {};
  asio::post(context, [&] {
    began = clock::now();
    replaced.arm_at(began + 2ms);
    while (clock::now() < began + 3ms) std::this_thread::yield();
    asio::post(context, [&] {  // the expiry of the first is under way behind this
      earlier.arm_at(began + 1ms);
      asio::post(context, nothing);
    });
  });
  earlier.on_expiry = [&] {
    context.poll_one();  // brings the second expiry, behind the handler of nothing
    service.arm_forever(endless.node);
    context.poll_one();
  };
  replaced.on_expiry = [&] { endless.disarm(); };
  context.run_for(10s);
  BOOST_TEST(replaced.told == 1);
  BOOST_TEST(earlier.told == 1);
  BOOST_TEST(endless.told == 0);
  BOOST_TEST((clock::now() - began) < 5s);
  endless.disarm();
}

BOOST_AUTO_TEST_CASE(a_context_runs_out_of_work_also_after_virtual_time) {
  asio::io_context context;
  auto& service = deadline_service::of(context);
  test_target endless(service);
  service.start_virtual_time(clock::time_point(24h));
  service.arm_forever(endless.node);
  service.stop_virtual_time();
  endless.disarm();
  auto const began = clock::now();
  context.run_for(10s);
  BOOST_TEST((clock::now() - began) < 5s);
}

// Here on the same thread, in a loop inside the telling; elsewhere another thread is free. Where it
// is known of one thread only, there is none that could tell the others.
BOOST_AUTO_TEST_CASE(who_is_told_and_goes_on_keeps_nobody_else_from_being_told) {
  asio::io_context context;
  auto& service = deadline_service::of(context);
  test_target busy(service), same_tick(service), later(service);
  auto const began = clock::now();
  std::thread([&] { busy.arm_at(began + 1ms); }).join();
  same_tick.arm_at(began + 1ms + 1ns);
  later.arm_at(began + 3ms);
  int told_meanwhile = 0;
  busy.on_expiry = [&] {
    while (later.told == 0 && clock::now() < began + 5s) context.run_one_for(100ms);
    told_meanwhile = same_tick.told + later.told;
  };
  context.run();
  BOOST_TEST(told_meanwhile == 2);
  BOOST_TEST(same_tick.told == 1);
}

BOOST_AUTO_TEST_CASE(threads_of_one_io_context_arm_move_and_disarm_at_random) {
  asio::io_context context;
  stress(context, [&] {
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back([&] { context.run(); });
    for (auto& each : threads) each.join();
  });
}

BOOST_AUTO_TEST_CASE(threads_of_a_thread_pool_arm_move_and_disarm_at_random) {
  asio::thread_pool pool(3);
  stress(pool, [&] { pool.wait(); });
}

BOOST_AUTO_TEST_CASE(deadlines_of_a_bare_execution_context_fire_on_a_thread_of_its_own) {
  std::promise<std::thread::id> fired;
  std::optional<asio::execution_context> context(std::in_place);
  auto& service = deadline_service::of(*context);
  test_target target(service);
  target.on_expiry = [&] { fired.set_value(std::this_thread::get_id()); };
  target.arm_after(1ms);
  auto id = fired.get_future();
  BOOST_REQUIRE((id.wait_for(10s) == std::future_status::ready));
  BOOST_TEST((id.get() != std::this_thread::get_id()));
  context.reset();  // waits for that thread, which may not have let go of the target
}

BOOST_AUTO_TEST_CASE(a_sleep_on_the_system_executor_ends) {
  auto slept = curfew::sleep_for(asio::system_executor(), 1ms)(asio::use_future);
  BOOST_REQUIRE((slept.wait_for(10s) == std::future_status::ready));
  slept.get();
}

BOOST_AUTO_TEST_CASE(a_blocked_strand_does_not_delay_the_limit_of_another) {
  asio::io_context context;
  auto blocked = asio::make_strand(context), free = asio::make_strand(context);
  std::promise<void> entered, slept;
  asio::post(blocked, [&] {
    // The first deadline of the context is armed on this strand, so that a timer that belonged to
    // whoever armed first would wait behind it.
    curfew::sleep_for(blocked, 1ms)([](error_code) {});
    entered.set_value();
    BOOST_TEST((slept.get_future().wait_for(10s) == std::future_status::ready));
  });
  std::thread blocking([&] { context.run(); });
  entered.get_future().wait();
  curfew::sleep_for(free, 2ms)([&](error_code) { slept.set_value(); });
  std::thread running([&] { context.run(); });
  blocking.join();
  running.join();
}

// When the old instant of an extended deadline comes, the queue takes it out and puts it back. Who
// disarms reads the state without a lock: were it idle for a moment, the queue would keep a node
// that its owner is free to destroy.
BOOST_AUTO_TEST_CASE(an_extended_deadline_that_is_put_back_is_never_taken_for_a_disarmed_one) {
  asio::io_context context;
  auto& service = deadline_service::of(context);
  auto work = asio::make_work_guard(context);
  std::thread running([&] { context.run(); });
  test_target target(service);
  int taken_for_disarmed = 0, left_behind = 0;
  for (int round = 0; round < 300; ++round) {
    target.told = 0;
    auto const old = clock::now() + 1ms;
    target.arm_at(old);
    target.move_to(old + 1h);
    while (target.node.where == deadline_node::state::linked && clock::now() < old + 400us) {
    }
    if (target.node.where == deadline_node::state::idle) ++taken_for_disarmed;
    if (!target.disarm()) {
      while (target.told == 0) std::this_thread::yield();  // the machine was too busy to extend it
      target.reuse();
    }
    if (service.pending() != 0) ++left_behind;
    target.disarm();
  }
  work.reset();
  running.join();
  BOOST_TEST(taken_for_disarmed == 0);
  BOOST_TEST(left_behind == 0);
}

BOOST_AUTO_TEST_SUITE_END()
