#include "../operations/disturbed.hpp"

#include <curfew/abandon_after.hpp>
#include <curfew/shield.hpp>
#include <curfew/with_task_group.hpp>

// Work that is left behind, disturbed after each step; see disturbed.hpp. What listens ends with
// whoever asks. What does not is waited for by its group, so that its scenario ends later.

BOOST_AUTO_TEST_SUITE(abandon_every_step)

namespace {

awaitable<> deaf(curfew::clock::duration limit, local) {
  local const here;
  co_await curfew::shield(asleep(limit, {}));
}

awaitable<> leave_some(curfew::task_group& group, bool listening) {
  local const here;
  auto const work = [&](curfew::clock::duration limit) {
    return listening ? asleep(limit, {}) : deaf(limit, {});
  };
  BOOST_TEST(co_await in_time(curfew::abandon_after(work(1s), 2s, group)));
  BOOST_TEST(!co_await in_time(curfew::abandon_after(work(5s), 2s, group)));
  BOOST_TEST(!co_await in_time(curfew::abandon_after(work(1s), 0s, group)));
  co_await in_time(curfew::abandon_after(work(1s), 1s, group, {"at once"}));
  BOOST_TEST(co_await in_time(curfew::abandon_after(curfew::sleep_for(1s), 2s, group)));
}

awaitable<> those_that_listen() {
  co_await curfew::with_task_group(leave_some, true);
  co_await curfew::sleep_for(1s);
}

awaitable<> those_that_do_not() {
  co_await curfew::with_task_group(leave_some, false);
  co_await curfew::sleep_for(1s);
}

/// Asked once, or again and again, it ends with an abort or its value, when its work has ended.
void ask(world& in, int times) {
  for (int i = 0; i < times; ++i) {
    in.request(asio::cancellation_type::all);
    in.step();
  }
  in.finish();
  BOOST_REQUIRE(in.ended.has_value());
  BOOST_TEST((*in.ended == end::value || *in.ended == end::aborted));
  BOOST_TEST(in.time->pending() == 0U);
}

}  // namespace

DISTURBED(those_that_listen)

BOOST_AUTO_TEST_CASE(those_that_do_not_are_waited_for_whenever_they_are_asked) {
  after_each_step(those_that_do_not, [](world& in) { ask(in, 1); });
}
BOOST_AUTO_TEST_CASE(those_that_do_not_bear_being_asked_again_and_again) {
  after_each_step(those_that_do_not, [](world& in) { ask(in, 20); });
}
BOOST_AUTO_TEST_CASE(those_that_do_not_are_destroyed_once_with_their_context) {
  after_each_step(those_that_do_not, let_the_context_die);
}
BOOST_AUTO_TEST_CASE(they_are_destroyed_once_while_they_are_stopped) {
  for (auto const scenario : {those_that_listen, those_that_do_not}) {
    for (int steps = 1; steps < 12; ++steps)
      after_each_step(scenario, [steps](world& in) {
        in.request(asio::cancellation_type::terminal);
        for (int i = 0; i < steps; ++i) in.step();
        in.destroy();
      });
  }
}

BOOST_AUTO_TEST_SUITE_END()
