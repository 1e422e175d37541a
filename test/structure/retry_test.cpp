#include <curfew/outcome.hpp>
#include <curfew/retry.hpp>
#include <limits>

#include "owners.hpp"

// Trying again, with pauses that grow.

BOOST_AUTO_TEST_SUITE(retry)

namespace {

using curfew::retry_policy;
using times = std::vector<curfew::clock::duration>;

/// Fails so many times, then succeeds; writes down when it was called.
struct flaky {
  fixture* in;
  int failures;
  times calls{};

  auto function() {
    return [this]() -> awaitable<int> {
      calls.push_back(in->elapsed());
      co_await curfew::sleep_for(1s);
      if (static_cast<int>(calls.size()) <= failures)
        throw failure("failure " + std::to_string(calls.size()));
      co_return 42;
    };
  }
};

times pauses_of(retry_policy const& policy, int count) {
  retry_policy::delays delays(policy);
  times all;
  for (int i = 0; i < count; ++i) all.push_back(delays.next());
  return all;
}

std::string thrown_code(std::function<void()> const& f) {
  try {
    f();
  } catch (system_error const& e) {
    return e.code() == curfew::errc::invalid_limit ? "invalid_limit" : e.code().message();
  }
  return "nothing";
}

}  // namespace

EACH_OWNER(it_tries_until_an_attempt_succeeds) {
  flaky work{this, 3};
  run([&]() -> awaitable<> {
    BOOST_TEST(co_await curfew::retry(retry_policy(5).jitter(0), work.function()) == 42);
    BOOST_TEST(co_await curfew::retry(retry_policy(1), work.function()) == 42);
  });
  BOOST_TEST((work.calls == times{0s, 1100ms, 2300ms, 3700ms, 4700ms}));
}

EACH_OWNER(an_empty_awaitable_is_an_error_and_no_attempt) {
  auto const nothing = [] { return awaitable<int>(); };
  run([&]() -> awaitable<> {
    auto const got = co_await curfew::settle(curfew::retry(curfew::retry_policy(1), nothing));
    BOOST_TEST(got.message().find("the awaitable is empty") != std::string::npos);
  });
}

EACH_OWNER(the_last_failure_is_raised_when_there_were_enough) {
  flaky work{this, 9}, once{this, 9};
  run([&]() -> awaitable<> {
    SAYS("failure 3", curfew::retry(retry_policy().jitter(0), work.function()));
    SAYS("failure 1", curfew::retry(retry_policy(1), once.function()));
  });
  BOOST_TEST(work.calls.size() == 3U);
  BOOST_TEST(once.calls.size() == 1U);
}

BOOST_AUTO_TEST_CASE(pauses_grow_by_the_factor_up_to_the_greatest) {
  auto policy = retry_policy().first_delay(1s).factor(3).max_delay(10s).jitter(0);
  BOOST_TEST((pauses_of(policy, 5) == times{1s, 3s, 9s, 10s, 10s}));
  BOOST_TEST((pauses_of(policy.factor(1), 3) == times{1s, 1s, 1s}));
  BOOST_TEST((pauses_of(policy.first_delay(1min), 2) == times{10s, 10s}));
  BOOST_TEST((pauses_of(policy.first_delay(0s), 2) == times{0s, 0s}));
  BOOST_TEST((pauses_of(policy.first_delay(-1s), 2) == times{0s, 0s}));
}

BOOST_AUTO_TEST_CASE(pauses_without_a_greatest_never_overflow) {
  auto policy = retry_policy().first_delay(1s).max_delay(curfew::never).jitter(0);
  auto last = curfew::clock::duration::zero();
  for (auto const pause : pauses_of(policy, 200)) {
    BOOST_TEST((pause >= last));
    last = pause;
  }
  for (auto const pause : pauses_of(policy.first_delay(curfew::never), 3))
    BOOST_TEST((pause > 24h * 365));
  for (auto const pause : pauses_of(policy.factor(1e300).jitter(1), 200)) BOOST_TEST((pause >= 0s));
}

