#include "../support.hpp"

#include <functional>

BOOST_AUTO_TEST_SUITE(emptiness)

namespace {

bool is_invalid_state(system_error const& e) { return e.code() == curfew::errc::invalid_state; }

awaitable<int> answer() { co_return 42; }

}  // namespace

BOOST_AUTO_TEST_CASE(an_awaitable_that_was_moved_from_is_refused_by_the_call) {
  auto op = answer();
  auto taken = std::move(op);
  auto& empty = op;
  BOOST_CHECK_EXCEPTION((void)curfew::wait_for(std::move(empty), 1s), system_error,
                        is_invalid_state);
  BOOST_CHECK_EXCEPTION((void)curfew::wait_until(std::move(empty), curfew::never), system_error,
                        is_invalid_state);
  BOOST_CHECK_EXCEPTION((void)curfew::move_on_after(std::move(empty), 1s), system_error,
                        is_invalid_state);
  BOOST_CHECK_EXCEPTION((void)curfew::settle(std::move(empty)), system_error, is_invalid_state);
  asio::io_context context;
  BOOST_CHECK_EXCEPTION((void)curfew::wait_for(context, std::move(empty), 1s), system_error,
                        is_invalid_state);
}

BOOST_FIXTURE_TEST_CASE(an_awaitable_that_was_awaited_is_refused_by_the_call, fixture) {
  run([]() -> awaitable<> {
    auto op = answer();
    BOOST_TEST((co_await std::move(op)) == 42);
    BOOST_CHECK_EXCEPTION((void)curfew::wait_for(std::move(op), 1s), system_error,
                          is_invalid_state);
  });
}

BOOST_FIXTURE_TEST_CASE(a_null_function_as_a_body_throws_bad_function_call, fixture) {
  run([]() -> awaitable<> {
    for (bool const moving_on : {false, true}) {
      std::function<awaitable<>()> const null;
      std::function<awaitable<int>(curfew::timeout_scope&)> const null_with_scope;
      bool thrown = false;
      try {
        if (moving_on)
          co_await curfew::move_on_after(1s, null);
        else
          co_await curfew::timeout(1s, null);
      } catch (std::bad_function_call const&) {
        thrown = true;
      }
      BOOST_TEST(thrown);
      thrown = false;
      try {
        if (moving_on)
          (void)co_await curfew::move_on_after(1s, null_with_scope);
        else
          co_await curfew::timeout(1s, null_with_scope);
      } catch (std::bad_function_call const&) {
        thrown = true;
      }
      BOOST_TEST(thrown);
    }
    ENDS(end::value, curfew::sleep_for(1s));
  });
}

BOOST_FIXTURE_TEST_CASE(a_body_that_throws_before_it_is_a_coroutine_is_an_error_of_its_own,
                        fixture) {
  run([]() -> awaitable<> {
    auto body = [](int n) -> awaitable<> {
      if (n == 1) throw std::logic_error("no coroutine yet");
      return sleepy(1s);
    };
    ENDS(end::other, curfew::timeout(1s, body, 1));
    ENDS(end::other, curfew::move_on_after(0s, body, 1));
    ENDS(end::value, curfew::timeout(2s, body, 2));
  });
}

BOOST_FIXTURE_TEST_CASE(a_body_that_returns_an_empty_awaitable_is_in_an_invalid_state, fixture) {
  run([]() -> awaitable<> {
    auto body = []() -> awaitable<> {
      auto op = sleepy(1s);
      auto taken = std::move(op);
      return op;
    };
    std::exception_ptr error;
    try {
      co_await curfew::timeout(1s, body);
    } catch (...) {
      error = std::current_exception();
    }
    BOOST_REQUIRE(error);
    BOOST_CHECK_EXCEPTION(std::rethrow_exception(error), system_error, is_invalid_state);
  });
}

BOOST_FIXTURE_TEST_CASE(a_scope_that_has_ended_cannot_be_changed, fixture) {
  std::optional<curfew::timeout_scope> kept;
  run([&]() -> awaitable<> {
    auto body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      kept.emplace(scope);
      co_return;
    };
    ENDS(end::value, curfew::timeout(1h, body));
    auto const deadline = kept->deadline();
    BOOST_TEST(!kept->reschedule_after(1s));
    BOOST_TEST(!kept->reschedule_after(curfew::never));
    BOOST_TEST(!kept->reschedule(curfew::clock::time_point()));
    kept->cancel("too late");
    BOOST_TEST((kept->deadline() == deadline));
    BOOST_TEST(kept->remaining() == 0ns);
    BOOST_TEST(!kept->expired());
    BOOST_TEST(!kept->cancelled());
    BOOST_TEST(!kept->reason());
    ENDS(end::value, curfew::sleep_for(2h));
  });
}

BOOST_FIXTURE_TEST_CASE(a_scope_that_expired_cannot_be_extended, fixture) {
  run([&]() -> awaitable<> {
    auto body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      ENDS(end::aborted, curfew::sleep_for(1h));
      BOOST_TEST(scope.expired());
      BOOST_TEST(!scope.reschedule_after(1h));
      BOOST_TEST(!scope.reschedule_after(curfew::never));
      scope.cancel("too late");
      BOOST_TEST(scope.expired());
      BOOST_TEST(!scope.cancelled());
      ENDS(end::aborted, curfew::sleep_for(1h));
    };
    ENDS(end::value, curfew::timeout(1s, body));
  });
  BOOST_TEST(elapsed() == 1s);
}

BOOST_FIXTURE_TEST_CASE(a_scope_that_starts_expired_can_be_extended_before_it_waits, fixture) {
  run([&]() -> awaitable<> {
    auto body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      BOOST_TEST(scope.reschedule_after(1h));
      ENDS(end::value, curfew::sleep_for(30min));
      ENDS(end::aborted, curfew::sleep_for(1h));
    };
    ENDS(end::value, curfew::timeout(0s, body));
    ENDS(end::value, curfew::sleep_for(3h));
  });
  BOOST_TEST(elapsed() == 4h);
}

BOOST_FIXTURE_TEST_CASE(a_deadline_moved_into_the_past_ends_the_scope_at_its_next_wait, fixture) {
  run([&]() -> awaitable<> {
    auto body = [&](curfew::timeout_scope& scope) -> awaitable<> {
      BOOST_TEST(scope.reschedule(curfew::clock::time_point::min()));
      BOOST_TEST(scope.expired());
      ENDS(end::aborted, curfew::sleep_for(1h));
      co_await curfew::sleep_for(1h);
    };
    ENDS(end::timed_out, curfew::timeout(1s, body));
  });
  BOOST_TEST(elapsed() == 0ns);
}

BOOST_AUTO_TEST_SUITE_END()
