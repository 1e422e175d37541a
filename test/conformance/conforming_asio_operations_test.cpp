#include "conformance.hpp"

#include "../operations/manual_op.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <functional>
#include <future>
#include <memory_resource>
#include <numeric>

BOOST_AUTO_TEST_SUITE(conforming_asio_operations)

namespace {

using curfew::timeout;
using curfew::wait_for;

error_code const aborted = asio::error::operation_aborted;
error_code const timed_out = curfew::errc::timed_out;

/// A stream of endless single bytes, each of which comes through the queue.
struct dripping {
  using executor_type = asio::any_io_executor;

  executor_type get_executor() const { return executor; }
  template <class Buffers, class Token>
  auto async_read_some(Buffers const&, Token&& token) {
    auto const initiate = [this](auto handler) {
      asio::post(executor, [this, reader = std::move(handler)]() mutable {
        after_each(++reads);
        std::move(reader)(error_code(), std::size_t{1});
      });
    };
    return asio::async_initiate<Token, void(error_code, std::size_t)>(initiate, token);
  }

  executor_type executor;
  std::function<void(int)> after_each;
  int reads = 0;
};

/// Counts what was taken from it.
class counting_memory final : public std::pmr::memory_resource {
 public:
  int taken = 0, in_use = 0;

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    ++taken;
    ++in_use;
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  }
  void do_deallocate(void* p, std::size_t bytes, std::size_t alignment) override {
    --in_use;
    std::pmr::new_delete_resource()->deallocate(p, bytes, alignment);
  }
  bool do_is_equal(memory_resource const& other) const noexcept override { return this == &other; }
};

}  // namespace

CONFORMS("AX-06", a_read_that_is_interrupted_says_how_much_it_read_and_the_stream_goes_on) {
  fixture f;
  asio::readable_pipe in(f.context);
  asio::writable_pipe out(f.context);
  asio::connect_pipe(in, out);
  asio::write(out, asio::buffer("abc", 3));
  f.run([&]() -> awaitable<> {
    char text[5] = {};
    auto limited = wait_for(asio::async_read(in, asio::buffer(text), asio::deferred), 1s);
    auto const read = co_await std::move(limited)(asio::as_tuple(asio::deferred));
    BOOST_TEST(std::get<0>(read) == timed_out);
    BOOST_TEST(std::get<1>(read) == 3U);
    asio::write(out, asio::buffer("de", 2));
    auto rest = asio::async_read(in, asio::buffer(text + 3, 2), asio::deferred);
    BOOST_TEST(co_await wait_for(std::move(rest), 1s) == 2U);
    BOOST_TEST(std::string(text, 5) == "abcde");
  });
  BOOST_TEST(f.elapsed() == 1s);
}

CONFORMS("AX-14", a_composed_operation_stops_when_it_is_asked_between_two_of_its_steps) {
  fixture f;
  curfew::cancellation_source source;
  dripping stream{f.context.get_executor(), {}};
  stream.after_each = [&](int read) {
    if (read == 3) source.cancel();  // while nothing is under way that could hear it
  };
  f.run([&]() -> awaitable<> {
    char text[100];
    auto read = asio::async_read(stream, asio::buffer(text), asio::deferred);
    ENDS(end::aborted, curfew::cancel_when(std::move(read), source.token()));
  });
  BOOST_TEST(stream.reads == 3);
}

CONFORMS("AX-15", both_sides_of_an_operator_end_with_the_scope_and_it_times_out_once) {
  using namespace asio::experimental::awaitable_operators;
  fixture f;
  int ended = 0;
  auto const side = [&]() -> awaitable<> {
    auto const result = co_await curfew::settle(curfew::sleep_for(1h));
    ended += result.cancelled() ? 1 : 0;
    std::rethrow_exception(result.error());
  };
  f.run([&]() -> awaitable<> {
    auto const both = [&]() -> awaitable<> { co_await (side() && side()); };
    auto const either = [&]() -> awaitable<> { co_await (side() || side()); };
    ENDS(end::timed_out, timeout(1s, both));
    BOOST_TEST(ended == 2);
    ENDS(end::timed_out, timeout(1s, either));
    BOOST_TEST(ended == 4);
  });
  BOOST_TEST(f.elapsed() == 2s);
}

