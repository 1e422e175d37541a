#include <curfew/abandon_after.hpp>

#include "asking.hpp"

BOOST_FIXTURE_TEST_SUITE(conforming_wait_for_limits, asking)

namespace {

using curfew::wait_for;
using void_op = manual_op<error_code>;

error_code const aborted = asio::error::operation_aborted;

/// Has no memory to give.
template <class T>
struct no_memory {
  using value_type = T;
  no_memory() = default;
  template <class U>
  no_memory(no_memory<U> const&) {}
  T* allocate(std::size_t) { throw std::bad_alloc(); }
  void deallocate(T*, std::size_t) {}
  bool operator==(no_memory const&) const = default;
};

/// Equal to nothing, itself included.
struct odd {
  int value;
  bool operator==(odd const&) const { return false; }
};

/// An operation that ends at once, through the queue.
template <class Signature, class F>
auto complete_by(F f) {
  return asio::async_initiate<asio::deferred_t const, Signature>(
      [f](auto handler) {
        auto const where = asio::get_associated_executor(handler);
        asio::post(where, [f, h = std::move(handler)]() mutable { f(std::move(h)); });
      },
      asio::deferred);
}

template <class T>
awaitable<T> give_back(T value) {
  co_return value;
}

}  // namespace

CONFORMS("WF-19", the_largest_durations_never_pass_and_never_overflow) {
  auto const century = std::chrono::hours(24 * 365 * 100);
  run([&]() -> awaitable<> {
    ENDS(end::value, wait_for(sleepy(century), curfew::clock::duration::max() - 1ns));
    ENDS(end::value, wait_for(sleepy(century), std::chrono::hours::max()));
  });
  BOOST_TEST(elapsed() == 2 * century);
}

CONFORMS("WF-20", a_limit_that_is_not_a_number_is_refused_before_anything_starts) {
  void_op op;
  std::chrono::duration<double> const nan(std::numeric_limits<double>::quiet_NaN());
  BOOST_CHECK_EXCEPTION((void)wait_for(op(), nan), system_error,
                        [](auto const& e) { return e.code() == curfew::errc::invalid_limit; });
  BOOST_TEST(op.started == 0);
}

CONFORMS("WF-24", a_limit_counts_from_the_await) {
  run([]() -> awaitable<> {
    auto made_early = wait_for(sleepy(1h), 5s);
    co_await curfew::sleep_for(3s);
    ENDS(end::timed_out, std::move(made_early));
  });
  BOOST_TEST(elapsed() == 8s);
}

CONFORMS("WF-25", what_is_never_awaited_never_starts_and_is_destroyed_once) {
  int destroyed = 0, started = 0;
  auto const body = [&](witness) -> awaitable<> {
    ++started;
    co_return;
  };
  {
    auto const dropped = wait_for(body(witness(destroyed)), 1s);
    BOOST_TEST(time.pending() == 0U);
  }
  BOOST_TEST(destroyed == 1);
  BOOST_TEST(started == 0);
}

CONFORMS("WF-26", a_limit_ends_work_that_never_idles) {
  auto const busy = []() -> awaitable<> {
    for (;;) co_await asio::post(asio::deferred);
  };
  start([&]() -> awaitable<> { co_await wait_for(busy(), 5ms); });
  for (int i = 0; i < 100; ++i) context.poll_one();
  BOOST_TEST(!ended);
  // A context that always has something ready never becomes idle, so its time is set from outside.
  curfew::detail::deadline_service::of(context).advance_to(time.now() + 5ms);
  for (int i = 0; i < 100; ++i) context.poll_one();
  BOOST_TEST((ended == end::timed_out));
}

