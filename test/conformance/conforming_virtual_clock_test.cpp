#include "conformance.hpp"

#include <curfew/run.hpp>
#include <functional>
#include <limits>

BOOST_AUTO_TEST_SUITE(conforming_virtual_clock)

namespace {

using durations = std::vector<curfew::clock::duration>;

/// Notes at which virtual instants sleeps end, as distances from the beginning.
struct diary : fixture {
  void note_after(curfew::clock::duration limit) {
    curfew::sleep_for(context, limit)([this](error_code) { notes.push_back(elapsed()); });
  }
  durations notes;
};

bool is_refused(system_error const& error) { return error.code() == curfew::errc::invalid_limit; }

}  // namespace

// ---- when time passes

CONFORMS("VC-01", time_stands_still_while_nothing_waits_for_it) {
  fixture f;
  int rounds = 0;
  f.run([&]() -> awaitable<> {
    for (; rounds < 100; ++rounds) co_await asio::post(asio::deferred);
  });
  BOOST_TEST(rounds == 100);
  BOOST_TEST(f.elapsed() == 0s);
}

CONFORMS("VC-02", a_negative_step_is_refused_and_time_is_unchanged) {
  diary d;
  d.note_after(1ms);
  BOOST_CHECK_EXCEPTION(d.time.advance(-1ns), system_error, is_refused);
  auto const no_number = std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN());
  BOOST_CHECK_EXCEPTION(d.time.advance(no_number), system_error, is_refused);
  BOOST_TEST(d.elapsed() == 0s);
  BOOST_TEST(d.notes.empty());
  d.time.run();
}

CONFORMS("VC-03", a_run_jumps_to_each_next_deadline_exactly_and_hours_take_no_time) {
  diary d;
  auto const began = std::chrono::steady_clock::now();
  for (auto const limit : {24h, 1h, 5h}) d.note_after(limit);
  d.time.run();
  BOOST_TEST((d.notes == durations{1h, 5h, 24h}));
  BOOST_TEST(d.elapsed() == 24h);
  BOOST_TEST((std::chrono::steady_clock::now() - began < 1min));
}

CONFORMS("VC-04", time_never_jumps_while_any_handler_is_ready) {
  diary d;
  d.note_after(1ns);
  int rounds = 0, jumped = 0;
  std::function<void()> const again = [&] {
    jumped += d.elapsed() != 0s;
    if (++rounds < 1000) asio::post(d.context, again);
  };
  asio::post(d.context, again);
  d.time.run();
  BOOST_TEST(rounds == 1000);
  BOOST_TEST(jumped == 0);
  BOOST_TEST((d.notes == durations{1ns}));
}

CONFORMS("VC-05", who_waits_until_all_are_blocked_goes_on_before_any_jump) {
  diary d;
  int hops = 0;
  bool blocked = false;
  d.note_after(1ns);
  auto const busy = [&]() -> awaitable<> {
    for (; hops < 50; ++hops) co_await asio::post(asio::deferred);
    co_await curfew::sleep_for(1s);
  };
  asio::co_spawn(d.context, busy(), asio::detached);
  asio::post(d.context, [&] {
    d.time.settle();
    BOOST_TEST(hops == 50);
    BOOST_TEST(d.elapsed() == 0s);
    blocked = true;
  });
  d.time.run();
  BOOST_TEST(blocked);
  BOOST_TEST(d.elapsed() == 1s);
}

CONFORMS("VC-06", equal_deadlines_fire_in_the_order_in_which_they_were_set) {
  for (int repeated = 0; repeated < 3; ++repeated) {
    fixture f;
    std::vector<int> order;
    for (int i = 0; i < 200; ++i)
      curfew::sleep_for(f.context,
                        i % 2 ? 2s : 1s)([&order, i](error_code) { order.push_back(i); });
    f.time.run();
    std::vector<int> expected;
    for (int i = 0; i < 200; i += 2) expected.push_back(i);
    for (int i = 1; i < 200; i += 2) expected.push_back(i);
    BOOST_TEST(order == expected, boost::test_tools::per_element());
  }
}

// ---- steps

CONFORMS("VC-07", a_step_fires_what_is_due_at_its_very_end) {
  diary d;
  d.note_after(1s);
  d.time.advance(1s - 1ns);
  BOOST_TEST(d.notes.empty());
  d.time.advance(1ns);
  BOOST_TEST((d.notes == durations{1s}));
}

CONFORMS("VC-08", a_step_across_several_deadlines_shows_each_its_own_instant) {
  diary d;
  for (auto const limit : {3s, 1s, 2s}) d.note_after(limit);
  d.time.advance(10s);
  BOOST_TEST((d.notes == durations{1s, 2s, 3s}));
  BOOST_TEST(d.elapsed() == 10s);
}

CONFORMS("VC-09", settling_runs_what_is_started_for_this_instant_and_nothing_later) {
  diary d;
  int ran = 0;
  asio::post(d.context, [&] {
    asio::post(d.context, [&] { ++ran; });
    curfew::sleep_for(d.context, 0s)([&](error_code) { ++ran; });
    d.note_after(1ns);
  });
  d.time.settle();
  BOOST_TEST(ran == 2);
  BOOST_TEST(d.notes.empty());
  BOOST_TEST(d.elapsed() == 0s);
  d.time.run();
  BOOST_TEST((d.notes == durations{1ns}));
}

