#include "both_ways.hpp"
#include "manual_op.hpp"

BOOST_AUTO_TEST_SUITE(wait_for_awaitables)

namespace {

error_code const timed_out = curfew::errc::timed_out;

template <class T>
awaitable<T> after(curfew::clock::duration limit, T value) {
  co_await curfew::sleep_for(limit);
  co_return value;
}

template <class E>
awaitable<int> throw_after(curfew::clock::duration limit, E error) {
  co_await curfew::sleep_for(limit);
  throw error;
}

/// Throws an error of its own when it is asked to stop.
template <class E>
awaitable<int> throw_when_asked(E error) {
  bool asked = false;
  try {
    co_await curfew::sleep_for(1h);
  } catch (system_error const&) {
    asked = true;
  }
  if (asked) throw error;
  co_return 0;
}

struct unlike_anything {
  int id;
  bool operator==(unlike_anything const&) const { return false; }
};

/// Which object was thrown by awaiting.
template <class E, class Op>
awaitable<std::optional<E>> thrown_by(Op op) {
  std::optional<E> thrown;
  try {
    co_await std::move(op);
  } catch (E const& e) {
    thrown = e;
  }
  co_return thrown;
}

template <class Executor>
asio::awaitable<void, Executor> sleep_on(curfew::clock::duration limit) {
  co_await curfew::sleep_for(limit);
}

/// Waits in a coroutine whose executor has a type of its own.
template <class Executor>
void wait_on(Executor executor, fixture& test) {
  std::exception_ptr error = std::make_exception_ptr(0);
  auto const body = [&]() -> asio::awaitable<void, Executor> {
    ENDS(end::timed_out, curfew::wait_for(sleep_on<Executor>(1h), 1s));
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(1h), 1s));
    ENDS(end::value, curfew::wait_for(sleep_on<Executor>(1s), 1h));
    auto const inner = [&]() -> asio::awaitable<void, Executor> {
      ENDS(end::timed_out, curfew::wait_for(sleep_on<Executor>(1h), 1s));
      ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(1h), 1s));
    };
    ENDS(end::value, curfew::timeout(1h, inner));
  };
  asio::co_spawn(executor, body(), [&](std::exception_ptr e) { error = e; });
  test.time.run();
  BOOST_TEST(end_of(error) == end::value);
  BOOST_TEST(test.elapsed() == 5s);
}

}  // namespace

BOTH_WAYS(a_result_of_each_kind_comes_through_unchanged) {  // WF-33
  run([]() -> awaitable<> {
    co_await curfew::wait_for(sleepy(1ms), 1s);
    BOOST_TEST(co_await curfew::wait_for(after(1ms, 7), 1s) == 7);
    BOOST_TEST(*co_await curfew::wait_for(after(1ms, std::make_unique<int>(8)), 1s) == 8);
    BOOST_TEST((co_await curfew::wait_for(after(1ms, no_default(9)), 1s)).value == 9);
    BOOST_TEST((co_await curfew::wait_for(after(1ms, unlike_anything{10}), 1s)).id == 10);
    int x = 11;
    BOOST_TEST(&(co_await curfew::wait_for(after(1ms, std::ref(x)), 1s)).get() == &x);
    auto const error = co_await curfew::wait_for(after(1ms, std::make_exception_ptr(1)), 1s);
    BOOST_TEST((error != nullptr));
  });
  BOOST_TEST(elapsed() == 7ms);
}

BOTH_WAYS(a_result_of_each_kind_times_out) {
  run([]() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(sleepy(1h), 1ms));
    ENDS(end::timed_out, curfew::wait_for(after(1h, 7), 1ms));
    auto pointer = after(1h, std::make_unique<int>(8));
    ENDS(end::timed_out, curfew::wait_for(std::move(pointer), 1ms));
    ENDS(end::timed_out, curfew::wait_for(after(1h, no_default(9)), 1ms));
    ENDS(end::timed_out, curfew::wait_for(after(1h, no_default(9)), 0ms));
  });
  BOOST_TEST(elapsed() == 4ms);
}

BOTH_WAYS(a_tuple_that_says_it_was_aborted_says_timed_out) {
  using tuple = std::tuple<error_code, std::size_t>;
  manual_op<tuple> op;
  op.on_cancel = [&] { op.post({asio::error::operation_aborted, 3}); };
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<tuple> { co_return co_await op(); };
    auto const expired = co_await curfew::wait_for(body(), 1s);
    BOOST_TEST(std::get<0>(expired) == timed_out);
    BOOST_TEST(std::get<1>(expired) == 3U);
    auto const refused = co_await curfew::wait_for(body(), 0s);
    BOOST_TEST(std::get<0>(refused) == timed_out);
    op.on_start = [&] { op.post({asio::error::eof, 4}); };
    auto const own = co_await curfew::wait_for(body(), 1s);
    BOOST_TEST(std::get<0>(own) == error_code(asio::error::eof));
    BOOST_TEST(std::get<1>(own) == 4U);
  });
  BOOST_TEST(op.started == 2);
}

BOTH_WAYS(an_error_code_as_result_says_timed_out) {
  manual_op<error_code> op;
  op.on_cancel = [&] { op.post(asio::error::operation_aborted); };
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<error_code> {
      error_code error;
      co_await op()(asio::redirect_error(asio::use_awaitable, error));
      co_return error;
    };
    BOOST_TEST(co_await curfew::wait_for(body(), 1s) == timed_out);
    BOOST_TEST(co_await curfew::wait_for(body(), -1s) == timed_out);
  });
}

