#include "../support.hpp"

BOOST_AUTO_TEST_SUITE(virtual_time)

namespace {

/// Notes the virtual instants at which things happen, as distances from the beginning.
struct diary : fixture {
  void note_after(curfew::clock::duration limit) {
    curfew::sleep_for(context, limit)([this](error_code) { notes.push_back(elapsed()); });
  }
  std::vector<curfew::clock::duration> notes;
};

using durations = std::vector<curfew::clock::duration>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(without_limits_time_stands_still, fixture) {  // VC-01
  int ran = 0;
  for (int i = 0; i < 10; ++i) asio::post(context, [&] { ++ran; });
  time.run();
  BOOST_TEST(ran == 10);
  BOOST_TEST(elapsed() == 0s);
}

BOOST_AUTO_TEST_CASE(it_begins_at_the_same_instant_in_every_run) {
  fixture first, second;
  BOOST_TEST((first.time.now() == second.time.now()));
}

BOOST_FIXTURE_TEST_CASE(a_negative_step_is_refused_and_nothing_moves, diary) {  // VC-02
  note_after(1ms);
  auto const is_refused = [](system_error const& e) {
    return e.code() == curfew::errc::invalid_limit;
  };
  BOOST_CHECK_EXCEPTION(time.advance(-1ns), system_error, is_refused);
  BOOST_CHECK_EXCEPTION(time.advance(curfew::clock::duration::min()), system_error, is_refused);
  std::chrono::duration<double> const nan(std::numeric_limits<double>::quiet_NaN());
  BOOST_CHECK_EXCEPTION(time.advance(nan), system_error, is_refused);
  BOOST_TEST(elapsed() == 0s);
  BOOST_TEST(notes.empty());
  time.run();
}

BOOST_FIXTURE_TEST_CASE(running_jumps_from_deadline_to_deadline, diary) {  // VC-03
  for (auto limit : {24h, 1h, 5h}) note_after(limit);
  time.run();
  BOOST_TEST((notes == durations{1h, 5h, 24h}));
  BOOST_TEST(elapsed() == 24h);
}

BOOST_FIXTURE_TEST_CASE(time_never_jumps_while_something_is_ready, diary) {  // VC-04
  note_after(1ns);
  int rounds = 0;
  std::function<void()> const again = [&] {
    BOOST_TEST(elapsed() == 0s);
    if (++rounds < 1000) asio::post(context, again);
  };
  asio::post(context, again);
  time.run();
  BOOST_TEST(rounds == 1000);
  BOOST_TEST((notes == durations{1ns}));
}

BOOST_FIXTURE_TEST_CASE(equal_deadlines_fire_in_the_order_they_were_set, fixture) {  // VC-06 AX-24
  std::vector<int> order;
  for (int i = 0; i < 1000; ++i)
    curfew::sleep_for(context, 1s)([&order, i](error_code) { order.push_back(i); });
  time.run();
  BOOST_TEST(order.size() == 1000U);
  BOOST_TEST(std::is_sorted(order.begin(), order.end()));
}

BOOST_FIXTURE_TEST_CASE(a_step_fires_what_is_due_at_its_end_and_nothing_later, diary) {  // VC-07
  note_after(1s);
  note_after(1s + 1ns);
  time.advance(1s - 1ns);
  BOOST_TEST(notes.empty());
  time.advance(1ns);
  BOOST_TEST((notes == durations{1s}));
  time.advance(1ns);
  BOOST_TEST((notes == durations{1s, 1s + 1ns}));
}

BOOST_FIXTURE_TEST_CASE(a_long_step_shows_each_deadline_its_own_instant, diary) {  // VC-08
  for (auto limit : {3s, 1s, 2s}) note_after(limit);
  time.advance(10s);
  BOOST_TEST((notes == durations{1s, 2s, 3s}));
  BOOST_TEST(elapsed() == 10s);
}

BOOST_FIXTURE_TEST_CASE(settling_runs_all_that_is_ready_now_and_nothing_later, diary) {  // VC-09
  int ran = 0;
  asio::post(context, [&] {
    ++ran;
    asio::post(context, [&] { ++ran; });
    curfew::sleep_for(context, 0s)([&](error_code) { ++ran; });
    note_after(1ns);
  });
  time.settle();
  BOOST_TEST(ran == 3);
  BOOST_TEST(notes.empty());
  BOOST_TEST(elapsed() == 0s);
  time.run();
}

BOOST_FIXTURE_TEST_CASE(work_that_a_step_starts_takes_part_in_it, diary) {  // VC-09
  curfew::sleep_for(context, 1s)([&](error_code) { note_after(1s); });
  time.advance(2s);
  BOOST_TEST((notes == durations{2s}));
}

BOOST_FIXTURE_TEST_CASE(enormous_steps_saturate_and_endless_waits_go_on, diary) {  // VC-10
  auto const far_off = std::chrono::hours(24 * 365 * 200);
  note_after(far_off);
  asio::cancellation_signal stop;
  bool stopped = false;
  curfew::sleep_forever(context)(
      asio::bind_cancellation_slot(stop.slot(), [&](error_code) { stopped = true; }));
  time.advance(curfew::never);
  BOOST_TEST((notes == durations{far_off}));
  note_after(1s);
  time.advance(std::chrono::hours::max());
  BOOST_TEST((notes == durations{far_off, far_off + 1s}));
  BOOST_TEST(!stopped);
  stop.emit(asio::cancellation_type::terminal);
  time.settle();
  BOOST_TEST(stopped);
}

BOOST_FIXTURE_TEST_CASE(time_may_be_advanced_from_inside_a_handler, diary) {  // VC-11
  note_after(2s);
  bool done = false;
  curfew::sleep_for(context, 1s)([&](error_code) {
    time.advance(3s);
    BOOST_TEST(elapsed() == 4s);
    done = true;
  });
  time.advance(2s);
  BOOST_TEST(done);
  BOOST_TEST((notes == durations{2s}));
  BOOST_TEST(elapsed() == 4s);
}

BOOST_FIXTURE_TEST_CASE(time_may_be_advanced_from_inside_a_coroutine, fixture) {  // VC-11
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      time.advance(2s);
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, curfew::timeout(1s, body));
    ENDS(end::timed_out, curfew::wait_for(body(), 1s));
  });
  BOOST_TEST(elapsed() == 4s);
}

