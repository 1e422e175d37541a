#include "../operations/manual_op.hpp"
#include "../support.hpp"

#include <curfew/testing/manual_operation.hpp>
#include <curfew/testing/run_test.hpp>
#include <functional>
#include <future>
#include <memory>
#include <string>

// An operation that ends when the test says so.

BOOST_AUTO_TEST_SUITE(manual_operation)

namespace {

using curfew::testing::virtual_time;
namespace kit = curfew::testing;

/// Awaits the operation in a task of its own, from the beginning.
template <class Op>
auto in_a_task(virtual_time& time, Op op) {
  return curfew::spawn(time.context(), curfew::settle(std::move(op)));
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_ends_with_the_value_that_it_is_given) {
  kit::run_test([](virtual_time& time) -> awaitable<> {
    kit::manual_operation<std::string> read(time);
    BOOST_TEST(!read.running());
    BOOST_TEST(!read.complete("too early"));
    auto const reader = in_a_task(time, read());
    co_await curfew::sleep_for(1s);
    BOOST_TEST(read.running());
    BOOST_TEST(read.started() == 1);
    BOOST_TEST(read.complete("seven"));
    BOOST_TEST(!read.running());
    BOOST_TEST(!read.complete("twice"));
    co_await reader.wait();
    BOOST_TEST(reader.result().value().value() == "seven");
    BOOST_TEST(read.requests().empty());
  });
}

BOOST_AUTO_TEST_CASE(it_ends_with_an_error) {
  kit::run_test([](virtual_time& time) -> awaitable<> {
    kit::manual_operation<> write(time);
    auto const writer = in_a_task(time, write());
    co_await curfew::sleep_for(1s);
    BOOST_TEST(write.fail(asio::error::broken_pipe));
    co_await writer.wait();
    BOOST_TEST((end_of(writer.result().value().error()) == end::other));
  });
}

BOOST_AUTO_TEST_CASE(a_value_may_be_movable_only) {
  kit::run_test([](virtual_time& time) -> awaitable<> {
    kit::manual_operation<move_only> read(time);
    auto reader = in_a_task(time, read());
    co_await curfew::sleep_for(1s);
    read.complete(std::make_unique<int>(7));
    auto const got = co_await std::move(reader).join();
    BOOST_TEST(*got.value() == 7);
  });
}

BOOST_AUTO_TEST_CASE(a_request_ends_it_at_once) {
  kit::run_test([](virtual_time& time) -> awaitable<> {
    kit::manual_operation<int> read(time);
    auto const began = time.now();
    ENDS(end::timed_out, curfew::wait_for(read(), 5s));
    BOOST_TEST((time.now() - began == 5s));
    BOOST_TEST(read.requests().size() == 1U);
  });
}

BOOST_AUTO_TEST_CASE(it_refuses_and_its_value_wins) {
  kit::run_test([](virtual_time& time) -> awaitable<> {
    kit::manual_operation<int> read(time);
    read.refuse_cancellation();
    auto const reader = in_a_task(time, curfew::wait_for(read(), 5s));
    co_await curfew::sleep_for(1h);
    BOOST_TEST(read.running());
    BOOST_TEST(read.requests().size() == 1U);
    read.complete(7);
    co_await reader.wait();
    BOOST_TEST(reader.result().value().value() == 7);
  });
}

BOOST_AUTO_TEST_CASE(it_ends_late) {
  kit::run_test([](virtual_time& time) -> awaitable<> {
    kit::manual_operation<int> read(time);
    read.end_late(2s);
    auto const began = time.now();
    ENDS(end::timed_out, curfew::wait_for(read(), 5s));
    BOOST_TEST((time.now() - began == 7s));
  });
}

BOOST_AUTO_TEST_CASE(a_value_that_comes_while_it_ends_late_wins) {
  kit::run_test([](virtual_time& time) -> awaitable<> {
    kit::manual_operation<int> read(time);
    read.end_late(2s);
    auto const reader = in_a_task(time, curfew::wait_for(read(), 5s));
    co_await curfew::sleep_for(6s);
    BOOST_TEST(read.complete(7));
    co_await reader.wait();
    BOOST_TEST(reader.result().value().value() == 7);
    auto const again = in_a_task(time, read());
    co_await curfew::sleep_for(10s);  // the late end of the first is not one of the second
    BOOST_TEST(read.running());
    read.complete(8);
    co_await again.wait();
    BOOST_TEST(again.result().value().value() == 8);
  });
}

BOOST_AUTO_TEST_CASE(it_ends_late_once_however_often_it_is_asked) {
  kit::run_test([](virtual_time& time) -> awaitable<> {
    kit::manual_operation<int> read(time);
    read.end_late(2s);
    auto const began = time.now();
    ENDS(end::timed_out, curfew::wait_for(curfew::wait_for(read(), 6s), 5s));
    BOOST_TEST((time.now() - began == 7s));
    BOOST_TEST(read.requests().size() == 2U);
    BOOST_TEST(time.pending() == 0U);
  });
}

BOOST_AUTO_TEST_CASE(never_late_is_when_the_test_says) {
  kit::run_test([](virtual_time& time) -> awaitable<> {
    kit::manual_operation<int> read(time);
    read.end_late(curfew::never);
    auto const reader = in_a_task(time, curfew::wait_for(read(), 5s));
    co_await curfew::sleep_for(1h);
    BOOST_TEST(read.fail(asio::error::operation_aborted));
    co_await reader.wait();
    BOOST_TEST(reader.result().value().timed_out());
  });
}

BOOST_AUTO_TEST_CASE(a_second_one_at_a_time_is_refused) {
  kit::run_test([](virtual_time& time) -> awaitable<> {
    kit::manual_operation<int> read(time);
    auto const first = in_a_task(time, read());
    co_await curfew::sleep_for(1s);
    auto const got = co_await curfew::settle(read());
    try {
      (void)got.value();
      BOOST_ERROR("it was not refused");
    } catch (system_error const& e) {
      BOOST_TEST((e.code() == curfew::errc::invalid_state));
    }
    BOOST_TEST(read.running());
    read.complete(7);
    co_await first.wait();
  });
}

BOOST_AUTO_TEST_CASE(it_works_with_any_completion_token) {
  asio::io_context context;
  kit::manual_operation<int> read(context);
  int got = 0;
  read()([&](error_code, int value) { got = value; });
  auto const future_of = [&] {
    read.complete(7);
    context.run();
    context.restart();
    return read()(asio::use_future);
  };
  auto future = future_of();
  BOOST_TEST(got == 7);
  read.fail(asio::error::eof);
  context.run();
  BOOST_CHECK_THROW(future.get(), system_error);
}

BOOST_AUTO_TEST_CASE(one_in_flight_keeps_the_context_running_and_is_destroyed_with_it) {
  auto const owned = std::make_shared<int>(1);
  {
    asio::io_context context;
    kit::manual_operation<> op(context);
    op()([owned](error_code) { BOOST_ERROR("no handler runs"); });
    BOOST_TEST(context.poll() == 0U);
    BOOST_TEST(!context.stopped());
    BOOST_TEST(owned.use_count() == 2);
  }
  BOOST_TEST(owned.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(it_can_be_started_again_in_its_own_handler) {
  asio::io_context context;
  kit::manual_operation<int> read(context);
  std::string got;
  std::function<void(error_code, int)> const again = [&](error_code error, int value) {
    got += error ? "e" : std::to_string(value);
    BOOST_TEST(!read.running());
    if (got.size() < 4) read()(again);
  };
  read()(again);
  BOOST_TEST(read.complete(1));
  context.poll();  // the next one keeps it running
  BOOST_TEST(read.running());
  BOOST_TEST(read.complete(2));
  BOOST_TEST(!read.complete(3));  // the next one starts when the handler has run
  context.poll();
  BOOST_TEST(read.fail(asio::error::eof));
  context.poll();
  asio::post(context, [&] { read.complete(4); });
  context.run();
  BOOST_TEST(got == "12e4");
  BOOST_TEST(read.started() == 4);
  BOOST_TEST(!read.running());
}

BOOST_AUTO_TEST_CASE(one_that_is_started_again_as_it_is_cancelled_hears_the_next_request) {
  kit::run_test([](virtual_time& time) -> awaitable<> {
    kit::manual_operation<int> read(time);
    read.end_late(1s);
    auto const again = [&]() -> awaitable<> {
      for (int i = 0; i < 3; ++i) ENDS(end::timed_out, curfew::wait_for(read(), 1s));
    };
    auto const began = time.now();
    co_await again();
    BOOST_TEST((time.now() - began == 6s));
    BOOST_TEST(read.requests().size() == 3U);
    BOOST_TEST(read.started() == 3);
  });
}

BOOST_AUTO_TEST_SUITE_END()
