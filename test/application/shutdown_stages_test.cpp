#include "../support.hpp"

#include <algorithm>
#include <curfew/detail/shutdown_stages.hpp>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(shutdown_stages)

namespace {

using curfew::clock;
using curfew::stage;
using curfew::detail::shutdown_limits;
using machine = curfew::detail::shutdown_stages;
using time_point = clock::time_point;

constexpr auto most = clock::duration::max();
constexpr auto least = clock::duration::min();
constexpr auto ever = time_point::max();

enum class event : char { request = 'r', cancel = 'c', tick = 't' };

time_point later(time_point from, clock::duration by) {
  if (from == ever || by == most) return ever;
  return from + std::max(by, clock::duration::zero());
}

/// When each stage begins, in closed form: the least of what can bring it about.
struct model {
  explicit model(shutdown_limits const& l) : limits(l) {}

  stage at(time_point present) const {
    auto const end = later(first, limits.total);
    auto const drained = std::min({later(first, limits.delay), second, cancelled, end});
    auto const cancelling = std::min({later(drained, limits.drain), second, cancelled, end});
    auto const forced = std::min({later(cancelling, limits.cancel), third, end});
    return present >= forced       ? stage::forced
           : present >= cancelling ? stage::cancelling
           : present >= drained    ? stage::draining
                                   : stage::running;
  }
  void happens(event what, time_point present) {
    if (what == event::request) {
      for (auto* each : {&first, &second, &third})
        if (*each == ever) {
          *each = present;
          break;
        }
    } else if (what == event::cancel) {
      cancelled = std::min(cancelled, present);
    }
  }

