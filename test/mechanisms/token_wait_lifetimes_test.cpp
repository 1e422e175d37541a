#include "../support.hpp"
#include "token_counts.hpp"

#include <boost/asio/as_tuple.hpp>
#include <functional>
#include <future>
#include <memory>
#include <vector>

BOOST_AUTO_TEST_SUITE(token_wait_lifetimes)

namespace {

using curfew::cancellation_source;
using curfew::cancellation_token;

/// An executor that tells before it takes anything.
template <class Inner>
struct telling_executor {
  Inner inner;
  std::function<void()> const* before;

  template <class F>
  void execute(F&& f) const {
    (*before)();
    inner.execute(std::forward<F>(f));
  }
  template <class P>
    requires asio::can_query_v<Inner, P>
  auto query(P const& property) const noexcept -> decltype(auto) {
    return asio::query(inner, property);
  }
  template <class P>
    requires asio::can_require_v<Inner, P>
  auto require(P const& property) const {
    auto changed = asio::require(inner, property);
    return telling_executor<decltype(changed)>{std::move(changed), before};
  }
  template <class P>
    requires asio::can_prefer_v<Inner, P>
  auto prefer(P const& property) const {
    auto changed = asio::prefer(inner, property);
    return telling_executor<decltype(changed)>{std::move(changed), before};
  }
  bool operator==(telling_executor const&) const noexcept = default;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(each_completion_token_will_do, fixture) {
  cancellation_source source;
  auto const token = source.token();
  auto future = token.wait(context)(asio::use_future);
  auto other = token.wait(context.get_executor())(asio::use_future);
  token.wait(context)(asio::detached);
  auto const strand = asio::make_strand(context);
  bool on_strand = false, on_given = false;
  auto const look = [&](error_code) { on_strand = strand.running_in_this_thread(); };
  token.wait()(asio::bind_executor(strand, look));
  // The handler's own executor counts.
  auto const look_again = [&](error_code) { on_given = strand.running_in_this_thread(); };
  asio::io_context elsewhere;
  token.wait(elsewhere)(asio::bind_executor(strand, look_again));
  time.run();
  BOOST_TEST(count_listeners(token) == 5U);
  source.cancel();
  BOOST_TEST(!on_strand);
  time.run();
  future.get();
  other.get();
  BOOST_TEST(on_strand);
  BOOST_TEST(on_given);
}

BOOST_FIXTURE_TEST_CASE(errors_can_be_had_as_values, fixture) {
  cancellation_source source;
  auto const main = [&]() -> awaitable<> {
    error_code error;
    co_await asio::this_coro::throw_if_cancelled(false);
    auto const [woken] = co_await source.token().wait()(asio::as_tuple(asio::use_awaitable));
    BOOST_TEST(!woken);
    auto const result = co_await cancellation_token().wait()(asio::as_tuple(asio::deferred));
    BOOST_TEST(std::get<0>(result) == asio::error::operation_aborted);
    co_await cancellation_token().wait()(asio::redirect_error(asio::use_awaitable, error));
    BOOST_TEST(error == asio::error::operation_aborted);
  };
  start(main);
  time.run();
  source.cancel();
  time.run();
  BOOST_TEST(!ended);
  cancel();
  time.run();
  BOOST_TEST(!ended);
  cancel();
  time.run();
  BOOST_TEST((ended == end::value));
}

BOOST_FIXTURE_TEST_CASE(a_wait_on_a_strand_wakes_on_it_when_another_executor_cancels, fixture) {
  cancellation_source source;
  auto const strand = asio::make_strand(context);
  bool right = false;
  auto const waiter = [&]() -> awaitable<> {
    co_await source.token().wait();
    right = strand.running_in_this_thread();
  };
  asio::co_spawn(strand, waiter(), asio::detached);
  asio::post(asio::make_strand(context), [&] { source.cancel(); });
  time.run();
  BOOST_TEST(right);
}

BOOST_FIXTURE_TEST_CASE(a_wait_whose_source_is_gone_ends_by_its_own_cancellation_only, fixture) {
  std::optional<cancellation_source> source(std::in_place);
  auto const main = [&]() -> awaitable<> { ENDS(end::aborted, source->token().wait()); };
  start(main);
  time.run();
  source.reset();
  time.run();
  BOOST_TEST(!ended);
  cancel();
  time.run();
  BOOST_TEST((ended == end::value));
}

BOOST_FIXTURE_TEST_CASE(a_waiter_may_destroy_the_source_and_the_tokens, fixture) {
  auto source = std::make_unique<cancellation_source>();
  int woken = 0;
  for (int i = 0; i < 3; ++i)
    source->token().wait(context)([&](error_code) {
      source.reset();
      ++woken;
    });
  asio::post(context, [&] { source->cancel(); });
  time.run();
  BOOST_TEST(woken == 3);
}

BOOST_FIXTURE_TEST_CASE(the_handler_is_destroyed_before_the_source_is_asked_again, fixture) {
  cancellation_source source;
  auto const kept = std::make_shared<int>();
  asio::cancellation_signal stop;
  source.token().wait(context)([kept](error_code) {});
  source.token().wait(context)(asio::bind_cancellation_slot(stop.slot(), [kept](error_code) {}));
  BOOST_TEST(kept.use_count() == 3);
  stop.emit(asio::cancellation_type::all);
  time.run();
  BOOST_TEST(kept.use_count() == 2);
  source.cancel();
  time.run();
  BOOST_TEST(kept.use_count() == 1);
}

// ---- the context

BOOST_AUTO_TEST_CASE(a_context_may_die_while_something_waits_and_nobody_is_told) {  // TT-09
  for (bool const told : {false, true}) {
    cancellation_source source;
    auto const token = source.token();
    auto const kept = std::make_shared<int>();
    int woken = 0;
    auto const stacks = curfew::detail::count_stacks();
    std::future<void> future;
    {
      asio::io_context context;
      auto const waiter = [&](std::shared_ptr<int>, cancellation_token what) -> awaitable<> {
        co_await what.wait();
        ++woken;
      };
      for (auto const& each : {token, cancellation_token()}) {
        each.wait(context)([&, kept](error_code) { ++woken; });
        asio::co_spawn(context, waiter(kept, each), asio::detached);
        asio::co_spawn(context, curfew::timeout(1h, waiter, kept, each), asio::detached);
        asio::co_spawn(asio::make_strand(context), waiter(kept, each), asio::detached);
      }
      future = token.wait(context)(asio::use_future);
      context.poll();
      BOOST_TEST(count_listeners(token) == 5U);
      if (told) source.cancel();  // the news are on their way
    }
    BOOST_TEST(kept.use_count() == 1);
    BOOST_TEST(count_listeners(token) == 0U);
    BOOST_TEST(source.cancel() == !told);
    BOOST_TEST(woken == 0);
    BOOST_CHECK_THROW(future.get(), std::future_error);
    BOOST_TEST(curfew::detail::count_stacks() == stacks);
  }
}

BOOST_AUTO_TEST_CASE(a_frame_that_owns_what_it_waits_for_dies_with_its_context) {
  auto const kept = std::make_shared<int>();
  {
    asio::io_context context;
    auto const waiter = [](std::shared_ptr<int>) -> awaitable<> {
      cancellation_source source;
      cancellation_source child(source.token());
      auto const callback = child.token().on_cancel([] {});
      curfew::cancellation_guard const guard(source);  // asks on its way out
      co_await child.token().wait();
    };
    asio::co_spawn(context, waiter(kept), asio::detached);
    context.poll();
    BOOST_TEST(kept.use_count() == 2);
  }
  BOOST_TEST(kept.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_dying_frame_may_cancel_what_others_in_the_context_wait_for) {
  auto const kept = std::make_shared<int>();
  for (bool const guard_first : {true, false}) {
    cancellation_source source;
    int woken = 0;
    {
      asio::io_context context;
      auto const guarding = [](cancellation_source guarded) -> awaitable<> {
        curfew::cancellation_guard const guard(std::move(guarded));
        co_await curfew::sleep_forever();
      };
      auto const waiting = [&](std::shared_ptr<int>) -> awaitable<> {
        co_await source.token().wait();
        ++woken;
      };
      if (guard_first) asio::co_spawn(context, guarding(source), asio::detached);
      asio::co_spawn(context, waiting(kept), asio::detached);
      if (!guard_first) asio::co_spawn(context, guarding(source), asio::detached);
      context.poll();
    }
    BOOST_TEST(source.cancelled());
    BOOST_TEST(woken == 0);
    BOOST_TEST(kept.use_count() == 1);
  }
}

BOOST_AUTO_TEST_CASE(a_context_goes_on_running_while_something_waits) {
  asio::io_context context;
  cancellation_source source;
  int woken = 0;
  source.token().wait(context)([&](error_code) { ++woken; });
  context.poll();
  BOOST_TEST(!context.stopped());
  source.cancel();
  context.run();
  BOOST_TEST(woken == 1);
  BOOST_TEST(context.stopped());
}

BOOST_AUTO_TEST_CASE(a_context_does_not_run_out_of_work_while_the_news_are_on_their_way) {
  asio::io_context context;
  cancellation_source source;
  int woken = 0;
  // As another thread would run it, meanwhile.
  std::function<void()> const meanwhile = [&] { context.poll(); };
  using executor = telling_executor<asio::io_context::executor_type>;
  source.token().wait(executor{context.get_executor(), &meanwhile})([&](error_code) { ++woken; });
  context.poll();
  BOOST_TEST(!context.stopped());
  source.cancel();
  context.poll();
  BOOST_TEST(woken == 1);
}

BOOST_AUTO_TEST_SUITE_END()
