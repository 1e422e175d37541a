#include "both_ways.hpp"
#include "manual_op.hpp"

// The results of each kind, executors and the end of the context.

BOOST_AUTO_TEST_SUITE(finally_results)

namespace {

using curfew::finally;
using curfew::outcome;

error_code const aborted = asio::error::operation_aborted;

template <class Executor>
void clean_up_on(Executor executor, fixture& test) {
  int cleanups = 0, done = 0;
  asio::cancellation_signal stop;
  auto const sleep = []() -> asio::awaitable<int, Executor> {
    co_await curfew::sleep_for(1s);
    co_return 7;
  };
  auto const forever = []() -> asio::awaitable<void, Executor> {
    co_await curfew::sleep_forever();
  };
  auto const cleanup = [&]() -> asio::awaitable<void, Executor> {
    co_await curfew::sleep_for(1s);
    ++cleanups;
  };
  auto const body = [&]() -> asio::awaitable<void, Executor> {
    BOOST_TEST(co_await finally(sleep(), cleanup) == 7);
    BOOST_TEST(co_await finally(sleep(), cleanup, 1h) == 7);
    co_await finally.template on<Executor>(curfew::sleep_for(1s), cleanup);
    co_await finally.template on<Executor>(curfew::sleep_for(1s), cleanup, 1h);
    co_await finally.template on<Executor>(sleep(), [&] { ++cleanups; });
    ENDS(end::aborted, finally(forever(), cleanup));
    ++done;
  };
  asio::co_spawn(executor, body(), asio::bind_cancellation_slot(stop.slot(), asio::detached));
  test.time.advance(20s);
  asio::post(executor, [&] { stop.emit(asio::cancellation_type::terminal); });
  test.time.run();
  BOOST_TEST(cleanups == 6);
  BOOST_TEST(done == 1);
  BOOST_TEST(test.elapsed() == 21s);
}

/// A body and a cleanup that are both left behind by the death of their context.
struct abandoned {
  explicit abandoned(bool scoped) : in_a_scope(scoped) {}

  /// Lets the context die at an instant; gives how many cleanups began and how many ended.
  std::pair<int, int> at(curfew::clock::duration instant, bool cancelled) {
    auto const stacks = curfew::detail::count_stacks();
    int begun = 0, done = 0, frames = 0, destroyed = 0;
    {
      asio::cancellation_signal stop;
      asio::io_context context;
      curfew::testing::virtual_time time(context);
      auto const body = [&](witness) -> awaitable<> { co_await curfew::sleep_for(2s); };
      auto const clean = [&](witness) -> awaitable<> {
        ++begun;
        co_await curfew::sleep_for(2s);
        ++done;
      };
      auto const cleanup = [&]() -> awaitable<> {
        ++frames;
        return clean(witness(destroyed));
      };
      auto const run = [&]() -> awaitable<> {
        ++frames;
        co_await finally(body(witness(destroyed)), cleanup, 1h);
      };
      asio::co_spawn(context, in_a_scope ? in_scope(run) : run(),
                     asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) {}));
      time.advance(instant);
      if (cancelled) {
        asio::post(context, [&] { stop.emit(asio::cancellation_type::terminal); });
        time.settle();
      }
    }
    BOOST_TEST(frames == destroyed);
    BOOST_TEST(curfew::detail::count_stacks() == stacks);
    return {begun, done};
  }

  bool in_a_scope;
};

}  // namespace

BOTH_WAYS(results_of_each_kind_come_through) {
  run([&]() -> awaitable<> {
    auto const cleanup = [] { return sleepy(1s); };
    auto const move_only_body = []() -> awaitable<move_only> {
      co_return std::make_unique<int>(7);
    };
    auto const no_default_body = []() -> awaitable<no_default> { co_return no_default(8); };
    BOOST_TEST(*co_await finally(move_only_body(), cleanup) == 7);
    BOOST_TEST((co_await finally(no_default_body(), cleanup)).value == 8);
    int seen = 0;
    auto const look = [&](outcome<move_only> const& how) -> awaitable<> {
      seen = *how.value();
      co_await curfew::sleep_for(1s);
    };
    BOOST_TEST(*co_await finally(move_only_body(), look) == 7);
    BOOST_TEST(seen == 7);
  });
  BOOST_TEST(elapsed() == 3s);
}