  shutdown_limits limits;
  time_point first = ever, second = ever, third = ever, cancelled = ever;
};

/// Does what happens to both, and returns what they disagree about.
std::string play(shutdown_limits const& limits, std::vector<event> const& events) {
  machine stages(limits);
  model expected(limits);
  time_point present(24h);
  for (event const each : events) {
    if (each == event::tick) present += 1s;
    if (each == event::cancel) stages.cancel();
    if (each == event::request && stages.request(present) != (expected.first == ever))
      return "which request is the first";
    expected.happens(each, present);
    for (auto from = stages.current(); stages.step(present); from = stages.current()) {
      if (static_cast<int>(stages.current()) != static_cast<int>(from) + 1) return "a skipped one";
      if (stages.began(stages.current()) != present) return "when it began";
    }
    if (stages.current() != expected.at(present))
      return std::string(to_string(stages.current())) + " instead of " +
             std::string(to_string(expected.at(present)));
    if (stages.next_change() <= present) return "what is due";
    if (stages.requested() != (expected.first != ever)) return "whether it was requested";
    if (stages.requested_at() != expected.first) return "when it was requested";
  }
  return {};
}

/// All sequences of this length.
template <class F>
void each_sequence(std::size_t length, F f) {
  constexpr event kinds[] = {event::request, event::cancel, event::tick};
  std::size_t count = 1;
  for (std::size_t i = 0; i != length; ++i) count *= std::size(kinds);
  std::vector<event> events(length);
  for (std::size_t number = 0; number != count; ++number) {
    auto rest = number;
    for (auto& each : events) {
      each = kinds[rest % std::size(kinds)];
      rest /= std::size(kinds);
    }
    f(events);
  }
}

/// The stages that are gone through at one instant.
std::vector<stage> steps(machine& stages, time_point present) {
  std::vector<stage> all;
  while (stages.step(present)) all.push_back(stages.current());
  return all;
}

std::string words_of(std::vector<stage> const& all) {
  std::string words;
  for (stage const each : all) words += (words.empty() ? "" : " ") + std::string(to_string(each));
  return words;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_sequence_of_events_goes_through_the_stages_as_the_model_does) {
  std::vector<clock::duration> const kinds = {-1s, 0s, 1s, 3s, most};
  int disagreed = 0;
  for (auto const delay : kinds)
    for (auto const drain : kinds)
      for (auto const cancel : kinds)
        for (auto const total :
             {clock::duration(0s), clock::duration(2s), clock::duration(4s), most})
          each_sequence(6, [&](std::vector<event> const& events) {
            auto const wrong = play({delay, drain, cancel, total}, events);
            if (wrong.empty() || ++disagreed > 5) return;
            std::string said;
            for (event const each : events) said += static_cast<char>(each);
            BOOST_ERROR(said << ", delay " << delay.count() << ", drain " << drain.count()
                             << ", cancel " << cancel.count() << ", total " << total.count() << ": "
                             << wrong);
          });
  BOOST_TEST(disagreed == 0);
}

BOOST_AUTO_TEST_CASE(long_sequences_do_so_too) {
  int disagreed = 0;
  for (auto const& limits : {shutdown_limits{1s, 2s, 2s, most}, shutdown_limits{1s, 3s, 1s, 4s},
                             shutdown_limits{0s, most, most, most}})
    each_sequence(9, [&](std::vector<event> const& events) {
      disagreed += play(limits, events).empty() ? 0 : 1;
    });
  BOOST_TEST(disagreed == 0);
}

BOOST_AUTO_TEST_CASE(without_a_request_nothing_ever_happens) {
  machine stages({0s, 0s, 0s, 0s});
  BOOST_TEST((stages.next_change() == ever));
  BOOST_TEST(!stages.step(time_point(1000h)));
  BOOST_TEST((stages.current() == stage::running));
  BOOST_TEST(!stages.requested());
  BOOST_TEST((stages.requested_at() == ever));
  BOOST_TEST((stages.began(stage::draining) == ever));
}

BOOST_AUTO_TEST_CASE(a_stage_whose_limits_are_all_zero_is_announced_all_the_same) {
  for (auto const zero : {clock::duration(0s), clock::duration(-5s), least}) {
    machine stages({zero, zero, zero, most});
    time_point const present(1h);
    BOOST_TEST(stages.request(present));
    BOOST_TEST(words_of(steps(stages, present)) == "draining cancelling forced");
    BOOST_TEST((stages.began(stage::draining) == present));
    BOOST_TEST((stages.began(stage::forced) == present));
    BOOST_TEST((stages.next_change() == ever));
  }
}

BOOST_AUTO_TEST_CASE(a_clock_that_jumped_over_all_of_it_skips_none_and_gives_each_its_time) {
  machine stages({1s, 1s, 1s, most});
  time_point const asked(1h), late(2h);
  stages.request(asked);
  BOOST_TEST(words_of(steps(stages, late)) == "draining");
  BOOST_TEST((stages.began(stage::draining) == late));
  BOOST_TEST(words_of(steps(stages, late + 1s)) == "cancelling");
  BOOST_TEST(words_of(steps(stages, late + 2s)) == "forced");
}

BOOST_AUTO_TEST_CASE(the_total_bounds_them_also_when_the_clock_jumped) {
  machine stages({1s, 10s, 10s, 15s});
  stages.request(time_point(1h));
  BOOST_TEST(words_of(steps(stages, time_point(2h))) == "draining cancelling forced");
}

BOOST_AUTO_TEST_CASE(the_total_bounds_the_delay_too) {
  machine stages({10s, 10s, 10s, 4s});
  stages.request(time_point(1h));
  BOOST_TEST((stages.next_change() == time_point(1h) + 4s));
  BOOST_TEST(words_of(steps(stages, time_point(1h) + 4s)) == "draining cancelling forced");
}

BOOST_AUTO_TEST_CASE(limits_at_the_end_of_time_do_not_overflow) {
  machine endless({most, most, most, most});
  endless.request(time_point(1h));
  BOOST_TEST((endless.next_change() == ever));
  endless.request(time_point(1h));
  BOOST_TEST(words_of(steps(endless, time_point(1h))) == "draining cancelling");
  BOOST_TEST((endless.next_change() == ever));

  auto const nearly = most - 1s;
  machine huge({nearly, nearly, nearly, nearly});
  huge.request(time_point(1h));
  BOOST_TEST((huge.next_change() == ever));
  BOOST_TEST(!huge.step(time_point(100h)));
}

BOOST_AUTO_TEST_CASE(a_second_request_does_not_wait_for_the_delay) {
  machine stages({1h, 1h, 1h, most});
  time_point const present(1h);
  BOOST_TEST(stages.request(present));
  BOOST_TEST(words_of(steps(stages, present)) == "");
  BOOST_TEST(!stages.request(present + 1s));
  BOOST_TEST(words_of(steps(stages, present + 1s)) == "draining cancelling");
  BOOST_TEST(!stages.request(present + 2s));
  BOOST_TEST(words_of(steps(stages, present + 2s)) == "forced");
  BOOST_TEST(!stages.request(present + 3s));
  BOOST_TEST(words_of(steps(stages, present + 3s)) == "");
  BOOST_TEST((stages.requested_at() == present));
}

BOOST_AUTO_TEST_CASE(many_requests_are_no_more_than_three) {
  machine stages({});
  for (int i = 0; i < 100000; ++i) stages.request(time_point(1h));
  BOOST_TEST(words_of(steps(stages, time_point(1h))) == "draining cancelling forced");
}

BOOST_AUTO_TEST_CASE(the_stages_have_names) {
  BOOST_TEST(to_string(stage::running) == "running");
  BOOST_TEST(to_string(stage::draining) == "draining");
  BOOST_TEST(to_string(stage::cancelling) == "cancelling");
  BOOST_TEST(to_string(stage::forced) == "forced");
  BOOST_TEST(to_string(static_cast<stage>(17)) == "unknown");
}

BOOST_AUTO_TEST_SUITE_END()