BOOST_AUTO_TEST_CASE(jitter_shortens_by_no_more_than_its_part) {
  auto policy = retry_policy().first_delay(1s).factor(1).jitter(0.25);
  std::vector<curfew::clock::duration> seen;
  for (std::uint32_t seed = 0; seed < 50; ++seed)
    for (auto const pause : pauses_of(policy.seed(seed * 77'777U), 20)) {
      BOOST_TEST((pause >= 750ms));
      BOOST_TEST((pause <= 1s));
      seen.push_back(pause);
    }
  std::sort(seen.begin(), seen.end());
  BOOST_TEST((seen.front() < 780ms));
  BOOST_TEST((seen.back() > 970ms));
  BOOST_TEST((std::unique(seen.begin(), seen.end()) - seen.begin() > 500));
}

BOOST_AUTO_TEST_CASE(a_seed_makes_the_pauses_the_same_each_time) {
  auto one = retry_policy().seed(1), other = retry_policy().seed(2);
  BOOST_TEST((pauses_of(one, 10) == pauses_of(one, 10)));
  BOOST_TEST((pauses_of(one, 10) != pauses_of(other, 10)));
}

EACH_OWNER(only_failures_that_the_policy_wants_are_tried_again) {
  flaky work{this, 9};
  std::vector<std::string> asked;
  auto policy = retry_policy(5).jitter(0).retry_if([&](std::exception_ptr const& error) {
    asked.push_back(words_of(error));
    return asked.size() < 2;
  });
  run([&]() -> awaitable<> { SAYS("failure 2", curfew::retry(policy, work.function())); });
  BOOST_TEST((asked == std::vector<std::string>{"failure 1", "failure 2"}));
}

EACH_OWNER(a_limit_inside_an_attempt_is_a_failure_like_others) {
  int calls = 0;
  auto const slow = [&]() -> awaitable<int> {
    co_await curfew::wait_for(sleepy(++calls < 3 ? 1h : 1s), 5s);
    co_return calls;
  };
  run([&]() -> awaitable<> { BOOST_TEST(co_await curfew::retry(retry_policy(), slow) == 3); });
}

EACH_OWNER(a_cancellation_is_never_tried_again) {
  int calls = 0, asked = 0;
  auto const policy = retry_policy().retry_if([&](std::exception_ptr const&) {
    ++asked;
    return true;
  });
  auto const work = [&]() -> awaitable<> {
    ++calls;
    co_await curfew::sleep_forever();
  };
  start([&]() -> awaitable<> { co_await curfew::retry(policy, work); });
  time.advance(1s);
  ask_and_settle();
  finish(end::aborted);
  auto const own = [&]() -> awaitable<> {
    ++calls;
    throw system_error(asio::error::operation_aborted);
    co_return;
  };
  run([&]() -> awaitable<> { co_await curfew::retry(policy, own); }, end::aborted);
  BOOST_TEST(calls == 2);
  BOOST_TEST(asked == 0);
}

EACH_OWNER(a_request_ends_the_pause) {
  flaky work{this, 9};
  start([&]() -> awaitable<> {
    co_await curfew::retry(retry_policy().first_delay(1h).max_delay(1h), work.function());
  });
  time.advance(2s);
  ask_and_settle();
  finish(end::aborted);
  BOOST_TEST(work.calls.size() == 1U);
  BOOST_TEST((elapsed() == 2s));
}

EACH_OWNER(a_failure_in_spite_of_a_request_is_not_tried_again) {
  int calls = 0;
  auto const work = [&]() -> awaitable<> {
    ++calls;
    ENDS(end::aborted, curfew::sleep_forever());
    throw failure("cleanup");
  };
  start([&]() -> awaitable<> { co_await curfew::retry(retry_policy().first_delay(0s), work); });
  time.advance(1s);
  ask_and_settle();
  BOOST_TEST(ended.has_value());
  BOOST_TEST((ended != end::value));
  BOOST_TEST(calls == 1);
  BOOST_TEST((elapsed() == 1s));
}

EACH_OWNER(it_gives_up_at_once_where_the_next_attempt_would_come_too_late) {
  flaky work{this, 9};
  auto const body = [&]() -> awaitable<> {
    co_await curfew::retry(retry_policy(9).first_delay(2s).jitter(0), work.function());
  };
  run([&]() -> awaitable<> { SAYS("failure 2", curfew::timeout(8s, body)); });
  BOOST_TEST((work.calls == times{0s, 3s}));
  BOOST_TEST((elapsed() == 4s));  // the pause of 4 s would have ended with the scope
}

EACH_OWNER(arguments_are_kept_and_given_to_each_attempt) {
  auto const argument = make_held();
  std::vector<std::string> seen;
  auto const work = [&](held const& kept, std::string& text) -> awaitable<std::unique_ptr<int>> {
    seen.push_back(text);
    text += '!';
    co_await curfew::sleep_for(1s);
    if (seen.size() < 3) throw failure(*kept);
    co_return std::make_unique<int>(7);
  };
  run([&]() -> awaitable<> {
    std::string text = "a";
    auto op = curfew::retry(retry_policy(), work, held(argument), std::ref(text));
    auto const got = co_await std::move(op);
    BOOST_TEST(*got == 7);
  });
  BOOST_TEST((seen == std::vector<std::string>{"a", "a!", "a!!"}));
  BOOST_TEST(argument.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(policies_without_sense_are_refused) {
  auto const nan = std::numeric_limits<double>::quiet_NaN();
  auto const infinity = std::numeric_limits<double>::infinity();
  BOOST_TEST(thrown_code([] { retry_policy(0); }) == "invalid_limit");
  for (double const factor : {0.0, 0.999, -2.0, nan, -infinity, infinity})
    BOOST_TEST(thrown_code([&] { retry_policy().factor(factor); }) == "invalid_limit");
  for (double const jitter : {-0.001, 1.001, nan, infinity})
    BOOST_TEST(thrown_code([&] { retry_policy().jitter(jitter); }) == "invalid_limit");
  for (double const good : {0.0, 1.0})
    BOOST_TEST(thrown_code([&] { retry_policy().jitter(good).factor(1); }) == "nothing");
}

BOOST_AUTO_TEST_SUITE_END()