CONFORMS("WF-27", a_timeout_says_where_its_limit_stands) {
  auto const here = "(conforming_wait_for_limits_test.cpp:";
  auto const text = [](std::exception_ptr const& error) -> std::string {
    try {
      std::rethrow_exception(error);
    } catch (system_error const& e) {
      return e.what();
    }
  };
  unsigned line = __LINE__ + 1;
  run([]() -> awaitable<> { co_await wait_for(sleepy(1h), 5ms); }, end::timed_out);
  BOOST_TEST(words_of(exception) == "timed_out");
  BOOST_TEST(text(exception).find("deadline: 5 ms passed, left after 5 ms " + std::string(here) +
                                  std::to_string(line) + ")") == 0U);
  int cleaned = 0;
  auto const slow = [&]() -> awaitable<> { co_await slow_to_clean(2s, cleaned); };
  line = __LINE__ + 1;
  auto const body = [&]() -> awaitable<> { co_await curfew::timeout(90s, slow); };
  auto const t = curfew::spawn(context, {"reader"}, body);
  auto const late = curfew::spawn(context, {"late"}, [] { return wait_for(sleepy(1h), -1s); });
  time.run();
  BOOST_TEST(text(t.result().error())
                 .find("deadline: 1 min 30 s passed in \"reader\", left after 1 min 32 s " +
                       std::string(here) + std::to_string(line) + ")") == 0U);
  BOOST_TEST(text(late.result().error())
                 .find("deadline: passed before it began in \"late\" " + std::string(here)) == 0U);
}

CONFORMS("WF-29", a_loop_of_short_waits_ends_when_the_longer_limit_around_it_passes) {
  int expiries = 0;
  auto const loop = [&]() -> awaitable<> {
    for (;;) {
      bool const in_time = co_await curfew::move_on_after(10ms, sleepy, 1h);
      if (!in_time) ++expiries;
    }
  };
  run([&]() -> awaitable<> { BOOST_TEST(!co_await curfew::move_on_after(35ms, loop)); });
  BOOST_TEST(expiries == 3);
  BOOST_TEST(elapsed() == 35ms);
}

CONFORMS("WF-30", a_wait_for_a_group_ends_after_its_children) {
  auto const body = [](curfew::task_group& group) -> awaitable<int> {
    group.spawn(sleepy(3s));
    co_return 7;
  };
  run([&]() -> awaitable<> {
    BOOST_TEST(co_await wait_for(curfew::with_task_group(body), 5s) == 7);
    BOOST_TEST(elapsed() == 3s);
    ENDS(end::timed_out, wait_for(curfew::with_task_group(body), 1s));
  });
  BOOST_TEST(elapsed() == 4s);
}

CONFORMS("WF-31", a_pending_cancellation_is_raised_and_the_body_does_not_start) {
  int started = 0;
  auto const inner = [&]() -> awaitable<> {
    ++started;
    co_return;
  };
  auto const body = [&](curfew::timeout_scope& scope) -> awaitable<> {
    scope.cancel();
    ENDS(end::aborted, wait_for(inner(), 1h));
  };
  run([&]() -> awaitable<> { co_await curfew::timeout(1h, body); });
  BOOST_TEST(started == 0);
}

CONFORMS("WF-32", the_body_starts_before_anything_else_that_is_queued) {
  bool started = false, other = false;
  auto const body = [&]() -> awaitable<> {
    started = true;
    BOOST_TEST(!other);
    co_return;
  };
  run([&]() -> awaitable<> {
    asio::post(context, [&] { other = true; });
    co_await wait_for(body(), 1s);
  });
  BOOST_TEST(started);
  BOOST_TEST(other);
}

CONFORMS("WF-33", results_of_every_kind_come_through) {
  // Of operations; Asio's awaitables have no references.
  manual_op<error_code, odd, no_default> several;
  several.on_start = [&] { several.post({}, odd{9}, no_default(8)); };
  int lent = 1;
  auto const lends = complete_by<void(error_code, int&)>(
      [&](auto handler) { std::move(handler)(error_code(), lent); });
  auto const hands_over = complete_by<void(error_code, move_only&&)>(
      [](auto handler) { std::move(handler)(error_code(), std::make_unique<int>(7)); });
  int const* borrowed = nullptr;
  move_only taken;
  wait_for(context, lends, 1s)([&](error_code, int& it) { borrowed = &it; });
  wait_for(context, hands_over, 1s)([&](error_code, move_only&& it) { taken = std::move(it); });
  run([&]() -> awaitable<> {
    auto const both = co_await wait_for(several(), 1s);
    BOOST_TEST(std::get<0>(both).value + std::get<1>(both).value == 17);
  });
  BOOST_TEST(borrowed == &lent);
  BOOST_TEST(*taken == 7);
  run([]() -> awaitable<> {
    int target = 1;
    auto pointer = co_await wait_for(give_back(std::make_unique<int>(7)), 1s);
    BOOST_TEST(*pointer == 7);
    no_default const without = co_await wait_for(give_back(no_default(8)), 1s);
    BOOST_TEST(without.value == 8);
    auto const reference = co_await wait_for(give_back(std::ref(target)), 1s);
    BOOST_TEST(&reference.get() == &target);
    odd const strange = co_await wait_for(give_back(odd{9}), 1s);
    BOOST_TEST(strange.value == 9);
    static_assert(std::is_void_v<decltype(wait_for(sleepy(1s), 1s))::value_type>);
    ENDS(end::value, wait_for(sleepy(0s), 1s));
  });
}

