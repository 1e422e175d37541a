#include "../interop/stepper.hpp"
#include "manual_op.hpp"

// Scenarios of tokens, shields, cleanups and limits are run once to count their steps, then again
// and again, and after each step are asked to stop: by a signal, by a token, by a deadline, by two
// of them, or their context dies. Whatever began under a shield must end, and whatever was acquired
// must be given back once.

BOOST_AUTO_TEST_SUITE(cancel_every_step_shields)

namespace {

using curfew::cancel_when;
using curfew::finally;
using curfew::grace;
using curfew::shield;
using curfew::timeout_scope;
using curfew::wait_for;

/// What the scenarios did.
struct ledger {
  int made = 0, destroyed = 0;       ///< Locals of their coroutines.
  int acquired = 0, given_back = 0;  ///< By bodies and by their cleanups.
  int cleanups_begun = 0;
  int shielded_begun = 0, shielded_done = 0;
};
ledger book;

/// A context of which one handler runs at a time. Its scenario runs bare, in a coroutine that plain
/// `co_spawn` started, or in a scope without a deadline, in which it listens to a token.
class world : public stepper {
 public:
  world() { book = {}; }
  ~world() {
    destroy();
    BOOST_TEST(book.made == book.destroyed);
    BOOST_TEST(is_clean());
  }

  template <class Scenario>
  void start(Scenario scenario, bool bare) {
    auto const run = [this, scenario](timeout_scope& given) -> awaitable<> {
      scope.emplace(given);
      co_await cancel_when(scenario(), source.token());
    };
    asio::co_spawn(*context, bare ? scenario() : curfew::timeout(curfew::never, run),
                   asio::bind_cancellation_slot(signal.slot(), [this](std::exception_ptr error) {
                     BOOST_TEST(!ended);
                     ended = end_of(error);
                   }));
  }
  void by_signal() {
    asio::post(*context, [this] { signal.emit(asio::cancellation_type::terminal); });
  }
  void by_token() { source.cancel("by token"); }
  void by_deadline() {
    asio::post(*context, [this] { (void)(scope && scope->reschedule_after(0s)); });
  }

  asio::cancellation_signal signal;
  curfew::cancellation_source source;
  std::optional<timeout_scope> scope;
  std::optional<end> ended;
};

/// A local of a scenario.
struct local {
  local() { ++book.made; }
  local(local const&) { ++book.made; }
  ~local() { ++book.destroyed; }
};

awaitable<> asleep(curfew::clock::duration limit, local) {
  local const here;
  co_await curfew::sleep_for(limit);
}

/// Acquires something and works with it.
awaitable<int> work(curfew::clock::duration limit) {
  local const here;
  ++book.acquired;
  co_await asio::post(asio::deferred);
  co_await curfew::sleep_for(limit);
  co_return 7;
}
/// Gives it back, in several steps.
awaitable<> give_back() {
  local const here;
  ++book.cleanups_begun;
  co_await curfew::sleep_for(100ms);
  co_await asio::post(asio::deferred);
  co_await wait_for(asleep(100ms, local()), 1h);
  ++book.given_back;
}
/// Work that must not be left half done.
awaitable<> commit() {
  local const here;
  ++book.shielded_begun;
  co_await curfew::sleep_for(100ms);
  co_await wait_for(curfew::sleep_for(100ms), 1h);
  co_await asio::post(asio::deferred);
  ++book.shielded_done;
}

/// Awaits, and goes on quietly after a timeout only.
template <class Op>
awaitable<> in_time(Op op) {
  local const here;
  auto const done = co_await curfew::settle(std::move(op));
  if (!done.has_value() && !done.timed_out()) std::rethrow_exception(done.error());
}

awaitable<> cleanups() {
  local const here;
  co_await in_time(finally(work(100ms), give_back));
  co_await in_time(wait_for(finally(work(1h), give_back), 100ms));
  co_await in_time(finally(wait_for(work(1h), 100ms), give_back, 1h));
  auto const again = [] { return finally(give_back(), [] { local const there; }); };
  co_await in_time(finally(work(100ms), again));
  auto const in_block = []() -> awaitable<> {
    local const there;
    auto inner = finally(work(50ms), give_back);
    auto const both = [&]() -> awaitable<> {
      ++book.acquired;
      co_await std::move(inner);
      co_await curfew::sleep_for(1h);
    };
    co_await finally(both(), give_back);
  };
  BOOST_TEST(!co_await curfew::move_on_after(500ms, in_block));
  co_await curfew::sleep_for(100ms);
}

awaitable<> shields() {
  local const here;
  co_await shield(commit());
  co_await curfew::checkpoint();
  co_await in_time(wait_for(shield(commit()), 100ms));
  co_await shield(curfew::sleep_for(100ms));
  co_await in_time(shield(wait_for(asleep(1h, local()), 100ms)));
  co_await in_time(wait_for(shield(asleep(1h, local()), grace{100ms}), 100ms));
  co_await in_time(wait_for(shield(curfew::sleep_for(1h), grace{100ms}), 100ms));
  auto const nested = []() -> awaitable<> {
    local const there;
    co_await shield(commit());
    co_await curfew::sleep_for(50ms);
    co_await shield(commit());
  };
  co_await shield(nested(), grace{1h});
  co_await in_time(wait_for(shield(nested(), grace{100ms}), 100ms));
  co_await curfew::sleep_for(100ms);
}

awaitable<> tokens() {
  local const here;
  curfew::cancellation_source inner;
  auto const expected_abort = [](auto op) -> awaitable<> {
    auto const done = co_await curfew::settle(std::move(op));
    if (!done.has_value() && !done.cancelled()) std::rethrow_exception(done.error());
    co_await curfew::checkpoint();
  };
  auto const cancels = [&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      co_await work(100ms);
      inner.cancel();
      co_await curfew::sleep_for(1h);
    };
    co_await finally(body(), give_back);
    co_await curfew::checkpoint();
    BOOST_ERROR("went on");
  };
  co_await expected_abort(cancel_when(cancels(), inner.token()));
  inner = {};
  auto const shielded = [&]() -> awaitable<> {
    auto const cancelling = [&]() -> awaitable<> {
      inner.cancel();
      co_await commit();
    };
    co_await shield(cancelling());
    co_await curfew::sleep_for(1h);
  };
  co_await expected_abort(cancel_when(shielded(), inner.token()));
  inner = {};
  co_await in_time(cancel_when(finally(work(100ms), give_back), inner.token()));
}

