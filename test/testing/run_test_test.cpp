#include "../operations/manual_op.hpp"
#include "../support.hpp"

#include <curfew/testing/run_test.hpp>
#include <string>
#include <thread>

// A scenario from the beginning to the end, and what it must not leave behind.

BOOST_AUTO_TEST_SUITE(run_test)

namespace {

using curfew::testing::run_test_options;
using curfew::testing::test_failure;
using curfew::testing::virtual_time;
namespace kit = curfew::testing;

/// What a test that fails says.
template <class F>
std::string failure_of(F scenario, run_test_options options = {}) {
  try {
    kit::run_test(scenario, options);
  } catch (test_failure const& e) {
    return e.what();
  }
  return "it passed";
}

bool says(std::string const& words, std::string const& part) {
  return words.find(part) != std::string::npos;
}

awaitable<> ends_at_once() { co_return; }

}  // namespace

BOOST_AUTO_TEST_CASE(it_gives_the_value_of_a_scenario_that_takes_hours) {
  auto const scenario = [](virtual_time& time) -> awaitable<int> {
    auto const began = time.now();
    co_await curfew::sleep_for(8h);
    co_return (time.now() - began) / 1h;
  };
  auto const real = std::chrono::steady_clock::now();
  BOOST_TEST(kit::run_test(scenario) == 8);
  BOOST_TEST((std::chrono::steady_clock::now() - real < 5s));
}

BOOST_AUTO_TEST_CASE(a_value_may_be_movable_only_and_have_no_default) {
  BOOST_TEST(*kit::run_test([]() -> awaitable<move_only> { co_return std::make_unique<int>(7); }) ==
             7);
  BOOST_TEST(kit::run_test([]() -> awaitable<no_default> { co_return no_default(8); }).value == 8);
}

BOOST_AUTO_TEST_CASE(a_scenario_may_be_the_join_of_a_task) {
  auto const scenario = [](virtual_time& time) {
    auto const seven = []() -> awaitable<int> { co_return 7; };
    return curfew::spawn(time.context(), seven).join();
  };
  BOOST_TEST(kit::run_test(scenario) == 7);
}

BOOST_AUTO_TEST_CASE(it_throws_what_the_scenario_throws) {
  auto const scenario = []() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    throw std::out_of_range("seven");
  };
  BOOST_CHECK_EXCEPTION(kit::run_test(scenario), std::out_of_range,
                        [](auto const& e) { return std::string(e.what()) == "seven"; });
}

BOOST_AUTO_TEST_CASE(an_error_of_the_scenario_says_more_than_what_it_left_behind) {
  auto const scenario = [](virtual_time& time) -> awaitable<> {
    curfew::spawn(time.context(), sleepy(1h));
    throw std::out_of_range("seven");
    co_return;
  };
  BOOST_CHECK_THROW(kit::run_test(scenario), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(the_scenario_is_a_task_with_a_name) {
  auto const name = kit::run_test([]() -> awaitable<std::string> {
    co_return std::string((co_await curfew::this_task::self()).name());
  });
  BOOST_TEST(name == "test");
}

BOOST_AUTO_TEST_CASE(what_is_spawned_on_the_coroutines_executor_and_on_the_context_runs) {
  auto const scenario = [](virtual_time& time) -> awaitable<int> {
    auto const give = [](int value) -> awaitable<int> {
      co_await curfew::sleep_for(1s);
      co_return value;
    };
    auto const here = co_await asio::this_coro::executor;
    auto const one = curfew::spawn(here, give(1));
    auto const two = curfew::spawn(time.context(), give(2));
    auto const three = curfew::spawn(asio::make_strand(here), give(4));
    co_return co_await one.join() + co_await two.join() + co_await three.join();
  };
  BOOST_TEST(kit::run_test(scenario) == 7);
}

// ---- what is left behind

BOOST_AUTO_TEST_CASE(a_task_that_is_left_behind_is_named) {
  auto const words = failure_of([](virtual_time& time) -> awaitable<> {
    curfew::spawn(time.context(), curfew::spawn_options("forgotten"), sleepy(1h));
    co_return;
  });
  BOOST_TEST_INFO(words);
  BOOST_TEST(says(words, "the test has ended and left behind\n1 task:"));
  BOOST_TEST(says(words, "\"forgotten\" waits for sleep"));
}

BOOST_AUTO_TEST_CASE(a_task_that_may_outlive_the_scenario_is_cancelled_and_joined) {
  bool ended = false;
  auto const work = [&]() -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_forever());
    ended = true;
  };
  auto const scenario = [&](virtual_time& time) -> awaitable<> {
    curfew::spawn(time.context(), curfew::spawn_options("metrics"), work());
    co_await curfew::sleep_for(1s);
  };
  BOOST_TEST(failure_of(scenario, run_test_options().may_outlive("metrics")) == "it passed");
  BOOST_TEST(ended);
  BOOST_TEST(says(failure_of(scenario, run_test_options().may_outlive("others")), "\"metrics\""));
}

BOOST_AUTO_TEST_CASE(an_operation_of_asio_that_is_left_behind_is_told) {
  auto const words = failure_of([](virtual_time& time) -> awaitable<> {
    auto const timer = std::make_shared<asio::steady_timer>(time.context(), 1h);
    timer->async_wait([timer](error_code) {});
    co_return;
  });
  BOOST_TEST(says(words, "an operation of Asio that has not ended"));
}

BOOST_AUTO_TEST_CASE(a_deadline_that_is_left_behind_is_told) {
  auto const words = failure_of([&](virtual_time& time) -> awaitable<> {
    curfew::sleep_for(time.context(), 1h)([](error_code) {});
    co_return;
  });
  BOOST_TEST(says(words, "1 deadline"));
}