CONFORMS("VC-10", an_enormous_step_saturates_and_only_what_waits_for_ever_goes_on) {
  diary d;
  auto const far_off = std::chrono::hours(24 * 365 * 200);
  asio::cancellation_signal stop;
  bool stopped = false;
  curfew::sleep_forever(d.context)(
      asio::bind_cancellation_slot(stop.slot(), [&](error_code) { stopped = true; }));
  d.note_after(far_off);
  d.time.advance(std::chrono::hours::max());
  BOOST_TEST((d.notes == durations{far_off}));
  BOOST_TEST(!stopped);
  stop.emit(asio::cancellation_type::terminal);
  d.time.settle();
  BOOST_TEST(stopped);
}

CONFORMS("VC-11", time_may_be_advanced_from_inside_a_coroutine) {
  fixture f;
  f.run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      f.time.advance(2s);
      BOOST_TEST(f.elapsed() == 2s);
      f.time.run();
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, curfew::timeout(1s, body));
  });
  BOOST_TEST(f.elapsed() == 2s);
}

CONFORMS("VC-12", odd_and_tiny_durations_are_exact) {
  diary d;
  durations const limits{1ns, 999ns, 131072ns, 131073ns, 999999ns, 1000001ns, 1h + 7ns};
  for (auto const limit : limits) d.note_after(limit);
  d.time.advance(131072ns);
  BOOST_TEST(d.notes.size() == 3U);
  d.time.run();
  BOOST_TEST((d.notes == limits));
}

CONFORMS("VC-13", an_instant_counts_from_its_making_and_a_duration_from_its_await) {
  fixture f;
  auto until = curfew::sleep_until(f.context, f.time.now() + 5s);
  auto for_a_while = curfew::sleep_for(f.context, 5s);
  f.time.advance(3s);
  curfew::clock::duration first{}, second{};
  std::move(until)([&](error_code) { first = f.elapsed(); });
  std::move(for_a_while)([&](error_code) { second = f.elapsed(); });
  f.time.run();
  BOOST_TEST(first == 5s);
  BOOST_TEST(second == 8s);
}

// ---- whose time it is

CONFORMS("VC-15", several_threads_are_refused_under_virtual_time) {
  asio::io_context context;
  curfew::testing::virtual_time const time(context);
  bool ran = false;
  auto const main = [&]() -> awaitable<> {
    ran = true;
    co_return;
  };
  BOOST_CHECK_EXCEPTION(
      curfew::run(context, main, curfew::run_options().threads(2)), system_error,
      [](system_error const& e) { return e.code() == curfew::errc::invalid_state; });
  BOOST_TEST(!ran);
}

CONFORMS("VC-17", two_virtual_clocks_are_independent_and_others_stay_real) {
  diary first, second;
  asio::io_context real;
  auto const before = std::chrono::steady_clock::now();
  second.note_after(1s);
  first.time.advance(1h);
  BOOST_TEST(second.elapsed() == 0s);
  BOOST_TEST(second.notes.empty());
  auto const now = curfew::now(real);
  BOOST_TEST((before <= now && now <= std::chrono::steady_clock::now()));
  second.time.run();
  BOOST_TEST(first.elapsed() == 1h);
}

CONFORMS("VC-18", jumping_begins_and_ends_at_once_in_the_middle_of_everything) {
  diary d;
  d.note_after(1h);
  d.note_after(2h);
  d.time.settle();
  BOOST_TEST(d.notes.empty());
  asio::post(d.context, [&] {
    d.time.advance(1h);  // step by step
    BOOST_TEST((d.notes == durations{1h}));
    d.time.run();  // by itself
    BOOST_TEST((d.notes == durations{1h, 2h}));
    d.note_after(1h);
    d.time.settle();  // not at all
    BOOST_TEST(d.notes.size() == 2U);
  });
  d.time.settle();
  BOOST_TEST(d.elapsed() == 2h);
  d.time.run();
}

CONFORMS("VC-21", limits_go_by_a_monotonic_clock) {
  static_assert(curfew::clock::is_steady);
  asio::io_context context;
  auto const before = std::chrono::steady_clock::now();
  auto const now = curfew::now(context);
  BOOST_TEST((before <= now && now <= std::chrono::steady_clock::now()));
  fixture f;
  f.run([&]() -> awaitable<> {
    auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      std::chrono::steady_clock::time_point const deadline = scope.deadline();
      BOOST_TEST((deadline == f.time.now() + 1s));
      co_return;
    };
    co_await curfew::timeout(1s, body);
  });
}

CONFORMS("VC-22", small_and_large_limits_fire_if_and_only_if_they_are_due) {
  fixture f;
  f.run([&]() -> awaitable<> {
    for (auto const scale : {1ns, curfew::clock::duration(1ms), curfew::clock::duration(24h)}) {
      auto const began = f.elapsed();
      ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(10 * scale), 9 * scale));
      ENDS(end::value, curfew::wait_for(curfew::sleep_for(9 * scale), 10 * scale));
      ENDS(end::value, curfew::wait_for(asio::post(asio::deferred), scale));
      ENDS(end::timed_out, curfew::timeout(9 * scale, sleepy, 10 * scale));
      ENDS(end::value, curfew::timeout(10 * scale, sleepy, 9 * scale));
      BOOST_TEST(f.elapsed() - began == 36 * scale);
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()
