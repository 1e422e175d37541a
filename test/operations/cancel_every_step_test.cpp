#include "../support.hpp"
#include "manual_op.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

// Each scenario is run once to count its steps, then again and again, and is disturbed after each
// of them: by a request from outside, by many, by the death of its context.

namespace {

/// A context of which one handler runs at a time, and what is checked about a scenario.
class world {
 public:
  world() : stacks_before_(curfew::detail::count_stacks()) { made = destroyed = 0; }
  ~world() {
    die();
    BOOST_TEST(made == destroyed);
    BOOST_TEST(curfew::detail::count_stacks() == stacks_before_);
  }

  template <class Scenario>
  void start(bool in_a_scope, Scenario scenario) {
    asio::co_spawn(*context, in_a_scope ? in_scope(scenario) : scenario(),
                   asio::bind_cancellation_slot(signal.slot(), [this](std::exception_ptr error) {
                     BOOST_TEST(!ended);
                     ended = end_of(error);
                   }));
  }
  /// Runs one handler, or when none is ready lets time pass to the next deadline.
  bool step() {
    if (context->stopped()) context->restart();
    if (context->poll_one() != 0) return true;
    auto const next = deadlines().next_deadline();
    if (next == curfew::clock::time_point::max()) return false;
    deadlines().advance_to(next);
    return true;
  }
  curfew::detail::deadline_service& deadlines() {
    return curfew::detail::deadline_service::of(*context);
  }
  /// Asks the scenario to stop, from a handler of its context.
  void request(asio::cancellation_type type) {
    asio::post(*context, [this, type] { signal.emit(type); });
  }
  void die() {
    time.reset();
    context.reset();
  }

  static inline int made, destroyed;

  asio::cancellation_signal signal;
  std::optional<asio::io_context> context{std::in_place};
  std::optional<curfew::testing::virtual_time> time{std::in_place, *context};
  std::optional<end> ended;

 private:
  std::size_t stacks_before_;
};

/// A local of a scenario.
struct local {
  local() { ++world::made; }
  local(local const&) { ++world::made; }
  ~local() { ++world::destroyed; }
};

awaitable<> asleep(curfew::clock::duration limit, local) {
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

awaitable<> single_limits() {
  local const here;
  BOOST_TEST(!co_await in_time(curfew::wait_for(curfew::sleep_for(3s), 1s)));
  BOOST_TEST(!co_await in_time(curfew::wait_for(asleep(3s, local()), 1s)));
  BOOST_TEST(co_await in_time(curfew::wait_for(curfew::sleep_for(1s), 3s)));
  BOOST_TEST(co_await in_time(curfew::wait_for(asleep(1s, local()), 3s)));
  BOOST_TEST(!co_await in_time(curfew::wait_for(asleep(1s, local()), 0s)));
  BOOST_TEST(!co_await in_time(curfew::wait_for(curfew::sleep_for(1s), 0s)));
  co_await curfew::checkpoint();
  co_await curfew::sleep_for(1s);
}

awaitable<> nested_scopes() {
  local const here;
  auto const innermost = [](local) -> awaitable<int> {
    local const there;
    co_await curfew::sleep_for(1s);
    co_await asio::post(asio::deferred);
    co_await curfew::wait_for(asleep(1s, local()), 5s);
    co_return 7;
  };
  auto const middle = [&](curfew::timeout_scope& scope, local) -> awaitable<int> {
    local const there;
    auto const kept = scope;
    co_await curfew::move_on_after(1s, asleep, 4s, local());
    auto const got = co_await curfew::move_on_after(10s, innermost, local());
    BOOST_TEST((got == 7));
    co_await curfew::sleep_for(1h);
    co_return 0;
  };
  BOOST_TEST(!co_await in_time(curfew::timeout(10s, middle, local())));
  BOOST_TEST(!(co_await curfew::move_on_after(2s, middle, local())).has_value());
  co_await curfew::sleep_for(1s);
}

awaitable<> moved_and_cancelled_scopes() {
  local const here;
  auto const body = [](curfew::timeout_scope& scope, bool by_name) -> awaitable<> {
    local const there;
    co_await curfew::sleep_for(1s);
    if (!scope.reschedule_after(2s)) co_await curfew::sleep_for(1s);
    co_await curfew::sleep_for(1s);
    if (by_name) scope.cancel("enough");
    co_await curfew::sleep_for(1h);
  };
  BOOST_TEST(!co_await curfew::move_on_after(5s, body, true));
  BOOST_TEST(!co_await in_time(curfew::timeout(5s, body, false)));
  co_await curfew::sleep_for(1s);
}

awaitable<> both_sides_of_operators() {
  using namespace asio::experimental::awaitable_operators;
  local const here;
  auto const both = []() -> awaitable<> {
    co_await (asleep(1s, local()) && curfew::wait_for(asleep(2s, local()), 3s));
    co_await (asleep(1s, local()) || asleep(1h, local()));
    co_await (asleep(1h, local()) && asleep(2h, local()));
  };
  BOOST_TEST(!co_await in_time(curfew::timeout(5s, both)));
  co_await curfew::sleep_for(1s);
}

awaitable<> equal_deadlines() {
  local const here;
  auto const inner = []() -> awaitable<> {
    local const there;
    co_await curfew::timeout(2s, asleep, 2s, local());
    co_await curfew::wait_for(asleep(1h, local()), 0s);
  };
  auto const outer = [&]() -> awaitable<> { co_await curfew::timeout(2s, inner); };
  co_await in_time(curfew::timeout(2s, outer));
  co_await curfew::sleep_for(1s);
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
void check_stopped(world& in, curfew::clock::time_point asked) {
  BOOST_REQUIRE(in.ended.has_value());
  BOOST_TEST((*in.ended == end::value || *in.ended == end::aborted));
  BOOST_TEST((in.time->now() == asked));
  BOOST_TEST(in.time->pending() == 0U);
}

void request_once(world& in) {
  auto const asked = in.time->now();
  in.request(asio::cancellation_type::terminal);
  while (in.step()) {
  }
  check_stopped(in, asked);
}

void request_again_and_again(world& in) {
  auto const asked = in.time->now();
  for (int i = 0; i < 20; ++i) {
    in.request(asio::cancellation_type::all);
    in.step();
  }
  while (in.step()) {
  }
  check_stopped(in, asked);
}

void let_the_context_die(world& in) { in.die(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(cancel_every_step)

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

DISTURBED(single_limits)
DISTURBED(nested_scopes)
DISTURBED(moved_and_cancelled_scopes)
DISTURBED(both_sides_of_operators)
DISTURBED(equal_deadlines)

BOOST_AUTO_TEST_SUITE_END()