CONFORMS("WF-34", an_exception_of_any_type_propagates_as_it_is) {
  auto const throws = []() -> awaitable<> {
    throw 42;
    co_return;
  };
  run([&]() -> awaitable<> { co_await wait_for(throws(), 1s); }, end::other);
  BOOST_CHECK_EXCEPTION(std::rethrow_exception(exception), int, [](int e) { return e == 42; });
}

CONFORMS("WF-35", a_wait_in_the_cleanup_of_a_cancelled_caller_works_and_can_time_out) {
  int steps = 0;
  auto const clean_up = [&]() -> awaitable<> {
    ENDS(end::timed_out, wait_for(sleepy(1h), 5s));
    ENDS(end::value, wait_for(sleepy(1s), 5s));
    ++steps;
  };
  start([&]() -> awaitable<> { co_await curfew::finally(curfew::sleep_forever(), clean_up); });
  ask();
  time.run();
  BOOST_TEST((ended == end::aborted));
  BOOST_TEST(steps == 1);
  BOOST_TEST(elapsed() == 6s);
}

CONFORMS("WF-36", a_request_made_by_the_limit_runs_on_the_operations_executor) {
  auto const strand = asio::make_strand(context);
  void_op op;
  bool on_strand = false;
  op.on_cancel = [&] {
    on_strand = strand.running_in_this_thread();
    op.post(aborted);
  };
  auto const body = [&]() -> awaitable<> { co_await wait_for(op(), 1s); };
  auto const t = curfew::spawn(strand, body());
  time.run();
  BOOST_TEST(t.result().timed_out());
  BOOST_TEST(on_strand);
}

CONFORMS("WF-37", what_cannot_be_cancelled_is_waited_for_or_abandoned_by_name) {
  auto const legacy = [&] {
    return asio::async_initiate<asio::deferred_t const, void(error_code, int)>(
        [this](auto handler) {
          curfew::sleep_for(context, 3s)(
              [h = std::move(handler)](error_code) mutable { std::move(h)(error_code(), 7); });
        },
        asio::deferred);
  };
  auto const body = [&](curfew::task_group& group) -> awaitable<> {
    BOOST_TEST(co_await wait_for(legacy(), 1s) == 7);
    BOOST_TEST(elapsed() == 3s);
    ENDS(end::timed_out, curfew::abandon_after(legacy(), 1s, group));
    BOOST_TEST(elapsed() == 4s);
    BOOST_TEST(group.size() == 1U);
  };
  run([&]() -> awaitable<> { co_await curfew::with_task_group(body); });
  BOOST_TEST(elapsed() == 6s);
}

CONFORMS("WF-38", many_waits_in_a_row_need_no_more_stack_and_no_more_timers) {
  auto const nothing = []() -> awaitable<> { co_return; };
  std::size_t most = 0;
  run([&]() -> awaitable<> {
    for (int i = 0; i < 100'000; ++i) {
      co_await wait_for(nothing(), 1h);
      most = std::max(most, time.pending());
    }
  });
  BOOST_TEST(most == 0U);
}

CONFORMS("WF-39", without_memory_the_caller_is_told_and_nothing_has_started) {
  void_op op;
  int destroyed = 0;
  error_code told;
  auto const handler = [&](error_code error) { told = error; };
  wait_for(context, op(witness(destroyed)), 1s)(asio::bind_allocator(no_memory<int>(), handler));
  time.run();
  BOOST_TEST((told == boost::system::errc::not_enough_memory));
  BOOST_TEST(op.started == 0);
  BOOST_TEST(destroyed == 1);
  BOOST_TEST(elapsed() == 0s);
}

BOOST_AUTO_TEST_SUITE_END()