// ---- timers, tokens, memory

CONFORMS("AX-17", limits_work_around_timers_of_any_clock_and_on_any_context) {
  fixture f;
  f.run([&]() -> awaitable<> {
    asio::system_timer system(f.context, std::chrono::hours(1));
    asio::high_resolution_timer fine(f.context, std::chrono::hours(1));
    ENDS(end::timed_out, wait_for(system.async_wait(asio::deferred), 1s));
    ENDS(end::timed_out, wait_for(fine.async_wait(asio::deferred), 1s));
  });
  BOOST_TEST(f.elapsed() == 2s);
  asio::thread_pool pool(1);
  asio::system_timer system(pool, std::chrono::hours(1));
  auto late = wait_for(pool, system.async_wait(asio::deferred), 1us)(asio::use_future);
  BOOST_CHECK_EXCEPTION(late.get(), system_error,
                        [](system_error const& e) { return e.code() == timed_out; });
}

CONFORMS("AX-18", limits_take_callbacks_futures_and_tuples_as_well) {
  fixture f;
  std::optional<error_code> called;
  wait_for(f.context, curfew::sleep_for(1h), 1s)([&](error_code error) { called = error; });
  auto future = wait_for(f.context, curfew::sleep_for(1h), 1s)(asio::use_future);
  wait_for(f.context, curfew::sleep_for(1h), 1s)(asio::detached);
  f.run([]() -> awaitable<> {
    auto op = wait_for(curfew::sleep_for(1h), 1s)(asio::as_tuple(asio::use_awaitable));
    auto const result = co_await std::move(op);
    BOOST_TEST(std::get<0>(result) == timed_out);
  });
  BOOST_TEST((called == timed_out));
  BOOST_CHECK_EXCEPTION(future.get(), system_error,
                        [](system_error const& e) { return e.code() == timed_out; });
  BOOST_TEST(f.elapsed() == 1s);
}

CONFORMS("AX-19", the_state_of_a_limit_is_in_memory_of_its_handler) {
  fixture f;
  counting_memory memory;
  std::optional<error_code> result;
  manual_op<error_code> op;
  op.on_cancel = [&] { op.post(aborted); };
  std::pmr::polymorphic_allocator<char> const allocator(&memory);
  wait_for(f.context, op(), 1s)(asio::bind_allocator(allocator, [&](error_code error) {
    BOOST_TEST(memory.in_use == 0);
    result = error;
  }));
  BOOST_TEST(memory.taken == 1);
  BOOST_TEST(memory.in_use == 1);
  f.time.run();
  BOOST_TEST((result == timed_out));
}

CONFORMS("AX-20", what_a_block_captured_lives_until_the_block_has_ended) {
  fixture f;
  auto const kept = std::make_shared<int>(7);
  f.run([&]() -> awaitable<> {
    auto limited = timeout(1s, [kept]() -> awaitable<int> {
      co_await curfew::sleep_for(1ms);
      co_return *kept;
    });
    auto const task = curfew::spawn(f.context, [kept]() -> awaitable<int> {
      co_await curfew::sleep_for(1s);
      co_return *kept + 1;
    });
    BOOST_TEST(co_await std::move(limited) == 7);
    BOOST_TEST(kept.use_count() == 2);
    BOOST_TEST(co_await task.join() == 8);
  });
  BOOST_TEST(kept.use_count() == 1);
}

CONFORMS("AX-24", deadlines_of_one_instant_fire_in_the_order_of_their_arming_in_real_time_too) {
  std::vector<int> order, expected(200);
  std::iota(expected.begin(), expected.end(), 0);
  bool in_time = false;
  for (auto ahead = 500us; !in_time; ahead *= 2) {
    asio::io_context context;
    auto const instant = curfew::clock::now() + ahead;
    order.clear();
    for (auto const i : expected)
      curfew::sleep_until(context, instant)([&order, i](error_code) { order.push_back(i); });
    in_time = curfew::clock::now() < instant;  // else some did not wait
    context.run();
  }
  BOOST_TEST(order == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