BOTH_WAYS(deferred_operations_of_each_signature_will_do) {
  manual_op<error_code, int, move_only> two;
  manual_op<std::exception_ptr, int> thrown;
  manual_op<std::exception_ptr> only_thrown;
  manual_op<> nothing;
  manual_op<move_only> value;
  manual_op<error_code, no_default> bare;
  two.on_start = [&] { two.post({}, 1, std::make_unique<int>(2)); };
  nothing.on_start = [&] { nothing.post(); };
  value.on_start = [&] { value.post(std::make_unique<int>(4)); };
  bare.on_start = [&] { bare.post({}, no_default(5)); };
  int cleanups = 0;
  run([&]() -> awaitable<> {
    auto const cleanup = [&] { ++cleanups; };
    auto const both = co_await finally(two(), cleanup);
    BOOST_TEST(*std::get<1>(both) == 2);
    co_await finally(nothing(), cleanup);
    BOOST_TEST(*co_await finally(value(), cleanup) == 4);
    BOOST_TEST((co_await finally(bare(), cleanup)).value == 5);
    thrown.on_start = [&] { thrown.post(nullptr, 3); };
    BOOST_TEST(co_await finally(thrown(), cleanup) == 3);
    thrown.on_start = [&] { thrown.post(std::make_exception_ptr(42), 0); };
    ENDS(end::other, finally(thrown(), cleanup));
    only_thrown.on_start = [&] { only_thrown.post(std::make_exception_ptr(42)); };
    auto const done = co_await curfew::settle(finally(only_thrown(), cleanup));
    BOOST_CHECK_THROW(std::rethrow_exception(done.error()), int);
  });
  BOOST_TEST(cleanups == 7);
}

BOTH_WAYS(a_deferred_body_hears_requests_and_limits) {
  manual_op<error_code, int> op;
  op.on_cancel = [&] { op.post(aborted, 0); };
  int cleanups = 0;
  start([&]() -> awaitable<> {
    auto const cleanup = [&](outcome<int> const& how) { cleanups += !how.has_value(); };
    ENDS(end::timed_out, finally(curfew::wait_for(op(), 1s), cleanup));
    auto const late = [&]() -> awaitable<> { co_await finally(op(), cleanup); };
    ENDS(end::timed_out, curfew::timeout(1s, late));
    ENDS(end::aborted, finally(op(), cleanup));
  });
  time.advance(3s);
  ask();
  time.run();
  BOOST_TEST(cleanups == 3);
  BOOST_TEST(op.requests.size() == 3U);
  BOOST_TEST((ended == end::value));
}

BOTH_WAYS(an_lvalue_deferred_operation_is_copied) {
  run([&]() -> awaitable<> {
    auto const op = curfew::sleep_for(1s);
    int cleanups = 0;
    co_await finally(op, [&] { ++cleanups; });
    co_await finally(op, [&] { ++cleanups; });
    BOOST_TEST(cleanups == 2);
  });
  BOOST_TEST(elapsed() == 2s);
}

BOTH_WAYS(the_cleanup_is_kept_and_destroyed_with_it) {
  int destroyed = 0, called = 0;
  run([&]() -> awaitable<> {
    auto owned = std::make_unique<int>(5);
    auto cleanup = [&called, owned = std::move(owned), w = witness(destroyed)]() -> awaitable<> {
      auto const& value = *owned;
      co_await curfew::sleep_for(1s);
      called += value;
    };
    auto op = finally(sleepy(1s), std::move(cleanup));
    BOOST_TEST(destroyed == 0);
    co_await std::move(op);
    BOOST_TEST(destroyed == 1);
  });
  BOOST_TEST(called == 5);
}

BOTH_WAYS(a_cleanup_function_and_a_member_of_an_object_will_do) {
  struct resource {
    awaitable<> close() {
      co_await curfew::sleep_for(1s);
      closed = true;
    }
    bool closed = false;
  } held;
  run([&]() -> awaitable<> {
    std::function<awaitable<>()> const cleanup = std::bind(&resource::close, &held);
    co_await finally(sleepy(1s), cleanup);
    co_await finally(sleepy(1s), +[] { return sleepy(1s); });
  });
  BOOST_TEST(held.closed);
  BOOST_TEST(elapsed() == 4s);
}

BOOST_FIXTURE_TEST_CASE(it_can_be_spawned_and_waited_for_by_a_future, fixture) {
  int cleanups = 0;
  auto const cleanup = [&]() -> awaitable<> {
    co_await curfew::sleep_for(1s);
    ++cleanups;
  };
  auto done = asio::co_spawn(context, finally(sleepy(1s), cleanup), asio::use_future);
  time.run();
  done.get();
  BOOST_TEST(cleanups == 1);
}

BOOST_AUTO_TEST_CASE(each_executor_type_will_do) {  // AX-12
  {
    fixture test;
    clean_up_on(test.context.get_executor(), test);
  }
  {
    fixture test;
    clean_up_on(asio::make_strand(test.context.get_executor()), test);
  }
  {
    fixture test;
    clean_up_on(asio::any_io_executor(asio::make_strand(test.context)), test);
  }
}

BOOST_AUTO_TEST_CASE(the_death_of_the_context_runs_no_cleanup_and_destroys_all_frames_once) {
  for (bool const in_a_scope : {false, true}) {
    abandoned left(in_a_scope);
    BOOST_TEST((left.at(1s, false) == std::pair(0, 0)));
    BOOST_TEST((left.at(3s, false) == std::pair(1, 0)));
    BOOST_TEST((left.at(5s, false) == std::pair(1, 1)));
    BOOST_TEST((left.at(1s, true) == std::pair(1, 0)));
    BOOST_TEST((left.at(3s, true) == std::pair(1, 0)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
