#include "../application/running.hpp"

#include <limits>

// What `run` is given that cannot be: it says so before anything starts, and the context and the
// signals are as before.

BOOST_AUTO_TEST_SUITE(run_misuse)

namespace {

using curfew::run_options;

/// How a run with these options is refused.
struct refused {
  explicit refused(run_options const& options) {
    runner r;
    bool started = false;
    auto const before = std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGTERM, before);
    r.run(
        [&]() -> awaitable<> {
          started = true;
          co_return;
        },
        options);
    BOOST_TEST(!started);
    auto const after = std::signal(SIGTERM, before);
    BOOST_TEST((after == before));
    BOOST_REQUIRE(r.error);
    try {
      std::rethrow_exception(r.error);
    } catch (system_error const& e) {
      code = e.code();
      words = e.what();
    }
    r.run([]() -> awaitable<int> { co_return 7; });  // a good one works after it
    BOOST_TEST(r.said() == "7");
    BOOST_TEST(r.is_clean());
  }
  bool says(char const* text) const { return words.find(text) != std::string::npos; }

  error_code code;
  std::string words;
};

}  // namespace

BOOST_AUTO_TEST_CASE(no_threads_are_refused) {
  refused const by(run_options().threads(0));
  BOOST_TEST((by.code == curfew::errc::invalid_limit));
  BOOST_TEST(by.says("zero threads"));
}

BOOST_AUTO_TEST_CASE(a_delay_that_never_ends_is_refused) {
  refused const by(run_options().drain_delay(curfew::never));
  BOOST_TEST((by.code == curfew::errc::invalid_limit));
  BOOST_TEST(by.says("drain_delay"));
}

BOOST_AUTO_TEST_CASE(limits_that_contradict_each_other_are_refused) {
  for (auto const& options : {run_options().total_limit(5s).drain_limit(5s),
                              run_options().total_limit(5s).drain_delay(5s),
                              run_options().total_limit(5s).drain_delay(3s).drain_limit(2s),
                              run_options().total_limit(5s).drain_limit(curfew::never),
                              run_options().total_limit(0s), run_options().total_limit(-1s)}) {
    refused const by(options);
    BOOST_TEST((by.code == curfew::errc::invalid_limit));
    BOOST_TEST(by.says("total_limit"));
  }
}

BOOST_AUTO_TEST_CASE(limits_that_are_no_numbers_are_refused_where_they_are_given) {
  std::chrono::duration<double> const nan(std::numeric_limits<double>::quiet_NaN());
  auto const is_invalid = [](system_error const& e) {
    return e.code() == curfew::errc::invalid_limit;
  };
  run_options options;
  BOOST_CHECK_EXCEPTION(options.drain_delay(nan), system_error, is_invalid);
  BOOST_CHECK_EXCEPTION(options.drain_limit(nan), system_error, is_invalid);
  BOOST_CHECK_EXCEPTION(options.cancel_limit(nan), system_error, is_invalid);
  BOOST_CHECK_EXCEPTION(options.total_limit(nan), system_error, is_invalid);
  BOOST_TEST((options.total_limit() == curfew::clock::duration::max()));  // as it was
}

BOOST_AUTO_TEST_CASE(signals_that_there_are_not_are_refused_by_their_number) {
  for (int const number : {0, -1, 4711}) {
    refused const by(run_options().signals({SIGTERM, number}));
    BOOST_TEST((by.code == asio::error::invalid_argument));
    BOOST_TEST(by.says(("signal " + std::to_string(number)).c_str()));
  }
  refused const by(run_options().dump_signal(-1));
  BOOST_TEST((by.code == asio::error::invalid_argument));
}

BOOST_AUTO_TEST_CASE(one_signal_for_the_shutdown_and_for_dumps_is_refused) {
  refused const by(run_options().signals({SIGTERM}).dump_signal(SIGTERM));
  BOOST_TEST((by.code == curfew::errc::invalid_state));
}

BOOST_AUTO_TEST_CASE(a_signal_that_is_given_twice_counts_once) {
  runner r;
  r.raise_at(1s);
  r.run([] { return busy(2s); }, run_options().signals({SIGTERM, SIGTERM}));
  BOOST_TEST(r.stages->text == "draining 1 cancelling 2");
  BOOST_TEST(r.said() == "0");
}

BOOST_AUTO_TEST_CASE(several_threads_under_virtual_time_are_refused) {
  refused const by(run_options().threads(2));
  BOOST_TEST((by.code == curfew::errc::invalid_state));
  BOOST_TEST(by.says("virtual time"));
}

BOOST_AUTO_TEST_CASE(a_main_that_is_empty_is_refused_and_what_throws_before_it_starts_comes_out) {
  runner r;
  r.run([]() -> awaitable<> { return {}; });
  BOOST_TEST(r.said() == "invalid_state");
  r.run([]() -> awaitable<> { throw failure("no coroutine"); });
  BOOST_TEST(r.said() == "no coroutine");
  BOOST_CHECK_THROW(curfew::run(r.context, std::function<awaitable<>()>()), std::bad_function_call);
  BOOST_TEST(r.is_clean());
}

BOOST_AUTO_TEST_SUITE_END()
