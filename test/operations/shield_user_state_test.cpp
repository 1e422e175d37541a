#include "both_ways.hpp"
#include "manual_op.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

// Shields around code that changes its cancellation state, around composed operations, and with
// other executors, tokens and ends.

BOOST_AUTO_TEST_SUITE(shield_user_state)

namespace {

using curfew::grace;
using curfew::timeout;
namespace this_coro = asio::this_coro;
using namespace asio::experimental::awaitable_operators;

error_code const aborted = asio::error::operation_aborted;

/// The implementation of a composed operation that sleeps some times, and says how often it did.
struct sleeping_often {
  asio::io_context* context;
  int left, done = 0;

  template <class Self>
  void operator()(Self& self, error_code error = {}) {
    if (error || left == 0) return self.complete(error, done);
    --left;
    ++done;
    curfew::sleep_for(*context, 1s)(std::move(self));
  }
};
template <class Token>
auto async_sleep_often(asio::io_context& context, int times, Token&& token) {
  return asio::async_compose<Token, void(error_code, int)>(sleeping_often{&context, times}, token,
                                                           context);
}

template <class Executor>
void shield_on(Executor executor, fixture& test) {
  int done = 0;
  asio::cancellation_signal stop;
  auto const sleep = []() -> asio::awaitable<void, Executor> { co_await curfew::sleep_for(2s); };
  auto const body = [&]() -> asio::awaitable<void, Executor> {
    auto const both = [&]() -> asio::awaitable<void, Executor> {
      ENDS(end::value, curfew::shield(sleep()));
      ENDS(end::value, curfew::shield(curfew::sleep_for(2s)));
      ENDS(end::value, curfew::shield(sleep(), grace{1h}));
      ENDS(end::value, curfew::shield(curfew::sleep_for(2s), grace{1h}));
      ++done;
    };
    ENDS(end::value, curfew::shield(both()));
    ENDS(end::aborted, curfew::sleep_for(1h));
    ++done;
  };
  asio::co_spawn(executor, body(), asio::bind_cancellation_slot(stop.slot(), asio::detached));
  test.time.settle();
  asio::dispatch(executor, [&] { stop.emit(asio::cancellation_type::terminal); });
  test.time.run();
  BOOST_TEST(done == 2);
  BOOST_TEST(test.elapsed() == 8s);
}

}  // namespace

BOTH_WAYS(replacing_the_state_inside_does_not_lose_the_request) {
  start([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      co_await curfew::sleep_for(2s);
      co_await this_coro::reset_cancellation_state();
      co_await curfew::sleep_for(2s);
      co_await this_coro::reset_cancellation_state(asio::enable_total_cancellation());
      co_await curfew::timeout(1h, sleepy, 1s);
    };
    ENDS(end::value, curfew::shield(body()));
    ENDS(end::aborted, curfew::sleep_for(1h));
  });
  time.advance(1s);
  ask();
  time.run();
  BOOST_TEST((ended == end::value));
  BOOST_TEST(elapsed() == 5s);
}