BOOST_FIXTURE_TEST_CASE(odd_durations_are_exact, diary) {  // VC-12
  durations const limits{1ns, 999ns, 131072ns, 131073ns, 999999ns, 1000001ns, 1h + 7ns};
  for (auto limit : limits) note_after(limit);
  time.run();
  BOOST_TEST((notes == limits));
}

BOOST_FIXTURE_TEST_CASE(a_limit_counts_from_its_await_and_an_instant_does_not, fixture) {  // VC-13
  auto relative = curfew::sleep_for(context, 5s);
  auto absolute = curfew::sleep_until(context, time.now() + 5s);
  time.advance(3s);
  std::vector<std::pair<char, curfew::clock::duration>> notes;
  std::move(relative)([&](error_code) { notes.emplace_back('r', elapsed()); });
  std::move(absolute)([&](error_code) { notes.emplace_back('a', elapsed()); });
  time.run();
  BOOST_REQUIRE(notes.size() == 2U);
  BOOST_TEST((notes[0] == std::pair('a', curfew::clock::duration(5s))));
  BOOST_TEST((notes[1] == std::pair('r', curfew::clock::duration(8s))));
}

BOOST_AUTO_TEST_CASE(two_contexts_have_times_of_their_own) {  // VC-17
  fixture first, second;
  int fired = 0;
  curfew::sleep_for(second.context, 1s)([&](error_code) { ++fired; });
  first.time.advance(1h);
  BOOST_TEST(second.elapsed() == 0s);
  BOOST_TEST(fired == 0);
  second.time.run();
  BOOST_TEST(fired == 1);
  BOOST_TEST(first.elapsed() == 1h);
}

BOOST_FIXTURE_TEST_CASE(a_context_has_one_virtual_time, fixture) {
  BOOST_CHECK_EXCEPTION(
      curfew::testing::virtual_time{context}, system_error,
      [](system_error const& e) { return e.code() == curfew::errc::invalid_state; });
  time.advance(1s);
  BOOST_TEST(elapsed() == 1s);
}

BOOST_AUTO_TEST_CASE(what_was_pending_before_it_began_goes_by_it) {
  asio::io_context context;
  std::optional<error_code> result;
  asio::steady_timer never(context, asio::steady_timer::time_point::max());
  curfew::wait_for(context, never.async_wait(asio::deferred),
                   1ms)([&](error_code e) { result = e; });
  curfew::testing::virtual_time time(context);
  BOOST_TEST(time.pending() == 1U);
  time.run();
  BOOST_TEST((result == error_code(curfew::errc::timed_out)));
}

BOOST_FIXTURE_TEST_CASE(small_and_large_limits_fire_only_when_due, fixture) {  // VC-22
  run([]() -> awaitable<> {
    for (auto scale : {1ns, curfew::clock::duration(1ms), curfew::clock::duration(24h)}) {
      ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(10 * scale), 9 * scale));
      ENDS(end::value, curfew::wait_for(curfew::sleep_for(9 * scale), 10 * scale));
      ENDS(end::value, curfew::wait_for(asio::post(asio::deferred), scale));
      ENDS(end::timed_out, curfew::wait_for(sleepy(10 * scale), 9 * scale));
      ENDS(end::value, curfew::wait_for(sleepy(9 * scale), 10 * scale));
    }
  });
}

BOOST_FIXTURE_TEST_CASE(it_counts_the_deadlines_that_are_pending, fixture) {
  run([&]() -> awaitable<> {
    BOOST_TEST(time.pending() == 0U);
    auto const body = [&]() -> awaitable<> {
      BOOST_TEST(time.pending() == 1U);
      curfew::sleep_for(context, 1s)(asio::detached);
      BOOST_TEST(time.pending() == 2U);
      co_await curfew::sleep_for(1s);
      BOOST_TEST(time.pending() == 1U);
    };
    co_await curfew::timeout(1h, body);
    BOOST_TEST(time.pending() == 0U);
  });
}

BOOST_AUTO_TEST_SUITE_END()