awaitable<> all_of_them() {
  local const here;
  curfew::cancellation_source inner;
  auto const innermost = [&]() -> awaitable<int> {
    local const there;
    co_await shield(commit());
    co_return co_await finally(work(200ms), give_back, 1h);
  };
  auto const middle = [&]() -> awaitable<> {
    auto limited = wait_for(cancel_when(innermost(), inner.token()), 1h);
    BOOST_TEST(co_await shield(std::move(limited), grace{10s}) == 7);
    co_await curfew::sleep_for(1h);
  };
  auto const cleanup = []() -> awaitable<> { co_await shield(commit()); };
  auto op = finally(cancel_when(wait_for(middle(), 1s), inner.token()), cleanup, 1h);
  co_await in_time(std::move(op));
  co_await curfew::sleep_for(100ms);
}

template <class Scenario>
int count_steps(Scenario scenario, bool bare) {
  world undisturbed;
  undisturbed.start(scenario, bare);
  int steps = 0;
  while (undisturbed.step()) ++steps;
  BOOST_TEST((undisturbed.ended == end::value));
  BOOST_TEST(book.made > 0);
  return steps;
}

template <class Scenario, class Disturb>
void after_each_step(Scenario scenario, Disturb disturb, bool bare = false) {
  int const steps = count_steps(scenario, bare);
  BOOST_TEST(steps > 20);
  for (int k = 0; k <= steps; ++k) {
    BOOST_TEST_CONTEXT("after step " << k) {
      world disturbed;
      disturbed.start(scenario, bare);
      for (int i = 0; i < k; ++i) disturbed.step();
      disturb(disturbed);
    }
  }
}

/// A scenario that was asked to stop does so as soon as it may, as `how` or, at its end, its value.
void check_stopped(world& in, end how, curfew::clock::time_point asked) {
  in.finish();
  BOOST_REQUIRE(in.ended.has_value());
  BOOST_TEST((*in.ended == end::value || *in.ended == how));
  BOOST_TEST((in.time->now() - asked <= 1s));
  BOOST_TEST(in.time->pending() == 0U);
  BOOST_TEST(book.given_back == book.acquired);
  BOOST_TEST(book.shielded_done == book.shielded_begun);
}

void by_signal(world& in) {
  auto const asked = in.time->now();
  in.by_signal();
  check_stopped(in, end::aborted, asked);
}
void by_token(world& in) {
  auto const asked = in.time->now();
  in.by_token();
  check_stopped(in, end::aborted, asked);
}
void by_deadline(world& in) {
  auto const asked = in.time->now();
  in.by_deadline();
  check_stopped(in, end::timed_out, asked);
}
void by_deadline_and_token(world& in) {
  auto const asked = in.time->now();
  in.by_deadline();
  in.step();
  in.by_token();
  check_stopped(in, end::timed_out, asked);
}
void by_all_of_them_again_and_again(world& in) {
  auto const asked = in.time->now();
  in.by_signal();
  for (int i = 0; i < 10; ++i) {
    in.step();
    in.by_token();
    in.by_deadline();
    in.by_signal();
  }
  check_stopped(in, end::aborted, asked);
}

void let_the_context_die(world& in) {
  in.destroy();
  in.by_token();
  BOOST_TEST(book.given_back <= book.cleanups_begun);
}
void let_the_context_die_after_a_request(world& in) {
  in.by_token();
  in.step();
  in.destroy();
}

}  // namespace

#define DISTURBED_SHIELDS(scenario)                                             \
  BOOST_AUTO_TEST_CASE(scenario##_are_kept_when_a_signal_asks) {                \
    after_each_step(scenario, by_signal);                                       \
  }                                                                             \
  BOOST_AUTO_TEST_CASE(scenario##_are_kept_when_a_token_asks) {                 \
    after_each_step(scenario, by_token);                                        \
  }                                                                             \
  BOOST_AUTO_TEST_CASE(scenario##_are_kept_when_a_deadline_passes) {            \
    after_each_step(scenario, by_deadline);                                     \
  }                                                                             \
  BOOST_AUTO_TEST_CASE(scenario##_end_by_the_outermost_of_deadline_and_token) { \
    after_each_step(scenario, by_deadline_and_token);                           \
  }                                                                             \
  BOOST_AUTO_TEST_CASE(scenario##_bear_being_asked_by_all_again_and_again) {    \
    after_each_step(scenario, by_all_of_them_again_and_again);                  \
  }                                                                             \
  BOOST_AUTO_TEST_CASE(scenario##_are_destroyed_once_with_their_context) {      \
    after_each_step(scenario, let_the_context_die);                             \
    after_each_step(scenario, let_the_context_die_after_a_request);             \
  }

DISTURBED_SHIELDS(cleanups)
DISTURBED_SHIELDS(shields)
DISTURBED_SHIELDS(tokens)
DISTURBED_SHIELDS(all_of_them)

BOOST_AUTO_TEST_SUITE_END()