BOTH_WAYS(refusing_nothing_inside_does_not_lose_the_request) {
  start([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      co_await this_coro::throw_if_cancelled(false);
      ENDS(end::value, curfew::sleep_for(2s));
      ENDS(end::value, curfew::checkpoint());
      co_await this_coro::throw_if_cancelled(true);
    };
    ENDS(end::value, curfew::shield(body()));
    ENDS(end::aborted, curfew::sleep_for(1h));
  });
  ask();
  time.run();
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(a_caller_that_refuses_nothing_is_told_by_the_state) {
  start([&]() -> awaitable<> {
    co_await this_coro::throw_if_cancelled(false);
    ENDS(end::value, curfew::shield(sleepy(1s)));
    auto const state = co_await this_coro::cancellation_state;
    BOOST_TEST((state.cancelled() != asio::cancellation_type::none));
    ENDS(end::value, asio::post(asio::deferred));
    ENDS(end::aborted, curfew::timeout(1h, sleepy, 1s));
  });
  ask();
  time.run();
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(a_state_that_hears_nothing_goes_on_hearing_nothing) {
  start([&]() -> awaitable<> {
    co_await this_coro::reset_cancellation_state(asio::disable_cancellation());
    ENDS(end::value, curfew::shield(sleepy(1s), grace{0s}));
    ENDS(end::value, curfew::shield(curfew::sleep_for(1s), grace{0s}));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  ask();
  time.run();
  BOOST_TEST(elapsed() == 3s);
}

BOTH_WAYS(a_request_that_was_absorbed_before_does_not_come_back) {
  start([&]() -> awaitable<> {
    ENDS(end::aborted, curfew::sleep_for(1h));
    co_await this_coro::reset_cancellation_state();
    ENDS(end::value, curfew::shield(sleepy(1s)));
    ENDS(end::value, curfew::shield(curfew::sleep_for(1s)));
    ENDS(end::value, curfew::sleep_for(1s));
  });
  ask();
  time.run();
  BOOST_TEST(elapsed() == 3s);
}

BOTH_WAYS(composed_operations_are_shielded_in_all_their_steps) {
  asio::local::stream_protocol::socket reader(context), writer(context);
  asio::local::connect_pair(reader, writer);
  std::string const sent(1 << 20, 'x');
  std::string received;
  start([&]() -> awaitable<> {
    auto const written =
        co_await curfew::shield(asio::async_write(writer, asio::buffer(sent), asio::deferred));
    BOOST_TEST(written == sent.size());
    ENDS(end::aborted, asio::async_write(writer, asio::buffer(sent), asio::deferred));
  });
  ask();
  received.resize(sent.size());
  asio::async_read(reader, asio::buffer(received), asio::detached);
  while (!ended) context.run_one();
  time.run();
  BOOST_TEST((ended == end::value));
  BOOST_TEST((received == sent));
}

BOTH_WAYS(what_async_compose_made_is_shielded_in_all_its_steps) {
  start([&]() -> awaitable<> {
    auto op = async_sleep_often(context, 3, asio::deferred);
    BOOST_TEST(co_await curfew::shield(std::move(op)) == 3);
    ENDS(end::aborted, curfew::checkpoint());
  });
  time.advance(1500ms);
  ask();
  time.run();
  start([&]() -> awaitable<> {
    auto op = async_sleep_often(context, 9, asio::as_tuple(asio::deferred));
    auto const got = co_await curfew::shield(std::move(op), grace{2s});
    BOOST_TEST(std::get<0>(got) == aborted);
    BOOST_TEST(std::get<1>(got) == 4);
  });
  time.advance(1500ms);
  ask();
  time.run();
  BOOST_TEST(elapsed() == 3s + 3500ms);
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(both_sides_of_an_operator_are_shielded) {
  start([&]() -> awaitable<> {
    auto const both = []() -> awaitable<> {
      co_await (sleepy(2s) && sleepy(3s));
      co_await (sleepy(1s) || sleepy(1h));
    };
    ENDS(end::value, curfew::shield(both()));
    ENDS(end::aborted, (sleepy(1s) && sleepy(1s)));
  });
  time.advance(1s);
  ask();
  time.run();
  BOOST_TEST(elapsed() == 4s);
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(signatures_without_an_error_or_a_default_value_will_do) {
  manual_op<> nothing;
  manual_op<move_only> value;
  manual_op<error_code, no_default> bare;
  manual_op<std::exception_ptr, int> thrown;
  nothing.on_start = [&] { nothing.post(); };
  value.on_start = [&] { value.post(std::make_unique<int>(4)); };
  bare.on_start = [&] { bare.post({}, no_default(3)); };
  thrown.on_start = [&] { thrown.post(nullptr, 5); };
  run([&]() -> awaitable<> {
    auto const own = []() -> awaitable<no_default> { co_return no_default(8); };
    co_await curfew::shield(nothing());
    co_await curfew::shield(nothing(), grace{1s});
    BOOST_TEST(*co_await curfew::shield(value()) == 4);
    BOOST_TEST(*co_await curfew::shield(value(), grace{1s}) == 4);
    BOOST_TEST((co_await curfew::shield(bare())).value == 3);
    BOOST_TEST((co_await curfew::shield(own())).value == 8);
    auto const tuple = co_await curfew::shield(thrown())(asio::as_tuple(asio::deferred));
    BOOST_TEST(std::get<1>(tuple) == 5);
    co_await curfew::shield(nothing())(asio::use_awaitable);
  });
}

BOOST_FIXTURE_TEST_CASE(futures_callbacks_and_strands_will_do, fixture) {
  auto const strand = asio::make_strand(context);
  bool on_strand = false;
  auto done = curfew::shield(curfew::sleep_for(context, 1s))(asio::use_future);
  asio::cancellation_signal stop;
  auto const note = [&](error_code error) {
    on_strand = strand.running_in_this_thread() && !error;
  };
  curfew::shield(curfew::sleep_for(1s), grace{1h})(
      asio::bind_executor(strand, asio::bind_cancellation_slot(stop.slot(), note)));
  asio::post(strand, [&] { stop.emit(asio::cancellation_type::all); });
  time.run();
  done.get();
  BOOST_TEST(on_strand);
}

BOOST_AUTO_TEST_CASE(each_executor_type_will_do) {  // AX-12
  {
    fixture test;
    shield_on(test.context.get_executor(), test);
  }
  {
    fixture test;
    shield_on(asio::make_strand(test.context.get_executor()), test);
  }
  {
    fixture test;
    shield_on(asio::any_io_executor(asio::make_strand(test.context)), test);
  }
}

BOTH_WAYS(a_plain_coroutine_that_was_spawned_inside_is_not_shielded) {  // SH-26
  asio::cancellation_signal other;
  end how = end::value;
  start([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      asio::co_spawn(context, sleepy(1h),
                     asio::bind_cancellation_slot(
                         other.slot(), [&](std::exception_ptr error) { how = end_of(error); }));
      co_await curfew::sleep_for(1s);
    };
    ENDS(end::value, curfew::shield(body()));
  });
  time.settle();
  asio::post(context, [&] { other.emit(asio::cancellation_type::terminal); });
  ask();
  time.run();
  BOOST_TEST(how == end::aborted);
  BOOST_TEST(elapsed() == 1s);
}

BOOST_AUTO_TEST_SUITE_END()