// ---- what never ends

BOOST_AUTO_TEST_CASE(a_deadlock_is_told_with_who_waits_for_what) {
  auto const scenario = []() -> awaitable<> {
    curfew::event never_set;
    auto const waits = [&]() -> awaitable<> { co_await never_set.wait(); };
    co_await curfew::gather(waits(), curfew::sleep_for(1s));
  };
  BOOST_CHECK_EXCEPTION(kit::run_test(scenario), system_error, [](system_error const& e) {
    return e.code() == curfew::errc::deadlock && says(e.what(), "nothing can ever happen") &&
           says(e.what(), "for event");
  });
}

BOOST_AUTO_TEST_CASE(a_scenario_that_goes_on_for_ever_is_ended_at_its_real_limit) {
  auto const words = failure_of(
      []() -> awaitable<> {
        for (;;) co_await curfew::sleep_for(1h);
      },
      run_test_options().real_limit(50ms));
  BOOST_TEST(says(words, "the test did not end within 50 ms by the real clock"));
  BOOST_TEST(says(words, "\"test\""));
}

BOOST_AUTO_TEST_CASE(a_scenario_that_waits_for_what_is_real_is_ended_at_its_real_limit) {
  auto const words = failure_of(
      [](virtual_time& time) -> awaitable<> {
        asio::ip::udp::socket silent(time.context(), asio::ip::udp::v4());
        char buffer[1];
        co_await silent.async_wait(asio::ip::udp::socket::wait_read, asio::deferred);
        (void)buffer;
      },
      run_test_options().real_limit(50ms));
  BOOST_TEST(says(words, "did not end within 50 ms"));
}

BOOST_AUTO_TEST_CASE(news_from_a_thread_is_waited_for) {
  auto const scenario = [](virtual_time& time) -> awaitable<int> {
    kit::inhibitor hold = time.inhibit();
    curfew::event answered;
    std::thread other(
        [&, &context = time.context()] { asio::post(context, [&] { answered.set(); }); });
    auto const began = time.now();
    co_await curfew::wait_for(answered.wait(), 1s);
    hold.release();
    other.join();
    co_return time.now() == began;
  };
  BOOST_TEST(kit::run_test(scenario) == 1);
}

BOOST_AUTO_TEST_CASE(what_a_pool_does_meanwhile_is_no_deadlock) {
  asio::thread_pool pool(1);
  auto const scenario = [&](virtual_time&) -> awaitable<int> {
    auto const elsewhere = []() -> awaitable<int> {
      asio::steady_timer real(co_await asio::this_coro::executor, 2ms);
      co_await real.async_wait(asio::deferred);
      co_return 7;
    };
    auto const there = curfew::spawn(pool, elsewhere);
    co_return co_await there.join();
  };
  BOOST_TEST(kit::run_test(scenario) == 7);
}

BOOST_AUTO_TEST_CASE(a_scenario_may_settle_as_often_as_it_likes) {
  auto const scenario = [](virtual_time& time) -> awaitable<int> {
    int ran = 0;
    for (int i = 0; i < 5; ++i) {
      asio::post(time.context(), [&] { ++ran; });
      time.settle();
    }
    co_return ran;
  };
  BOOST_TEST(kit::run_test(scenario) == 5);
}

// ---- real operations beside virtual time

BOOST_AUTO_TEST_CASE(a_loopback_answers_before_time_passes) {
  auto const scenario = [](virtual_time& time) -> awaitable<std::size_t> {
    asio::local::stream_protocol::socket one(time.context()), two(time.context());
    asio::local::connect_pair(one, two);
    auto const answer = [&]() -> awaitable<> {
      char request[4];
      co_await asio::async_read(two, asio::buffer(request), asio::deferred);
      co_await asio::async_write(two, asio::buffer(request), asio::deferred);
    };
    auto const peer = curfew::spawn(time.context(), answer());
    co_await asio::async_write(one, asio::buffer("ping", 4), asio::deferred);
    char got[4];
    co_return co_await curfew::wait_for(asio::async_read(one, asio::buffer(got), asio::deferred),
                                        1ms);
  };
  BOOST_TEST(kit::run_test(scenario) == 4U);
}

BOOST_AUTO_TEST_CASE(with_patience_a_slow_peer_comes_before_virtual_time) {
  auto const scenario = [](virtual_time& time) -> awaitable<std::size_t> {
    asio::local::stream_protocol::socket one(time.context()), two(time.context());
    asio::local::connect_pair(one, two);
    std::thread peer([&] { asio::write(two, asio::buffer("late", 4)); });
    char got[4];
    auto const read =
        co_await curfew::wait_for(asio::async_read(one, asio::buffer(got), asio::deferred), 1ms);
    peer.join();
    co_return read;
  };
  BOOST_TEST(kit::run_test(scenario, run_test_options().patience(10s)) == 4U);
}

// ---- bad input

BOOST_AUTO_TEST_CASE(a_limit_that_is_negative_is_refused) {
  auto const refused = [](auto set) {
    BOOST_CHECK_EXCEPTION(set(), system_error, [](system_error const& e) {
      return e.code() == curfew::errc::invalid_limit;
    });
  };
  refused([] { (void)run_test_options().real_limit(-1s); });
  refused([] { (void)run_test_options().patience(-1s); });
}

BOOST_AUTO_TEST_CASE(memory_that_is_not_counted_is_not_checked_in_silence) {
  BOOST_CHECK_EXCEPTION(kit::run_test(ends_at_once, run_test_options().check_memory(true)),
                        system_error, [](system_error const& e) {
                          return e.code() == curfew::errc::invalid_state &&
                                 says(e.what(), "replace_new.hpp");
                        });
}

BOOST_AUTO_TEST_SUITE_END()