BOTH_WAYS(a_code_that_was_redirected_inside_is_out_of_sight) {
  run([]() -> awaitable<> {
    error_code error;
    auto const body = [&]() -> awaitable<> {
      co_await curfew::sleep_for(1h)(asio::redirect_error(asio::use_awaitable, error));
    };
    ENDS(end::value, curfew::wait_for(body(), 1s));
    BOOST_TEST((end_of(error) == end::aborted));
  });
}

BOTH_WAYS(an_exception_of_any_type_comes_through_unchanged) {  // WF-15 WF-34
  run([]() -> awaitable<> {
    BOOST_TEST((co_await thrown_by<int>(curfew::wait_for(throw_after(1ms, 42), 1s)) == 42));
    auto const text = co_await thrown_by<std::string>(
        curfew::wait_for(throw_after(1ms, std::string("mine")), 1s));
    BOOST_TEST((text == "mine"));
    auto const standard = co_await thrown_by<std::runtime_error>(
        curfew::wait_for(throw_after(1ms, std::runtime_error("mine")), 1s));
    BOOST_TEST(standard.has_value());
    ENDS(end::other, curfew::wait_for(throw_after(1ms, system_error(asio::error::eof)), 1s));
  });
  BOOST_TEST(elapsed() == 4ms);
}

BOTH_WAYS(an_exception_of_its_own_beats_the_timeout_that_provoked_it) {  // WF-10 WF-34
  run([]() -> awaitable<> {
    BOOST_TEST((co_await thrown_by<int>(curfew::wait_for(throw_when_asked(42), 1s)) == 42));
    ENDS(end::other, curfew::wait_for(throw_when_asked(system_error(asio::error::eof)), 1s));
    ENDS(end::value, curfew::sleep_for(1ms));
  });
  BOOST_TEST(elapsed() == 2s + 1ms);
}

BOTH_WAYS(a_timeout_of_its_own_is_an_error_like_any_other) {  // WF-17
  run([]() -> awaitable<> {
    auto const own = system_error(make_error_code(curfew::errc::timed_out), "its own");
    auto const thrown =
        co_await thrown_by<system_error>(curfew::wait_for(throw_when_asked(own), 1s));
    BOOST_REQUIRE(thrown.has_value());
    BOOST_TEST(std::string(thrown->what()) == own.what());
  });
}

BOTH_WAYS(limits_nest_and_the_earlier_one_ends_the_wait) {
  run([]() -> awaitable<> {
    ENDS(end::timed_out, curfew::wait_for(curfew::wait_for(sleepy(1h), 1s), 5s));
    ENDS(end::timed_out, curfew::wait_for(curfew::wait_for(sleepy(1h), 5s), 1s));
    ENDS(end::timed_out, curfew::wait_for(curfew::wait_for(curfew::sleep_for(1h), 1s), 5s));
    ENDS(end::timed_out, curfew::wait_for(curfew::wait_for(curfew::sleep_for(1h), 5s), 1s));
    ENDS(end::value, curfew::wait_for(curfew::wait_for(curfew::sleep_for(1s), 5s), 5s));
    ENDS(end::value, curfew::wait_for(curfew::wait_for(sleepy(1s), 5s), 5s));
    auto const inner = []() -> awaitable<> {
      ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(1h), 1s));
      ENDS(end::timed_out, curfew::wait_for(sleepy(1h), 1s));
      co_await curfew::wait_for(curfew::sleep_for(1h), 5s);
    };
    ENDS(end::timed_out, curfew::wait_for(inner(), 4s));
  });
  BOOST_TEST(elapsed() == 10s);
}

BOTH_WAYS(the_inner_limit_that_ends_the_wait_is_told_from_the_outer_one) {  // WF-29
  int inner_expired = 0;
  run([&]() -> awaitable<> {
    auto const body = [&]() -> awaitable<> {
      for (;;) {
        auto const done = co_await curfew::settle(curfew::wait_for(sleepy(1h), 2s));
        if (done.timed_out()) ++inner_expired;
      }
    };
    ENDS(end::timed_out, curfew::wait_for(body(), 5s));
  });
  BOOST_TEST(inner_expired == 2);
  BOOST_TEST(elapsed() == 5s);
}

BOTH_WAYS(a_limit_can_be_used_after_a_cancellation_was_absorbed) {  // WF-35
  start([&]() -> awaitable<> {
    ENDS(end::aborted, curfew::wait_for(sleepy(1h), 30min));
    co_await asio::this_coro::reset_cancellation_state();
    ENDS(end::timed_out, curfew::wait_for(sleepy(1h), 5s));
    ENDS(end::timed_out, curfew::wait_for(curfew::sleep_for(1h), 5s));
    ENDS(end::value, curfew::wait_for(sleepy(1s), 5s));
  });
  ask();
  time.run();
  BOOST_TEST(elapsed() == 11s);
}

BOOST_AUTO_TEST_CASE(each_executor_type_will_do) {  // AX-12
  {
    fixture test;
    wait_on(test.context.get_executor(), test);
  }
  {
    fixture test;
    wait_on(asio::make_strand(test.context.get_executor()), test);
  }
  {
    fixture test;
    wait_on(asio::any_io_executor(asio::make_strand(test.context)), test);
  }
}

BOOST_FIXTURE_TEST_CASE(an_awaitable_on_a_named_executor_takes_any_token, fixture) {  // AX-18
  auto value = curfew::wait_for(context, after(1s, 7), 1h)(asio::use_future);
  auto late = curfew::wait_for(context, after(1h, 7), 1s)(asio::use_future);
  auto nothing = curfew::wait_for(context.get_executor(), sleepy(1s), 1h)(asio::use_future);
  time.run();
  BOOST_TEST(value.get() == 7);
  BOOST_CHECK_EXCEPTION(late.get(), system_error,
                        [](system_error const& e) { return e.code() == timed_out; });
  nothing.get();
}

BOOST_AUTO_TEST_SUITE_END()
