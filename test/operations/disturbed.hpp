#ifndef CURFEW_TEST_OPERATIONS_DISTURBED_HPP
#define CURFEW_TEST_OPERATIONS_DISTURBED_HPP

#include <optional>
#include <utility>

#include "../interop/stepper.hpp"

// Each scenario is run once to count its steps, then again and again, and is disturbed after each
// of them: by a request from outside, by many, by the death of its context.

/// A context of which one handler runs at a time, and what is checked about a scenario.
class world : public stepper {
 public:
  world() { made = destroyed = 0; }
  ~world() {
    destroy();
    BOOST_TEST(made == destroyed);
    BOOST_TEST(is_clean());
  }

  template <class Scenario>
  void start(bool in_a_scope, Scenario scenario) {
    asio::co_spawn(*context, in_a_scope ? in_scope(scenario) : scenario(),
                   asio::bind_cancellation_slot(signal.slot(), [this](std::exception_ptr error) {
                     BOOST_TEST(!ended);
                     ended = end_of(error);
                   }));
  }
  /// Asks the scenario to stop, from a handler of its context.
  void request(asio::cancellation_type type) {
    asio::post(*context, [this, type] { signal.emit(type); });
  }
  static inline int made, destroyed;

  asio::cancellation_signal signal;
  std::optional<end> ended;
};

/// A local of a scenario.
struct local {
  local() { ++world::made; }
  local(local const&) { ++world::made; }
  ~local() { ++world::destroyed; }
};

inline awaitable<> asleep(curfew::clock::duration limit, local) {
  local const here;
  co_await curfew::sleep_for(limit);
}

/// Awaits, and stops quietly at a timeout only.
template <class Op>
awaitable<bool> in_time(Op op) {
  local const here;
  auto const done = co_await curfew::settle(std::move(op));
  if (done.has_value()) co_return true;
  if (done.timed_out()) co_return false;
  std::rethrow_exception(done.error());
}

template <class Scenario>
int count_steps(bool in_a_scope, Scenario scenario) {
  world undisturbed;
  undisturbed.start(in_a_scope, scenario);
  int steps = 0;
  while (undisturbed.step()) ++steps;
  BOOST_TEST((undisturbed.ended == end::value));
  BOOST_TEST(world::made > 0);
  return steps;
}

template <class Scenario, class Disturb>
void after_each_step(Scenario scenario, Disturb disturb) {
  for (bool const in_a_scope : {false, true}) {
    int const steps = count_steps(in_a_scope, scenario);
    BOOST_TEST(steps > 5);
    for (int k = 0; k <= steps; ++k) {
      BOOST_TEST_CONTEXT((in_a_scope ? "in a scope" : "in a plain coroutine")
                         << ", after step " << k) {
        world disturbed;
        disturbed.start(in_a_scope, scenario);
        for (int i = 0; i < k; ++i) disturbed.step();
        disturb(disturbed);
      }
    }
  }
}

/// Once asked to stop, a scenario ends at that instant, with an abort or, at its end, its value.
inline void check_stopped(world& in, curfew::clock::time_point asked) {
  BOOST_REQUIRE(in.ended.has_value());
  BOOST_TEST((*in.ended == end::value || *in.ended == end::aborted));
  BOOST_TEST((in.time->now() == asked));
  BOOST_TEST(in.time->pending() == 0U);
}

inline void request_once(world& in) {
  auto const asked = in.time->now();
  in.request(asio::cancellation_type::terminal);
  in.finish();
  check_stopped(in, asked);
}

inline void request_again_and_again(world& in) {
  auto const asked = in.time->now();
  for (int i = 0; i < 20; ++i) {
    in.request(asio::cancellation_type::all);
    in.step();
  }
  in.finish();
  check_stopped(in, asked);
}

inline void let_the_context_die(world& in) { in.destroy(); }

/// Three cases of a scenario.
#define DISTURBED(scenario)                                                \
  BOOST_AUTO_TEST_CASE(scenario##_stop_at_once_whenever_they_are_asked) {  \
    after_each_step(scenario, request_once);                               \
  }                                                                        \
  BOOST_AUTO_TEST_CASE(scenario##_bear_being_asked_again_and_again) {      \
    after_each_step(scenario, request_again_and_again);                    \
  }                                                                        \
  BOOST_AUTO_TEST_CASE(scenario##_are_destroyed_once_with_their_context) { \
    after_each_step(scenario, let_the_context_die);                        \
  }

#endif
